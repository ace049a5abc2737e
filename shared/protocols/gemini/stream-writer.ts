/** Writes a streamed answer: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { TextUse } from "../answer-text";
import { Failure } from "../failure";
import { AnswerSettings, Passage } from "../protocol";
import { geminiFailure, geminiFailureEvent } from "./failure-writer";
import { writeLogprobsResult } from "./logprobs";
import { Candidate, GatheredCall, beginText, candidateAt, writeTail } from "./response-form";
import { writeRedacted, writeSignature } from "./signatures";

/**
 * One response for each event, as a server-sent event or as an element of one JSON array. A call is written once all its arguments have come, since a part holds them whole; why a candidate ended, and the
 * usage, come in the last response, behind an empty text, as Gemini's own have it.
 */
@final
export class ContentStreamWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private id: Bytes = new Bytes();
  private model: Bytes = new Bytes();
  private readonly usage: Usage = new Usage();
  private readonly candidates: Array<Candidate> = [];
  private hasFailed: bool = false;
  /** Whether the array is open. */
  private isOpen: bool = false;
  /** What was relayed last ends a line whose line feed went with what came behind. */
  private isBehindReturn: bool = false;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
  }

  get contentType(): string {
    return this.settings.streamsArray ? "application/json; charset=UTF-8" : "text/event-stream";
  }

  on(event: AnswerEvent): void {
    if (event.kind == EventKind.Failure) return this.fail(event.failure);
    if (event.kind == EventKind.Relay) {
      this.isOpen = true;
      this.isBehindReturn = event.text.at(event.text.length - 1) == 0x0d;
      return this.out.bytes(event.text);
    }
    if (this.settings.passage != Passage.Translated || this.hasFailed) return;
    switch (event.kind) {
      case EventKind.Text:
        this.writeText(event, false);
        break;
      case EventKind.Thinking:
        if (this.settings.wantsThoughts) this.writeText(event, true);
        break;
      case EventKind.Refusal:
        this.candidate(event).isRefused = true;
        this.writeText(event, false);
        break;
      case EventKind.Signature:
      case EventKind.RedactedThinking:
        this.writeSigned(event);
        break;
      case EventKind.ToolCall:
        this.candidate(event).calls.push(new GatheredCall(event.index, event.id.copy(), event.name.copy(), event.text.copy()));
        break;
      case EventKind.ToolArguments:
        this.candidate(event).addArguments(event.index, event.text);
        break;
      case EventKind.Citation:
        this.candidate(event).cite(event.text);
        break;
      case EventKind.Logprobs:
        const logprobs = this.candidate(event).logprobs;
        logprobs.clear();
        logprobs.bytes(event.text);
        break;
      case EventKind.Finish:
        this.writeCalls(event.choice);
        this.candidate(event).isFinished = true;
        this.candidate(event).reason = event.reason;
        break;
      case EventKind.Start:
        this.id = event.id.copy();
        this.model = event.name.copy();
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.End:
        this.end();
        break;
      default:
        break;
    }
  }

  private candidate(event: AnswerEvent): Candidate {
    return candidateAt(this.candidates, event.choice);
  }

  private fail(failure: Failure | null): void {
    if (failure == null || this.hasFailed) return;
    this.hasFailed = true;
    const out = this.out;
    if (!this.settings.streamsArray) {
      if (this.isBehindReturn) out.byte(0x0a);
      return geminiFailureEvent(failure, out);
    }
    this.beginElement();
    geminiFailure(failure, out);
    out.byte(0x5d);
  }

  private writeText(event: AnswerEvent, isThought: bool): void {
    if (!isThought) this.candidate(event).add(event.text, this.settings.cites ? TextUse.Keep : TextUse.Count);
    const out = this.out;
    this.beginResponse(event.choice);
    beginText(out);
    out.moreEscaped(event.text);
    out.endString();
    if (isThought) {
      out.key("thought");
      out.boolean(true);
    }
    out.endObject();
    this.endResponse(event.choice);
  }

  /** What only its maker can read stands behind what it signs, in a part of its own. Of thoughts that the client doesn't want to see there is none. */
  private writeSigned(event: AnswerEvent): void {
    const out = this.out;
    const isOwn = event.name.is("gemini");
    if (!isOwn && !this.settings.wantsThoughts) return;
    this.beginResponse(event.choice);
    beginText(out);
    out.endString();
    if (!isOwn) {
      out.key("thought");
      out.boolean(true);
    }
    out.key("thoughtSignature");
    out.beginString();
    if (event.kind == EventKind.RedactedThinking) writeRedacted(event.text, out);
    else writeSignature(event.text, event.name, out);
    out.endString();
    out.endObject();
    this.endResponse(event.choice);
  }

  /** All calls of a candidate that have been gathered, in one response. */
  private writeCalls(choice: i32): void {
    const candidate = candidateAt(this.candidates, choice);
    const calls = candidate.calls;
    if (calls.length == 0) return;
    candidate.calls = [];
    const out = this.out;
    const start = out.length;
    const wasOpen = this.isOpen;
    this.beginResponse(choice);
    let written = 0;
    for (let i = 0; i < calls.length; i++) if (candidate.writeCall(calls[i], out)) written++;
    if (written > 0) return this.endResponse(choice);
    out.cutTo(start);
    this.isOpen = wasOpen;
  }

  private end(): void {
    const out = this.out;
    const candidates = this.candidates;
    for (let i = 0; i < candidates.length; i++) this.writeCalls(i);
    this.beginElement();
    out.beginObject();
    out.key("candidates");
    out.beginArray();
    for (let i = 0; i < candidates.length; i++) {
      if (!candidates[i].isFinished) continue;
      out.beginObject();
      out.key("content");
      out.beginObject();
      out.key("parts");
      out.beginArray();
      beginText(out);
      out.endString();
      out.endObject();
      this.endContent(i);
      candidates[i].writeFinish(out);
      out.key("index");
      out.unsigned(<u64>i);
      const grounding = candidates[i].grounding;
      if (grounding != null) grounding.write(candidates[i], out);
      out.endObject();
    }
    out.endArray();
    writeTail(this.usage, this.id, this.model, this.settings, out);
    this.endElement();
    if (this.settings.streamsArray) out.byte(0x5d);
  }

  /** Writes a response up to its candidate's parts. */
  private beginResponse(_choice: i32): void {
    const out = this.out;
    this.beginElement();
    out.beginObject();
    out.key("candidates");
    out.beginArray();
    out.beginObject();
    out.key("content");
    out.beginObject();
    out.key("parts");
    out.beginArray();
  }

  private endContent(choice: i32): void {
    const out = this.out;
    out.endArray();
    out.key("role");
    out.asciiText("model");
    out.endObject();
    const logprobs = candidateAt(this.candidates, choice).logprobs;
    if (logprobs.length == 0) return;
    out.key("logprobsResult");
    writeLogprobsResult(logprobs.view(), out);
    logprobs.clear();
  }

  private endResponse(choice: i32): void {
    const out = this.out;
    this.endContent(choice);
    out.key("index");
    out.unsigned(<u64>choice);
    out.endObject();
    out.endArray();
    writeTail(null, this.id, this.model, this.settings, out);
    this.endElement();
  }

  private beginElement(): void {
    const out = this.out;
    if (!this.settings.streamsArray) out.ascii("data: ");
    else out.ascii(this.isOpen ? ",\r\n" : "[");
    this.isOpen = true;
    out.startValue();
  }

  private endElement(): void {
    this.out.endObject();
    if (!this.settings.streamsArray) this.out.ascii("\r\n\r\n");
  }
}
