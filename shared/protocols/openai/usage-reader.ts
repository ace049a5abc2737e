/** Reads a usage object, in OpenAI's form and its vendors' variants. */
import { Bytes, EMPTY, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { COUNT_LIMIT, Usage } from "../answer";

const NUMBER = new JsonNumber();
const VIEW = new Bytes();

/**
 * Reads the next value into `usage`, if it is an object with at least one count. False, and `usage` is as it was, if not; a value of another type is left to be skipped.
 * https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage; the variants are listed in README.md.
 */
export function readUsage(json: JsonReader, usage: Usage): bool {
  if (!json.enterObject()) return false;
  isCounted = false;
  let input: u64 = 0;
  let output: u64 = 0;
  let total: u64 = 0;
  let cached: u64 = 0;
  let written: u64 = 0;
  let reasoning: u64 = 0;
  let inputAudio: u64 = 0;
  let outputAudio: u64 = 0;
  while (json.nextKey()) {
    if (json.keyIs("prompt_tokens") || json.keyIs("input_tokens")) input = count(json);
    else if (json.keyIs("completion_tokens") || json.keyIs("output_tokens")) output = count(json);
    else if (json.keyIs("total_tokens")) total = count(json);
    // DeepSeek's, Moonshot's and LiteLLM's names.
    else if (json.keyIs("prompt_cache_hit_tokens") || json.keyIs("cached_tokens") || json.keyIs("cache_read_input_tokens"))
      cached = max(cached, count(json));
    else if (json.keyIs("cache_creation_input_tokens")) written = max(written, count(json));
    else if (json.keyIs("prompt_tokens_details") || json.keyIs("input_tokens_details")) {
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (json.keyIs("cached_tokens")) cached = max(cached, count(json));
        else if (json.keyIs("cache_write_tokens") || json.keyIs("cache_creation_tokens")) written = max(written, count(json));
        else if (json.keyIs("audio_tokens")) inputAudio = count(json);
      }
    } else if (json.keyIs("completion_tokens_details") || json.keyIs("output_tokens_details")) {
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (json.keyIs("reasoning_tokens")) reasoning = count(json);
        else if (json.keyIs("audio_tokens")) outputAudio = count(json);
      }
    }
  }
  NUMBER.read(EMPTY);
  VIEW.set(NO_BUFFER, 0, 0);
  if (!isCounted || json.failed) return false;
  // xAI counts thinking apart from the completion; the total says so. Embeddings have only a total.
  if (reasoning > 0 && total == input + output + reasoning) output += reasoning;
  if (input == 0 && output == 0) input = total;
  usage.input = input;
  usage.output = output;
  usage.cachedInput = min(cached, input);
  usage.cacheWrite = min(written, input - usage.cachedInput);
  usage.reasoning = min(reasoning, output);
  usage.inputAudio = min(inputAudio, input);
  usage.outputAudio = min(outputAudio, output);
  usage.known = true;
  return true;
}

let isCounted: bool = false;

/** The next value, if it is a count; else 0. */
function count(json: JsonReader): u64 {
  const number = json.number();
  if (number == ABSENT || !NUMBER.read(json.point(number, VIEW)) || NUMBER.negative || !NUMBER.isWhole) return 0;
  isCounted = true;
  return min(NUMBER.magnitude, COUNT_LIMIT);
}
