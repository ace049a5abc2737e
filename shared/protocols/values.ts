/** Single values of a request or an answer, with the complaint where they are of another type. Null is up to the caller. */
import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { ABSENT, Span, spanLength } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { JsonReader, JsonType } from "../json/reader";
import { unescape } from "../json/unescape";
import { RequestComplaint } from "./complaint";
import { Choice, Conversation } from "./conversation";

/** The next value, a string's content; a complaint if it is something else. */
export function textOf(json: JsonReader, field: string, complaint: RequestComplaint): Span {
  const text = json.string();
  if (text == ABSENT) complaint.wrongType(field, json, "a string");
  return text;
}

/** As `textOf`, with null taken as absent. */
export function optionalTextOf(json: JsonReader, field: string, complaint: RequestComplaint): Span {
  return json.nothing() ? ABSENT : textOf(json, field, complaint);
}

/** The next value, raw, which is to be of one type; null is absent. */
export function valueOf(json: JsonReader, type: JsonType, field: string, expected: string, complaint: RequestComplaint): Span {
  if (json.peek() == type) return json.skip();
  if (!json.nothing()) complaint.wrongType(field, json, expected);
  return ABSENT;
}

/** The next value as the name of the model that is asked for; a complaint if it is none. */
export function readModel(json: JsonReader, conversation: Conversation, complaint: RequestComplaint): void {
  const from = json.offset;
  const model = textOf(json, "model", complaint);
  if (model == ABSENT) return;
  if (spanLength(model) == 0) return complaint.say("model", "is empty, expected the name of a model");
  conversation.model = model;
  conversation.modelJson = json.spanSince(from);
}

/** A boolean; null is absent. */
export function choiceOf(json: JsonReader, field: string, complaint: RequestComplaint): Choice {
  if (json.nothing()) return Choice.Absent;
  const value = json.bool();
  if (value == JsonType.None) complaint.wrongType(field, json, "a boolean");
  return value == JsonType.True ? Choice.Yes : value == JsonType.False ? Choice.No : Choice.Absent;
}

/** The word that the reader's last `string` stands for, in `view`: decoded if it has escapes. Valid until the next call. */
export function wordOf(json: JsonReader, word: Span, view: Bytes): Bytes {
  json.point(word, view);
  if (!json.hasEscapes) return view;
  DECODED.clear();
  unescape(view, DECODED);
  return DECODED.pointAt(view);
}

const DECODED = new ByteWriter(0);

/** For what is looked at while a request is read, and not kept. */
export const VIEW = new Bytes();

/** Lets go of the request that was read, so that its bytes can be collected. */
export function releaseValues(): void {
  VIEW.set(NO_BUFFER, 0, 0);
  DECODED.clear();
}
