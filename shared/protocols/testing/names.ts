/** What tests call reasons and kinds of failures. */

/** In the order of `FinishReason`. */
export const REASON_NAMES: StaticArray<string> = [
  "None",
  "Stop",
  "StopSequence",
  "Length",
  "ToolCalls",
  "ContentFilter",
  "Refusal",
  "Pause",
  "ContextWindow",
];

/** In the order of `FailureKind`. */
export const KIND_NAMES: StaticArray<string> = [
  "InvalidRequest",
  "Authentication",
  "Permission",
  "NotFound",
  "TooLarge",
  "UnsupportedMediaType",
  "ContextLength",
  "RateLimit",
  "InsufficientQuota",
  "Overloaded",
  "Provider",
  "Unreachable",
  "Timeout",
  "Internal",
];
