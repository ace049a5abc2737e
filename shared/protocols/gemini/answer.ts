/** From Gemini's responses to the events of an answer, the same for a whole answer and for the pieces of a stream. */
import { Bytes, EMPTY } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { escape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, EventKind, EventSink, FinishReason } from "../answer";
import { AnswerText, TextUse } from "../answer-text";
import { Failure, FailureKind } from "../failure";
import { providerText } from "../message";
import { CallIds } from "./call-ids";
import { Chunk } from "./chunk";
import { appendCode } from "./code-text";
import { Ending, endingOf, finishReasonOf } from "./finish";
import { GroundingReader } from "./grounding-reader";
import { writeLogprobs } from "./logprobs";
import { Part, PartKind } from "./part";
import { failureOfError } from "./rpc-error";
import { UsageMetadata } from "./usage";

/** Gemini makes at most 8 candidates; an index past this is nonsense. */
const CANDIDATE_LIMIT: u64 = 128;

/** What has come of one candidate. */
@final
class Candidate extends AnswerText {
  ending: Ending = Ending.None;
  calls: i32 = 0;
}

/**
 * One answer: fed with response objects, ended once. Gemini may say why it stopped before its last content, and repeats the usage in each piece, so finish reasons and usage
 * are told at the end. `Start` comes with the first response.
 */
@final
export class GeminiAnswer {
  ended: bool = false;
  private started: bool = false;
  private blocked: bool = false;
  /** As `use`, for the response that is read. */
  private textUse: TextUse = TextUse.None;
  private readonly candidates: Array<Candidate> = [];
  private readonly usage: UsageMetadata = new UsageMetadata();
  private readonly ids: CallIds;

  private readonly event: AnswerEvent = new AnswerEvent();
  private readonly chunk: Chunk = new Chunk();
  private readonly part: Part = new Part();
  private readonly candidateReader: JsonReader = new JsonReader();
  private readonly partReader: JsonReader = new JsonReader();
  private readonly number: JsonNumber = new JsonNumber();
  private readonly view: Bytes = new Bytes();
  private readonly scratch: ByteWriter = new ByteWriter(0);

  /**
   * `salt` is something of the request: it keeps made-up call ids of several answers apart where the provider gives no id of its own. `incomplete` says what it means that the
   * bytes have ended without a finish reason.
   */
  constructor(
    salt: u64,
    private readonly incomplete: string,
    private readonly use: TextUse = TextUse.None,
  ) {
    this.ids = new CallIds(salt);
  }

  /** The next response, as JSON. After the end nothing is read. */
  on(json: Bytes, sink: EventSink): void {
    if (this.ended) return;
    const chunk = this.chunk;
    if (!chunk.read(json))
      return this.fail(Failure.of(FailureKind.Provider, "the provider sent something that is not a JSON object"), sink);
    if (chunk.error != ABSENT) return this.fail(failureOfError(this.at(chunk.error), 0), sink);
    if (!this.started) this.start(sink);
    if (chunk.usage != ABSENT) this.usage.keep(this.at(chunk.usage));
    if (chunk.blockReason != ABSENT) this.blocked = !this.at(chunk.blockReason).is("BLOCKED_REASON_UNSPECIFIED");
    if (chunk.candidates != ABSENT) this.readCandidates(sink);
  }

  /** The provider has said its last byte. */
  end(sink: EventSink): void {
    if (this.ended) return;
    const candidates = this.candidates;
    if (!this.isComplete) return this.failIncomplete(sink);
    // A refused prompt has no candidates: https://ai.google.dev/api/generate-content#PromptFeedback
    if (candidates.length == 0) this.finish(0, FinishReason.ContentFilter, sink);
    for (let i = 0; i < candidates.length; i++) this.finish(i, finishReasonOf(candidates[i].ending, candidates[i].calls > 0), sink);
    this.reportUsage(sink);
    this.close(sink);
  }

  /** Whether it may end here: each candidate has said why it stopped. */
  get isComplete(): bool {
    const candidates = this.candidates;
    for (let i = 0; i < candidates.length; i++) if (candidates[i].ending == Ending.None) return false;
    return candidates.length > 0 || this.blocked;
  }

  /** Hands on bytes that the client gets as they are. */
  relay(bytes: Bytes, sink: EventSink): void {
    if (this.ended || bytes.isEmpty) return;
    const event = this.next(EventKind.Relay, 0);
    event.text.set(bytes.buffer, bytes.start, bytes.length);
    sink.on(event);
  }

  /** Ends the answer with a failure; the usage so far is told first. */
  fail(failure: Failure, sink: EventSink): void {
    if (this.ended) return;
    if (this.started) this.reportUsage(sink);
    const event = this.next(EventKind.Failure, 0);
    event.failure = failure;
    sink.on(event);
    event.failure = null;
    this.close(sink);
  }

  failIncomplete(sink: EventSink): void {
    this.fail(Failure.of(FailureKind.Provider, this.incomplete), sink);
  }

  private start(sink: EventSink): void {
    this.started = true;
    const chunk = this.chunk;
    this.ids.setAnswer(this.at(chunk.responseId));
    const event = this.next(EventKind.Start, 0);
    chunk.reader.point(chunk.responseId, event.id);
    chunk.reader.point(chunk.modelVersion, event.name);
    sink.on(event);
  }

  private readCandidates(sink: EventSink): void {
    const reader = this.candidateReader.start(this.at(this.chunk.candidates));
    if (!reader.enterArray()) return;
    while (!this.ended && reader.nextElement()) if (reader.enterObject()) this.readCandidate(reader, sink);
  }

  /** The index stands behind the content, and is left out where it is 0: the members are collected first. */
  private readCandidate(reader: JsonReader, sink: EventSink): void {
    let content: Span = ABSENT;
    let reason: Span = ABSENT;
    let message: Span = ABSENT;
    let logprobs: Span = ABSENT;
    let grounding: Span = ABSENT;
    let recited: Span = ABSENT;
    let index = 0;
    while (reader.nextKey()) {
      if (reader.keyIs("content")) content = reader.skip();
      else if (reader.keyIs("finishReason")) reason = reader.string();
      else if (reader.keyIs("index")) index = this.readIndex(reader);
      else if (reader.keyIs("finishMessage")) message = reader.string();
      else if (reader.keyIs("logprobsResult")) logprobs = reader.skip();
      else if (reader.keyIs("groundingMetadata")) grounding = reader.skip();
      else if (reader.keyIs("citationMetadata")) recited = reader.skip();
    }
    if (index < 0) return this.fail(Failure.of(FailureKind.Provider, "the provider sent a candidate whose index is out of range"), sink);
    const candidate = this.candidate(index);
    // Where the sources stand beside the text, as in a whole answer, it is only kept for them.
    this.textUse = this.use == TextUse.Count && (grounding != ABSENT || recited != ABSENT) ? TextUse.Keep : this.use;
    if (content != ABSENT) this.readContent(index, candidate, this.at(content), sink);
    if (this.use != TextUse.None) {
      if (grounding != ABSENT) this.tellSources(GROUNDING.readGrounding(reader.bytes(grounding), candidate), index, sink);
      if (recited != ABSENT) this.tellSources(GROUNDING.readRecitation(reader.bytes(recited), candidate), index, sink);
    }
    if (logprobs != ABSENT) this.tellLogprobs(index, this.at(logprobs), sink);
    const ending = endingOf(this.at(reason));
    if (ending == Ending.Broken) return this.failBroken(reader.bytes(reason), reader.bytes(message), sink);
    if (ending != Ending.None) candidate.ending = ending;
  }

  private readIndex(reader: JsonReader): i32 {
    const number = reader.number();
    if (number == ABSENT) return 0;
    if (!this.number.read(this.at(number)) || !this.number.isWhole || this.number.negative || this.number.magnitude >= CANDIDATE_LIMIT)
      return -1;
    return <i32>this.number.magnitude;
  }

  private candidate(index: i32): Candidate {
    const candidates = this.candidates;
    while (candidates.length <= index) candidates.push(new Candidate());
    return candidates[index];
  }

  private tellSources(sources: GroundingReader, index: i32, sink: EventSink): void {
    while (sources.next()) {
      CITED.clear();
      sources.citation.write(CITED);
      const event = this.next(EventKind.Citation, index);
      CITED.pointAt(event.text);
      sink.on(event);
    }
  }

  private readContent(index: i32, candidate: Candidate, content: Bytes, sink: EventSink): void {
    const reader = this.partReader.start(content);
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (!reader.keyIs("parts") || !reader.enterArray()) continue;
      while (reader.nextElement()) if (this.part.read(reader)) this.tellPart(index, candidate, sink);
    }
  }

  private tellPart(index: i32, candidate: Candidate, sink: EventSink): void {
    const part = this.part;
    switch (part.kind) {
      case PartKind.Text:
        this.tellText(part.thought ? EventKind.Thinking : EventKind.Text, index, this.at(part.text), sink);
        if (!part.thought) candidate.add(this.at(part.text), this.textUse);
        break;
      case PartKind.FunctionCall:
        return this.tellCall(index, candidate, sink);
      case PartKind.InlineData:
      case PartKind.FileData:
      case PartKind.Code:
      case PartKind.CodeResult:
        this.tellOther(index, sink);
        break;
      default:
        break;
    }
    if (part.signature != ABSENT) this.tellSignature(index, this.at(part.signature), sink);
  }

  private tellText(kind: EventKind, index: i32, text: Bytes, sink: EventSink): void {
    if (text.isEmpty) return;
    const event = this.next(kind, index);
    event.text.set(text.buffer, text.start, text.length);
    sink.on(event);
  }

  private tellSignature(index: i32, signature: Bytes, sink: EventSink): void {
    if (signature.isEmpty) return;
    const event = this.next(EventKind.Signature, index);
    event.text.set(signature.buffer, signature.start, signature.length);
    event.name.set(GEMINI.buffer, GEMINI.start, GEMINI.length);
    sink.on(event);
  }

  private tellCall(index: i32, candidate: Candidate, sink: EventSink): void {
    const part = this.part;
    const reader = this.partReader;
    const call = candidate.calls++;
    const event = this.next(EventKind.ToolCall, index);
    event.index = call;
    reader.point(part.name, event.name);
    reader.point(part.signature, event.text);
    if (part.id != ABSENT) reader.point(part.id, event.id);
    else this.ids.point(event.id);
    sink.on(event);

    const scratch = this.scratch;
    scratch.clear();
    if (part.args == ABSENT) scratch.ascii("{}");
    else writeArguments(this.at(part.args), scratch);
    const more = this.next(EventKind.ToolArguments, index);
    more.index = call;
    scratch.pointAt(more.text);
    sink.on(more);
  }

  /** Parts that no client protocol has an event for, as Markdown: images as images, code and its output as blocks. */
  private tellOther(index: i32, sink: EventSink): void {
    const part = this.part;
    const scratch = this.scratch;
    scratch.clear();
    if (part.kind == PartKind.InlineData || part.kind == PartKind.FileData) {
      scratch.ascii("![](");
      if (part.kind == PartKind.FileData) this.append(part.uri);
      else {
        scratch.ascii("data:");
        this.append(part.mimeType);
        scratch.ascii(";base64,");
        this.append(part.data);
      }
      scratch.ascii(")");
    } else {
      const isPython = part.kind == PartKind.Code && this.at(part.language).is("PYTHON");
      appendCode(this.at(part.text), isPython, scratch);
    }
    this.tellText(part.thought ? EventKind.Thinking : EventKind.Text, index, scratch.pointAt(this.view), sink);
  }

  private append(s: Span): void {
    this.scratch.bytes(this.at(s));
  }

  private tellLogprobs(index: i32, result: Bytes, sink: EventSink): void {
    writeLogprobs(result, LOGPROBS);
    const event = this.next(EventKind.Logprobs, index);
    LOGPROBS.pointAt(event.text);
    sink.on(event);
    LOGPROBS.clear();
  }

  private failBroken(reason: Bytes, message: Bytes, sink: EventSink): void {
    const failure = Failure.of(
      FailureKind.Provider,
      "the model's answer was of no use (" + reason.toString() + "): try again, or another model",
    );
    if (!message.isEmpty) failure.message = providerText(message);
    failure.code = reason.copy();
    this.fail(failure, sink);
  }

  private finish(index: i32, reason: FinishReason, sink: EventSink): void {
    const event = this.next(EventKind.Finish, index);
    event.reason = reason;
    sink.on(event);
  }

  private reportUsage(sink: EventSink): void {
    if (!this.usage.known) return;
    const event = this.next(EventKind.Usage, 0);
    this.usage.readInto(event.usage);
    if (event.usage.known) sink.on(event);
  }

  private close(sink: EventSink): void {
    this.ended = true;
    sink.on(this.next(EventKind.End, 0));
  }

  /** The event, cleared but for its usage. */
  private next(kind: EventKind, choice: i32): AnswerEvent {
    const event = this.event;
    event.kind = kind;
    event.choice = choice;
    event.index = 0;
    event.reason = FinishReason.None;
    event.text.set(EMPTY.buffer, 0, 0);
    event.id.set(EMPTY.buffer, 0, 0);
    event.name.set(EMPTY.buffer, 0, 0);
    return event;
  }

  /** All readers read parts of one buffer, so any of them can point at any span. */
  private at(s: Span): Bytes {
    return this.chunk.reader.point(s, this.view);
  }
}

/** Arguments (raw JSON) as string content. Whole answers come indented, which the client needn't pay for. */
function writeArguments(json: Bytes, out: ByteWriter): void {
  if (json.indexOf(0x0a) < 0) return escape(json, out);
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json.at(i);
    if (byte == 0x22) inString = !inString;
    if (!inString && byte <= 0x20) continue;
    COMPACT.byte(byte);
    if (inString && byte == 0x5c) COMPACT.byte(json.at(++i));
  }
  escape(COMPACT.pointAt(VIEW), out);
  COMPACT.clear();
}

const COMPACT = new ByteWriter(0);
const VIEW = new Bytes();
const GEMINI = Bytes.of("gemini");
const LOGPROBS = new JsonWriter();
const CITED = new JsonWriter(0);
const GROUNDING = new GroundingReader();
