/** Reads `response_format`, and the ways in which OpenAI and compatible vendors ask for thinking. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Choice, Conversation, Effort, OutputFormat } from "../conversation";
import { Complaint } from "./complaint";
import { VIEW, choiceOf, optionalTextOf, textOf, valueOf, wordOf } from "../values";

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-response_format */
export function readResponseFormat(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  const from = json.offset;
  if (!json.enterObject()) return complaint.wrongType("response_format", json, "an object with `type`");
  let format = OutputFormat.Absent;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "response_format.type", complaint);
      if (type != ABSENT) format = formatOf(wordOf(json, type, VIEW));
    } else if (json.keyIs("json_schema") && !json.nothing()) readSchema(json, conversation, complaint);
    if (complaint.failure != null) return;
  }
  if (format == OutputFormat.Absent) return complaint.missing("response_format.type", json, '"text", "json_object" or "json_schema"');
  if (format == OutputFormat.JsonSchema && conversation.outputSchemaJson == ABSENT) {
    // DeepInfra and others take the schema without OpenAI's wrapping; OpenAI itself takes a name without a schema.
    if (conversation.outputSchemaName == ABSENT)
      return complaint.missing("response_format.json_schema", json, "an object with `name` and `schema`");
  }
  conversation.outputFormat = format;
  conversation.outputFormatJson = json.spanSince(from);
}

function formatOf(type: Bytes): OutputFormat {
  if (type.is("text")) return OutputFormat.Text;
  if (type.is("json_object")) return OutputFormat.JsonObject;
  if (type.is("json_schema")) return OutputFormat.JsonSchema;
  return OutputFormat.Other;
}

function readSchema(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  if (!json.enterObject()) return complaint.wrongType("response_format.json_schema", json, "an object with `name` and `schema`");
  while (json.nextKey()) {
    if (json.keyIs("name")) conversation.outputSchemaName = optionalTextOf(json, "response_format.json_schema.name", complaint);
    else if (json.keyIs("description"))
      conversation.outputSchemaDescription = optionalTextOf(json, "response_format.json_schema.description", complaint);
    else if (json.keyIs("schema"))
      conversation.outputSchemaJson = valueOf(
        json,
        JsonType.Object,
        "response_format.json_schema.schema",
        "a JSON Schema object",
        complaint,
      );
    else if (json.keyIs("strict")) conversation.outputStrict = choiceOf(json, "response_format.json_schema.strict", complaint);
    if (complaint.failure != null) return;
  }
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort */
export function readReasoningEffort(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  setEffort(json, textOf(json, "reasoning_effort", complaint), conversation);
}

function setEffort(json: JsonReader, word: Span, conversation: Conversation): void {
  if (spanLength(word) == 0) return;
  conversation.effortText = word;
  conversation.effort = effortOf(wordOf(json, word, VIEW));
}

/** The effort that one of OpenAI's words stands for. */
export function effortOf(word: Bytes): Effort {
  if (word.is("none")) return Effort.None;
  if (word.is("minimal")) return Effort.Minimal;
  if (word.is("low")) return Effort.Low;
  if (word.is("medium")) return Effort.Medium;
  if (word.is("high")) return Effort.High;
  if (word.is("xhigh")) return Effort.XHigh;
  return Effort.Other;
}

/** OpenRouter's `reasoning`: https://openrouter.ai/docs/use-cases/reasoning-tokens. `reasoning_effort` goes first. */
export function readReasoning(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  if (!json.enterObject()) return complaint.wrongType("reasoning", json, "an object with `effort` or `max_tokens`");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("effort")) {
      const word = textOf(json, "reasoning.effort", complaint);
      if (conversation.effort == Effort.Absent) setEffort(json, word, conversation);
    } else if (json.keyIs("max_tokens")) conversation.thinkingBudgetJson = budgetOf(json, "reasoning.max_tokens", complaint);
    else if (json.keyIs("enabled")) conversation.thinking = choiceOf(json, "reasoning.enabled", complaint);
    if (complaint.failure != null) return;
  }
}

/** Anthropic's switch, which DeepSeek, Zhipu and others took over: `{"type":"enabled","budget_tokens":…}`. */
export function readThinking(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  if (!json.enterObject()) return complaint.wrongType("thinking", json, "an object with `type`");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("type")) {
      const type = textOf(json, "thinking.type", complaint);
      if (type != ABSENT) conversation.thinking = wordOf(json, type, VIEW).is("disabled") ? Choice.No : Choice.Yes;
    } else if (json.keyIs("budget_tokens")) conversation.thinkingBudgetJson = budgetOf(json, "thinking.budget_tokens", complaint);
    if (complaint.failure != null) return;
  }
}

function budgetOf(json: JsonReader, field: string, complaint: Complaint): Span {
  if (json.peek() != JsonType.Number) complaint.wrongType(field, json, "a number");
  return json.number();
}
