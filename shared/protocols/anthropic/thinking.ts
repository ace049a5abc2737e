/** How much a model is asked to think, and how long an answer may be: the two hang together, since thinking counts towards `max_tokens`. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, Effort, ToolPolicy } from "../conversation";
import { ModelTraits, Thinking } from "./models";
import { Outline } from "./outline";

/** `max_tokens` is required; OpenAI's counterpart isn't. */
const DEFAULT_MAX_TOKENS: u64 = 4096;
/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking: the least budget. */
const LEAST_BUDGET: u64 = 1024;
const MEDIUM_BUDGET: u64 = 8192;

enum Mode {
  /** Nothing is said. */
  Silent,
  Budget,
  Adaptive,
  Disabled,
}

/** What one request says about thinking. One object, `THINKING`, is settled anew for each request. */
@final
export class ThinkingPlan {
  maxTokens: u64 = DEFAULT_MAX_TOKENS;
  /** `output_config.effort`; "" for none. */
  effort: string = "";
  private mode: Mode = Mode.Silent;
  private budget: u64 = 0;
  private readonly number: JsonNumber = new JsonNumber();
  private readonly view: Bytes = new Bytes();

  /** Whether the model will think because of what this request says. */
  get isOn(): bool {
    return this.mode == Mode.Budget || this.mode == Mode.Adaptive;
  }

  /** Whether it will think by a budget, which `maxTokens` has room for. */
  get hasBudget(): bool {
    return this.mode == Mode.Budget;
  }

  settle(conversation: Conversation, outline: Outline, traits: ModelTraits): this {
    this.mode = Mode.Silent;
    this.effort = "";
    this.budget = 0;
    const limit = this.value(conversation, conversation.maxTokensJson);
    this.maxTokens = limit > 0 ? limit : DEFAULT_MAX_TOKENS;
    const asked = this.askedBudget(conversation);
    const isOff = isSwitchedOff(conversation) || (asked == 0 && conversation.thinkingBudgetJson != ABSENT);
    const isAsked = !isOff && (asked > 0 || conversation.effort != Effort.Absent || conversation.thinking == Choice.Yes);
    if (traits.thinking == Thinking.Budget || (traits.thinking == Thinking.Adaptive && traits.takesBudget && asked > 0 && !isOff)) {
      // With a budget, thinking has to have come before what Claude goes on from. A client whose protocol carries no signatures can't send
      // it, so its rounds of tools go on without thinking rather than fail.
      if (isAsked && !isForced(conversation) && !outline.goesOnWithoutThought) this.settleBudget(conversation, asked, limit, traits);
    } else this.settleAdaptive(conversation, asked, limit, isOff, isAsked, traits);
    return this;
  }

  /** Writes `thinking`, if there is anything to say. */
  write(traits: ModelTraits, out: JsonWriter): void {
    if (this.mode == Mode.Silent) return;
    out.key("thinking");
    out.beginObject();
    out.key("type");
    if (this.mode == Mode.Budget) {
      out.asciiText("enabled");
      out.key("budget_tokens");
      out.unsigned(this.budget);
    } else if (this.mode == Mode.Adaptive) {
      out.asciiText("adaptive");
      if (traits.hidesThinking) {
        out.key("display");
        out.asciiText("summarized");
      }
    } else out.asciiText("disabled");
    out.endObject();
  }

  private settleBudget(conversation: Conversation, asked: u64, limit: u64, traits: ModelTraits): void {
    let budget = asked > 0 ? asked : budgetOf(conversation);
    if (budget < LEAST_BUDGET) budget = LEAST_BUDGET;
    let most = this.maxTokens;
    if (budget >= most || limit == 0) most += budget;
    if (traits.outputLimit > 0 && most > traits.outputLimit) {
      most = traits.outputLimit;
      const room = most > this.maxTokens ? most - this.maxTokens : 0;
      if (budget > room) budget = room < LEAST_BUDGET ? LEAST_BUDGET : room;
    }
    this.maxTokens = most;
    this.budget = budget;
    this.mode = Mode.Budget;
  }

  private settleAdaptive(conversation: Conversation, asked: u64, limit: u64, isOff: bool, isAsked: bool, traits: ModelTraits): void {
    const canBeOff = traits.thinking != Thinking.AdaptiveAlways;
    if (isOff) {
      if (traits.thinking == Thinking.AdaptiveByDefault) this.mode = Mode.Disabled;
      if (canBeOff) return;
      this.effort = "low";
    } else if (isAsked) {
      this.effort = asked > 0 ? effortOfBudget(asked) : effortWord(conversation, traits);
      // To force a call and to ask for thinking exclude each other; a model that thinks anyway needn't be asked.
      if (!isForced(conversation)) this.mode = Mode.Adaptive;
    }
    const thinks = this.mode == Mode.Adaptive || traits.thinking != Thinking.Adaptive;
    if (limit == 0 && thinks) this.maxTokens += asked > 0 ? asked : isAsked ? budgetOf(conversation) : MEDIUM_BUDGET;
  }

  private askedBudget(conversation: Conversation): u64 {
    return this.value(conversation, conversation.thinkingBudgetJson);
  }

  /** A number's value; 0 where it is absent. It is bounded, so that sums of two stay exact. */
  private value(conversation: Conversation, number: Span): u64 {
    if (number == ABSENT) return 0;
    this.number.read(conversation.source.point(number, this.view));
    return min(this.number.unsigned, <u64>u32.MAX_VALUE);
  }
}

export const THINKING = new ThinkingPlan();

/** Did the client say that the model shall not think? */
function isSwitchedOff(conversation: Conversation): bool {
  if (conversation.thinking != Choice.Absent) return conversation.thinking == Choice.No;
  return conversation.effort == Effort.None;
}

function isForced(conversation: Conversation): bool {
  return conversation.toolCount > 0 && (conversation.toolPolicy == ToolPolicy.Required || conversation.toolPolicy == ToolPolicy.Named);
}

/** The budget that stands for an effort. */
function budgetOf(conversation: Conversation): u64 {
  switch (conversation.effort) {
    case Effort.Minimal:
    case Effort.Low:
      return LEAST_BUDGET;
    case Effort.High:
      return 16384;
    case Effort.XHigh:
    case Effort.Other:
      return 32768;
    default:
      return MEDIUM_BUDGET;
  }
}

/** The effort that stands for a budget. */
function effortOfBudget(budget: u64): string {
  if (budget < 4096) return "low";
  if (budget < 16384) return "medium";
  return budget < 32768 ? "high" : "xhigh";
}

function effortWord(conversation: Conversation, traits: ModelTraits): string {
  switch (conversation.effort) {
    case Effort.Minimal:
    case Effort.Low:
      return "low";
    case Effort.Medium:
      return "medium";
    case Effort.High:
      return "high";
    case Effort.XHigh:
      return traits.takesXHigh ? "xhigh" : "high";
    case Effort.Other:
      return spanLength(conversation.effortText) > 0 ? "max" : "";
    default:
      return "";
  }
}
