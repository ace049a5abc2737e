/** Why Gemini stopped: https://ai.google.dev/api/generate-content#FinishReason */
import { Bytes } from "../../bytes/bytes";
import { FinishReason } from "../answer";

/** What becomes of a `finishReason`. */
export enum Ending {
  /** It says that the candidate goes on (absent, or unspecified). */
  None,
  Stop,
  Length,
  Filtered,
  /** The model's answer is of no use: a failure, so that the next target may answer. */
  Broken,
}

/** The table of README.md. An unknown word is taken as `Filtered`: of the reasons that say "this isn't all", the one that no client takes for a whole answer. */
export function endingOf(reason: Bytes): Ending {
  if (reason.is("STOP")) return Ending.Stop;
  if (reason.is("MAX_TOKENS") || reason.is("CONTINUATION")) return Ending.Length;
  if (reason.isEmpty || reason.is("FINISH_REASON_UNSPECIFIED")) return Ending.None;
  if (
    reason.is("MALFORMED_FUNCTION_CALL") ||
    reason.is("UNEXPECTED_TOOL_CALL") ||
    reason.is("TOO_MANY_TOOL_CALLS") ||
    reason.is("MALFORMED_RESPONSE") ||
    reason.is("MISSING_THOUGHT_SIGNATURE")
  )
    return Ending.Broken;
  return Ending.Filtered;
}

export function finishReasonOf(ending: Ending, calledTools: bool): FinishReason {
  switch (ending) {
    case Ending.Stop:
      return calledTools ? FinishReason.ToolCalls : FinishReason.Stop;
    case Ending.Length:
      return FinishReason.Length;
    default:
      return FinishReason.ContentFilter;
  }
}
