/** A client's own body for a provider of the same protocol: copied byte for byte but for the model's name, the version, and thinking and citations of other makers, which Claude would refuse. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart } from "../../bytes/span";
import { findIn } from "../../json/find";
import { JsonReader, JsonType } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation, ItemKind } from "../conversation";
import { Target } from "../protocol";
import { wordOf } from "../values";
import { namesOthers } from "./citations";
import { isLeftOut } from "./outline";
import { isClaudes } from "./signatures";

const READER = new JsonReader();
const CONTENT = new JsonReader();
const BLOCK = new JsonReader();
const VIEW = new Bytes();
/** Stands where a message had only thinking that is left out: Anthropic refuses empty ones. */
const NOTHING_SAID = Bytes.of('[{"type":"text","text":"(nothing)"}]');

/** Whether the client's own bytes will do. */
export function passesUnchanged(conversation: Conversation, target: Target): bool {
  return !target.modelChanged && target.platformVersion.isEmpty && !leavesOutThinking(conversation, target);
}

/** Writes the body of an Anthropic client for a target whose model has another name, or that refuses some of its thinking. */
export function writeEdited(conversation: Conversation, target: Target, out: JsonWriter): void {
  const body = conversation.source.body;
  const messages = leavesOutThinking(conversation, target) ? findIn(body, "messages") : ABSENT;
  const onPlatform = !target.platformVersion.isEmpty;
  const model = target.modelChanged || onPlatform ? conversation.modelJson : ABSENT;
  let at = body.start;
  const messagesFirst = model == ABSENT || (messages != ABSENT && spanStart(messages) < spanStart(model));
  if (messagesFirst) at = writeMessages(conversation, messages, at, out);
  if (model != ABSENT) {
    if (onPlatform) at = writeVersion(conversation, target, at, out);
    else {
      out.range(body.buffer, at, spanStart(model) - at);
      out.startValue();
      out.escaped(target.model);
      at = spanStart(model) + spanLength(model);
    }
  }
  if (!messagesFirst) at = writeMessages(conversation, messages, at, out);
  out.range(body.buffer, at, body.start + body.length - at);
}

/** Copies up to the member `model`, and puts the version in its place, or nothing where the client says that itself; where the copy goes on. */
function writeVersion(conversation: Conversation, target: Target, from: i32, out: JsonWriter): i32 {
  const body = conversation.source.body;
  const model = conversation.modelJson;
  let start = spanStart(model) - body.start;
  // The key's opening quote: there is none inside a key that reads `model`, however it is escaped.
  for (let quotes = 0; start > 0 && quotes < 2;) if (body.at(--start) == 0x22) quotes++;
  let end = spanStart(model) + spanLength(model) - body.start;
  if (conversation.other("anthropic_version") == ABSENT) {
    out.range(body.buffer, from, body.start + start - from);
    out.startValue();
    out.key("anthropic_version");
    out.escaped(target.platformVersion);
  } else {
    while (isSpace(body.at(end))) end++;
    if (body.at(end) == 0x2c) end++;
    else while (start > 0 && body.at(start) != 0x2c) start--;
    out.range(body.buffer, from, body.start + start - from);
  }
  return body.start + end;
}

function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/**
 * Whether the conversation has thinking of other makers (another target answered before) and goes to a model that holds thinking to its signature. Compatible servers, whose models aren't called
 * Claude, mostly sign nothing, and want their thinking back as it is.
 */
function leavesOutThinking(conversation: Conversation, target: Target): bool {
  if (!target.model.contains("claude")) return false;
  if (conversation.repeatsCitations) return true;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if ((item.kind == ItemKind.Thinking || item.kind == ItemKind.RedactedThinking) && isLeftOut(item, conversation)) return true;
  }
  return false;
}

/** Copies up to and with the messages, without foreign thinking; where the copy goes on. The text has been read: it is valid. */
function writeMessages(conversation: Conversation, messages: Span, from: i32, out: JsonWriter): i32 {
  if (messages == ABSENT) return from;
  const body = conversation.source.body;
  let at = from;
  READER.start(conversation.source.bytes(messages));
  if (READER.enterArray()) {
    while (READER.nextElement()) {
      if (!READER.enterObject()) continue;
      while (READER.nextKey()) {
        if (!READER.keyIs("content") || READER.peek() != JsonType.Array) continue;
        const content = READER.skip();
        if (!hasForeign(conversation, content)) continue;
        out.range(body.buffer, at, spanStart(content) - at);
        writeOwn(conversation, content, out);
        at = spanStart(content) + spanLength(content);
      }
    }
  }
  READER.release();
  return at;
}

function hasForeign(conversation: Conversation, content: Span): bool {
  CONTENT.start(conversation.source.bytes(content));
  let found = false;
  if (CONTENT.enterArray())
    while (CONTENT.nextElement()) {
      const block = CONTENT.skip();
      if (isForeign(conversation, block) || citesOthers(conversation, block)) found = true;
    }
  CONTENT.release();
  return found;
}

/** Writes the blocks of an array that aren't foreign. */
function writeOwn(conversation: Conversation, content: Span, out: JsonWriter): void {
  const start = out.length;
  let count = 0;
  out.startValue();
  out.beginArray();
  CONTENT.start(conversation.source.bytes(content));
  if (CONTENT.enterArray()) {
    while (CONTENT.nextElement()) {
      const block = CONTENT.skip();
      if (isForeign(conversation, block)) continue;
      count++;
      if (citesOthers(conversation, block)) writeUncited(conversation, block, out);
      else out.rawFrom(conversation.source, block);
    }
  }
  CONTENT.release();
  out.endArray();
  if (count > 0) return;
  out.cutTo(start);
  out.bytes(NOTHING_SAID);
}

/** Whether a block has citations that were written here: Anthropic's own have an `encrypted_index`, without which it refuses them. */
function citesOthers(conversation: Conversation, block: Span): bool {
  if (!conversation.repeatsCitations) return false;
  const citations = findIn(conversation.source.bytes(block), "citations");
  return citations != ABSENT && namesOthers(conversation.source.bytes(citations));
}

/** Writes a block without its citations. */
function writeUncited(conversation: Conversation, block: Span, out: JsonWriter): void {
  BLOCK.start(conversation.source.bytes(block));
  out.beginObject();
  if (BLOCK.enterObject()) {
    while (BLOCK.nextKey()) {
      if (BLOCK.keyIs("citations")) continue;
      out.keyEscaped(BLOCK.bytes(BLOCK.keySpan));
      out.raw(BLOCK.bytes(BLOCK.skip()));
    }
  }
  out.endObject();
  BLOCK.release();
}

/** Whether a block is thinking without a signature, or of another maker (`signatures.ts`). */
function isForeign(conversation: Conversation, block: Span): bool {
  BLOCK.start(conversation.source.bytes(block));
  let isThinking = false;
  let isRedacted = false;
  let signature = ABSENT;
  let data = ABSENT;
  if (BLOCK.enterObject()) {
    while (BLOCK.nextKey()) {
      if (BLOCK.keyIs("type")) {
        const type = wordOf(BLOCK, BLOCK.string(), VIEW);
        isThinking = type.is("thinking");
        isRedacted = type.is("redacted_thinking");
      } else if (BLOCK.keyIs("signature")) signature = BLOCK.string();
      else if (BLOCK.keyIs("data")) data = BLOCK.string();
    }
  }
  const opaque = BLOCK.bytes(isThinking ? signature : data);
  BLOCK.release();
  return (isThinking || isRedacted) && !isClaudes(opaque);
}
