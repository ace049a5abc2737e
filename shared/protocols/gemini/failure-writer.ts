/** Failures as Gemini's clients expect them: https://cloud.google.com/apis/design/errors#http_mapping */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { Failure, FailureKind } from "../failure";

/**
 * Writes the error body: `{"error":{"code":429,"message":"…","status":"RESOURCE_EXHAUSTED","details":[…]}}`. `details` is there where there is something to tell: the field at
 * fault as `google.rpc.BadRequest`, and when to come back as `google.rpc.RetryInfo`.
 */
export function geminiFailure(failure: Failure, out: JsonWriter): void {
  out.beginObject();
  out.key("error");
  out.beginObject();
  out.key("code");
  out.unsigned(<u64>failure.status);
  out.key("message");
  out.text(failure.message);
  out.key("status");
  out.asciiText(wordOf(failure.kind));
  const hasDelay = isNumber(failure.retryAfter);
  if (hasDelay || failure.param.length > 0) {
    out.key("details");
    out.beginArray();
    if (failure.param.length > 0) writeBadRequest(failure, out);
    if (hasDelay) writeRetryInfo(failure.retryAfter, out);
    out.endArray();
  }
  out.endObject();
  out.endObject();
}

/** The same inside a stream that has begun (`alt=sse`): one more event, after which the stream ends. */
export function geminiFailureEvent(failure: Failure, out: JsonWriter): void {
  out.ascii("data: ");
  out.startValue();
  geminiFailure(failure, out);
  out.ascii("\r\n\r\n");
}

function writeBadRequest(failure: Failure, out: JsonWriter): void {
  out.beginObject();
  out.key("@type");
  out.asciiText("type.googleapis.com/google.rpc.BadRequest");
  out.key("fieldViolations");
  out.beginArray();
  out.beginObject();
  out.key("field");
  out.text(Bytes.of(failure.param));
  out.key("description");
  out.text(failure.message);
  out.endObject();
  out.endArray();
  out.endObject();
}

function writeRetryInfo(seconds: Bytes, out: JsonWriter): void {
  out.beginObject();
  out.key("@type");
  out.asciiText("type.googleapis.com/google.rpc.RetryInfo");
  out.key("retryDelay");
  out.beginString();
  out.bytes(seconds);
  out.ascii("s");
  out.endString();
  out.endObject();
}

/** `retry-after` may also be a date, for which `RetryInfo` has no form. */
function isNumber(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) if (text.at(i) - 0x30 > 9) return false;
  return !text.isEmpty;
}

function wordOf(kind: FailureKind): string {
  switch (kind) {
    case FailureKind.InvalidRequest:
    case FailureKind.ContextLength:
    case FailureKind.TooLarge:
    case FailureKind.UnsupportedMediaType:
      return "INVALID_ARGUMENT";
    case FailureKind.Authentication:
      return "UNAUTHENTICATED";
    case FailureKind.Permission:
      return "PERMISSION_DENIED";
    case FailureKind.NotFound:
      return "NOT_FOUND";
    case FailureKind.RateLimit:
    case FailureKind.InsufficientQuota:
      return "RESOURCE_EXHAUSTED";
    case FailureKind.Overloaded:
    case FailureKind.Unreachable:
      return "UNAVAILABLE";
    case FailureKind.Timeout:
      return "DEADLINE_EXCEEDED";
    default:
      return "INTERNAL";
  }
}
