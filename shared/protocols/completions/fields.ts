/** The members of a completion request: https://platform.openai.com/docs/api-reference/completions/create */
import { JsonReader } from "../../json/reader";

export enum Field {
  Other,
  // Policy decides by these, so none may come twice.
  Model,
  Prompt,
  Stream,
  StreamOptions,
  MaxTokens,
  Count,
  BestOf,
  LAST_OF_POLICY = BestOf,

  Suffix,
  Echo,
  Temperature,
  TopP,
  Stop,
  Logprobs,
  Seed,
  PresencePenalty,
  FrequencyPenalty,
  LogitBias,
  User,
}

export function fieldOf(json: JsonReader): Field {
  if (json.keyIs("model")) return Field.Model;
  if (json.keyIs("prompt")) return Field.Prompt;
  if (json.keyIs("max_tokens")) return Field.MaxTokens;
  if (json.keyIs("temperature")) return Field.Temperature;
  if (json.keyIs("stream")) return Field.Stream;
  if (json.keyIs("stream_options")) return Field.StreamOptions;
  if (json.keyIs("stop")) return Field.Stop;
  if (json.keyIs("top_p")) return Field.TopP;
  if (json.keyIs("n")) return Field.Count;
  if (json.keyIs("best_of")) return Field.BestOf;
  if (json.keyIs("suffix")) return Field.Suffix;
  if (json.keyIs("echo")) return Field.Echo;
  if (json.keyIs("logprobs")) return Field.Logprobs;
  if (json.keyIs("seed")) return Field.Seed;
  if (json.keyIs("presence_penalty")) return Field.PresencePenalty;
  if (json.keyIs("frequency_penalty")) return Field.FrequencyPenalty;
  if (json.keyIs("logit_bias")) return Field.LogitBias;
  return json.keyIs("user") ? Field.User : Field.Other;
}

/** The names of the fields that policy decides by, in the order of `Field`. */
export const POLICY_NAMES: StaticArray<string> = ["model", "prompt", "stream", "stream_options", "max_tokens", "n", "best_of"];
