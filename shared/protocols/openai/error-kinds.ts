/** From a provider's words for an error to its kind. The words are data: each row is a kind, and what vendors call it. */
import { Bytes } from "../../bytes/bytes";
import { FailureKind, kindOfStatus } from "../failure";

// https://platform.openai.com/docs/guides/error-codes, and the error pages of DeepSeek, Moonshot, Qwen (DashScope), Hunyuan, Dify, Zhipu, MiniMax, Mistral, Groq, OpenRouter and vLLM.
const CONTEXT_LENGTH: StaticArray<string> = ["context_length_exceeded", "context_window_exceeded", "exceed_context_size_error", "1261"];
const QUOTA: StaticArray<string> = [
  "insufficient_quota",
  "billing_hard_limit_reached",
  "billing_not_active",
  "exceeded_current_quota_error",
  "insufficient_user_quota",
  "insufficient_balance",
  "Arrearage",
  "AllocationQuota.FreeTierOnly",
  "FailedOperation.FreeResourcePackExhausted",
  "FailedOperation.ResourcePackExhausted",
  "provider_quota_exceeded",
  "1008",
  "1113",
];
const RATE_LIMIT: StaticArray<string> = [
  "rate_limit_exceeded",
  "rate_limit_error",
  "rate_limit_reached_error",
  "rate_limited",
  "requests",
  "tokens",
  "too_many_requests",
  "RateLimitError",
  "RESOURCE_EXHAUSTED",
  "RequestLimitExceeded",
  "LimitExceeded",
  "1302",
  "1303",
  "1305",
];
const OVERLOADED: StaticArray<string> = [
  "engine_overloaded_error",
  "overloaded_error",
  "overloaded",
  "server_overloaded",
  "server_is_overloaded",
  "service_unavailable",
  "service_unavailable_error",
  "ServiceUnavailable",
  "FailedOperation.EngineServerLimitExceeded",
  "UNAVAILABLE",
];
const AUTHENTICATION: StaticArray<string> = [
  "invalid_api_key",
  "authentication_error",
  "invalid_authentication_error",
  "incorrect_api_key_error",
  "InvalidApiKey",
  "AuthenticationError",
  "UNAUTHENTICATED",
  "1004",
];
const NOT_FOUND: StaticArray<string> = [
  "model_not_found",
  "not_found_error",
  "resource_not_found_error",
  "ModelNotFound",
  "NotFoundError",
  "NOT_FOUND",
  "1211",
];
const PERMISSION: StaticArray<string> = [
  "permission_error",
  "permission_denied",
  "PermissionDeniedError",
  "request_forbidden",
  "access_terminated_error",
  "AccessDenied",
  "PERMISSION_DENIED",
];
const INVALID: StaticArray<string> = [
  "invalid_request_error",
  "BadRequestError",
  "invalid_prompt",
  "InvalidParameter",
  "INVALID_ARGUMENT",
  "data_inspection_failed",
  "DataInspectionFailed",
  "content_policy_violation",
  "content_filter",
];
const TIMEOUT: StaticArray<string> = ["timeout", "request_timeout", "RequestTimeOut", "DEADLINE_EXCEEDED"];

/** How the vendors that have no code for it say that a conversation is too long. */
const CONTEXT_LENGTH_WORDS: StaticArray<string> = [
  "maximum context length",
  "context length exceeded",
  "context window",
  "prompt is too long",
  "input is too long",
  "too large for model",
  "exceeded model token limit",
  "Range of input length should be",
  "too many tokens",
  "exceeds the maximum number of tokens",
  "maximum prompt length",
  "available context size",
  "longer than the model's context length",
];

/**
 * The kind of an error: by its code, then by its type, then by its status (0: none is known). Where the answer itself had that status (`isAnswer`), words that only repeat it in
 * general (`invalid_request_error` with a 401) don't count.
 */
export function kindOfError(code: Bytes, type: Bytes, message: Bytes, status: i32, isAnswer: bool): FailureKind {
  let kind = exactKind(code);
  if (kind == NONE) kind = exactKind(type);
  if (kind == NONE && status == 402) kind = FailureKind.InsufficientQuota;
  if (kind == NONE && !isAnswer) kind = generalKind(code);
  if (kind == NONE && !isAnswer) kind = generalKind(type);
  if (kind == NONE) kind = status > 0 ? kindOfStatus(status) : FailureKind.Provider;
  if ((kind == FailureKind.InvalidRequest || kind == FailureKind.TooLarge) && saysTooLong(message)) kind = FailureKind.ContextLength;
  return kind;
}

const NONE: FailureKind = <FailureKind>-1;

/** Words that say more than a status does. */
function exactKind(word: Bytes): FailureKind {
  if (word.isEmpty) return NONE;
  if (word.isOneOf(CONTEXT_LENGTH)) return FailureKind.ContextLength;
  if (word.isOneOf(QUOTA)) return FailureKind.InsufficientQuota;
  if (word.isOneOf(RATE_LIMIT) || word.startsWith("Throttling")) return FailureKind.RateLimit;
  if (word.isOneOf(OVERLOADED)) return FailureKind.Overloaded;
  if (word.isOneOf(AUTHENTICATION) || word.startsWith("AuthFailure")) return FailureKind.Authentication;
  if (word.isOneOf(NOT_FOUND)) return FailureKind.NotFound;
  return NONE;
}

function generalKind(word: Bytes): FailureKind {
  if (word.isOneOf(PERMISSION) || word.startsWith("UnauthorizedOperation")) return FailureKind.Permission;
  // With a point the vendor says more: `InvalidParameterValue.Model`.
  if (word.isOneOf(INVALID) || word.startsWith("InvalidParameter") || word.startsWith("UnsupportedOperation"))
    return FailureKind.InvalidRequest;
  if (word.isOneOf(TIMEOUT)) return FailureKind.Timeout;
  return NONE;
}

function saysTooLong(message: Bytes): bool {
  for (let i = 0; i < CONTEXT_LENGTH_WORDS.length; i++) if (message.contains(CONTEXT_LENGTH_WORDS[i])) return true;
  return false;
}
