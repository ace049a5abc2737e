/** Writes turns of a conversation as messages. */
import { ABSENT, Source, spanLength } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { writeArgumentsText } from "../arguments";
import { Conversation, Item, ItemKind, Role } from "../conversation";
import { Target } from "../protocol";
import { MessageForm, WithoutText } from "./message-form";

/** Writes `messages`, in the form of OpenAI or a vendor that differs from it. A turn is a message, but for results of tools inside it: each is a message of its own, in front of the rest. */
export function writeMessages(conversation: Conversation, target: Target, form: MessageForm, out: JsonWriter): void {
  out.beginArray();
  if (form.joinsSystem && hasSystem(conversation)) {
    out.beginObject();
    out.key("role");
    out.asciiText("system");
    out.key("content");
    writeSystemText(conversation, out);
    out.endObject();
  }
  writeTurns(conversation, target, form, out);
  out.endArray();
}

/** Whether systems or developers say anything. */
export function hasSystem(conversation: Conversation): bool {
  let isSystem = false;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) isSystem = item.role == Role.System || item.role == Role.Developer;
    else if (isSystem && item.kind == ItemKind.Text && spanLength(item.text) > 0) return true;
  }
  return false;
}

/** All texts of systems and developers as one string, a line feed between two. */
export function writeSystemText(conversation: Conversation, out: JsonWriter): void {
  let isSystem = false;
  let isFirst = true;
  out.beginString();
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) isSystem = item.role == Role.System || item.role == Role.Developer;
    else if (isSystem && item.kind == ItemKind.Text && spanLength(item.text) > 0) {
      if (!isFirst) out.ascii("\\n");
      isFirst = false;
      conversation.source.write(item.text, out);
    }
  }
  out.endString();
}

function writeTurns(conversation: Conversation, target: Target, form: MessageForm, out: JsonWriter): void {
  let from = 0;
  let isDue = !target.systemMessages.isEmpty;
  while (from < conversation.itemCount) {
    const role = conversation.item(from).role;
    if (isDue && role != Role.System && role != Role.Developer) {
      isDue = false;
      out.raw(target.systemMessages);
    }
    let to = from + 1;
    while (to < conversation.itemCount && conversation.item(to).kind != ItemKind.Turn) to++;
    writeTurn(conversation, from, to, target, form, out);
    from = to;
  }
  if (isDue) out.raw(target.systemMessages);
}

/** The turn at `from` and its items up to `to`. */
function writeTurn(conversation: Conversation, from: i32, to: i32, target: Target, form: MessageForm, out: JsonWriter): void {
  const turn = conversation.item(from);
  if (turn.role == Role.Assistant) return writeAssistant(conversation, from, to, target, form, out);
  if (turn.role == Role.System || turn.role == Role.Developer) {
    if (form.joinsSystem) return;
    begin(conversation.source, turn, turn.role == Role.System ? "system" : form.developerWord, form, out);
    writeContent(conversation, from + 1, to, ItemKind.Text, "\\n", form, out);
    return out.endObject();
  }
  const results = writeResults(conversation, from + 1, to, form, out);
  const parts = countParts(conversation, from + 1, to, results > 0);
  if (results > 0 && parts == 0) return;
  begin(conversation.source, turn, "user", form, out);
  if (parts == 0 || (parts == 1 && isTextAlone(conversation, from + 1, to)))
    writeContent(conversation, from + 1, to, ItemKind.Text, "", form, out);
  else {
    out.key(form.partsKey);
    writeParts(conversation, from + 1, to, results > 0, form, out);
  }
  out.endObject();
}

function begin(source: Source, turn: Item, role: string, form: MessageForm, out: JsonWriter): void {
  out.beginObject();
  out.key("role");
  out.asciiText(role);
  if (turn.name == ABSENT || turn.role == Role.Tool || !form.takesNames) return;
  out.key("name");
  out.escapedFrom(source, turn.name);
}

/** The results of tools, one message each; how many. A message of a tool holds only text: its images go into the user's message after it. */
function writeResults(conversation: Conversation, from: i32, to: i32, form: MessageForm, out: JsonWriter): i32 {
  let count = 0;
  for (let i = from; i < to; i++) {
    const result = conversation.item(i);
    if (result.kind != ItemKind.ToolResult) continue;
    count++;
    const end = resultEnd(conversation, i, to);
    out.beginObject();
    out.key("role");
    out.asciiText("tool");
    out.key("tool_call_id");
    out.escapedFrom(conversation.source, result.id);
    // There is no member that says that a tool failed; mostly its text does.
    if (result.isError && !hasText(conversation, i, end)) {
      out.key("content");
      out.asciiText("Error");
    } else writeContent(conversation, i + 1, end, ItemKind.Text, "\\n", form, out);
    out.endObject();
    i = end;
  }
  return count;
}

function resultEnd(conversation: Conversation, from: i32, to: i32): i32 {
  let end = from + 1;
  while (end < to && conversation.item(end).kind != ItemKind.ToolResultEnd) end++;
  return end;
}

function hasText(conversation: Conversation, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) if (conversation.item(i).kind == ItemKind.Text && spanLength(conversation.item(i).text) > 0) return true;
  return false;
}

/** What goes into a user's message: everything outside of results, and what their own messages can't hold. */
function isPart(item: Item, isInResult: bool): bool {
  switch (item.kind) {
    case ItemKind.Text:
      return !isInResult;
    case ItemKind.Image:
    case ItemKind.Audio:
    case ItemKind.Document:
      return true;
    default:
      return false;
  }
}

function countParts(conversation: Conversation, from: i32, to: i32, hasResults: bool): i32 {
  let count = 0;
  let isInResult = false;
  for (let i = from; i < to; i++) {
    const item = conversation.item(i);
    if (hasResults && item.kind == ItemKind.ToolResult) isInResult = true;
    else if (item.kind == ItemKind.ToolResultEnd) isInResult = false;
    else if (isPart(item, isInResult)) count++;
  }
  return count;
}

function isTextAlone(conversation: Conversation, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) if (conversation.item(i).kind != ItemKind.Text) return false;
  return true;
}

function writeParts(conversation: Conversation, from: i32, to: i32, hasResults: bool, form: MessageForm, out: JsonWriter): void {
  out.beginArray();
  let isInResult = false;
  for (let i = from; i < to; i++) {
    const item = conversation.item(i);
    if (hasResults && item.kind == ItemKind.ToolResult) isInResult = true;
    else if (item.kind == ItemKind.ToolResultEnd) isInResult = false;
    else if (isPart(item, isInResult)) form.writePart(conversation.source, item, out);
  }
  out.endArray();
}

function writeAssistant(conversation: Conversation, from: i32, to: i32, target: Target, form: MessageForm, out: JsonWriter): void {
  const source = conversation.source;
  begin(source, conversation.item(from), "assistant", form, out);
  const calls = count(conversation, from, to, ItemKind.ToolCall);
  const refusals = count(conversation, from, to, ItemKind.Refusal);
  if (calls > 0 && !hasText(conversation, from, to)) {
    if (form.withoutText == WithoutText.Empty) writeContent(conversation, from + 1, to, ItemKind.Text, "", form, out);
    else if (form.withoutText == WithoutText.Null) {
      out.key("content");
      out.nothing();
    }
  } else if (refusals > 0 && !form.takesRefusals) writeContent(conversation, from + 1, to, ItemKind.Refusal, "", form, out);
  else writeContent(conversation, from + 1, to, ItemKind.Text, "", form, out);
  if (refusals > 0 && form.takesRefusals) {
    out.key("refusal");
    writeText(conversation, from + 1, to, ItemKind.Refusal, "", out);
  }
  const thinking = form.thinkingKey(calls > 0, target);
  // Where it is wanted it has to be there beside calls even if it is empty.
  if (
    thinking.length > 0 &&
    (target.takesReasoningContent ? calls > 0 || hasThinking(conversation, from, to) : hasThinking(conversation, from, to))
  ) {
    out.key(thinking);
    writeText(conversation, from + 1, to, ItemKind.Thinking, "\\n", out);
  }
  if (calls > 0) {
    out.key("tool_calls");
    out.beginArray();
    for (let i = from; i < to; i++) if (conversation.item(i).kind == ItemKind.ToolCall) writeCall(source, conversation.item(i), out);
    out.endArray();
  }
  out.endObject();
}

function hasThinking(conversation: Conversation, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Thinking && spanLength(item.text) > 0) return true;
  }
  return false;
}

function writeCall(source: Source, call: Item, out: JsonWriter): void {
  out.beginObject();
  out.key("id");
  out.escapedFrom(source, call.id);
  out.key("type");
  out.asciiText("function");
  out.key("function");
  out.beginObject();
  out.key("name");
  out.escapedFrom(source, call.name);
  out.key("arguments");
  writeArgumentsText(source, call, out);
  out.endObject();
  out.endObject();
}

function count(conversation: Conversation, from: i32, to: i32, kind: ItemKind): i32 {
  let found = 0;
  for (let i = from; i < to; i++) if (conversation.item(i).kind == kind) found++;
  return found;
}

/** The member with the texts of all items of one kind, as a string or, where the form has nothing but parts, as one. */
function writeContent(
  conversation: Conversation,
  from: i32,
  to: i32,
  kind: ItemKind,
  separator: string,
  form: MessageForm,
  out: JsonWriter,
): void {
  out.key("content");
  if (form.onlyParts) {
    out.beginArray();
    out.beginObject();
    out.key("text");
  }
  writeText(conversation, from, to, kind, separator, out);
  if (!form.onlyParts) return;
  out.endObject();
  out.endArray();
}

/** The texts of all items of one kind as one string, with an escaped separator between them. */
function writeText(conversation: Conversation, from: i32, to: i32, kind: ItemKind, separator: string, out: JsonWriter): void {
  out.beginString();
  let isFirst = true;
  for (let i = from; i < to; i++) {
    const item = conversation.item(i);
    if (item.kind != kind) continue;
    // A block of thinking may have nothing but a signature.
    if (kind == ItemKind.Thinking && spanLength(item.text) == 0) continue;
    if (!isFirst) out.ascii(separator);
    isFirst = false;
    conversation.source.write(item.text, out);
  }
  out.endString();
}
