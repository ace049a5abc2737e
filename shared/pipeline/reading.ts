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
import { repeatsModel, writeModels } from "../protocols/gemini/body-edits";
import { modelOfPath, writeRenamedPath } from "../protocols/gemini/client-path";
import { Exchange } from "./exchange";
import { isMediaType, isUtf8 } from "../bytes/media-type";
import { MultipartReader } from "../http/multipart";
import { escapedInto, isForm, notAForm } from "../protocols/opaque/request-reader";
import { Operation, mayOmitModel, takesForm } from "../protocols/operation";

/** The longest name of a model: it becomes a header and a path. */
const LONGEST_MODEL = 256;
const json = new JsonReader();
const form = new MultipartReader();
const decoded = new ByteWriter(LONGEST_MODEL);
const rewritten = new ByteWriter(0);
const view = new Bytes();

/** Whether the request's body is of a kind that is read here, for what it asks for; null: it is. */
export function hasReadableBody(head: HeaderBlock, operation: Operation): Failure | null {
  const encoding = head.find("content-encoding", view);
  if (encoding != null && !encoding.isEmpty && !encoding.isIgnoringCase("identity")) {
    return Failure.of(FailureKind.UnsupportedMediaType, "The request's body is compressed (content-encoding). Send it as it is.");
  }
  const type = head.find("content-type", view);
  if (takesForm(operation)) {
    if (type != null && isForm(type)) return null;
    // Pictures to edit may be named by URL, in JSON; a sound or a file can't.
    if (type == null || operation != Operation.ImageEdits) {
      return Failure.of(
        FailureKind.UnsupportedMediaType,
        type == null
          ? "The request has no content-type. Send a form with content-type: multipart/form-data."
          : `The request's content-type is ${type.slice(0, 80).toString()}. Send a form with content-type: multipart/form-data.`,
      );
    }
  }
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

/** Finds out which model is asked for: from the path where the protocol has it there, from the conversation if it is read, else from the top level of the body. */
export function readModel(exchange: Exchange): Failure | null {
  const conversation = exchange.conversation;
  const key = exchange.endpoint.namesModel ? "model" : exchange.modelKey;
  let model = conversation.model;
  const operation = conversation.operation;
  if (exchange.endpoint.namesModel) {
    if (!exchange.isRead) model = conversation.model = modelOfPath(conversation.path, conversation.source);
  } else if ((!exchange.isRead || key != "model") && isForm(conversation.contentType)) {
    const failure = readModelOfForm(exchange);
    if (failure != null) return failure;
    model = conversation.model;
  } else if ((!exchange.isRead || key != "model") && !(conversation.source.body.isEmpty && mayOmitModel(operation))) {
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
  if (model == ABSENT && mayOmitModel(operation)) return null;
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

/** As `readModel`, from a form. */
function readModelOfForm(exchange: Exchange): Failure | null {
  const conversation = exchange.conversation;
  const key = exchange.modelKey;
  let models = 0;
  form.start(conversation.source.body, conversation.contentType);
  while (form.next()) {
    if (!form.name.is(key)) continue;
    models++;
    conversation.modelJson = span(form.value.start, form.value.length);
    conversation.model = form.isFile ? ABSENT : escapedInto(conversation, form.value);
  }
  const failure = form.failed ? notAForm(form) : null;
  form.release();
  if (failure != null) return failure;
  return models > 1 ? Failure.field(key, `The request names \`${key}\` more than once. Name it once.`) : null;
}

/** Writes another model's name over the one that the client sent, in the path or the body: for modules that plan no providers. */
export function writeRenamed(exchange: Exchange): void {
  const conversation = exchange.conversation;
  rewritten.clear();
  if (exchange.endpoint.namesModel) {
    writeRenamedPath(conversation.path, exchange.model, rewritten);
    requestHeaders.set(":path", rewritten.pointAt(view));
    if (!repeatsModel(conversation)) return rewritten.clear();
    rewritten.clear();
    writeModels(conversation, exchange.escapedModel, rewritten);
  } else writeRenamedBody(conversation);
  requestHeaders.remove("content-length");
  requestBody.replace(rewritten.pointAt(view));
  rewritten.clear();
}

function writeRenamedBody(conversation: Conversation): void {
  const body = conversation.source.body;
  const from = spanStart(conversation.modelJson) - body.start;
  rewritten.bytes(body.slice(0, from));
  if (isForm(conversation.contentType)) unescape(conversation.source.bytes(conversation.model), rewritten);
  else {
    rewritten.byte(0x22);
    conversation.source.write(conversation.model, rewritten);
    rewritten.byte(0x22);
  }
  rewritten.bytes(body.slice(from + spanLength(conversation.modelJson)));
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
