/** How much the model is to think: https://ai.google.dev/gemini-api/docs/thinking and, for OpenAI's words, https://ai.google.dev/gemini-api/docs/openai#thinking */
import { ABSENT } from "../../bytes/span";
import { unsignedValue } from "../../json/number";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, Effort } from "../conversation";
import { Failure } from "../failure";
import { cannotSay } from "../message";
import { Dialect } from "../operation";
import { Target } from "../protocol";
import { Model, Thinking } from "./models";

/** Why the wanted thinking can't be said to this model; null: it can. */
export function thinkingFits(conversation: Conversation, model: Model, target: Target): Failure | null {
  if (conversation.thinkingBudgetJson != ABSENT) {
    return model.thinking == Thinking.Never
      ? cannotSay("thinking_budget", "asks the model to think", target, "the model doesn't think; leave it out, or ask another model")
      : null;
  }
  const effort = effortOf(conversation);
  switch (effort) {
    case Effort.Absent:
      if (conversation.thinking != Choice.Yes || model.thinking != Thinking.Never) return null;
      return cannotSay("thinking", "asks the model to think", target, "the model doesn't think; leave it out, or ask another model");
    case Effort.None:
      if (model.thinking == Thinking.Never || model.takesLeast) return null;
      return cannotSay(
        conversation.effort == Effort.None ? "reasoning_effort" : "thinking",
        "asks the model not to think",
        target,
        "the model always thinks; ask for `low`, or another model",
      );
    case Effort.Other:
      return cannotSay("reasoning_effort", "is none of none, minimal, low, medium, high and xhigh", target, "use one of these").always();
    default:
      if (model.thinking != Thinking.Never) return null;
      return cannotSay(
        "reasoning_effort",
        "asks the model to think",
        target,
        "the model doesn't think; leave it out, or ask another model",
      );
  }
}

/** Whether there is anything to write. */
export function hasThinking(conversation: Conversation, model: Model): bool {
  if (model.thinking == Thinking.Never) return false;
  return conversation.thinkingBudgetJson != ABSENT || conversation.thinking == Choice.Yes || effortOf(conversation) != Effort.Absent;
}

/** Writes `thinkingConfig`'s value. A number of tokens says more than a word for the effort; Gemini 3 takes it too, but not both. */
export function writeThinking(conversation: Conversation, model: Model, out: JsonWriter): void {
  const effort = effortOf(conversation);
  let thinks = effort != Effort.None;
  out.beginObject();
  if (conversation.thinkingBudgetJson != ABSENT) {
    out.key("thinkingBudget");
    writeBudget(conversation, model, out);
    thinks = !conversation.source.is(conversation.thinkingBudgetJson, "0");
  } else if (effort != Effort.Absent && model.thinking == Thinking.Budget) {
    out.key("thinkingBudget");
    out.unsigned(budgetOf(effort, model));
  } else if (effort != Effort.Absent) {
    out.key("thinkingLevel");
    out.asciiText(levelOf(effort, model));
  }
  // Thought summaries come only if asked for.
  if (thinks) {
    out.key("includeThoughts");
    out.boolean(true);
  }
  out.endObject();
}

/** The client's number. Anthropic's clients name what Claude takes, which may be more than this model does: its most then. */
function writeBudget(conversation: Conversation, model: Model, out: JsonWriter): void {
  const budget = conversation.thinkingBudgetJson;
  const isCut =
    conversation.dialect == Dialect.Anthropic &&
    model.mostTokens > 0 &&
    unsignedValue(conversation.source.bytes(budget)) > <u64>model.mostTokens;
  if (isCut) out.unsigned(model.mostTokens);
  else out.rawFrom(conversation.source, budget);
}

/** The effort; a switch that says no is no effort. */
function effortOf(conversation: Conversation): Effort {
  return conversation.thinking == Choice.No ? Effort.None : conversation.effort;
}

function budgetOf(effort: Effort, model: Model): u64 {
  switch (effort) {
    case Effort.None:
      return 0;
    case Effort.Minimal:
    case Effort.Low:
      return 1024;
    case Effort.Medium:
      return 8192;
    case Effort.High:
      return 24576;
    default:
      return model.mostTokens;
  }
}

function levelOf(effort: Effort, model: Model): string {
  switch (effort) {
    case Effort.None:
    case Effort.Minimal:
      return model.takesLeast ? "MINIMAL" : "LOW";
    case Effort.Low:
      return "LOW";
    case Effort.Medium:
      return model.takesMedium ? "MEDIUM" : "HIGH";
    default:
      return "HIGH";
  }
}
