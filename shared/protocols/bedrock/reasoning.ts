/** How much a model of another maker than Anthropic is asked to reason. Claude's: ../anthropic/thinking.ts. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { Choice, Conversation, Effort } from "../conversation";
import { Family } from "./models";

const NUMBER = new JsonNumber();
const VIEW = new Bytes();

/** The word for it; "" where the model can't be asked, or the client doesn't ask. */
export function reasoningWord(conversation: Conversation, family: Family): string {
  if (family != Family.Nova2 && family != Family.OpenAI) return "";
  const word = askedWord(conversation);
  // Nova refuses a limit beside the highest: https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
  if (family == Family.Nova2 && word == "high" && conversation.maxTokensJson != ABSENT) return "medium";
  // These can't be told not to reason.
  return word == "none" ? (family == Family.OpenAI ? "low" : "") : word;
}

function askedWord(conversation: Conversation): string {
  if (conversation.thinking == Choice.No) return "none";
  switch (conversation.effort) {
    case Effort.None:
      return "none";
    case Effort.Minimal:
    case Effort.Low:
      return "low";
    case Effort.Medium:
      return "medium";
    case Effort.High:
    case Effort.XHigh:
    case Effort.Other:
      return "high";
    default:
      return wordOfBudget(conversation);
  }
}

/** The same steps as Claude's budgets have. */
function wordOfBudget(conversation: Conversation): string {
  if (conversation.thinkingBudgetJson == ABSENT) return conversation.thinking == Choice.Yes ? "medium" : "";
  NUMBER.read(conversation.source.point(conversation.thinkingBudgetJson, VIEW));
  const budget = NUMBER.unsigned;
  if (budget == 0) return "none";
  return budget < 4096 ? "low" : budget < 16384 ? "medium" : "high";
}
