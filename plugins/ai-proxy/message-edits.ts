/** What becomes of a conversation's messages before a provider gets them: `contextCleanupCommands`, `mergeConsecutiveMessages`, and texts of the configuration's own. */
import { Bytes } from "../../shared/bytes/bytes";
import { ABSENT } from "../../shared/bytes/span";
import { ByteWriter } from "../../shared/bytes/writer";
import { unescape } from "../../shared/json/unescape";
import { Conversation, Item, ItemKind, Role } from "../../shared/protocols/conversation";

/** Between two texts that become one, as string content. */
export const BETWEEN = "\\n\\n";
const NO_ITEMS: Array<Item> = [];
const plain = new ByteWriter(64);
const view = new Bytes();

/** Changes a conversation that is to be translated, until it is put back. */
@final
export class MessageEdits {
  private saved: Array<Item> = NO_ITEMS;
  private isChanged: bool = false;

  constructor(
    /** UTF-8. */
    readonly commands: Array<Bytes>,
    readonly merges: bool,
  ) {}

  get isIdle(): bool {
    return this.commands.length == 0 && !this.merges;
  }

  /** Whether a message that says this (string content) makes the gateway forget. */
  isCommand(text: Bytes): bool {
    plain.clear();
    unescape(text, plain);
    plain.pointAt(view);
    for (let i = 0; i < this.commands.length; i++) if (this.commands[i].equals(view)) return true;
    return false;
  }

  /** `systemText`: string content that systems say, too; empty: none. */
  change(conversation: Conversation, systemText: Bytes): void {
    if (this.isIdle && systemText.isEmpty) return;
    this.isChanged = true;
    this.saved = conversation.takeItems();
    let items = this.saved;
    if (this.commands.length > 0) items = this.withoutForgotten(items, conversation);
    if (this.merges) items = merged(items, conversation);
    if (!systemText.isEmpty) items = withSystem(items, systemText, conversation);
    conversation.putItems(items);
  }

  restore(conversation: Conversation): void {
    if (!this.isChanged) return;
    this.isChanged = false;
    conversation.putItems(this.saved);
    this.saved = NO_ITEMS;
  }

  private withoutForgotten(items: Array<Item>, conversation: Conversation): Array<Item> {
    let end = items.length;
    for (let i = items.length - 1; i >= 0; i--) {
      const turn = items[i];
      if (turn.kind != ItemKind.Turn) continue;
      if (
        turn.role == Role.User &&
        end == i + 2 &&
        items[i + 1].kind == ItemKind.Text &&
        this.isCommand(conversation.source.bytes(items[i + 1].text))
      )
        return kept(items, end < items.length ? end : i);
      end = i;
    }
    return items;
  }
}

/** The items from `from` on, and of those in front what systems say. */
function kept(items: Array<Item>, from: i32): Array<Item> {
  const kept: Array<Item> = [];
  let isSystem = false;
  for (let i = 0; i < items.length; i++) {
    if (items[i].kind == ItemKind.Turn) isSystem = isOfSystem(items[i]);
    if (isSystem || i >= from) kept.push(items[i]);
  }
  return kept;
}

function merged(items: Array<Item>, conversation: Conversation): Array<Item> {
  const result: Array<Item> = [];
  let last: Item | null = null;
  for (let i = 0; i < items.length;) {
    const turn = items[i];
    let end = i + 1;
    while (end < items.length && items[end].kind != ItemKind.Turn) end++;
    const text = end == i + 2 && items[i + 1].kind == ItemKind.Text ? items[i + 1] : null;
    if (last != null && joins(last, turn) && !holdsBack(items, i + 1, end)) {
      const before = result[result.length - 1];
      const isAlone = before.kind == ItemKind.Text && before.cacheControl == ABSENT && result[result.length - 2] === last;
      if (text != null && isAlone && text.cacheControl == ABSENT) result[result.length - 1] = joined(before, text, conversation);
      else for (let j = i + 1; j < end; j++) result.push(items[j]);
    } else {
      for (let j = i; j < end; j++) result.push(items[j]);
      last = turn;
    }
    i = end;
  }
  return result;
}

/** Two texts as one. */
function joined(before: Item, text: Item, conversation: Conversation): Item {
  const first = conversation.source.bytes(before.text).copy();
  const second = conversation.source.bytes(text.text).copy();
  const arena = conversation.source.arena;
  const start = arena.length;
  arena.bytes(first);
  arena.ascii(BETWEEN);
  arena.bytes(second);
  const one = new Item();
  one.kind = ItemKind.Text;
  one.text = conversation.source.since(start);
  return one;
}

function joins(last: Item, next: Item): bool {
  return last.role == next.role && next.role != Role.Tool && last.name == ABSENT && next.name == ABSENT;
}

/** Whether a turn has what must not move behind another's content: results of tools come first in a message, and so does thinking. */
function holdsBack(items: Array<Item>, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) {
    const kind = items[i].kind;
    if (kind == ItemKind.ToolResult || kind == ItemKind.Thinking || kind == ItemKind.RedactedThinking) return true;
  }
  return false;
}

/** A turn of a system's behind those that the conversation begins with. */
function withSystem(items: Array<Item>, text: Bytes, conversation: Conversation): Array<Item> {
  let at = 0;
  while (at < items.length && (items[at].kind != ItemKind.Turn || isOfSystem(items[at]))) at++;
  const turn = new Item();
  turn.role = Role.System;
  const said = new Item();
  said.kind = ItemKind.Text;
  said.text = conversation.source.keep(text);
  const own: Array<Item> = [];
  own.push(turn);
  own.push(said);
  return items.slice(0, at).concat(own).concat(items.slice(at));
}

function isOfSystem(turn: Item): bool {
  return turn.role == Role.System || turn.role == Role.Developer;
}
