/** Failures in OpenAI's words: https://platform.openai.com/docs/guides/error-codes. The table is in README.md. */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { Failure, FailureKind } from "../failure";

/** Writes an error body: `{"error":{"message":…,"type":…,"param":…,"code":…}}`. */
export function writeError(failure: Failure, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("error");
  out.beginObject();
  out.key("message");
  out.text(failure.message);
  out.key("type");
  out.asciiText(errorType(failure.kind));
  out.key("param");
  if (failure.param.length == 0) out.nothing();
  else out.text(Bytes.of(failure.param));
  out.key("code");
  const code = errorCode(failure.kind);
  if (!failure.code.isEmpty) out.text(failure.code);
  else if (code.length > 0) out.asciiText(code);
  else out.nothing();
  out.endObject();
  out.endObject();
}

/**
 * Writes an error as the last event of a stream. OpenAI's own libraries raise an exception for a chunk with an `error`, and take `[DONE]` for the sign that the answer is
 * complete, so none follows.
 */
export function writeErrorEvent(failure: Failure, out: JsonWriter): void {
  out.ascii("data: ");
  writeError(failure, out);
  out.ascii("\n\n");
}

/** OpenAI's word for a kind. */
export function errorType(kind: FailureKind): string {
  switch (kind) {
    case FailureKind.RateLimit:
      return "requests";
    case FailureKind.InsufficientQuota:
      return "insufficient_quota";
    case FailureKind.Timeout:
      return "timeout";
    case FailureKind.Overloaded:
    case FailureKind.Provider:
    case FailureKind.Unreachable:
    case FailureKind.Internal:
      return "server_error";
    default:
      return "invalid_request_error";
  }
}

/** What stands in `code` where nobody said anything more exact; "" for null. */
export function errorCode(kind: FailureKind): string {
  switch (kind) {
    case FailureKind.Authentication:
      return "invalid_api_key";
    case FailureKind.Permission:
      return "permission_denied";
    case FailureKind.TooLarge:
      return "request_too_large";
    case FailureKind.UnsupportedMediaType:
      return "unsupported_media_type";
    case FailureKind.ContextLength:
      return "context_length_exceeded";
    case FailureKind.RateLimit:
      return "rate_limit_exceeded";
    case FailureKind.InsufficientQuota:
      return "insufficient_quota";
    case FailureKind.Overloaded:
      return "overloaded";
    case FailureKind.Provider:
      return "provider_error";
    case FailureKind.Unreachable:
      return "provider_unreachable";
    case FailureKind.Timeout:
      return "timeout";
    default:
      return "";
  }
}
