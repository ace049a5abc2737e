/** From the events of a ConverseStream to the events of an answer. */
import { decodeBase64, writeBase64 } from "../../bytes/base64";
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { escape } from "../../json/unescape";
import { AnswerEvents } from "../anthropic/answer-events";
import { OpenTools } from "../anthropic/open-tools";
import { EventKind, EventSink } from "../answer";
import { TextUse } from "../answer-text";
import { CitedPassage } from "../citation";
import { Failure, FailureKind } from "../failure";
import { sayCitation } from "./citations";
import { failureOf } from "./errors";
import { isBroken, reasonOf } from "./finish";

const NUMBER = new JsonNumber();
/** More open blocks of redacted thinking than one nobody sends; past this much of it nothing is gathered. */
const REDACTED_LIMIT = 1 << 20;

/** One answer's. The kind of an event is in its frame's headers; its payload has members of that kind only. Deltas of unknown kinds, and tools that run at AWS, are passed over. */
@final
export class ConverseStream {
  readonly events: AnswerEvents = new AnswerEvents();
  private readonly reader: JsonReader = new JsonReader();
  private readonly tools: OpenTools = new OpenTools();
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();
  /** Redacted thinking as it comes: bytes, since pieces of base64 don't join to base64. */
  private readonly redacted: ByteWriter = new ByteWriter(0);
  private readonly scratch: ByteWriter = new ByteWriter(0);

  // Of the event that is being read: contents of strings.
  private block: i32 = -1;
  private id: Span = ABSENT;
  private name: Span = ABSENT;
  private kind: Span = ABSENT;
  private input: Span = ABSENT;
  private text: Span = ABSENT;
  private reasoning: Span = ABSENT;
  private signature: Span = ABSENT;
  private data: Span = ABSENT;
  private stopReason: Span = ABSENT;
  private stopSequence: Span = ABSENT;
  private citation: Span = ABSENT;
  private readonly passage: CitedPassage = new CitedPassage();

  constructor() {
    this.events.use = TextUse.Count;
  }

  /** The next event; once the answer has ended nothing is read. False if its payload is not a JSON object. */
  on(type: Bytes, payload: Bytes, sink: EventSink): bool {
    const events = this.events;
    if (events.ended) return true;
    const isDelta = type.is("contentBlockDelta");
    const isStart = !isDelta && type.is("contentBlockStart");
    const isStop = type.is("contentBlockStop");
    const isEnd = type.is("messageStop");
    const isUsage = type.is("metadata");
    if (!this.readPayload(payload)) return false;
    if (isDelta) this.onDelta(sink);
    else if (isStart) this.onBlock(sink);
    else if (isStop) this.closeBlock(sink);
    else if (isEnd) this.finish(sink);
    else if (isUsage) {
      events.reportUsage(sink);
      if (events.finished) events.end(sink);
    } else events.start(NOTHING, NOTHING, sink);
    return true;
  }

  fail(message: string, sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, message), sink);
  }

  /** An error of the stream's own, in UTF-8. */
  failWith(code: Bytes, message: Bytes, sink: EventSink): void {
    this.scratch.clear();
    escape(message, this.scratch);
    this.events.fail(failureOf(code, this.scratch.view(), 0), sink);
  }

  /** The provider has said its last byte: after a stop reason that is an end, before it a failure. */
  end(isCut: bool, sink: EventSink): void {
    if (this.events.finished && !isCut) this.events.end(sink);
    else this.fail("the provider ended the stream before it was complete", sink);
  }

  private onBlock(sink: EventSink): void {
    // A tool that AWS runs itself is no call for the client.
    if (this.id == ABSENT || this.name == ABSENT || this.kind != ABSENT) return;
    const call = this.events.toolCall(this.at(this.id), this.atSecond(this.name), sink);
    this.tools.open(this.block, call, null);
  }

  private onDelta(sink: EventSink): void {
    const events = this.events;
    if (this.text != ABSENT) events.text(EventKind.Text, this.at(this.text), sink);
    else if (this.input != ABSENT) {
      const tool = this.tools.find(this.block);
      const piece = this.at(this.input);
      if (tool == null || piece.isEmpty) return;
      tool.hasArguments = true;
      events.toolArguments(tool.call, piece, sink);
    } else if (this.reasoning != ABSENT) events.text(EventKind.Thinking, this.at(this.reasoning), sink);
    else if (this.signature != ABSENT) events.text(EventKind.Signature, this.at(this.signature), sink);
    else if (this.citation != ABSENT) this.passage.add(this.at(this.citation));
    else if (this.data != ABSENT) {
      const bytes = decodeBase64(this.at(this.data));
      if (bytes != null && this.redacted.length + bytes.length <= REDACTED_LIMIT) this.redacted.bytes(bytes);
    }
  }

  private closeBlock(sink: EventSink): void {
    const tool = this.tools.close(this.block);
    if (tool != null && !tool.hasArguments) this.events.toolArguments(tool.call, EMPTY_OBJECT, sink);
    this.tellRedacted(sink);
    this.tellCitations(sink);
  }

  /** The sources of the block that ends: all of its text rests on each. What comes next is another passage. */
  private tellCitations(sink: EventSink): void {
    const passage = this.passage;
    for (let i = 0; i < passage.sources.length; i++) sayCitation(CITATIONS.start(passage.sources[i]), passage.start, this.events, sink);
    passage.begin(this.events.points);
  }

  private tellRedacted(sink: EventSink): void {
    if (this.redacted.length == 0) return;
    this.scratch.clear();
    writeBase64(this.redacted.view(), this.scratch);
    this.redacted.clear();
    this.events.text(EventKind.RedactedThinking, this.scratch.view(), sink);
  }

  private finish(sink: EventSink): void {
    const events = this.events;
    if (events.finished) return;
    for (let tool = this.tools.closeLast(); tool != null; tool = this.tools.closeLast())
      if (!tool.hasArguments) events.toolArguments(tool.call, EMPTY_OBJECT, sink);
    this.tellRedacted(sink);
    this.tellCitations(sink);
    const word = this.at(this.stopReason);
    if (isBroken(word)) return this.fail("the model's answer was malformed (" + word.toString() + ")", sink);
    events.finish(reasonOf(word, events.toolCalls > 0), this.atSecond(this.stopSequence), sink);
  }

  private readPayload(json: Bytes): bool {
    const reader = this.reader.start(json);
    this.block = -1;
    this.id = this.name = this.kind = this.input = this.text = ABSENT;
    this.reasoning = this.signature = this.data = this.citation = this.stopReason = this.stopSequence = ABSENT;
    if (!reader.enterObject()) return false;
    while (reader.nextKey()) {
      if (reader.keyIs("delta")) this.readDelta();
      else if (reader.keyIs("contentBlockIndex")) this.block = this.readIndex();
      else if (reader.keyIs("start")) this.readStart();
      else if (reader.keyIs("stopReason")) this.stopReason = reader.string();
      else if (reader.keyIs("usage")) this.events.usage.readBedrocks(reader);
      else if (reader.keyIs("additionalModelResponseFields") && reader.enterObject()) {
        while (reader.nextKey()) if (reader.keyIs("stop_sequence")) this.stopSequence = reader.string();
      }
    }
    return reader.finish();
  }

  private readDelta(): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("text")) this.text = reader.string();
      else if (reader.keyIs("citation")) this.citation = reader.skip();
      else if (reader.keyIs("toolUse") && reader.enterObject()) {
        while (reader.nextKey()) if (reader.keyIs("input")) this.input = reader.string();
      } else if (reader.keyIs("reasoningContent") && reader.enterObject()) {
        while (reader.nextKey()) {
          if (reader.keyIs("text")) this.reasoning = reader.string();
          else if (reader.keyIs("signature")) this.signature = reader.string();
          else if (reader.keyIs("redactedContent")) this.data = reader.string();
        }
      }
    }
  }

  private readStart(): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (!reader.keyIs("toolUse") || !reader.enterObject()) continue;
      while (reader.nextKey()) {
        if (reader.keyIs("toolUseId")) this.id = reader.string();
        else if (reader.keyIs("name")) this.name = reader.string();
        else if (reader.keyIs("type")) this.kind = reader.string();
      }
    }
  }

  private readIndex(): i32 {
    const number = this.reader.number();
    if (number == ABSENT || !NUMBER.read(this.at(number)) || !NUMBER.isWhole || NUMBER.negative) return -1;
    return <i32>min(NUMBER.magnitude, <u64>i32.MAX_VALUE);
  }

  private at(s: Span): Bytes {
    return this.reader.point(s, this.view);
  }

  private atSecond(s: Span): Bytes {
    return this.reader.point(s, this.secondView);
  }
}

const NOTHING = new Bytes();
const CITATIONS = new JsonReader();
const EMPTY_OBJECT = Bytes.of("{}");
