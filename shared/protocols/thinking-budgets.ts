/** Efforts as budgets, for protocols that know no words for them. */
import { Effort } from "./conversation";

/** Tokens for thinking, as towards Anthropic; 0: the effort says none. */
export function budgetOf(effort: Effort): u64 {
  switch (effort) {
    case Effort.Minimal:
    case Effort.Low:
      return 1024;
    case Effort.Medium:
      return 8192;
    case Effort.High:
    case Effort.XHigh:
    case Effort.Other:
      return 16384;
    default:
      return 0;
  }
}
