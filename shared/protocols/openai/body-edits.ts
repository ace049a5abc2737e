/** A client's own body for a provider of the same protocol: copied byte for byte but for the model's name, the usage that we want to be told, and what the vendor refuses. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, span, spanLength, spanStart } from "../../bytes/span";
import { findIn } from "../../json/find";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation, ItemKind, Role } from "../conversation";
import { Operation } from "../operation";
import { Target } from "../protocol";
import { keyOf, withComma } from "./members";

const READER = new JsonReader();
const MAX_TOKENS = "max_tokens";

/** What has to be changed, as bits. */
export const NOTHING: i32 = 0;
const MODEL: i32 = 1;
const ASK_FOR_USAGE: i32 = 2;
const DROP_OPTIONS: i32 = 4;
const RENAME_LIMIT: i32 = 8;
const INSERT_MESSAGES: i32 = 16;
const ADD_MEMBERS: i32 = 32;

/**
 * What has to be changed in a client's body for a target. Streams have usage only if it is asked for
 * (https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options).
 */
export function editsFor(conversation: Conversation, target: Target): i32 {
  let edits = target.modelChanged ? MODEL : NOTHING;
  if (conversation.operation != Operation.Chat) return edits;
  if (!target.takesStreamOptions) {
    if (conversation.streamOptionsJson != ABSENT) edits |= DROP_OPTIONS;
  } else if (conversation.stream && !conversation.includeUsage) edits |= ASK_FOR_USAGE;
  if (!target.takesMaxCompletionTokens && isLimitInNewSpelling(conversation)) edits |= RENAME_LIMIT;
  if (!target.systemMessages.isEmpty) edits |= INSERT_MESSAGES;
  if (!target.members.isEmpty) edits |= ADD_MEMBERS;
  return edits;
}

/** Whether the limit is said as `max_completion_tokens` only. */
function isLimitInNewSpelling(conversation: Conversation): bool {
  if (conversation.maxTokensJson == ABSENT) return false;
  const body = conversation.source.body;
  return !conversation.source.is(keyOf(body, conversation.maxTokensJson), MAX_TOKENS) && findIn(body, MAX_TOKENS) == ABSENT;
}

/** Writes the body of an OpenAI client for another provider of OpenAI's protocol. */
export function writeEdited(conversation: Conversation, target: Target, out: JsonWriter): void {
  const body = conversation.source.body;
  const edits = editsFor(conversation, target);
  let model = edits & MODEL ? conversation.modelJson : ABSENT;
  let options = edits & (ASK_FOR_USAGE | DROP_OPTIONS) ? conversation.streamOptionsJson : ABSENT;
  let limit = edits & RENAME_LIMIT ? keyOf(body, conversation.maxTokensJson) : ABSENT;
  if (edits & DROP_OPTIONS) options = memberOf(body, options);
  let messages = edits & INSERT_MESSAGES ? placeOfMessages(conversation) : ABSENT;
  let at = body.start;
  // They stand in any order.
  for (;;) {
    const next = first(first(model, messages), first(options, limit));
    if (next == ABSENT) break;
    out.range(body.buffer, at, spanStart(next) - at);
    at = spanStart(next) + spanLength(next);
    if (next == model) {
      out.startValue();
      out.escaped(target.model);
      model = ABSENT;
    } else if (next == messages) {
      out.bytes(target.systemMessages);
      out.byte(0x2c);
      messages = ABSENT;
    } else if (next == limit) {
      out.ascii(MAX_TOKENS);
      limit = ABSENT;
    } else {
      if (edits & ASK_FOR_USAGE) writeOptions(body, options, out);
      options = ABSENT;
    }
  }
  const asks = (edits & ASK_FOR_USAGE) != 0 && conversation.streamOptionsJson == ABSENT;
  if (asks || edits & ADD_MEMBERS) at = appendMembers(body, at, asks, target, out);
  out.range(body.buffer, at, body.start + body.length - at);
}

/** Which of two spans stands first; the other, if one is absent. */
function first(a: Span, b: Span): Span {
  if (a == ABSENT) return b;
  return b == ABSENT || spanStart(a) < spanStart(b) ? a : b;
}

/** The member of a value, with a comma. */
function memberOf(body: Bytes, value: Span): Span {
  const start = spanStart(keyOf(body, value)) - 1;
  return withComma(body, span(start, spanStart(value) + spanLength(value) - start));
}

/** Copies up to the last brace, which closes an object that has members, and adds some; where the copy goes on. */
function appendMembers(body: Bytes, at: i32, asksForUsage: bool, target: Target, out: JsonWriter): i32 {
  let brace = body.start + body.length - 1;
  while (brace > at && body.at(brace - body.start) != 0x7d) brace--;
  out.range(body.buffer, at, brace - at);
  if (asksForUsage) out.ascii(',"stream_options":{"include_usage":true}');
  if (!target.members.isEmpty) {
    out.byte(0x2c);
    out.bytes(target.members);
  }
  return brace;
}

/** An empty span in front of the first message that isn't a system's; of the first one where all are. */
function placeOfMessages(conversation: Conversation): Span {
  let place = ABSENT;
  for (let i = 0; i < conversation.itemCount; i++) {
    const turn = conversation.item(i);
    if (turn.kind != ItemKind.Turn) continue;
    const isSystem = turn.role == Role.System || turn.role == Role.Developer;
    if (place == ABSENT || !isSystem) place = span(spanStart(turn.whole), 0);
    if (!isSystem) break;
  }
  return place;
}

/** The client's options with `include_usage` set to true, wherever and however often it stands, or added in front. */
function writeOptions(body: Bytes, options: Span, out: JsonWriter): void {
  const json = READER.start(new Bytes(body.buffer, spanStart(options), spanLength(options)));
  let at = spanStart(options);
  let isSet = false;
  if (!json.enterObject()) {
    READER.release();
    return out.ascii('{"include_usage":true}');
  }
  let count = 0;
  while (json.nextKey()) {
    count++;
    if (!json.keyIs("include_usage")) continue;
    const value = json.skip();
    out.range(body.buffer, at, spanStart(value) - at);
    out.ascii("true");
    at = spanStart(value) + spanLength(value);
    isSet = true;
  }
  if (!isSet) {
    out.ascii(count > 0 ? '{"include_usage":true,' : '{"include_usage":true');
    at++;
  }
  out.range(body.buffer, at, spanStart(options) + spanLength(options) - at);
  READER.release();
}
