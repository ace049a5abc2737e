/** A conversation as one text, for models and apps that take a prompt and nothing else. */
import { spanLength } from "../bytes/span";
import { JsonWriter } from "../json/writer";
import { Conversation, Item, ItemKind, Role } from "./conversation";
import { writeTitled } from "./text-document";

/** Writes the whole conversation as a string: a single message of the user as it is, else each with who says it in front, and the last line waiting for the assistant. */
export function writeTranscript(conversation: Conversation, out: JsonWriter): void {
  out.beginString();
  if (countTurns(conversation) == 1) writeTurn(conversation, 0, out);
  else {
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if (item.kind != ItemKind.Turn || !hasText(conversation, i)) continue;
      out.ascii(speakerOf(item));
      writeTurn(conversation, i, out);
      out.ascii("\\n");
    }
    out.ascii("Assistant:");
  }
  out.endString();
}

/** Writes what the user said last as a string. */
export function writeLastUserText(conversation: Conversation, out: JsonWriter): void {
  out.beginString();
  writeTurn(conversation, lastUserTurn(conversation), out);
  out.endString();
}

/** The index of the user's last turn; 0 where there is none. */
export function lastUserTurn(conversation: Conversation): i32 {
  let last = 0;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn && item.role == Role.User) last = i;
  }
  return last;
}

/** Writes the texts of the turn at `index` into a string that has begun, a line feed between two; of documents in plain text too, behind their titles. */
export function writeTurn(conversation: Conversation, index: i32, out: JsonWriter): void {
  let isFirst = true;
  for (let i = index + 1; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) break;
    if (!isSaid(item)) continue;
    if (!isFirst) out.ascii("\\n");
    isFirst = false;
    if (item.kind == ItemKind.Document) writeTitled(conversation.source, item, out);
    else conversation.source.write(item.text, out);
  }
}

function isSaid(item: Item): bool {
  return (item.kind == ItemKind.Text || item.kind == ItemKind.Refusal || item.kind == ItemKind.Document) && spanLength(item.text) > 0;
}

function hasText(conversation: Conversation, turn: i32): bool {
  for (let i = turn + 1; i < conversation.itemCount; i++) {
    if (conversation.item(i).kind == ItemKind.Turn) return false;
    if (isSaid(conversation.item(i))) return true;
  }
  return false;
}

function countTurns(conversation: Conversation): i32 {
  let count = 0;
  for (let i = 0; i < conversation.itemCount; i++) if (conversation.item(i).kind == ItemKind.Turn) count++;
  return count;
}

function speakerOf(turn: Item): string {
  if (turn.role == Role.Assistant) return "Assistant: ";
  return turn.role == Role.System || turn.role == Role.Developer ? "System: " : "User: ";
}
