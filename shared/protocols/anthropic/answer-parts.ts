/** What streamed and whole answers share: usage and stop reasons. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { COUNT_LIMIT, FinishReason, Usage } from "../answer";

/**
 * The `usage` object, cumulative: a later one replaces the counts that it names and leaves the others. Anthropic counts the prompt in three parts, fresh, read from
 * the cache and written to it (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#tracking-cache-performance).
 */
@final
export class UsageParts {
  private fresh: u64 = 0;
  private cacheWrite: u64 = 0;
  private cacheRead: u64 = 0;
  private output: u64 = 0;
  private thinking: u64 = 0;
  known: bool = false;

  /** Reads the next value, if it is an object. */
  read(reader: JsonReader): void {
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("input_tokens")) this.fresh = this.count(reader, this.fresh);
      else if (reader.keyIs("output_tokens")) this.output = this.count(reader, this.output);
      else if (reader.keyIs("cache_creation_input_tokens")) this.cacheWrite = this.count(reader, this.cacheWrite);
      else if (reader.keyIs("cache_read_input_tokens")) this.cacheRead = this.count(reader, this.cacheRead);
      else if (reader.keyIs("output_tokens_details") && reader.enterObject()) {
        while (reader.nextKey()) if (reader.keyIs("thinking_tokens")) this.thinking = this.count(reader, this.thinking);
      }
    }
  }

  /** Reads the next value, if it is Bedrock's object of the same counts: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html */
  readBedrocks(reader: JsonReader): void {
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("inputTokens")) this.fresh = this.count(reader, this.fresh);
      else if (reader.keyIs("outputTokens")) this.output = this.count(reader, this.output);
      else if (reader.keyIs("cacheWriteInputTokens")) this.cacheWrite = this.count(reader, this.cacheWrite);
      else if (reader.keyIs("cacheReadInputTokens")) this.cacheRead = this.count(reader, this.cacheRead);
    }
  }

  /** Writes the sums. */
  into(usage: Usage): void {
    usage.clear();
    usage.cachedInput = this.cacheRead;
    usage.cacheWrite = this.cacheWrite;
    usage.input = this.fresh + this.cacheRead + this.cacheWrite;
    if (usage.input > COUNT_LIMIT) usage.input = COUNT_LIMIT;
    usage.output = this.output;
    usage.reasoning = this.thinking < this.output ? this.thinking : this.output;
    usage.known = this.known;
  }

  /** The next value, if it is a count; else `former`. */
  private count(reader: JsonReader, former: u64): u64 {
    const number = reader.number();
    if (number == ABSENT || !NUMBER.read(reader.point(number, VIEW)) || NUMBER.negative || !NUMBER.isWhole) return former;
    this.known = true;
    return NUMBER.magnitude < COUNT_LIMIT ? NUMBER.magnitude : COUNT_LIMIT;
  }
}

const NUMBER = new JsonNumber();
const VIEW = new Bytes();

/** What a `stop_reason` means (https://docs.anthropic.com/en/api/handling-stop-reasons). A word of the future ends the answer like any other; after tool calls it waits for their results. */
export function finishReasonOf(word: Bytes, calledTools: bool): FinishReason {
  if (word.is("end_turn")) return FinishReason.Stop;
  if (word.is("tool_use")) return FinishReason.ToolCalls;
  if (word.is("max_tokens")) return FinishReason.Length;
  if (word.is("model_context_window_exceeded")) return FinishReason.ContextWindow;
  if (word.is("stop_sequence")) return FinishReason.StopSequence;
  if (word.is("refusal")) return FinishReason.Refusal;
  if (word.is("pause_turn")) return FinishReason.Pause;
  return calledTools ? FinishReason.ToolCalls : FinishReason.Stop;
}
