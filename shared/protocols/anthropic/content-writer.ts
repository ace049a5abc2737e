/** Writes the turns of a conversation as `messages` (https://docs.anthropic.com/en/api/messages#body-messages). */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { writeArguments } from "../arguments";
import { Conversation, Item, ItemKind } from "../conversation";
import { endBlock, writeDocument, writeImage } from "./media-writer";
import { Outline, Side, isLastOfTurn, isLeftOut, isSystem, sideOf } from "./outline";
import { trimmedEnd } from "./text";
import { writeToolId } from "./tool-id";

/**
 * One request's messages. A message is opened by the first block that needs it, so a turn without content leaves no trace, and turns of one side that follow each
 * other become one message: Anthropic joins them anyway, and wants all results of parallel calls in one.
 */
@final
export class ContentWriter {
  private readonly view: Bytes = new Bytes();
  private side: Side = Side.None;
  private conversation: Conversation = NO_CONVERSATION;
  private out: JsonWriter = NO_WRITER;
  /** The turn's own cache marker, for its last block. */
  private turnMarker: Span = ABSENT;

  /** Writes the array. */
  write(conversation: Conversation, outline: Outline, out: JsonWriter): void {
    this.conversation = conversation;
    this.out = out;
    this.side = Side.None;
    out.beginArray();
    let turn = NO_TURN;
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if (item.kind == ItemKind.Turn) {
        turn = item;
        continue;
      }
      if (item.kind == ItemKind.ToolResult) {
        this.turnMarker = turn.cacheControl;
        i = this.writeToolResult(i);
        continue;
      }
      if (isSystem(turn.role) && !outline.systemIsUser) continue;
      this.turnMarker = isLastOfTurn(conversation, i) ? turn.cacheControl : ABSENT;
      this.writeItem(item, sideOf(turn.role), i == outline.prefill);
    }
    this.close();
    out.endArray();
    this.conversation = NO_CONVERSATION;
    this.out = NO_WRITER;
  }

  private writeItem(item: Item, side: Side, isPrefill: bool): void {
    if (isLeftOut(item, this.conversation)) return;
    switch (item.kind) {
      case ItemKind.Text:
      case ItemKind.Refusal:
        this.open(side);
        this.writeText(item, isPrefill);
        break;
      case ItemKind.Image:
        this.open(side);
        writeImage(item, this.markerOf(item), this.conversation.source, this.out);
        break;
      case ItemKind.Document:
        this.open(side);
        writeDocument(item, this.markerOf(item), this.conversation.source, this.out);
        break;
      case ItemKind.ToolCall:
        this.open(side);
        this.writeToolCall(item);
        break;
      case ItemKind.Thinking:
        this.open(side);
        this.writeThinking(item);
        break;
      case ItemKind.RedactedThinking:
        this.open(side);
        this.begin("redacted_thinking");
        this.out.key("data");
        this.out.escapedFrom(this.conversation.source, item.data);
        this.out.endObject();
        break;
      default:
        break;
    }
  }

  private writeText(item: Item, isPrefill: bool): void {
    this.begin("text");
    this.out.key("text");
    const text = this.conversation.source.point(item.text, this.view);
    this.out.escaped(isPrefill ? trimmedEnd(text) : text);
    this.end(item);
  }

  private writeThinking(item: Item): void {
    this.begin("thinking");
    this.out.key("thinking");
    this.out.escapedFrom(this.conversation.source, item.text);
    this.out.key("signature");
    this.out.escapedFrom(this.conversation.source, item.signature);
    this.out.endObject();
  }

  private writeToolCall(item: Item): void {
    this.begin("tool_use");
    this.writeToolId("id", item.id);
    this.out.key("name");
    this.out.escapedFrom(this.conversation.source, item.name);
    this.out.key("input");
    writeArguments(this.conversation.source, item, this.out);
    this.end(item);
  }

  /** A result with its content; the index of its last item. */
  private writeToolResult(index: i32): i32 {
    const conversation = this.conversation;
    const out = this.out;
    const result = conversation.item(index);
    this.open(Side.User);
    this.begin("tool_result");
    this.writeToolId("tool_use_id", result.id);
    const marker = this.turnMarker;
    this.turnMarker = ABSENT;
    let hasContent = false;
    for (index++; index < conversation.itemCount; index++) {
      const item = conversation.item(index);
      if (item.kind == ItemKind.ToolResultEnd || item.kind == ItemKind.Turn) break;
      if (isLeftOut(item, conversation)) continue;
      if (!hasContent) {
        hasContent = true;
        out.key("content");
        out.beginArray();
      }
      this.writeItem(item, Side.User, false);
    }
    if (hasContent) out.endArray();
    if (result.isError) {
      out.key("is_error");
      out.boolean(true);
    }
    this.turnMarker = marker;
    this.end(result);
    const ended = index < conversation.itemCount && conversation.item(index).kind == ItemKind.ToolResultEnd;
    return ended ? index : index - 1;
  }

  private writeToolId(key: string, id: Span): void {
    this.out.key(key);
    writeToolId(this.conversation.source.point(id, this.view), this.out);
  }

  private begin(type: string): void {
    this.out.beginObject();
    this.out.key("type");
    this.out.asciiText(type);
  }

  private end(item: Item): void {
    endBlock(this.markerOf(item), this.conversation.source, this.out);
  }

  private markerOf(item: Item): Span {
    return item.cacheControl != ABSENT ? item.cacheControl : this.turnMarker;
  }

  private open(side: Side): void {
    if (this.side == side) return;
    // The first message has to be the user's: one of the assistant's, such as a greeting, is not lost for that.
    if (side == Side.Assistant && this.side == Side.None) this.out.raw(OPENING);
    this.close();
    this.side = side;
    this.out.beginObject();
    this.out.key("role");
    this.out.asciiText(side == Side.Assistant ? "assistant" : "user");
    this.out.key("content");
    this.out.beginArray();
  }

  private close(): void {
    if (this.side == Side.None) return;
    this.side = Side.None;
    this.out.endArray();
    this.out.endObject();
  }
}

const NO_CONVERSATION = new Conversation();
const NO_WRITER = new JsonWriter(0);
const NO_TURN = new Item();
const OPENING = Bytes.of('{"role":"user","content":[{"type":"text","text":"(The assistant begins.)"}]}');
