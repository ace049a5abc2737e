/** Writes a whole answer: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, EventKind } from "../answer";
import { TextUse } from "../answer-text";
import { Failure } from "../failure";
import { WholeWriter } from "../whole-writer";
import { geminiFailure } from "./failure-writer";
import { writeLogprobsResult } from "./logprobs";
import { Candidate, GatheredCall, beginText, candidateAt, writeTail } from "./response-form";
import { writeRedacted, writeSignature } from "./signatures";

/** More parts in one answer nobody writes. */
const PART_LIMIT = 4096;

/** One part, as its pieces come. All text is content of JSON strings. */
@final
class Part {
  readonly text: JsonWriter = new JsonWriter(0);
  /** With its maker's mark. */
  readonly signature: JsonWriter = new JsonWriter(0);
  call: GatheredCall | null = null;

  constructor(readonly isThought: bool) {}
}

/** The parts of one candidate. */
@final
class Parts {
  readonly all: Array<Part> = [];

  /** The last part, if it is text of this kind and may go on, else another. A signature ends what it signs. */
  open(isThought: bool): Part {
    const all = this.all;
    if (all.length > 0) {
      const last = all[all.length - 1];
      if (last.call == null && last.isThought == isThought && last.signature.length == 0) return last;
    }
    return this.add(isThought);
  }

  add(isThought: bool): Part {
    const part = new Part(isThought);
    if (this.all.length < PART_LIMIT) this.all.push(part);
    return part;
  }
}

/** Gathers the events, and writes them at the end. */
@final
export class ContentWholeWriter extends WholeWriter {
  private readonly candidates: Array<Candidate> = [];
  private readonly parts: Array<Parts> = [];

  override get contentType(): string {
    return "application/json; charset=UTF-8";
  }

  protected override gather(event: AnswerEvent): void {
    switch (event.kind) {
      case EventKind.Text:
        this.partsOf(event).open(false).text.bytes(event.text);
        break;
      case EventKind.Refusal:
        candidateAt(this.candidates, event.choice).isRefused = true;
        this.partsOf(event).open(false).text.bytes(event.text);
        break;
      case EventKind.Thinking:
        if (this.settings.wantsThoughts) this.partsOf(event).open(true).text.bytes(event.text);
        break;
      case EventKind.Signature:
        this.addSignature(event);
        break;
      case EventKind.RedactedThinking:
        if (this.settings.wantsThoughts) writeRedacted(event.text, this.partsOf(event).add(true).signature);
        break;
      case EventKind.ToolCall:
        this.addCall(event);
        break;
      case EventKind.ToolArguments:
        candidateAt(this.candidates, event.choice).addArguments(event.index, event.text);
        break;
      case EventKind.Citation:
        candidateAt(this.candidates, event.choice).cite(event.text);
        break;
      case EventKind.Logprobs:
        const logprobs = candidateAt(this.candidates, event.choice).logprobs;
        logprobs.clear();
        logprobs.bytes(event.text);
        break;
      case EventKind.Finish:
        candidateAt(this.candidates, event.choice).isFinished = true;
        candidateAt(this.candidates, event.choice).reason = event.reason;
        break;
      default:
        break;
    }
  }

  protected override writeFailure(failure: Failure, out: JsonWriter): void {
    geminiFailure(failure, out);
  }

  private partsOf(event: AnswerEvent): Parts {
    candidateAt(this.candidates, event.choice);
    while (this.parts.length < this.candidates.length) this.parts.push(new Parts());
    return this.parts[max(0, min(event.choice, this.parts.length - 1))];
  }

  /** A signature belongs to the part in front of it; one of Gemini's to whatever that is, another's to a thought. */
  private addSignature(event: AnswerEvent): void {
    const isOwn = event.name.is("gemini");
    if (!isOwn && !this.settings.wantsThoughts) return;
    const parts = this.partsOf(event);
    const last = parts.all.length > 0 ? parts.all[parts.all.length - 1] : null;
    const signed = isOwn && last != null && last.call == null && last.signature.length == 0 ? last : parts.open(!isOwn);
    writeSignature(event.text, event.name, signed.signature);
  }

  private addCall(event: AnswerEvent): void {
    const call = new GatheredCall(event.index, event.id.copy(), event.name.copy(), event.text.copy());
    candidateAt(this.candidates, event.choice).calls.push(call);
    this.partsOf(event).add(false).call = call;
  }

  protected override write(): void {
    const out = this.out;
    out.startValue();
    out.beginObject();
    out.key("candidates");
    out.beginArray();
    for (let i = 0; i < this.candidates.length; i++) if (this.candidates[i].isFinished) this.writeCandidate(i);
    out.endArray();
    writeTail(this.usage, this.id, this.model, this.settings, out);
    out.endObject();
  }

  private writeCandidate(index: i32): void {
    const out = this.out;
    const candidate = this.candidates[index];
    out.beginObject();
    out.key("content");
    out.beginObject();
    const start = out.length;
    const commaDue = out.commaDue;
    out.key("parts");
    out.beginArray();
    const empty = out.length;
    if (index < this.parts.length) {
      const all = this.parts[index].all;
      for (let i = 0; i < all.length; i++) this.writePart(all[i], candidate);
    }
    if (out.length > empty) out.endArray();
    else {
      // As Gemini has it where there are none.
      out.cutTo(start);
      out.commaDue = commaDue;
    }
    out.key("role");
    out.asciiText("model");
    out.endObject();
    candidate.writeFinish(out);
    out.key("index");
    out.unsigned(<u64>index);
    this.writeGrounding(index, candidate);
    if (candidate.logprobs.length > 0) {
      out.key("logprobsResult");
      writeLogprobsResult(candidate.logprobs.view(), out);
    }
    out.endObject();
  }

  private writeGrounding(index: i32, candidate: Candidate): void {
    const grounding = candidate.grounding;
    if (grounding == null || index >= this.parts.length) return;
    const all = this.parts[index].all;
    for (let i = 0; i < all.length; i++) if (!all[i].isThought && all[i].call == null) candidate.add(all[i].text.view(), TextUse.Keep);
    grounding.write(candidate, this.out);
  }

  private writePart(part: Part, candidate: Candidate): void {
    const out = this.out;
    const call = part.call;
    if (call != null) {
      candidate.writeCall(call, out);
      return;
    }
    beginText(out);
    out.moreEscaped(part.text.view());
    out.endString();
    if (part.isThought) {
      out.key("thought");
      out.boolean(true);
    }
    if (part.signature.length > 0) {
      out.key("thoughtSignature");
      out.escaped(part.signature.view());
    }
    out.endObject();
  }
}
