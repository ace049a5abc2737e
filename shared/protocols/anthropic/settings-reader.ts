/** Reads `thinking`, `output_config` and the beta's `output_format`. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Choice, Conversation, Effort, OutputFormat } from "../conversation";
import { VIEW, optionalTextOf, textOf, valueOf, wordOf } from "../values";
import { MessagesComplaint } from "./complaint";
import { keepOther } from "./others";

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking, …/adaptive-thinking */
export function readThinking(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
  if (!json.enterObject()) return complaint.wrongType("thinking", json, "an object with `type`");
  let isEnabled = false;
  let hasType = false;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "thinking.type", complaint);
      if (type == ABSENT) return;
      const word = wordOf(json, type, VIEW);
      hasType = true;
      isEnabled = word.is("enabled");
      if (word.is("disabled")) conversation.thinking = Choice.No;
      else if (isEnabled || word.is("adaptive")) conversation.thinking = Choice.Yes;
      else return complaint.unknownWord("thinking.type", conversation.source, type, "enabled, adaptive or disabled");
    } else if (json.keyIs("budget_tokens") && !json.nothing()) {
      conversation.thinkingBudgetJson = json.number();
      if (conversation.thinkingBudgetJson == ABSENT) return complaint.wrongType("thinking.budget_tokens", json, "a number");
    }
  }
  if (!hasType) return complaint.missing("thinking.type", json, "enabled, adaptive or disabled");
  if (isEnabled && conversation.thinkingBudgetJson == ABSENT)
    return complaint.missing("thinking.budget_tokens", json, "how many tokens the thinking may have");
  if (!isEnabled) conversation.thinkingBudgetJson = ABSENT;
}

/** https://platform.claude.com/docs/en/build-with-claude/effort, …/structured-outputs */
export function readOutputConfig(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
  if (!json.enterObject()) return complaint.wrongType("output_config", json, "an object");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("effort")) readEffort(json, conversation, complaint);
    else if (json.keyIs("format")) readOutputFormat(json, conversation, complaint, "output_config.format");
    else keepOther(json, conversation, "output_config");
    if (complaint.failure != null) return;
  }
}

/** `max` is one step more than others have: to them it is their own highest. */
function readEffort(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
  const word = textOf(json, "output_config.effort", complaint);
  if (word == ABSENT) return;
  conversation.effortText = word;
  conversation.effort = effortOf(wordOf(json, word, VIEW));
}

function effortOf(word: Bytes): Effort {
  if (word.is("low")) return Effort.Low;
  if (word.is("medium")) return Effort.Medium;
  if (word.is("high")) return Effort.High;
  if (word.is("xhigh") || word.is("max")) return Effort.XHigh;
  return Effort.Other;
}

/** `{"type":"json_schema","schema":…}` */
export function readOutputFormat(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint, field: string): void {
  const from = json.offset;
  if (!json.enterObject()) return complaint.wrongType(field, json, "an object with `type` and `schema`");
  let format = OutputFormat.Absent;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, field + ".type", complaint);
      if (type != ABSENT) format = wordOf(json, type, VIEW).is("json_schema") ? OutputFormat.JsonSchema : OutputFormat.Other;
    } else if (json.keyIs("schema"))
      conversation.outputSchemaJson = valueOf(json, JsonType.Object, field + ".schema", "a JSON Schema object", complaint);
    else if (json.keyIs("name")) conversation.outputSchemaName = optionalTextOf(json, field + ".name", complaint);
    if (complaint.failure != null) return;
  }
  if (format == OutputFormat.Absent) return complaint.missing(field + ".type", json, "json_schema");
  if (format == OutputFormat.JsonSchema && conversation.outputSchemaJson == ABSENT)
    return complaint.missing(field + ".schema", json, "a JSON Schema object");
  conversation.outputFormat = format;
  conversation.outputFormatJson = json.spanSince(from);
}
