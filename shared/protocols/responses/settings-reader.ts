/** Reads `text` and `reasoning`. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, OutputFormat } from "../conversation";
import { effortOf } from "../openai/settings-reader";
import { VIEW, choiceOf, optionalTextOf, textOf, valueOf, wordOf } from "../values";
import { ResponsesComplaint } from "./complaint";

/** `{"format":{"type":"json_schema","name":…,"schema":…,"strict":…},"verbosity":…}`: https://platform.openai.com/docs/api-reference/responses/create#responses-create-text */
export function readText(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
  if (!json.enterObject()) return complaint.wrongType("text", json, "an object");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("format")) readFormat(json, conversation, complaint);
    // How wordy the model shall be is a wish that only OpenAI's models know; see README.md.
    else if (json.keyIs("verbosity")) {
      const from = json.offset;
      if (textOf(json, "text.verbosity", complaint) == ABSENT) return;
      conversation.chatMembers.add(conversation.source.keepAscii("verbosity"));
      conversation.chatMembers.add(json.spanSince(from));
    }
    if (complaint.failure != null) return;
  }
}

function readFormat(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
  const from = json.offset;
  if (!json.enterObject()) return complaint.wrongType("text.format", json, "an object with `type`");
  let format = OutputFormat.Absent;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "text.format.type", complaint);
      if (type != ABSENT) format = formatOf(wordOf(json, type, VIEW));
    } else if (json.keyIs("name")) conversation.outputSchemaName = optionalTextOf(json, "text.format.name", complaint);
    else if (json.keyIs("description")) conversation.outputSchemaDescription = optionalTextOf(json, "text.format.description", complaint);
    else if (json.keyIs("schema"))
      conversation.outputSchemaJson = valueOf(json, JsonType.Object, "text.format.schema", "a JSON Schema object", complaint);
    else if (json.keyIs("strict")) conversation.outputStrict = choiceOf(json, "text.format.strict", complaint);
    if (complaint.failure != null) return;
  }
  if (format == OutputFormat.Absent) return complaint.missing("text.format.type", json, "text, json_object or json_schema");
  if (format == OutputFormat.JsonSchema && conversation.outputSchemaJson == ABSENT)
    return complaint.missing("text.format.schema", json, "a JSON Schema object");
  if (format == OutputFormat.JsonSchema && spanLength(conversation.outputSchemaName) == 0)
    return complaint.missing("text.format.name", json, "the schema's name");
  conversation.outputFormat = format;
  conversation.outputFormatJson = json.spanSince(from);
}

function formatOf(word: Bytes): OutputFormat {
  if (word.is("text")) return OutputFormat.Text;
  if (word.is("json_object")) return OutputFormat.JsonObject;
  if (word.is("json_schema")) return OutputFormat.JsonSchema;
  return OutputFormat.Other;
}

/** `{"effort":…,"summary":…}`: https://platform.openai.com/docs/api-reference/responses/create#responses-create-reasoning. What a model shows of its thinking is shown whether or not a summary is asked for. */
export function readReasoning(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
  if (!json.enterObject()) return complaint.wrongType("reasoning", json, "an object");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (json.keyIs("effort")) {
      const word = textOf(json, "reasoning.effort", complaint);
      if (spanLength(word) > 0) {
        conversation.effortText = word;
        conversation.effort = effortOf(wordOf(json, word, VIEW));
      }
    } else if (json.keyIs("summary")) textOf(json, "reasoning.summary", complaint);
    if (complaint.failure != null) return;
  }
}
