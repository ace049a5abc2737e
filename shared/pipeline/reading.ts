import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { requestBody } from "../host/body";
import { requestHeaders } from "../host/headers";
import { HeaderBlock } from "../host/pairs";
import { ABSENT, Source, Span, span, spanLength, spanStart } from "../bytes/span";
import { JsonReader } from "../json/reader";
import { unescape } from "../json/unescape";
import { Conversation } from "../protocols/conversation";
import { Failure, FailureKind } from "../protocols/failure";
import { Exchange } from "./exchange";
import { isMediaType } from "../protocols/media-type";

/** The longest name of a model: it becomes a header and a path. */
const LONGEST_MODEL = 256;
const json = new JsonReader();
const decoded = new ByteWriter(LONGEST_MODEL);
const rewritten = new ByteWriter(0);
const view = new Bytes();

/** Whether the request's body is of a kind that is read here; null: it is. */
export function hasReadableBody(head: HeaderBlock): Failure | null {
  const encoding = head.find("content-encoding", view);
  if (encoding != null && !encoding.isEmpty && !encoding.isIgnoringCase("identity")) {
    return Failure.of(FailureKind.UnsupportedMediaType, "The request's body is compressed (content-encoding). Send it as it is.");
  }
  const type = head.find("content-type", view);
  if (type == null)
    return Failure.of(FailureKind.UnsupportedMediaType, "The request has no content-type. Send JSON with content-type: application/json.");
  if (!isMediaType(type, "application/json")) {
    return Failure.of(
      FailureKind.UnsupportedMediaType,
      `The request's content-type is ${type.slice(0, 80).toString()}. Send JSON with content-type: application/json.`,
    );
  }
  if (!isUtf8(type)) {
    return Failure.of(
      FailureKind.UnsupportedMediaType,
      `The request's content-type is ${type.slice(0, 80).toString()}. Send JSON in UTF-8.`,
    );
  }
  return null;
}

/** Whether a content type names no other character set: JSON that is exchanged is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1). */
function isUtf8(type: Bytes): bool {
  for (let at = type.indexOf(0x3b); at >= 0; at = type.indexOf(0x3b, at + 1)) {
    let from = at + 1;
    while (type.at(from) == 0x20) from++;
    const parameter = type.slice(from);
    if (!parameter.startsWithIgnoringCase("charset=")) continue;
    const name = parameter.slice(parameter.at(8) == 0x22 ? 9 : 8);
    if (!name.startsWithIgnoringCase("utf-8") && !name.startsWithIgnoringCase("utf8") && !name.startsWithIgnoringCase("us-ascii"))
      return false;
  }
  return true;
}

/** Finds out which model is asked for, from the conversation if it is read, else from the top level of the body. */
export function readModel(exchange: Exchange): Failure | null {
  const conversation = exchange.conversation;
  const key = exchange.modelKey;
  let model = conversation.model;
  if (!exchange.isRead || key != "model") {
    let value: Span = ABSENT;
    let models = 0;
    json.start(conversation.source.body);
    if (json.enterObject()) {
      while (json.nextKey()) {
        if (!json.keyIs(key)) continue;
        models++;
        value = json.skip();
      }
    } else if (!json.failed) {
      return Failure.of(FailureKind.InvalidRequest, `The request's body is not a JSON object. Send an object with \`${key}\`.`);
    }
    json.finish();
    if (json.failed) return Failure.of(FailureKind.InvalidRequest, `The request's body is not valid JSON (at byte ${json.errorOffset}).`);
    if (models > 1) return Failure.field(key, `The request names \`${key}\` more than once. Name it once.`);
    model = value == ABSENT ? ABSENT : contentOf(value, conversation.source);
    if (!exchange.isRead) {
      conversation.modelJson = value;
      conversation.model = model;
    }
  }
  decoded.clear();
  if (model == ABSENT || spanLength(model) == 0) {
    return Failure.field(key, `The request names no model. Set \`${key}\` to a model's name, as a string.`);
  }
  unescape(conversation.source.point(model, view), decoded);
  if (decoded.length > LONGEST_MODEL || !isPrintable(decoded.pointAt(view))) {
    return Failure.field(key, `\`${key}\` is no possible name of a model: at most 256 bytes, without control characters.`)
      .withCode("model_not_found")
      .withStatus(404);
  }
  exchange.model = decoded.copySince(0);
  return null;
}

/** Writes the body with another model's name over the one that the client sent: for modules that plan no providers. */
export function writeRenamed(conversation: Conversation): void {
  const body = conversation.source.body;
  const from = spanStart(conversation.modelJson) - body.start;
  rewritten.clear();
  rewritten.bytes(body.slice(0, from));
  rewritten.byte(0x22);
  conversation.source.write(conversation.model, rewritten);
  rewritten.byte(0x22);
  rewritten.bytes(body.slice(from + spanLength(conversation.modelJson)));
  requestHeaders.remove("content-length");
  requestBody.replace(rewritten.pointAt(view));
  rewritten.clear();
}

/** The content of a JSON string; absent if the value is none. */
function contentOf(value: Span, source: Source): Span {
  const start = spanStart(value);
  const length = spanLength(value);
  return length >= 2 && source.point(value, view).at(0) == 0x22 ? span(start + 1, length - 2) : ABSENT;
}

function isPrintable(bytes: Bytes): bool {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  return true;
}
