/** Writes a streamed answer: https://platform.openai.com/docs/api-reference/chat/streaming */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { CITATION } from "../citation";
import { AnswerSettings, Passage } from "../protocol";
import { canAnnotate, writeAnnotation } from "./annotations";
import { CHOICE_LIMIT, finishWord, writeCallSignature, writeHead, writeUsage } from "./answer-form";
import { writeErrorEvent } from "./errors";

/**
 * One chunk for each event. What all chunks have in common is written once and copied from then on. A choice's first chunk says its role, as OpenAI's does; it comes with
 * the first content, so that nothing is written before the answer is committed.
 */
@final
export class ChatStreamWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private readonly head: ByteWriter = new ByteWriter(192);
  /** Where in `head` the part ends that a chunk without choices has too. */
  private commonEnd: i32 = 0;
  private readonly usage: Usage = new Usage();
  /** Log probabilities that go into the next chunk of their choice. */
  private readonly logprobs: ByteWriter = new ByteWriter(0);
  private logprobsChoice: i32 = 0;
  private readonly begun: StaticArray<bool> = new StaticArray<bool>(CHOICE_LIMIT);
  /** Blocks of thinking that have been signed or redacted: each has its number, by which clients put deltas together. */
  private thinkingBlocks: i32 = 0;
  private hasFailed: bool = false;
  /** What was relayed last may be the beginning of a line, or of an event. */
  private isInEvent: bool = false;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
  }

  get contentType(): string {
    return "text/event-stream; charset=utf-8";
  }

  on(event: AnswerEvent): void {
    if (this.settings.passage != Passage.Translated) return this.pass(event);
    const out = this.out;
    switch (event.kind) {
      case EventKind.Text:
        this.begin(event.choice);
        out.ascii('{"content":"');
        this.endText(event);
        break;
      case EventKind.Thinking:
        this.begin(event.choice);
        out.ascii('{"reasoning_content":"');
        this.endText(event);
        break;
      case EventKind.Refusal:
        this.begin(event.choice);
        out.ascii('{"refusal":"');
        this.endText(event);
        break;
      case EventKind.ToolArguments:
        this.writeArguments(event);
        break;
      case EventKind.ToolCall:
        this.writeCall(event);
        break;
      case EventKind.Signature:
        this.writeThinkingBlock(event, '"type":"thinking","signature":"');
        break;
      case EventKind.RedactedThinking:
        this.writeThinkingBlock(event, '"type":"redacted_thinking","data":"');
        break;
      case EventKind.Finish:
        this.begin(event.choice);
        out.ascii("{}");
        this.writeLogprobs(event.choice);
        out.ascii(',"finish_reason":"');
        out.ascii(finishWord(event.reason, this.settings.legacyFunctions));
        out.ascii('"}]}\n\n');
        break;
      case EventKind.Start:
        this.makeHead(event.id, event.name);
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.Logprobs:
        this.logprobs.clear();
        this.logprobs.bytes(event.text);
        this.logprobs.onOneLine(0);
        this.logprobsChoice = event.choice;
        break;
      case EventKind.Citation:
        this.writeCitation(event);
        break;
      case EventKind.Failure:
        this.fail(event);
        break;
      case EventKind.End:
        if (!this.hasFailed) this.end();
        break;
      default:
        break;
    }
  }

  /** The provider's bytes are the client's, and only what the provider can't say is written: that it failed. */
  private pass(event: AnswerEvent): void {
    if (event.kind == EventKind.Relay) {
      this.out.bytes(event.text);
      if (!event.text.isEmpty) this.isInEvent = !endsEvent(event.text);
    } else if (event.kind == EventKind.Failure) {
      // The provider may have broken off inside a line, or before the blank one: the failure would be part of that event.
      if (this.isInEvent) this.out.ascii("\n\n");
      this.fail(event);
    }
  }

  private fail(event: AnswerEvent): void {
    const failure = event.failure;
    if (failure == null || this.hasFailed) return;
    this.hasFailed = true;
    writeErrorEvent(failure, this.out);
  }

  private end(): void {
    const out = this.out;
    if (this.settings.includeUsage && this.usage.known) {
      out.ascii("data: ");
      out.startValue();
      if (this.head.length == 0) this.makeHead(NOTHING, NOTHING);
      out.range(this.head.buffer, DATA.length, this.commonEnd - DATA.length);
      out.ascii(',"choices":[],"usage":');
      writeUsage(this.usage, out);
      out.ascii("}\n\n");
    }
    out.ascii("data: [DONE]\n\n");
  }

  private makeHead(id: Bytes, model: Bytes): void {
    if (this.head.length > 0) return;
    const json = new JsonWriter(192);
    json.ascii(DATA);
    json.beginObject();
    writeHead("chat.completion.chunk", id, model, this.settings, json);
    this.commonEnd = json.length;
    // OpenAI: all chunks but the last have a null usage, if one was asked for.
    if (this.settings.includeUsage) json.ascii(',"usage":null');
    json.ascii(',"choices":[{"index":');
    this.head.bytes(json.view());
  }

  /** Writes a chunk up to the value of `delta`; before it, once for a choice, the chunk with its role. */
  private begin(choice: i32): void {
    if (this.head.length == 0) this.makeHead(NOTHING, NOTHING);
    if (<u32>choice < CHOICE_LIMIT && !this.begun[choice]) {
      this.begun[choice] = true;
      this.beginChunk(choice);
      this.out.ascii('{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}\n\n');
    }
    this.beginChunk(choice);
  }

  private beginChunk(choice: i32): void {
    const out = this.out;
    out.range(this.head.buffer, 0, this.head.length);
    out.startValue();
    out.unsigned(<u64>max(choice, 0));
    out.ascii(',"delta":');
  }

  /** Ends a chunk whose delta is a string: its content and what closes it. */
  private endText(event: AnswerEvent): void {
    const out = this.out;
    out.bytes(event.text);
    out.ascii('"}');
    this.endChunk(event.choice);
  }

  private endChunk(choice: i32): void {
    this.writeLogprobs(choice);
    this.out.ascii(',"finish_reason":null}]}\n\n');
  }

  private writeLogprobs(choice: i32): void {
    if (this.logprobs.length == 0 || this.logprobsChoice != choice) return;
    this.out.ascii(',"logprobs":');
    this.out.range(this.logprobs.buffer, 0, this.logprobs.length);
    this.logprobs.clear();
  }

  private writeCitation(event: AnswerEvent): void {
    const citation = CITATION.read(event.text);
    if (!canAnnotate(citation)) return;
    const out = this.out;
    this.begin(event.choice);
    out.ascii('{"annotations":[');
    out.startValue();
    writeAnnotation(citation, out);
    out.ascii("]}");
    this.endChunk(event.choice);
  }

  private writeCall(event: AnswerEvent): void {
    const out = this.out;
    this.begin(event.choice);
    out.startValue();
    out.beginObject();
    if (this.settings.legacyFunctions && event.index == 0) {
      out.key("function_call");
      writeFunction(event.name, out);
    } else {
      out.key("tool_calls");
      out.beginArray();
      out.beginObject();
      out.key("index");
      out.unsigned(<u64>event.index);
      out.key("id");
      out.escaped(event.id);
      out.key("type");
      out.asciiText("function");
      out.key("function");
      writeFunction(event.name, out);
      writeCallSignature(event.text, out);
      out.endObject();
      out.endArray();
    }
    out.endObject();
    this.endChunk(event.choice);
  }

  private writeArguments(event: AnswerEvent): void {
    const out = this.out;
    this.begin(event.choice);
    if (this.settings.legacyFunctions && event.index == 0) {
      out.ascii('{"function_call":{"arguments":"');
      out.bytes(event.text);
      out.ascii('"}}');
    } else {
      out.ascii('{"tool_calls":[{"index":');
      out.startValue();
      out.unsigned(<u64>event.index);
      out.ascii(',"function":{"arguments":"');
      out.bytes(event.text);
      out.ascii('"}}]}');
    }
    this.endChunk(event.choice);
  }

  private writeThinkingBlock(event: AnswerEvent, members: string): void {
    const out = this.out;
    this.begin(event.choice);
    out.ascii('{"thinking_blocks":[{"index":');
    out.startValue();
    out.unsigned(<u64>this.thinkingBlocks);
    this.thinkingBlocks++;
    out.byte(0x2c);
    out.ascii(members);
    out.bytes(event.text);
    if (!event.name.isEmpty) {
      out.ascii('","format":"');
      out.bytes(event.name);
    }
    out.ascii('"}]}');
    this.endChunk(event.choice);
  }
}

const NOTHING = new Bytes();
const DATA = "data: ";

/** Whether the bytes end with a blank line, in any of the three forms of line ends. */
function endsEvent(bytes: Bytes): bool {
  const last = bytes.length - 1;
  const before = bytes.at(last - 1);
  if (bytes.at(last) == 0x0a) return before == 0x0a || (before == 0x0d && (bytes.at(last - 2) == 0x0a || bytes.at(last - 2) == 0x0d));
  return bytes.at(last) == 0x0d && (before == 0x0d || before == 0x0a);
}

function writeFunction(name: Bytes, out: JsonWriter): void {
  out.beginObject();
  out.key("name");
  out.escaped(name);
  out.key("arguments");
  out.asciiText("");
  out.endObject();
}
