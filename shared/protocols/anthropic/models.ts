/**
 * What differs between Claude's versions in ways that a request must know, because the API answers 400 to what a model doesn't take
 * (https://platform.claude.com/docs/en/build-with-claude/thinking, …/about-claude/models/migration-guide). The table is in README.md.
 */
import { Bytes } from "../../bytes/bytes";

/** How a model is told to think. */
export enum Thinking {
  /** `thinking: {type: "enabled", budget_tokens}`; none unless asked for. */
  Budget,
  /** `thinking: {type: "adaptive"}` and `output_config.effort`; none unless asked for. */
  Adaptive,
  /** The same, and it thinks unless told `thinking: {type: "disabled"}`. */
  AdaptiveByDefault,
  /** The same, and it can't be told not to. */
  AdaptiveAlways,
}

@final
export class ModelTraits {
  thinking: Thinking = Thinking.Budget;
  /** `temperature`, `top_p` and `top_k`. */
  takesSampling: bool = true;
  /** `temperature` and `top_p` in one request. */
  takesBothSamplings: bool = true;
  /** `tool_choice` `any` and `tool`. */
  takesForcedTools: bool = true;
  /** `output_config.format`. */
  takesOutputFormat: bool = true;
  /** `thinking: {type: "enabled"}`, though adaptive thinking is preferred. */
  takesBudget: bool = true;
  /** It thinks without showing it, unless asked to. */
  hidesThinking: bool = false;
  /** `output_config.effort` `xhigh`. */
  takesXHigh: bool = true;
  /** The most `max_tokens`, where a thinking budget of ours could go past it; 0 for none. */
  outputLimit: u32 = 0;

  /**
   * Reads a model's name, such as `claude-opus-4-1-20250805`, `claude-3-7-sonnet-latest`, `anthropic.claude-sonnet-4-5-v1:0`. One that isn't Claude's (a compatible
   * server's), or has no version, is taken to accept everything, and thinking by budget: the oldest form, which such servers know.
   */
  static of(model: Bytes): ModelTraits {
    if (!model.contains("claude")) return COMPATIBLE;
    const version = versionOf(model);
    if (version > 50) return FIVE_ONE;
    if (model.contains("fable") || model.contains("mythos")) return FABLE;
    if (version == 0) return COMPATIBLE;
    if (version == 50) return FIVE;
    if (version >= 47) return FOUR_SEVEN;
    if (version == 46) return FOUR_SIX;
    if (version == 45) return FOUR_FIVE;
    if (version >= 40 && model.contains("opus")) return version == 41 ? OPUS_FOUR_ONE : OPUS_FOUR;
    return OLD;
  }
}

const COMPATIBLE = new ModelTraits();

const OLD = new ModelTraits();
OLD.takesOutputFormat = false;

const OPUS_FOUR = new ModelTraits();
OPUS_FOUR.takesOutputFormat = false;
OPUS_FOUR.outputLimit = 32000;

const OPUS_FOUR_ONE = new ModelTraits();
OPUS_FOUR_ONE.takesBothSamplings = false;
OPUS_FOUR_ONE.takesOutputFormat = false;
OPUS_FOUR_ONE.outputLimit = 32000;

const FOUR_FIVE = new ModelTraits();
FOUR_FIVE.takesBothSamplings = false;

const FOUR_SIX = new ModelTraits();
FOUR_SIX.thinking = Thinking.Adaptive;
FOUR_SIX.takesBothSamplings = false;
FOUR_SIX.takesXHigh = false;

const FOUR_SEVEN = new ModelTraits();
FOUR_SEVEN.thinking = Thinking.Adaptive;
FOUR_SEVEN.takesBudget = false;
FOUR_SEVEN.hidesThinking = true;
FOUR_SEVEN.takesSampling = false;

const FIVE = new ModelTraits();
FIVE.thinking = Thinking.AdaptiveByDefault;
FIVE.takesBudget = false;
FIVE.hidesThinking = true;
FIVE.takesSampling = false;

const FABLE = new ModelTraits();
FABLE.thinking = Thinking.AdaptiveAlways;
FABLE.takesBudget = false;
FABLE.hidesThinking = true;
FABLE.takesSampling = false;

const FIVE_ONE = new ModelTraits();
FIVE_ONE.thinking = Thinking.AdaptiveAlways;
FIVE_ONE.takesBudget = false;
FIVE_ONE.hidesThinking = true;
FIVE_ONE.takesSampling = false;
FIVE_ONE.takesForcedTools = false;

/** Ten times major plus minor, from the first number of one or two digits and the one right behind it; 0 if there is none. Dates have eight digits. */
function versionOf(model: Bytes): i32 {
  let at = model.length;
  for (let i = 0; i + 6 <= model.length; i++) {
    if (!model.slice(i, i + 6).is("claude")) continue;
    at = i + 6;
    break;
  }
  while (at < model.length) {
    const end = endOfDigits(model, at);
    if (end == at) {
      at++;
      continue;
    }
    if (end - at > 2 || isLetter(model.at(at - 1))) {
      at = end;
      continue;
    }
    const minorEnd = endOfDigits(model, end + 1);
    const hasMinor = minorEnd > end + 1 && minorEnd - end <= 3 && !isLetter(model.at(end));
    return valueOf(model, at, end) * 10 + (hasMinor ? min(valueOf(model, end + 1, minorEnd), 9) : 0);
  }
  return 0;
}

function endOfDigits(text: Bytes, from: i32): i32 {
  while (from < text.length && <u32>text.at(from) - 0x30 < 10) from++;
  return from;
}

function valueOf(text: Bytes, from: i32, to: i32): i32 {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + <i32>(text.at(i) - 0x30);
  return value;
}

function isLetter(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26;
}
