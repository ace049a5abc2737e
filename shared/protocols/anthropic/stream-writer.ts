/** Writes a streamed answer: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { CITATION } from "../citation";
import { Failure } from "../failure";
import { AnswerSettings, Passage } from "../protocol";
import { Ending, writeHead, writeUsage } from "./answer-form";
import { Completeness } from "../completeness";
import { canCite, writeCitation } from "./citations";
import { anthropicFailureEvent } from "./errors";
import { writeCallSignature, writeMarked } from "./signatures";
import { WaitingCalls } from "./waiting-calls";

/** The block that is open. */
enum Open {
  None,
  Text,
  Thinking,
  Call,
}

/**
 * Blocks come one after the other, each closed before the next. Nothing is written before there is content, so `message_start` knows what the provider has said of usage until then;
 * the whole count comes with `message_delta`, which is written last, since other providers count behind their finish reason.
 */
@final
export class MessageStreamWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private id: Bytes = NOTHING;
  private model: Bytes = NOTHING;
  private readonly usage: Usage = new Usage();
  private readonly ending: Ending = new Ending();
  private hasBegun: bool = false;
  private hasFailed: bool = false;
  /** The number of the answer that is written; negative until one has content. */
  private choice: i32 = -1;
  private open: Open = Open.None;
  /** The number of the block that is open, or will be next. */
  private block: i32 = 0;
  /** Whether the open text has a source: other text is another block. */
  private isCited: bool = false;
  /** The call whose block is open. */
  private call: i32 = -1;
  private readonly input: Completeness = new Completeness();
  private readonly waiting: WaitingCalls = new WaitingCalls();

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
    if (event.kind == EventKind.Failure) return this.fail(event.failure);
    if (event.kind == EventKind.Relay) return this.out.bytes(event.text);
    if (this.settings.passage != Passage.Translated || this.hasFailed) return;
    // A client of this protocol asks for one answer: the first that has content is it. Other events belong to none.
    if (event.isContent) {
      if (this.choice < 0) this.choice = event.choice;
      else if (this.choice != event.choice) return;
    }
    switch (event.kind) {
      case EventKind.Text:
        this.writeText(event.text);
        break;
      case EventKind.ToolArguments:
        this.onArguments(event);
        break;
      case EventKind.Thinking:
        if (this.open != Open.Thinking) {
          this.close();
          this.openThinking();
        }
        this.writeDelta('{"type":"thinking_delta","thinking":"', event.text);
        break;
      case EventKind.Signature:
        this.writeSignature(event);
        break;
      case EventKind.RedactedThinking:
        this.close();
        this.beginBlock('{"type":"redacted_thinking","data":"');
        writeMarked(event.text, event.name, this.out);
        this.out.ascii('"}}\n\n');
        this.stopBlock();
        break;
      case EventKind.Refusal:
        this.ending.refuse();
        this.writeText(event.text);
        break;
      case EventKind.Citation:
        this.onCitation(event.text);
        break;
      case EventKind.ToolCall:
        this.onCall(event);
        break;
      case EventKind.Start:
        this.id = event.id.copy();
        this.model = event.name.copy();
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.Finish:
        this.begin();
        this.close();
        this.ending.finish(event.reason, event.text);
        break;
      case EventKind.End:
        this.end();
        break;
      default:
        break;
    }
  }

  private fail(failure: Failure | null): void {
    if (failure == null || this.hasFailed) return;
    this.hasFailed = true;
    anthropicFailureEvent(failure, this.out);
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    const out = this.out;
    out.ascii('event: message_start\ndata: {"type":"message_start","message":');
    out.startValue();
    out.beginObject();
    writeHead(this.id, this.model, this.settings, out);
    out.ascii(',"content":[],"stop_reason":null,"stop_sequence":null');
    out.key("usage");
    writeUsage(this.usage, out);
    out.endObject();
    out.ascii("}\n\n");
  }

  private end(): void {
    this.begin();
    this.close();
    const out = this.out;
    out.ascii('event: message_delta\ndata: {"type":"message_delta","delta":');
    out.startValue();
    out.beginObject();
    this.ending.write(out);
    out.endObject();
    out.ascii(',"usage":');
    out.startValue();
    writeUsage(this.usage, out);
    out.ascii('}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n');
  }

  private writeText(text: Bytes): void {
    if (this.open != Open.Text || this.isCited) {
      this.close();
      this.isCited = false;
      this.beginBlock('{"type":"text","text":""}}\n\n');
      this.open = Open.Text;
    }
    this.writeDelta('{"type":"text_delta","text":"', text);
  }

  /** A source of the text that came last, where its block is still open. */
  private onCitation(json: Bytes): void {
    const citation = CITATION.read(json);
    if (this.open != Open.Text || !canCite(citation)) return;
    this.isCited = true;
    const out = this.out;
    this.beginDelta('{"type":"citations_delta","citation":');
    out.startValue();
    writeCitation(citation, out);
    out.ascii("}}\n\n");
  }

  /** Begins a block of thinking, behind the last one's end. */
  private openThinking(): void {
    this.beginBlock('{"type":"thinking","thinking":"","signature":""}}\n\n');
    this.open = Open.Thinking;
  }

  /** A signature ends the thinking that it signs. One without thinking has a block of its own. */
  private writeSignature(event: AnswerEvent): void {
    if (this.open != Open.Thinking) {
      this.close();
      this.openThinking();
    }
    this.beginDelta('{"type":"signature_delta","signature":"');
    writeMarked(event.text, event.name, this.out);
    this.out.ascii('"}}\n\n');
    this.close();
  }

  private onCall(event: AnswerEvent): void {
    this.ending.call();
    // Arguments of the open call, or of those that wait, may still come.
    if (this.open == Open.Call && (!this.input.isComplete || !this.waiting.isEmpty)) this.waiting.add(event);
    else this.openCall(event.index, event.id, event.name, event.text);
  }

  private openCall(index: i32, id: Bytes, name: Bytes, signature: Bytes): void {
    const out = this.out;
    this.closeBlock();
    if (!signature.isEmpty) {
      this.openThinking();
      this.beginDelta('{"type":"signature_delta","signature":"');
      writeCallSignature(signature, out);
      out.ascii('"}}\n\n');
      this.closeBlock();
    }
    this.beginBlock('{"type":"tool_use","id":"');
    out.bytes(id);
    out.ascii('","name":"');
    out.bytes(name);
    out.ascii('","input":{}}}\n\n');
    this.open = Open.Call;
    this.call = index;
    this.input.clear();
  }

  private onArguments(event: AnswerEvent): void {
    if (this.open == Open.Call && event.index == this.call) {
      this.input.add(event.text);
      this.writeDelta('{"type":"input_json_delta","partial_json":"', event.text);
    } else this.waiting.addArguments(event);
  }

  /** Closes the block that is open, and writes the calls that waited for its end. */
  private close(): void {
    this.closeBlock();
    for (let call = this.waiting.next(); call != null; call = this.waiting.next()) {
      this.openCall(call.index, call.id, call.name, call.signature);
      if (call.arguments.length > 0) this.writeDelta('{"type":"input_json_delta","partial_json":"', call.arguments.view());
      this.closeBlock();
    }
  }

  private closeBlock(): void {
    if (this.open == Open.None) return;
    this.open = Open.None;
    this.stopBlock();
  }

  /** Writes the start of a block up to the value of `content_block`. */
  private beginBlock(members: string): void {
    this.begin();
    const out = this.out;
    out.ascii('event: content_block_start\ndata: {"type":"content_block_start","index":');
    out.startValue();
    out.unsigned(<u64>this.block);
    out.ascii(',"content_block":');
    out.ascii(members);
  }

  private stopBlock(): void {
    const out = this.out;
    out.ascii('event: content_block_stop\ndata: {"type":"content_block_stop","index":');
    out.startValue();
    out.unsigned(<u64>this.block);
    out.ascii("}\n\n");
    this.block++;
  }

  private beginDelta(members: string): void {
    const out = this.out;
    out.ascii('event: content_block_delta\ndata: {"type":"content_block_delta","index":');
    out.startValue();
    out.unsigned(<u64>this.block);
    out.ascii(',"delta":');
    out.ascii(members);
  }

  private writeDelta(members: string, text: Bytes): void {
    this.beginDelta(members);
    this.out.bytes(text);
    this.out.ascii('"}}\n\n');
  }
}

const NOTHING = new Bytes();
