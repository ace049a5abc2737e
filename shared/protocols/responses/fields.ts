/** The members at the top of a Responses request: https://platform.openai.com/docs/api-reference/responses/create */
import { JsonReader } from "../../json/reader";

export enum Field {
  Other,
  // Policy decides by these, so none may come twice.
  Model,
  Input,
  Instructions,
  Tools,
  ToolChoice,
  Stream,
  MaxOutputTokens,
  Text,
  Reasoning,
  PreviousResponseId,
  Conversation,
  Background,
  Prompt,
  LAST_OF_POLICY = Prompt,

  Temperature,
  TopP,
  TopLogprobs,
  ParallelToolCalls,
  Include,
  User,
  SafetyIdentifier,
  // Nothing but the answer's form or the vendor's books hang on these.
  Metadata,
  Store,
  StreamOptions,
  Truncation,
  MaxToolCalls,
  ServiceTier,
  PromptCacheKey,
  PromptCacheRetention,
}

/** Which field the last key is. The usual ones first: every comparison costs. */
export function fieldOf(json: JsonReader): Field {
  if (json.keyIs("model")) return Field.Model;
  if (json.keyIs("input")) return Field.Input;
  if (json.keyIs("instructions")) return Field.Instructions;
  if (json.keyIs("stream")) return Field.Stream;
  if (json.keyIs("tools")) return Field.Tools;
  if (json.keyIs("tool_choice")) return Field.ToolChoice;
  if (json.keyIs("reasoning")) return Field.Reasoning;
  if (json.keyIs("store")) return Field.Store;
  if (json.keyIs("include")) return Field.Include;
  if (json.keyIs("text")) return Field.Text;
  if (json.keyIs("parallel_tool_calls")) return Field.ParallelToolCalls;
  if (json.keyIs("max_output_tokens")) return Field.MaxOutputTokens;
  if (json.keyIs("temperature")) return Field.Temperature;
  if (json.keyIs("top_p")) return Field.TopP;
  if (json.keyIs("prompt_cache_key")) return Field.PromptCacheKey;
  if (json.keyIs("previous_response_id")) return Field.PreviousResponseId;
  if (json.keyIs("metadata")) return Field.Metadata;
  if (json.keyIs("user")) return Field.User;
  if (json.keyIs("safety_identifier")) return Field.SafetyIdentifier;
  if (json.keyIs("top_logprobs")) return Field.TopLogprobs;
  if (json.keyIs("truncation")) return Field.Truncation;
  if (json.keyIs("service_tier")) return Field.ServiceTier;
  if (json.keyIs("stream_options")) return Field.StreamOptions;
  if (json.keyIs("max_tool_calls")) return Field.MaxToolCalls;
  if (json.keyIs("prompt_cache_retention")) return Field.PromptCacheRetention;
  if (json.keyIs("conversation")) return Field.Conversation;
  if (json.keyIs("background")) return Field.Background;
  if (json.keyIs("prompt")) return Field.Prompt;
  return Field.Other;
}

/** The names of the fields that policy decides by, in the order of `Field`. */
export const POLICY_NAMES: StaticArray<string> = [
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "stream",
  "max_output_tokens",
  "text",
  "reasoning",
  "previous_response_id",
  "conversation",
  "background",
  "prompt",
];
export const ITEM_POLICY_NAMES: StaticArray<string> = ["type", "role", "content", "output"];
