/** The members at the top of a request that we know: https://platform.openai.com/docs/api-reference/chat/create and what compatible vendors add. */
import { JsonReader } from "../../json/reader";

export enum Field {
  Other,
  // Policy decides by these, so none may come twice.
  Model,
  Messages,
  Tools,
  ToolChoice,
  Stream,
  StreamOptions,
  MaxTokens,
  MaxCompletionTokens,
  Count,
  ResponseFormat,
  LAST_OF_POLICY = ResponseFormat,

  Temperature,
  TopP,
  TopK,
  Stop,
  Seed,
  PresencePenalty,
  FrequencyPenalty,
  LogitBias,
  Logprobs,
  TopLogprobs,
  User,
  ParallelToolCalls,
  ReasoningEffort,
  Reasoning,
  Thinking,
  EnableThinking,
  ThinkingBudget,
  Functions,
  FunctionCall,
}

/** Which field the last key is. The usual ones first: every comparison costs. */
export function fieldOf(json: JsonReader): Field {
  if (json.keyIs("model")) return Field.Model;
  if (json.keyIs("messages")) return Field.Messages;
  if (json.keyIs("stream")) return Field.Stream;
  if (json.keyIs("temperature")) return Field.Temperature;
  if (json.keyIs("max_tokens")) return Field.MaxTokens;
  if (json.keyIs("max_completion_tokens")) return Field.MaxCompletionTokens;
  if (json.keyIs("stream_options")) return Field.StreamOptions;
  if (json.keyIs("tools")) return Field.Tools;
  if (json.keyIs("tool_choice")) return Field.ToolChoice;
  if (json.keyIs("top_p")) return Field.TopP;
  if (json.keyIs("stop")) return Field.Stop;
  if (json.keyIs("n")) return Field.Count;
  if (json.keyIs("response_format")) return Field.ResponseFormat;
  if (json.keyIs("parallel_tool_calls")) return Field.ParallelToolCalls;
  if (json.keyIs("reasoning_effort")) return Field.ReasoningEffort;
  if (json.keyIs("user")) return Field.User;
  if (json.keyIs("seed")) return Field.Seed;
  if (json.keyIs("presence_penalty")) return Field.PresencePenalty;
  if (json.keyIs("frequency_penalty")) return Field.FrequencyPenalty;
  if (json.keyIs("logit_bias")) return Field.LogitBias;
  if (json.keyIs("logprobs")) return Field.Logprobs;
  if (json.keyIs("top_logprobs")) return Field.TopLogprobs;
  if (json.keyIs("top_k")) return Field.TopK;
  if (json.keyIs("reasoning")) return Field.Reasoning;
  if (json.keyIs("thinking")) return Field.Thinking;
  if (json.keyIs("enable_thinking")) return Field.EnableThinking;
  if (json.keyIs("thinking_budget") || json.keyIs("reasoning_max_tokens")) return Field.ThinkingBudget;
  if (json.keyIs("functions")) return Field.Functions;
  if (json.keyIs("function_call")) return Field.FunctionCall;
  return Field.Other;
}

/** The wire's name of a field that policy decides by. */
export function policyName(field: Field): string {
  switch (field) {
    case Field.Model:
      return "model";
    case Field.Messages:
      return "messages";
    case Field.Tools:
      return "tools";
    case Field.ToolChoice:
      return "tool_choice";
    case Field.Stream:
      return "stream";
    case Field.StreamOptions:
      return "stream_options";
    case Field.MaxTokens:
      return "max_tokens";
    case Field.MaxCompletionTokens:
      return "max_completion_tokens";
    case Field.Count:
      return "n";
    default:
      return "response_format";
  }
}

export const POLICY_NAMES: StaticArray<string> = [
  "model",
  "messages",
  "tools",
  "tool_choice",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "n",
  "response_format",
];
export const MESSAGE_POLICY_NAMES: StaticArray<string> = ["role", "content", "tool_calls"];
