/** As message-edits.ts, in the body that a client wrote in the provider's own protocol: what isn't touched stays byte for byte. */
import { Bytes } from "../../shared/bytes/bytes";
import { ABSENT, Span, span, spanLength, spanStart } from "../../shared/bytes/span";
import { findIn } from "../../shared/json/find";
import { JsonReader, JsonType } from "../../shared/json/reader";
import { JsonWriter } from "../../shared/json/writer";
import { Dialect } from "../../shared/protocols/operation";
import { BETWEEN, MessageEdits } from "./message-edits";

/** One message: spans of the body's buffer. */
@final
class Message {
  whole: Span = ABSENT;
  /** String content. */
  role: Span = ABSENT;
  /** Raw; absent if there is none, or null. */
  content: Span = ABSENT;
  contentType: JsonType = JsonType.None;
  /** Its only text, string content; absent if it has more than that, or none. */
  onlyText: Span = ABSENT;
  /** Name and value of each other member. */
  others: Array<Span> = [];
  hasName: bool = false;
}

const reader = new JsonReader();

/** Writes a body with its messages changed. */
export function writeWithEdits(body: Bytes, dialect: Dialect, edits: MessageEdits, out: JsonWriter): void {
  const isGemini = dialect == Dialect.Gemini;
  const list = findIn(body, isGemini ? "contents" : "messages");
  const contentKey = isGemini ? "parts" : "content";
  if (list == ABSENT) return out.bytes(body);
  const all = readMessages(new Bytes(body.buffer, spanStart(list), spanLength(list)), contentKey);
  const kept = withoutForgotten(all, body, edits);
  const from = spanStart(list);
  const to = from + spanLength(list);
  out.range(body.buffer, body.start, from - body.start);
  out.byte(0x5b);
  for (let i = 0; i < kept.length;) {
    let end = i + 1;
    while (edits.merges && end < kept.length && joins(kept, i, end, body)) end++;
    if (i > 0) out.byte(0x2c);
    if (end == i + 1) range(body, kept[i].whole, out);
    else writeJoined(kept, i, end, contentKey, body, out);
    i = end;
  }
  out.byte(0x5d);
  out.range(body.buffer, to, body.start + body.length - to);
}

function readMessages(list: Bytes, contentKey: string): Array<Message> {
  const all: Array<Message> = [];
  reader.start(list);
  if (reader.enterArray()) {
    while (reader.nextElement()) {
      const message = new Message();
      message.whole = reader.skip();
      all.push(message);
    }
  }
  for (let i = 0; i < all.length; i++) readMessage(list, all[i], contentKey);
  reader.release();
  return all;
}

function readMessage(list: Bytes, message: Message, contentKey: string): void {
  reader.start(new Bytes(list.buffer, spanStart(message.whole), spanLength(message.whole)));
  if (!reader.enterObject()) return;
  while (reader.nextKey()) {
    if (reader.keyIs("role") && reader.peek() == JsonType.String) message.role = reader.string();
    else if (reader.keyIs(contentKey)) {
      message.contentType = reader.peek();
      const value = reader.skip();
      if (message.contentType != JsonType.Null) message.content = value;
    } else {
      if (reader.keyIs("name")) message.hasName = true;
      message.others.push(reader.keySpan);
      message.others.push(reader.skip());
    }
  }
  if (message.content == ABSENT) return;
  if (message.contentType == JsonType.String) message.onlyText = inner(message.content);
  else if (message.contentType == JsonType.Array) readOnlyText(list, message);
}

function readOnlyText(list: Bytes, message: Message): void {
  reader.start(new Bytes(list.buffer, spanStart(message.content), spanLength(message.content)));
  if (!reader.enterArray()) return;
  let parts = 0;
  while (reader.nextElement()) {
    parts++;
    if (!reader.enterObject()) continue;
    while (reader.nextKey()) if (reader.keyIs("text") && reader.peek() == JsonType.String) message.onlyText = reader.string();
  }
  if (parts != 1) message.onlyText = ABSENT;
}

function withoutForgotten(all: Array<Message>, body: Bytes, edits: MessageEdits): Array<Message> {
  if (edits.commands.length == 0) return all;
  let last = all.length - 1;
  while (last >= 0 && !isCommand(all[last], body, edits)) last--;
  if (last < 0) return all;
  // What follows is asked; if nothing does, the command itself is.
  const from = last + 1 < all.length ? last + 1 : last;
  const kept: Array<Message> = [];
  for (let i = 0; i < all.length; i++)
    if (i >= from || hasRole(all[i], body, "system") || hasRole(all[i], body, "developer")) kept.push(all[i]);
  return kept;
}

function isCommand(message: Message, body: Bytes, edits: MessageEdits): bool {
  return (
    message.onlyText != ABSENT &&
    (message.role == ABSENT || hasRole(message, body, "user")) &&
    edits.isCommand(bytesOf(body, message.onlyText))
  );
}

/** Whether the message at `next` joins those from `first` to in front of it. */
function joins(all: Array<Message>, first: i32, next: i32, body: Bytes): bool {
  const a = all[first];
  const b = all[next];
  // What else a message has, such as calls, stands behind all texts.
  if (all[next - 1].others.length > 0 || b.hasName || a.role == ABSENT || b.role == ABSENT) return false;
  if (!isJoinable(a) || !isJoinable(b)) return false;
  const isSpoken =
    hasRole(b, body, "user") ||
    hasRole(b, body, "assistant") ||
    hasRole(b, body, "model") ||
    hasRole(b, body, "system") ||
    hasRole(b, body, "developer");
  return isSpoken && bytesOf(body, a.role).equals(bytesOf(body, b.role));
}

function isJoinable(message: Message): bool {
  return message.content == ABSENT || message.contentType == JsonType.String || message.contentType == JsonType.Array;
}

function writeJoined(all: Array<Message>, from: i32, to: i32, contentKey: string, body: Bytes, out: JsonWriter): void {
  out.ascii('{"role":"');
  range(body, all[from].role, out);
  out.byte(0x22);
  let strings = 0;
  let contents = 0;
  for (let i = from; i < to; i++) {
    if (all[i].content == ABSENT) continue;
    contents++;
    if (all[i].contentType == JsonType.String) strings++;
  }
  out.ascii(',"');
  out.ascii(contentKey);
  out.ascii('":');
  if (contents == 0) out.ascii("null");
  else if (strings == contents) writeText(all, from, to, body, out);
  else writeParts(all, from, to, body, out);
  const others = all[to - 1].others;
  for (let i = 0; i + 1 < others.length; i += 2) {
    out.ascii(',"');
    range(body, others[i], out);
    out.ascii('":');
    range(body, others[i + 1], out);
  }
  out.byte(0x7d);
}

function writeText(all: Array<Message>, from: i32, to: i32, body: Bytes, out: JsonWriter): void {
  let isFirst = true;
  out.byte(0x22);
  for (let i = from; i < to; i++) {
    if (all[i].content == ABSENT) continue;
    if (!isFirst) out.ascii(BETWEEN);
    isFirst = false;
    range(body, inner(all[i].content), out);
  }
  out.byte(0x22);
}

function writeParts(all: Array<Message>, from: i32, to: i32, body: Bytes, out: JsonWriter): void {
  let isFirst = true;
  out.byte(0x5b);
  for (let i = from; i < to; i++) {
    const content = all[i].content;
    if (content == ABSENT) continue;
    const isString = all[i].contentType == JsonType.String;
    const elements = isString ? content : inner(content);
    if (!isString && isBlank(bytesOf(body, elements))) continue;
    if (!isFirst) out.byte(0x2c);
    isFirst = false;
    if (isString) out.ascii('{"type":"text","text":');
    range(body, elements, out);
    if (isString) out.byte(0x7d);
  }
  out.byte(0x5d);
}

/** Without its quotes or brackets. */
function inner(value: Span): Span {
  return span(spanStart(value) + 1, spanLength(value) - 2);
}

function isBlank(bytes: Bytes): bool {
  for (let i = 0; i < bytes.length; i++) if (bytes.at(i) > 0x20) return false;
  return true;
}

function hasRole(message: Message, body: Bytes, role: string): bool {
  return message.role != ABSENT && bytesOf(body, message.role).is(role);
}

function bytesOf(body: Bytes, span: Span): Bytes {
  return new Bytes(body.buffer, spanStart(span), spanLength(span));
}

function range(body: Bytes, span: Span, out: JsonWriter): void {
  out.range(body.buffer, spanStart(span), spanLength(span));
}
