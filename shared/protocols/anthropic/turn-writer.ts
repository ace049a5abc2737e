/** Walks the turns of a conversation for protocols whose messages are blocks of a user's and an assistant's, in turn: Anthropic's, and Bedrock's. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Conversation, Item, ItemKind } from "../conversation";
import { Outline, Side, isLastOfTurn, isSystem, sideOf } from "./outline";
import { trimmedEnd } from "./text";

/** What stands in front of an assistant's message that would be the first: that has to be the user's, and a greeting, say, is not lost for that. */
export const ASSISTANT_BEGINS = "(The assistant begins.)";

/**
 * One request's messages. A message is opened by the first block that needs it, so a turn without content leaves no trace, and turns of one side that follow each other become one message: Anthropic joins them anyway, Bedrock
 * refuses them, and both want all results of parallel calls in one.
 */
export abstract class TurnWriter {
  protected conversation: Conversation = NO_CONVERSATION;
  protected out: JsonWriter = NO_WRITER;
  protected outline: Outline = NO_OUTLINE;
  protected side: Side = Side.None;
  protected readonly view: Bytes = new Bytes();
  /** The turn's own cache marker, for its last block. */
  private turnMarker: Span = ABSENT;

  // What a protocol says for one item, marker and all. `marker`: raw JSON, or `ABSENT`.
  protected abstract writeText(text: Bytes, marker: Span): void;
  protected abstract writeImage(item: Item, marker: Span): void;
  protected abstract writeDocument(item: Item, marker: Span): void;
  protected abstract writeAudio(item: Item, marker: Span): void;
  protected abstract writeToolCall(item: Item, marker: Span): void;
  protected abstract writeThinking(item: Item): void;
  protected abstract writeRedactedThinking(item: Item): void;
  /** A result begins; its content items follow. */
  protected abstract beginResult(result: Item): void;
  protected abstract endResult(result: Item, marker: Span): void;
  /** The message that stands in front of an assistant's. */
  protected abstract get opening(): Bytes;
  /** A request's first message is about to come. */
  protected starting(): void {}
  /** The message is about to end. */
  protected closing(): void {}

  /** Writes the array. */
  write(conversation: Conversation, outline: Outline, out: JsonWriter): void {
    this.conversation = conversation;
    this.outline = outline;
    this.out = out;
    this.side = Side.None;
    this.starting();
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
    this.outline = NO_OUTLINE;
    this.out = NO_WRITER;
  }

  private writeItem(item: Item, side: Side, isPrefill: bool): void {
    if (this.outline.leavesOut(item, this.conversation) || !isContent(item.kind)) return;
    this.open(side);
    switch (item.kind) {
      case ItemKind.Text:
      case ItemKind.Refusal:
        const text = this.conversation.source.point(item.text, this.view);
        this.writeText(isPrefill ? trimmedEnd(text) : text, this.markerOf(item));
        break;
      case ItemKind.Image:
        this.writeImage(item, this.markerOf(item));
        break;
      case ItemKind.Document:
        this.writeDocument(item, this.markerOf(item));
        break;
      case ItemKind.Audio:
        this.writeAudio(item, this.markerOf(item));
        break;
      case ItemKind.ToolCall:
        this.writeToolCall(item, this.markerOf(item));
        break;
      case ItemKind.Thinking:
        this.writeThinking(item);
        break;
      case ItemKind.RedactedThinking:
        this.writeRedactedThinking(item);
        break;
      default:
        break;
    }
  }

  /** A result with its content; the index of its last item. */
  private writeToolResult(index: i32): i32 {
    const conversation = this.conversation;
    const result = conversation.item(index);
    this.open(Side.User);
    this.beginResult(result);
    const marker = this.turnMarker;
    this.turnMarker = ABSENT;
    for (index++; index < conversation.itemCount; index++) {
      const item = conversation.item(index);
      if (item.kind == ItemKind.ToolResultEnd || item.kind == ItemKind.Turn) break;
      this.writeItem(item, Side.User, false);
    }
    this.turnMarker = marker;
    this.endResult(result, this.markerOf(result));
    const ended = index < conversation.itemCount && conversation.item(index).kind == ItemKind.ToolResultEnd;
    return ended ? index : index - 1;
  }

  private markerOf(item: Item): Span {
    return item.cacheControl != ABSENT ? item.cacheControl : this.turnMarker;
  }

  private open(side: Side): void {
    if (this.side == side) return;
    if (side == Side.Assistant && this.side == Side.None) this.out.raw(this.opening);
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
    this.closing();
    this.side = Side.None;
    this.out.endArray();
    this.out.endObject();
  }
}

/** Whether an item is said by a block of its own. */
function isContent(kind: ItemKind): bool {
  return kind != ItemKind.Turn && kind != ItemKind.ToolResult && kind != ItemKind.ToolResultEnd && kind != ItemKind.Unknown;
}

const NO_CONVERSATION = new Conversation();
const NO_WRITER = new JsonWriter(0);
const NO_OUTLINE = new Outline();
const NO_TURN = new Item();
