/** Failures between Anthropic's words and ours (https://docs.anthropic.com/en/api/errors). */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Failure, FailureKind, kindOfStatus, statusOf } from "../failure";
import { Message, cut, providerText } from "../message";

/** What is kept of a type that isn't Anthropic's. */
const CODE_LIMIT = 128;

/** What the members of an error object say; contents of JSON strings, `ABSENT` where they aren't there. */
@final
export class ErrorObject {
  type: Span = ABSENT;
  message: Span = ABSENT;
  present: bool = false;

  clear(): void {
    this.type = this.message = ABSENT;
    this.present = false;
  }

  /** Reads the next value: Anthropic's object, or a bare string as some compatible servers send. */
  read(reader: JsonReader): void {
    const text = reader.string();
    if (text != ABSENT) {
      this.message = text;
      this.present = true;
      return;
    }
    if (!reader.enterObject()) return;
    this.present = true;
    while (reader.nextKey()) {
      if (reader.keyIs("type")) this.type = reader.string();
      else if (reader.keyIs("message")) this.message = reader.string();
    }
  }
}

/**
 * The failure that an error object stands for. `status` is the answer's own; 0 where the error came inside a 200, and then it is the status that Anthropic documents for
 * the error's type. The bytes are copied.
 */
export function failureOf(error: ErrorObject, reader: JsonReader, status: i32): Failure {
  const type = reader.bytes(error.type);
  let kind = kindOfType(type);
  if (kind == FailureKind.Internal) kind = status == 0 ? FailureKind.Provider : kindOfStatus(status);
  const message = providerText(reader.bytes(error.message));
  if (kind == FailureKind.InvalidRequest) kind = kindOfComplaint(message);
  if (status == 0) status = statusOfType(type);
  if (status == 0) status = statusOf(kind);
  const failure = new Failure(kind, status, message.isEmpty ? Bytes.of("the provider reported an error without saying more") : message);
  failure.code = cut(providerText(type), CODE_LIMIT).copy();
  return failure;
}

/** The failure that a JSON object with an error says; null if it is none. `status` as in `failureOf`. */
export function readErrorObject(body: Bytes, status: i32 = 0): Failure | null {
  const reader = new JsonReader().start(body);
  const error = new ErrorObject();
  if (reader.enterObject()) {
    while (reader.nextKey()) if (reader.keyIs("error")) error.read(reader);
  }
  return reader.finish() && error.present ? failureOf(error, reader, status) : null;
}

/** What an answer with an error status says: Anthropic's error object, or else only its status. */
export function readFailure(status: i32, body: Bytes): Failure {
  const said = readErrorObject(body, status);
  if (said != null) return said;
  const message = new Message().say("the provider answered with status ").number(status).say(" and no error that can be read");
  return message.failure(kindOfStatus(status)).withStatus(status).withoutWords();
}

/** `Internal` stands for a type that isn't Anthropic's. */
function kindOfType(type: Bytes): FailureKind {
  if (type.is("invalid_request_error")) return FailureKind.InvalidRequest;
  if (type.is("overloaded_error")) return FailureKind.Overloaded;
  if (type.is("rate_limit_error")) return FailureKind.RateLimit;
  if (type.is("api_error")) return FailureKind.Provider;
  if (type.is("authentication_error")) return FailureKind.Authentication;
  if (type.is("permission_error")) return FailureKind.Permission;
  if (type.is("not_found_error")) return FailureKind.NotFound;
  if (type.is("request_too_large")) return FailureKind.TooLarge;
  if (type.is("billing_error")) return FailureKind.InsufficientQuota;
  if (type.is("timeout_error")) return FailureKind.Timeout;
  return FailureKind.Internal;
}

/** The status that Anthropic documents for a type, where ours for the kind differs; else 0. */
function statusOfType(type: Bytes): i32 {
  if (type.is("overloaded_error")) return 529;
  if (type.is("api_error")) return 500;
  if (type.is("billing_error")) return 402;
  return 0;
}

/** Anthropic says `invalid_request_error` for things that others tell apart. */
function kindOfComplaint(message: Bytes): FailureKind {
  if (message.contains("prompt is too long") || message.contains("exceed context limit")) return FailureKind.ContextLength;
  if (message.contains("credit balance is too low")) return FailureKind.InsufficientQuota;
  return FailureKind.InvalidRequest;
}

/** The error body of the Messages API: `{"type":"error","error":{"type":…,"message":…}}`. */
export function anthropicFailure(failure: Failure, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("error");
  out.key("error");
  out.beginObject();
  out.key("type");
  out.asciiText(typeOfKind(failure.kind));
  out.key("message");
  out.text(failure.message);
  out.endObject();
  out.endObject();
}

/** The error as the last event of a stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming#error-events). */
export function anthropicFailureEvent(failure: Failure, out: JsonWriter): void {
  out.ascii("event: error\ndata: ");
  out.startValue();
  anthropicFailure(failure, out);
  out.ascii("\n\n");
}

function typeOfKind(kind: FailureKind): string {
  switch (kind) {
    case FailureKind.InvalidRequest:
    case FailureKind.ContextLength:
    case FailureKind.UnsupportedMediaType:
      return "invalid_request_error";
    case FailureKind.Authentication:
      return "authentication_error";
    case FailureKind.Permission:
      return "permission_error";
    case FailureKind.NotFound:
      return "not_found_error";
    case FailureKind.TooLarge:
      return "request_too_large";
    case FailureKind.RateLimit:
      return "rate_limit_error";
    case FailureKind.InsufficientQuota:
      return "billing_error";
    case FailureKind.Overloaded:
      return "overloaded_error";
    case FailureKind.Timeout:
      return "timeout_error";
    default:
      return "api_error";
  }
}
