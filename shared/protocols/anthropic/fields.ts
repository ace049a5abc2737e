/** The members at the top of a Messages request that the conversation holds: https://docs.anthropic.com/en/api/messages */
import { JsonReader } from "../../json/reader";

export enum Field {
  Other,
  // Policy decides by these, so none may come twice.
  Model,
  Messages,
  System,
  Tools,
  ToolChoice,
  MaxTokens,
  Stream,
  Thinking,
  OutputConfig,
  OutputFormat,
  LAST_OF_POLICY = OutputFormat,

  Temperature,
  TopP,
  TopK,
  StopSequences,
  Metadata,
}

/** Which field the last key is. The usual ones first: every comparison costs. */
export function fieldOf(json: JsonReader): Field {
  if (json.keyIs("model")) return Field.Model;
  if (json.keyIs("messages")) return Field.Messages;
  if (json.keyIs("max_tokens")) return Field.MaxTokens;
  if (json.keyIs("system")) return Field.System;
  if (json.keyIs("stream")) return Field.Stream;
  if (json.keyIs("tools")) return Field.Tools;
  if (json.keyIs("metadata")) return Field.Metadata;
  if (json.keyIs("temperature")) return Field.Temperature;
  if (json.keyIs("thinking")) return Field.Thinking;
  if (json.keyIs("tool_choice")) return Field.ToolChoice;
  if (json.keyIs("stop_sequences")) return Field.StopSequences;
  if (json.keyIs("output_config")) return Field.OutputConfig;
  if (json.keyIs("output_format")) return Field.OutputFormat;
  if (json.keyIs("top_p")) return Field.TopP;
  if (json.keyIs("top_k")) return Field.TopK;
  return Field.Other;
}

/** The names of the fields that policy decides by, in the order of `Field`. */
export const POLICY_NAMES: StaticArray<string> = [
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "max_tokens",
  "stream",
  "thinking",
  "output_config",
  "output_format",
];
export const MESSAGE_POLICY_NAMES: StaticArray<string> = ["role", "content"];
