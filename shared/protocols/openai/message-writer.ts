/** Writes turns of a conversation as messages. */
import { ABSENT, Source, spanLength } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { writeArgumentsText } from "../arguments";
import { Conversation, Item, ItemKind, Role } from "../conversation";
import { writeUrl } from "../dataurl";
import { Target } from "../protocol";
import { audioFormat } from "./fits";

/** Writes `messages`. A turn is a message, but for results of tools inside it: each is a message of its own, in front of the rest. */
export function writeMessages(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.beginArray();
  let from = 0;
  while (from < conversation.itemCount) {
    let to = from + 1;
    while (to < conversation.itemCount && conversation.item(to).kind != ItemKind.Turn) to++;
    writeTurn(conversation, from, to, target, out);
    from = to;
  }
  out.endArray();
}

/** The turn at `from` and its items up to `to`. */
function writeTurn(conversation: Conversation, from: i32, to: i32, target: Target, out: JsonWriter): void {
  const turn = conversation.item(from);
  if (turn.role == Role.Assistant) return writeAssistant(conversation, from, to, target, out);
  if (turn.role == Role.System || turn.role == Role.Developer) {
    begin(conversation.source, turn, turn.role == Role.System ? "system" : "developer", out);
    out.key("content");
    writeText(conversation, from + 1, to, ItemKind.Text, "\\n", out);
    return out.endObject();
  }
  const results = writeResults(conversation, from + 1, to, out);
  const parts = countParts(conversation, from + 1, to, results > 0);
  if (results > 0 && parts == 0) return;
  begin(conversation.source, turn, "user", out);
  out.key("content");
  if (parts == 0 || (parts == 1 && isTextAlone(conversation, from + 1, to))) writeText(conversation, from + 1, to, ItemKind.Text, "", out);
  else writeParts(conversation, from + 1, to, results > 0, out);
  out.endObject();
}

function begin(source: Source, turn: Item, role: string, out: JsonWriter): void {
  out.beginObject();
  out.key("role");
  out.asciiText(role);
  if (turn.name == ABSENT || turn.role == Role.Tool) return;
  out.key("name");
  out.escapedFrom(source, turn.name);
}

/** The results of tools, one message each; how many. A message of a tool holds only text: its images go into the user's message after it. */
function writeResults(conversation: Conversation, from: i32, to: i32, out: JsonWriter): i32 {
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
    out.key("content");
    // There is no member that says that a tool failed; mostly its text does.
    if (result.isError && !hasText(conversation, i, end)) out.asciiText("Error");
    else writeText(conversation, i + 1, end, ItemKind.Text, "\\n", out);
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

function writeParts(conversation: Conversation, from: i32, to: i32, hasResults: bool, out: JsonWriter): void {
  out.beginArray();
  let isInResult = false;
  for (let i = from; i < to; i++) {
    const item = conversation.item(i);
    if (hasResults && item.kind == ItemKind.ToolResult) isInResult = true;
    else if (item.kind == ItemKind.ToolResultEnd) isInResult = false;
    else if (isPart(item, isInResult)) writePart(conversation.source, item, out);
  }
  out.endArray();
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
function writePart(source: Source, item: Item, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  switch (item.kind) {
    case ItemKind.Image:
      out.asciiText("image_url");
      out.key("image_url");
      out.beginObject();
      out.key("url");
      writeUrl(source, item, out);
      if (item.detail != ABSENT) {
        out.key("detail");
        out.escapedFrom(source, item.detail);
      }
      out.endObject();
      break;
    case ItemKind.Audio:
      out.asciiText("input_audio");
      out.key("input_audio");
      out.beginObject();
      out.key("data");
      out.escapedFrom(source, item.data);
      out.key("format");
      out.asciiText(audioFormat(source, item));
      out.endObject();
      break;
    case ItemKind.Document:
      if (item.text != ABSENT) {
        out.asciiText("text");
        out.key("text");
        writeTextDocument(source, item, out);
        break;
      }
      out.asciiText("file");
      out.key("file");
      writeFile(source, item, out);
      break;
    default:
      out.asciiText("text");
      out.key("text");
      out.escapedFrom(source, item.text);
      break;
  }
  out.endObject();
}

/** A document in plain text is text, behind its title. */
function writeTextDocument(source: Source, item: Item, out: JsonWriter): void {
  out.beginString();
  if (spanLength(item.name) > 0) {
    source.write(item.name, out);
    out.ascii("\\n\\n");
  }
  source.write(item.text, out);
  out.endString();
}

function writeFile(source: Source, item: Item, out: JsonWriter): void {
  out.beginObject();
  // OpenAI refuses data without a name.
  out.key("filename");
  if (item.name != ABSENT) out.escapedFrom(source, item.name);
  else out.asciiText("document");
  out.key("file_data");
  writeUrl(source, item, out);
  out.endObject();
}

function writeAssistant(conversation: Conversation, from: i32, to: i32, target: Target, out: JsonWriter): void {
  const source = conversation.source;
  begin(source, conversation.item(from), "assistant", out);
  const calls = count(conversation, from, to, ItemKind.ToolCall);
  out.key("content");
  if (calls > 0 && !hasText(conversation, from, to)) out.nothing();
  else writeText(conversation, from + 1, to, ItemKind.Text, "", out);
  if (count(conversation, from, to, ItemKind.Refusal) > 0) {
    out.key("refusal");
    writeText(conversation, from + 1, to, ItemKind.Refusal, "", out);
  }
  // Beside calls it has to be there even if it is empty.
  if (target.takesReasoningContent && (calls > 0 || hasThinking(conversation, from, to))) {
    out.key("reasoning_content");
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
