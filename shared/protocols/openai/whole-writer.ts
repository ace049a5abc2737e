/** Writes a whole answer: https://platform.openai.com/docs/api-reference/chat/object */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, EventKind, FinishReason } from "../answer";
import { CITATION } from "../citation";
import { Failure } from "../failure";
import { WholeWriter } from "../whole-writer";
import { canAnnotate, writeAnnotation } from "./annotations";
import { CHOICE_LIMIT, finishWord, writeCallSignature, writeHead, writeUsage } from "./answer-form";
import { writeError } from "./errors";

/** More calls in one answer nobody makes. */
const CALL_LIMIT = 1024;

/** One call, as its pieces come. */
@final
class Call {
  readonly arguments: ByteWriter = new ByteWriter(0);

  constructor(
    readonly id: Bytes,
    readonly name: Bytes,
    readonly signature: Bytes,
  ) {}
}

/** One of `n` answers, as its pieces come. All text is content of JSON strings. */
@final
class Choice {
  readonly text: ByteWriter = new ByteWriter(0);
  readonly thinking: ByteWriter = new ByteWriter(0);
  readonly refusal: ByteWriter = new ByteWriter(0);
  /** Finished blocks of thinking, raw JSON; and where in `thinking` the text of the next one begins. */
  readonly blocks: JsonWriter = new JsonWriter(0);
  blockStart: i32 = 0;
  /** Annotations, elements of an array, raw JSON. */
  annotations: JsonWriter | null = null;
  readonly calls: Array<Call> = [];
  readonly logprobs: ByteWriter = new ByteWriter(0);
  reason: FinishReason = FinishReason.None;
}

/** Gathers the events, and writes them at the end. */
@final
export class ChatWholeWriter extends WholeWriter {
  private readonly choices: Array<Choice> = [];

  protected override gather(event: AnswerEvent): void {
    if (<u32>event.choice < CHOICE_LIMIT) this.add(event, this.choice(event.choice));
  }

  protected override writeFailure(failure: Failure, out: JsonWriter): void {
    writeError(failure, out);
  }

  private choice(index: i32): Choice {
    while (this.choices.length <= index) this.choices.push(new Choice());
    return this.choices[index];
  }

  private add(event: AnswerEvent, choice: Choice): void {
    switch (event.kind) {
      case EventKind.Text:
        choice.text.bytes(event.text);
        break;
      case EventKind.Thinking:
        choice.thinking.bytes(event.text);
        break;
      case EventKind.Signature:
        signBlock(choice, event);
        break;
      case EventKind.RedactedThinking:
        addRedactedBlock(choice, event);
        break;
      case EventKind.Refusal:
        choice.refusal.bytes(event.text);
        break;
      case EventKind.Citation:
        annotate(choice, event);
        break;
      case EventKind.ToolCall:
        if (choice.calls.length < CALL_LIMIT) choice.calls.push(new Call(event.id.copy(), event.name.copy(), event.text.copy()));
        break;
      case EventKind.ToolArguments:
        if (<u32>event.index < <u32>choice.calls.length) choice.calls[event.index].arguments.bytes(event.text);
        break;
      case EventKind.Logprobs:
        choice.logprobs.clear();
        choice.logprobs.bytes(event.text);
        break;
      case EventKind.Finish:
        choice.reason = event.reason;
        break;
      default:
        break;
    }
  }

  protected override write(): void {
    const out = this.out;
    out.startValue();
    out.beginObject();
    writeHead("chat.completion", this.id, this.model, this.settings, out);
    out.key("choices");
    out.beginArray();
    for (let i = 0; i < this.choices.length; i++) this.writeChoice(i);
    out.endArray();
    if (this.usage.known) {
      out.key("usage");
      writeUsage(this.usage, out);
    }
    out.endObject();
  }

  private writeChoice(index: i32): void {
    const out = this.out;
    const choice = this.choices[index];
    out.beginObject();
    out.key("index");
    out.unsigned(<u64>index);
    out.key("message");
    this.writeMessage(choice);
    out.key("logprobs");
    if (choice.logprobs.length > 0) out.raw(choice.logprobs.view());
    else out.nothing();
    out.key("finish_reason");
    out.asciiText(finishWord(choice.reason, this.settings.legacyFunctions));
    out.endObject();
  }

  private writeMessage(choice: Choice): void {
    const out = this.out;
    out.beginObject();
    out.key("role");
    out.asciiText("assistant");
    out.key("content");
    if (choice.text.length > 0 || (choice.calls.length == 0 && choice.refusal.length == 0)) out.escaped(choice.text.view());
    else out.nothing();
    out.key("refusal");
    if (choice.refusal.length > 0) out.escaped(choice.refusal.view());
    else out.nothing();
    const annotations = choice.annotations;
    if (annotations != null) {
      out.key("annotations");
      out.beginArray();
      out.raw(annotations.view());
      out.endArray();
    }
    if (choice.thinking.length > 0) {
      out.key("reasoning_content");
      out.escaped(choice.thinking.view());
    }
    if (choice.blocks.length > 0) {
      out.key("thinking_blocks");
      out.beginArray();
      out.raw(choice.blocks.view());
      out.endArray();
    }
    this.writeCalls(choice.calls);
    out.endObject();
  }

  private writeCalls(calls: Array<Call>): void {
    const out = this.out;
    let from = 0;
    if (this.settings.legacyFunctions && calls.length > 0) {
      out.key("function_call");
      writeFunction(calls[from++], out);
    }
    if (from == calls.length) return;
    out.key("tool_calls");
    out.beginArray();
    for (let i = from; i < calls.length; i++) {
      const call = calls[i];
      out.beginObject();
      out.key("id");
      out.escaped(call.id);
      out.key("type");
      out.asciiText("function");
      out.key("function");
      writeFunction(call, out);
      writeCallSignature(call.signature, out);
      out.endObject();
    }
    out.endArray();
  }
}

function writeFunction(call: Call, out: JsonWriter): void {
  out.beginObject();
  out.key("name");
  out.escaped(call.name);
  out.key("arguments");
  out.escaped(call.arguments.view());
  out.endObject();
}

function annotate(choice: Choice, event: AnswerEvent): void {
  const citation = CITATION.read(event.text);
  if (!canAnnotate(citation)) return;
  let annotations = choice.annotations;
  if (annotations == null) {
    annotations = new JsonWriter();
    choice.annotations = annotations;
  }
  writeAnnotation(citation, annotations);
}

/** A signature ends a block: the thinking since the last one is its text. */
function signBlock(choice: Choice, event: AnswerEvent): void {
  const out = choice.blocks;
  const thinking = choice.thinking;
  out.beginObject();
  out.key("type");
  out.asciiText("thinking");
  out.key("thinking");
  out.escaped(new Bytes().set(thinking.buffer, choice.blockStart, thinking.length - choice.blockStart));
  out.key("signature");
  out.escaped(event.text);
  endBlock(event, out);
  choice.blockStart = thinking.length;
}

function addRedactedBlock(choice: Choice, event: AnswerEvent): void {
  const out = choice.blocks;
  out.beginObject();
  out.key("type");
  out.asciiText("redacted_thinking");
  out.key("data");
  out.escaped(event.text);
  endBlock(event, out);
}

/** Whose form the block has, where that is known. */
function endBlock(event: AnswerEvent, out: JsonWriter): void {
  if (!event.name.isEmpty) {
    out.key("format");
    out.escaped(event.name);
  }
  out.endObject();
}
