/** Which failures move a request on to the next target, and what each is called: `fallback_on`. */
import { Bytes } from "../bytes/bytes";
import { Failure, FailureKind, isRetriable } from "../protocols/failure";

/** In the order of their bits. */
export const CAUSE_NAMES: StaticArray<string> = [
  "rate_limit",
  "server_error",
  "timeout",
  "connection",
  "authentication",
  "insufficient_quota",
  "overloaded",
  "context_length",
  "content_filter",
];
const NAMED: u32 = (1 << 9) - 1;
export const CONTEXT_LENGTH: u32 = 1 << 7;
export const CONTENT_FILTER: u32 = 1 << 8;
/** All but an answer that a filter withheld: that is the provider's last word on this request, unless the operator says otherwise. */
export const USUAL_CAUSES: u32 = NAMED & ~CONTENT_FILTER;

/** Codes by which vendors say that the request was refused by their filter: OpenAI and Azure (https://learn.microsoft.com/en-us/azure/ai-foundry/openai/concepts/content-filter), DashScope, Zhipu, MiniMax. */
const FILTER_CODES: StaticArray<string> = [
  "content_filter",
  "content_policy_violation",
  "moderation_blocked",
  "ResponsibleAIPolicyViolation",
  "data_inspection_failed",
  "DataInspectionFailed",
  "1301",
  "1026",
  "1027",
];

/** The bit of a name; 0: there is no such cause. */
export function causeNamed(name: Bytes): u32 {
  for (let i = 0; i < CAUSE_NAMES.length; i++) if (name.is(CAUSE_NAMES[i])) return 1 << i;
  return 0;
}

/** Whether a failure is one of the causes. */
export function movesOn(failure: Failure, causes: u32): bool {
  if (causes == USUAL_CAUSES) return isRetriable(failure.kind);
  if ((causes & CONTENT_FILTER) != 0 && isFiltered(failure)) return true;
  return isRetriable(failure.kind) && (causes & causeOf(failure.kind)) != 0;
}

/** Whether a provider's filter, and nothing else, refused the request. */
export function isFiltered(failure: Failure): bool {
  return (failure.kind == FailureKind.InvalidRequest || failure.kind == FailureKind.Permission) && failure.code.isOneOf(FILTER_CODES);
}

function causeOf(kind: FailureKind): u32 {
  switch (kind) {
    case FailureKind.RateLimit:
      return 1;
    case FailureKind.Timeout:
      return 1 << 2;
    case FailureKind.Unreachable:
      return 1 << 3;
    case FailureKind.Authentication:
    case FailureKind.Permission:
      return 1 << 4;
    case FailureKind.InsufficientQuota:
      return 1 << 5;
    case FailureKind.Overloaded:
      return 1 << 6;
    case FailureKind.ContextLength:
      return CONTEXT_LENGTH;
    default:
      return 1 << 1;
  }
}
