/** Writes a whole answer: https://docs.anthropic.com/en/api/messages#response */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { isJson } from "../../json/find";
import { JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, EventKind } from "../answer";
import { CITATION } from "../citation";
import { Failure } from "../failure";
import { WholeWriter } from "../whole-writer";
import { Ending, writeHead, writeUsage } from "./answer-form";
import { canCite, writeCitation } from "./citations";
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
  /** Of text: elements of an array, raw JSON. */
  citations: JsonWriter | null = null;

  constructor(
    /** `Text`, `Thinking`, `RedactedThinking` or `ToolCall`. */
    readonly kind: EventKind,
  ) {}
}

/** Gathers the events, and writes them at the end. */
@final
export class MessageWholeWriter extends WholeWriter {
  private readonly blocks: Array<Block> = [];
  /** The blocks that are calls, by their number. */
  private readonly calls: Array<Block> = [];
  private readonly ending: Ending = new Ending();
  private readonly text: ByteWriter = new ByteWriter(0);
  /** The number of the answer that is written; negative until one has content. */
  private choice: i32 = -1;

  protected override gather(event: AnswerEvent): void {
    // A client of this protocol asks for one answer: the first that has content is it. Other events belong to none.
    if (event.isContent) {
      if (this.choice < 0) this.choice = event.choice;
      else if (this.choice != event.choice) return;
    }
    switch (event.kind) {
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
      case EventKind.Citation:
        this.cite(event.text);
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
      default:
        break;
    }
  }

  protected override writeFailure(failure: Failure, out: JsonWriter): void {
    anthropicFailure(failure, out);
  }

  /** The last block, if it is of this kind and may go on, else another. A signature ends its thinking, a citation the text that rests on it. */
  private open(kind: EventKind): Block {
    const blocks = this.blocks;
    if (blocks.length > 0) {
      const last = blocks[blocks.length - 1];
      if (last.kind == kind && last.signature.length == 0 && last.citations == null) return last;
    }
    return this.add(kind);
  }

  private add(kind: EventKind): Block {
    const block = new Block(kind);
    if (this.blocks.length < BLOCK_LIMIT) this.blocks.push(block);
    return block;
  }

  /** A source of the text that came last. */
  private cite(json: Bytes): void {
    const citation = CITATION.read(json);
    const blocks = this.blocks;
    if (!canCite(citation) || blocks.length == 0) return;
    const last = blocks[blocks.length - 1];
    if (last.kind != EventKind.Text) return;
    let citations = last.citations;
    if (citations == null) {
      citations = new JsonWriter();
      last.citations = citations;
    }
    writeCitation(citation, citations);
  }

  private addCall(event: AnswerEvent): void {
    this.ending.call();
    if (!event.text.isEmpty) writeCallSignature(event.text, this.add(EventKind.Thinking).signature);
    const block = this.add(EventKind.ToolCall);
    block.id = event.id.copy();
    block.name = event.name.copy();
    this.calls.push(block);
  }

  protected override write(): void {
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
        const citations = block.citations;
        if (citations == null) break;
        out.key("citations");
        out.beginArray();
        out.raw(citations.view());
        out.endArray();
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
