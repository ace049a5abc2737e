/** What will stand in `messages`, seen from afar, before it is written. */
import { isStrictBase64 } from "../../bytes/base64";
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { Conversation, Item, ItemKind, Role } from "../conversation";
import { isBlank } from "./text";

const VIEW = new Bytes();

/** Whose message an item belongs to. */
export enum Side {
  None,
  User,
  Assistant,
}

/** Which of Claude's own thoughts are said. */
export enum Thoughts {
  All,
  /** Redacted ones only in base64: Bedrock takes them as bytes. */
  Base64,
  /** None, to another maker's model. */
  None,
}

/** One object, `OUTLINE`, is drawn anew for each request. */
@final
export class Outline {
  /** There are system turns only, which are then taken for the user's: something has to be answered. */
  systemIsUser: bool = false;
  /** The last item, if it is the assistant's, so that Claude continues it; else -1. */
  prefill: i32 = -1;
  /** Claude goes on from an assistant's message, be it a prefill or calls whose results follow, that doesn't begin with thinking. */
  goesOnWithoutThought: bool = false;
  /** How many messages there will be, and which is the last of the user's (-1: none). */
  messages: i32 = 0;
  lastUserMessage: i32 = -1;
  private thoughts: Thoughts = Thoughts.All;

  draw(conversation: Conversation, thoughts: Thoughts = Thoughts.All): this {
    this.thoughts = thoughts;
    let role = Role.User;
    let side = Side.None;
    let last = -1;
    let beganWithThought = false;
    let hasResult = false;
    this.messages = 0;
    this.lastUserMessage = -1;
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if (item.kind == ItemKind.Turn) {
        role = item.role;
        continue;
      }
      if (isSystem(role) || this.leavesOut(item, conversation)) continue;
      last = i;
      const itsSide = sideOf(role);
      if (itsSide != side) {
        side = itsSide;
        hasResult = false;
        if (side == Side.User) this.lastUserMessage = this.messages;
        this.messages++;
        if (side == Side.Assistant) beganWithThought = item.kind == ItemKind.Thinking || item.kind == ItemKind.RedactedThinking;
      }
      if (item.kind == ItemKind.ToolResult) hasResult = true;
    }
    this.systemIsUser = last < 0;
    if (last < 0) {
      this.messages = 1;
      this.lastUserMessage = 0;
    }
    this.prefill = side == Side.Assistant ? last : -1;
    this.goesOnWithoutThought = (side == Side.Assistant || hasResult) && !beganWithThought;
    return this;
  }

  /** Whether an item leaves no trace. */
  leavesOut(item: Item, conversation: Conversation): bool {
    return isLeftOut(item, conversation, this.thoughts);
  }
}

export const OUTLINE = new Outline();

export function sideOf(role: Role): Side {
  return role == Role.Assistant ? Side.Assistant : Side.User;
}

export function isSystem(role: Role): bool {
  return role == Role.System || role == Role.Developer;
}

/** Whether an item leaves no trace: blank text, which the API refuses, and thinking that isn't Claude's own. */
export function isLeftOut(item: Item, conversation: Conversation, thoughts: Thoughts = Thoughts.All): bool {
  switch (item.kind) {
    case ItemKind.Text:
    case ItemKind.Refusal:
      return isBlank(conversation.source.point(item.text, VIEW));
    case ItemKind.Thinking:
      // Without its signature, or signed by another maker, the API refuses it.
      return thoughts == Thoughts.None || spanLength(item.signature) == 0 || isAnothers(item, conversation);
    case ItemKind.RedactedThinking:
      if (thoughts == Thoughts.Base64 && !isStrictBase64(conversation.source.point(item.data, VIEW))) return true;
      return thoughts == Thoughts.None || isAnothers(item, conversation);
    default:
      return false;
  }
}

function isAnothers(item: Item, conversation: Conversation): bool {
  return item.name != ABSENT && !conversation.source.is(item.name, "anthropic");
}

/** Whether the item at `index` is the last of its turn. */
export function isLastOfTurn(conversation: Conversation, index: i32): bool {
  return index + 1 >= conversation.itemCount || conversation.item(index + 1).kind == ItemKind.Turn;
}
