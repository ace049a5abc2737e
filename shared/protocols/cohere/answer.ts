/** What streamed and whole answers share: usage and why the model stopped. https://docs.cohere.com/reference/chat */
import { Bytes } from "../../bytes/bytes";
import { FinishReason, Usage } from "../answer";
import { JsonReader } from "../../json/reader";
import { Failure, FailureKind } from "../failure";
import { providerText } from "../message";
import { readUsage } from "../openai/usage-reader";

/**
 * Reads the next value, a `usage`: `tokens` is what was counted, `billed_units` what is paid for and stands in for it. What is written for citations and searches is in neither count of the other.
 */
export function readCohereUsage(json: JsonReader, usage: Usage): void {
  if (!json.enterObject()) return;
  let hasTokens = false;
  while (json.nextKey()) {
    if (json.keyIs("tokens")) hasTokens = readUsage(json, usage) || hasTokens;
    else if (json.keyIs("billed_units") && !hasTokens) readUsage(json, usage);
    else if (json.keyIs("cached_tokens")) readCached(json);
  }
  usage.cachedInput = min(cached, usage.input);
  cached = 0;
}

let cached: u64 = 0;

function readCached(json: JsonReader): void {
  const number = json.number();
  cached = unsignedIn(json.bytes(number));
}

function unsignedIn(digits: Bytes): u64 {
  let value: u64 = 0;
  for (let i = 0; i < min(digits.length, 15); i++) {
    const digit = <u32>digits.at(i) - 0x30;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}

/** What a `finish_reason` means. A word of the future ends the answer like any other. */
export function finishReasonOf(word: Bytes, hasCalls: bool): FinishReason {
  if (word.is("STOP_SEQUENCE")) return FinishReason.StopSequence;
  if (word.is("MAX_TOKENS")) return FinishReason.Length;
  if (word.is("TOOL_CALL")) return FinishReason.ToolCalls;
  if (word.is("ERROR_TOXIC")) return FinishReason.ContentFilter;
  return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
}

/** The failure that a `finish_reason` stands for; null: it is none. `words` are the provider's, if it said any: content of a JSON string. */
export function breakdownOf(word: Bytes, words: Bytes): Failure | null {
  const isTimeout = word.is("TIMEOUT");
  if (!isTimeout && !word.is("ERROR")) return null;
  const failure = Failure.of(isTimeout ? FailureKind.Timeout : FailureKind.Provider, "the provider broke off the answer");
  if (!words.isEmpty) failure.message = providerText(words);
  failure.code = word.copy();
  return failure;
}
