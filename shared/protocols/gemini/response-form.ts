/** What streamed and whole answers to clients share: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { isJson } from "../../json/find";
import { JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { FinishReason, Usage } from "../answer";
import { AnswerText } from "../answer-text";
import { CITATION } from "../citation";
import { AnswerSettings } from "../protocol";
import { Grounding } from "./grounding";
import { NO_SIGNATURE } from "./signatures";

/** An index past this is nonsense. */
export const CANDIDATE_LIMIT: i32 = 128;

/** A call whose arguments come in pieces. All text is content of JSON strings. */
@final
export class GatheredCall {
  readonly arguments: ByteWriter = new ByteWriter(0);

  constructor(
    readonly index: i32,
    readonly id: Bytes,
    readonly name: Bytes,
    readonly signature: Bytes,
  ) {}
}

/** What has come of one candidate and is still to be written. */
@final
export class Candidate extends AnswerText {
  /** Its sources; null: it names none. */
  grounding: Grounding | null = null;
  calls: Array<GatheredCall> = [];
  isFinished: bool = false;
  isRefused: bool = false;
  reason: FinishReason = FinishReason.None;
  /** The first call that was no JSON object: `name(arguments)`, escaped. */
  malformed: Bytes | null = null;
  /** Whether a call was written: only the first has to be signed. */
  hasCalled: bool = false;
  readonly logprobs: ByteWriter = new ByteWriter(0);

  /** Takes a citation event's text; a source of which nothing is known but an id isn't named. */
  cite(json: Bytes): void {
    const citation = CITATION.read(json);
    if (citation.url.isEmpty && citation.title.isEmpty && citation.quote.isEmpty) return;
    let grounding = this.grounding;
    if (grounding == null) {
      grounding = new Grounding();
      this.grounding = grounding;
    }
    grounding.add(json);
  }

  addArguments(index: i32, piece: Bytes): void {
    for (let i = this.calls.length - 1; i >= 0; i--) if (this.calls[i].index == index) return this.calls[i].arguments.bytes(piece);
  }

  /** Writes the part of a call. False, and nothing is written: its arguments are no JSON object, which the candidate's end then says. */
  writeCall(call: GatheredCall, out: JsonWriter): bool {
    TEXT.clear();
    unescape(call.arguments.view(), TEXT);
    TEXT.onOneLine(0);
    const text = TEXT.view();
    const isEmpty = isBlank(text);
    if (!isEmpty && !isJson(text, JsonType.Object)) {
      if (this.malformed == null) this.malformed = call.name.copy();
      return false;
    }
    out.beginObject();
    out.key("functionCall");
    out.beginObject();
    if (!call.id.isEmpty) {
      out.key("id");
      out.escaped(call.id);
    }
    out.key("name");
    out.escaped(call.name);
    out.key("args");
    if (isEmpty) out.raw(NO_ARGUMENTS);
    else out.raw(text);
    out.endObject();
    TEXT.clear();
    // Gemini 3, to which the client may go on with this, refuses a step whose first call has none.
    if (!call.signature.isEmpty || !this.hasCalled) {
      out.key("thoughtSignature");
      if (call.signature.isEmpty) out.asciiText(NO_SIGNATURE);
      else out.escaped(call.signature);
    }
    this.hasCalled = true;
    out.endObject();
    return true;
  }

  /** Writes `finishReason`, and what there is to say of it: https://ai.google.dev/api/generate-content#FinishReason */
  writeFinish(out: JsonWriter): void {
    out.key("finishReason");
    const malformed = this.malformed;
    if (malformed == null) return out.asciiText(this.finishWord());
    out.asciiText("MALFORMED_FUNCTION_CALL");
    out.key("finishMessage");
    out.beginString();
    out.ascii("Malformed function call: the arguments of ");
    out.moreEscaped(malformed);
    out.ascii(" are no JSON object");
    out.endString();
  }

  private finishWord(): string {
    switch (this.reason) {
      case FinishReason.Length:
      case FinishReason.ContextWindow:
        return "MAX_TOKENS";
      case FinishReason.ContentFilter:
      case FinishReason.Refusal:
        return "SAFETY";
      case FinishReason.Pause:
      case FinishReason.None:
        return "OTHER";
      default:
        return this.isRefused ? "SAFETY" : "STOP";
    }
  }
}

const TEXT = new ByteWriter(0);
const NO_ARGUMENTS = Bytes.of("{}");

/** The candidate of an index, made if it is new; one past the limit is the last. */
export function candidateAt(candidates: Array<Candidate>, index: i32): Candidate {
  const at = max(0, min(index, CANDIDATE_LIMIT - 1));
  while (candidates.length <= at) candidates.push(new Candidate());
  return candidates[at];
}

/** Begins a text part: until `endString` and `endObject` its content is written. */
export function beginText(out: JsonWriter): void {
  out.beginObject();
  out.key("text");
  out.beginString();
}

/** Writes what every response ends with. `id` and `model` are the provider's, empty where it named none. */
export function writeTail(usage: Usage | null, id: Bytes, model: Bytes, settings: AnswerSettings, out: JsonWriter): void {
  if (usage != null && usage.known) {
    out.key("usageMetadata");
    writeUsage(usage, out);
  }
  const version = model.isEmpty ? settings.model : model;
  if (!version.isEmpty) {
    out.key("modelVersion");
    out.escaped(version);
  }
  const own = id.isEmpty ? settings.id : id;
  if (own.isEmpty) return;
  out.key("responseId");
  out.escaped(own);
}

/** Writes a `usageMetadata` object: thoughts are counted beside the candidates. https://ai.google.dev/api/generate-content#UsageMetadata */
export function writeUsage(usage: Usage, out: JsonWriter): void {
  const thoughts = min(usage.reasoning, usage.output);
  out.beginObject();
  out.key("promptTokenCount");
  out.unsigned(usage.input);
  out.key("candidatesTokenCount");
  out.unsigned(usage.output - thoughts);
  out.key("totalTokenCount");
  out.unsigned(usage.input + usage.output);
  if (usage.cachedInput > 0) {
    out.key("cachedContentTokenCount");
    out.unsigned(usage.cachedInput);
  }
  if (thoughts > 0) {
    out.key("thoughtsTokenCount");
    out.unsigned(thoughts);
  }
  if (usage.estimated) {
    out.key("estimated");
    out.boolean(true);
  }
  if (usage.inputAudio > 0) writeDetails("promptTokensDetails", usage.input, usage.inputAudio, out);
  if (usage.outputAudio > 0) writeDetails("candidatesTokensDetails", usage.output - thoughts, usage.outputAudio, out);
  out.endObject();
}

function writeDetails(name: string, all: u64, audio: u64, out: JsonWriter): void {
  out.key(name);
  out.beginArray();
  if (all > audio) writeDetail("TEXT", all - audio, out);
  writeDetail("AUDIO", audio, out);
  out.endArray();
}

function writeDetail(modality: string, tokens: u64, out: JsonWriter): void {
  out.beginObject();
  out.key("modality");
  out.asciiText(modality);
  out.key("tokenCount");
  out.unsigned(tokens);
  out.endObject();
}

function isBlank(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) if (text.at(i) > 0x20) return false;
  return true;
}
