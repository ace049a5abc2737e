/** A client's own body for a provider that speaks Responses: copied byte for byte but for the model's name, and reasoning that isn't the provider's. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart } from "../../bytes/span";
import { findIn } from "../../json/find";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation, Item, ItemKind } from "../conversation";
import { Target } from "../protocol";
import { Maker, isOwnId, markedMaker } from "./signatures";

const READER = new JsonReader();
const ITEM = new JsonReader();
const VIEW = new Bytes();

/** Whether the client's own bytes will do. */
export function passesUnchanged(conversation: Conversation, target: Target): bool {
  return !target.modelChanged && !hasForeign(conversation);
}

/** Writes the body for a target whose model has another name, or that refuses some of the reasoning. */
export function writeEdited(conversation: Conversation, target: Target, out: JsonWriter): void {
  const body = conversation.source.body;
  const input = hasForeign(conversation) ? findIn(body, "input") : ABSENT;
  const model = target.modelChanged ? conversation.modelJson : ABSENT;
  let at = body.start;
  const inputFirst = model == ABSENT || (input != ABSENT && spanStart(input) < spanStart(model));
  if (inputFirst) at = writeInput(conversation, input, at, out);
  if (model != ABSENT) {
    out.range(body.buffer, at, spanStart(model) - at);
    out.startValue();
    out.escaped(target.model);
    at = spanStart(model) + spanLength(model);
  }
  if (!inputFirst) at = writeInput(conversation, input, at, out);
  out.range(body.buffer, at, body.start + body.length - at);
}

/**
 * Whether the conversation has reasoning of other makers (another target answered before): OpenAI refuses what it can't decrypt, and what it doesn't keep. A call's signature of Gemini's leaves no item in the
 * conversation, but is told by its call.
 */
function hasForeign(conversation: Conversation): bool {
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.ToolCall && spanLength(item.signature) > 0) return true;
    if (isThinking(item) && item.whole != ABSENT && isForeign(conversation.source.bytes(item.whole))) return true;
  }
  return false;
}

function isThinking(item: Item): bool {
  return item.kind == ItemKind.Thinking || item.kind == ItemKind.RedactedThinking;
}

/** Copies up to and with the input, without foreign reasoning; where the copy goes on. The text has been read: it is valid. */
function writeInput(conversation: Conversation, input: Span, from: i32, out: JsonWriter): i32 {
  if (input == ABSENT) return from;
  const body = conversation.source.body;
  out.range(body.buffer, from, spanStart(input) - from);
  out.startValue();
  out.beginArray();
  READER.start(conversation.source.bytes(input));
  if (READER.enterArray()) {
    while (READER.nextElement()) {
      const item = READER.skip();
      if (!isForeign(conversation.source.bytes(item))) out.rawFrom(conversation.source, item);
    }
  }
  READER.release();
  out.endArray();
  return spanStart(input) + spanLength(input);
}

/** Whether an element of the input is reasoning that we made out of another maker's. */
function isForeign(item: Bytes): bool {
  const json = ITEM.start(item);
  let isReasoning = false;
  let encrypted = ABSENT;
  let id = ABSENT;
  if (json.enterObject()) {
    while (json.nextKey()) {
      if (json.keyIs("type")) isReasoning = json.point(json.string(), VIEW).is("reasoning");
      else if (json.keyIs("encrypted_content")) encrypted = json.string();
      else if (json.keyIs("id")) id = json.string();
    }
  }
  const isMarked = spanLength(encrypted) > 0 && markedMaker(json.point(encrypted, VIEW)) != Maker.OpenAI;
  const isOurs = spanLength(encrypted) == 0 && isOwnId(json.point(id, VIEW));
  json.release();
  return isReasoning && (isMarked || isOurs);
}
