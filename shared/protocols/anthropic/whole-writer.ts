/** Writes a whole answer: https://docs.anthropic.com/en/api/messages#response */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { isJson } from "../../json/find";
import { JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { Failure } from "../failure";
import { AnswerSettings, Passage } from "../protocol";
import { Ending, writeHead, writeUsage } from "./answer-form";
import { anthropicFailure } from "./errors";
import { writeCallSignature, writeMarked } from "./signatures";

/** More blocks in one answer nobody writes. */
const BLOCK_LIMIT = 4096;

/** One block, as its pieces come. All text is content of JSON strings. */
@final
class Block {
  readonly text: JsonWriter = new JsonWriter(0);
  id: Bytes = NOTHING;
  name: Bytes = NOTHING;
  /** With its maker's mark. */
  readonly signature: JsonWriter = new JsonWriter(0);

  constructor(
    /** `Text`, `Thinking`, `RedactedThinking` or `ToolCall`. */
    readonly kind: EventKind,
  ) {}
}

/** Gathers the events, and writes them at the end. */
@final
export class MessageWholeWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private id: Bytes = NOTHING;
  private model: Bytes = NOTHING;
  private readonly blocks: Array<Block> = [];
  /** The blocks that are calls, by their number. */
  private readonly calls: Array<Block> = [];
  private readonly ending: Ending = new Ending();
  private readonly usage: Usage = new Usage();
  private readonly text: ByteWriter = new ByteWriter(0);
  private hasFailed: bool = false;
  /** The number of the answer that is written; negative until one has content. */
  private choice: i32 = -1;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
  }

  get contentType(): string {
    return "application/json";
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
      case EventKind.Start:
        this.id = event.id.copy();
        this.model = event.name.copy();
        break;
      case EventKind.Text:
        this.open(EventKind.Text).text.bytes(event.text);
        break;
      case EventKind.Refusal:
        this.ending.refuse();
        this.open(EventKind.Text).text.bytes(event.text);
        break;
      case EventKind.Thinking:
        this.open(EventKind.Thinking).text.bytes(event.text);
        break;
      case EventKind.Signature:
        writeMarked(event.text, event.name, this.open(EventKind.Thinking).signature);
        break;
      case EventKind.RedactedThinking:
        writeMarked(event.text, event.name, this.add(EventKind.RedactedThinking).text);
        break;
      case EventKind.ToolCall:
        this.addCall(event);
        break;
      case EventKind.ToolArguments:
        if (<u32>event.index < <u32>this.calls.length) this.calls[event.index].text.bytes(event.text);
        break;
      case EventKind.Finish:
        this.ending.finish(event.reason, event.text);
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.End:
        this.write();
        break;
      default:
        break;
    }
  }

  private fail(failure: Failure | null): void {
    if (failure == null || this.hasFailed) return;
    this.hasFailed = true;
    this.out.startValue();
    anthropicFailure(failure, this.out);
  }

  /** The last block, if it is of this kind and may go on, else another. A signature ends its thinking. */
  private open(kind: EventKind): Block {
    const blocks = this.blocks;
    if (blocks.length > 0) {
      const last = blocks[blocks.length - 1];
      if (last.kind == kind && last.signature.length == 0) return last;
    }
    return this.add(kind);
  }

  private add(kind: EventKind): Block {
    const block = new Block(kind);
    if (this.blocks.length < BLOCK_LIMIT) this.blocks.push(block);
    return block;
  }

  private addCall(event: AnswerEvent): void {
    this.ending.call();
    if (!event.text.isEmpty) writeCallSignature(event.text, this.add(EventKind.Thinking).signature);
    const block = this.add(EventKind.ToolCall);
    block.id = event.id.copy();
    block.name = event.name.copy();
    this.calls.push(block);
  }

  private write(): void {
    const out = this.out;
    out.startValue();
    out.beginObject();
    writeHead(this.id, this.model, this.settings, out);
    out.key("content");
    out.beginArray();
    for (let i = 0; i < this.blocks.length; i++) this.writeBlock(this.blocks[i]);
    out.endArray();
    this.ending.write(out);
    out.key("usage");
    writeUsage(this.usage, out);
    out.endObject();
  }

  private writeBlock(block: Block): void {
    const out = this.out;
    out.beginObject();
    out.key("type");
    switch (block.kind) {
      case EventKind.Thinking:
        out.asciiText("thinking");
        out.key("thinking");
        out.escaped(block.text.view());
        out.key("signature");
        out.escaped(block.signature.view());
        break;
      case EventKind.RedactedThinking:
        out.asciiText("redacted_thinking");
        out.key("data");
        out.escaped(block.text.view());
        break;
      case EventKind.ToolCall:
        out.asciiText("tool_use");
        out.key("id");
        out.escaped(block.id);
        out.key("name");
        out.escaped(block.name);
        out.key("input");
        this.writeInput(block.text.view());
        break;
      default:
        out.asciiText("text");
        out.key("text");
        out.escaped(block.text.view());
        break;
    }
    out.endObject();
  }

  /** The object that the arguments contain. What is none is not lost: it stands there as the text that it is, which no client takes for a valid input. */
  private writeInput(content: Bytes): void {
    const text = this.text;
    text.clear();
    unescape(content, text);
    const json = text.view();
    if (isBlank(json)) {
      this.out.beginObject();
      this.out.endObject();
    } else if (isJson(json, JsonType.Object)) this.out.raw(json);
    else this.out.escaped(content);
  }
}

const NOTHING = new Bytes();

function isBlank(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) if (text.at(i) > 0x20) return false;
  return true;
}
