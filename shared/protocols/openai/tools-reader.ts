/** Reads `tools`, `tool_choice` and their old forms `functions` and `function_call`. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, Tool, ToolPolicy } from "../conversation";
import { Complaint } from "./complaint";
import { VIEW, choiceOf, optionalTextOf, textOf, valueOf, wordOf } from "../values";

/** Reads `tools`; with `bare`, `functions`, whose elements are the functions themselves. */
export function readTools(json: JsonReader, conversation: Conversation, complaint: Complaint, bare: bool): void {
  const field = bare ? "functions" : "tools";
  if (!json.enterArray()) return complaint.wrongType(field, json, "an array");
  if (bare) conversation.legacyFunctions = true;
  let index = 0;
  while (json.nextElement()) {
    complaint.toolIndex = index++;
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a tool");
    const tool = conversation.addTool();
    if (bare) readFunctionMembers(json, tool, "", complaint);
    else readToolMembers(json, tool, complaint);
    tool.whole = json.spanSince(from);
    if (complaint.failure != null) return;
  }
  complaint.toolIndex = -1;
}

function readToolMembers(json: JsonReader, tool: Tool, complaint: Complaint): void {
  let hasFunction = false;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      tool.isFunction = type != ABSENT && wordOf(json, type, VIEW).is("function");
    } else if (json.keyIs("function")) {
      hasFunction = true;
      if (!json.enterObject()) return complaint.wrongType("function", json, "an object with `name`");
      readFunctionMembers(json, tool, "function.", complaint);
    } else if (json.keyIs("cache_control")) tool.cacheControl = json.nothing() ? ABSENT : json.skip();
    if (complaint.failure != null) return;
  }
  if (tool.isFunction && !hasFunction) complaint.missing("function", json, "an object with `name`");
}

function readFunctionMembers(json: JsonReader, tool: Tool, prefix: string, complaint: Complaint): void {
  while (json.nextKey()) {
    if (json.keyIs("name")) tool.name = textOf(json, prefix + "name", complaint);
    else if (json.keyIs("description")) tool.description = optionalTextOf(json, prefix + "description", complaint);
    else if (json.keyIs("parameters"))
      tool.schemaJson = valueOf(json, JsonType.Object, prefix + "parameters", "a JSON Schema object", complaint);
    else if (json.keyIs("strict")) tool.strict = choiceOf(json, prefix + "strict", complaint);
    else if (json.keyIs("cache_control")) tool.cacheControl = json.nothing() ? ABSENT : json.skip();
    if (complaint.failure != null) return;
  }
  if (spanLength(tool.name) == 0) complaint.missing(prefix + "name", json, "the function's name");
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-tool_choice */
export function readToolChoice(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  const from = json.offset;
  const word = json.string();
  if (word != ABSENT) conversation.toolPolicy = policyOf(wordOf(json, word, VIEW));
  else if (json.enterObject()) readNamedChoice(json, conversation, complaint);
  else return complaint.wrongType("tool_choice", json, "a string or an object");
  conversation.toolChoiceJson = json.spanSince(from);
}

function policyOf(word: Bytes): ToolPolicy {
  if (word.is("auto")) return ToolPolicy.Auto;
  if (word.is("none")) return ToolPolicy.None;
  // Mistral's word is `any`.
  if (word.is("required") || word.is("any")) return ToolPolicy.Required;
  return ToolPolicy.Other;
}

function readNamedChoice(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  let isFunction = false;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "tool_choice.type", complaint);
      isFunction = type != ABSENT && wordOf(json, type, VIEW).is("function");
    } else if (json.keyIs("function")) {
      if (!json.enterObject()) return complaint.wrongType("tool_choice.function", json, "an object with `name`");
      while (json.nextKey()) if (json.keyIs("name")) conversation.toolChoiceName = textOf(json, "tool_choice.function.name", complaint);
    }
    if (complaint.failure != null) return;
  }
  if (isFunction && conversation.toolChoiceName == ABSENT)
    return complaint.missing("tool_choice.function.name", json, "the function's name");
  conversation.toolPolicy = isFunction ? ToolPolicy.Named : ToolPolicy.Other;
}

/** `function_call`: `"auto"`, `"none"` or `{"name":…}`. */
export function readFunctionChoice(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
  const from = json.offset;
  const word = json.string();
  if (word != ABSENT) conversation.toolPolicy = policyOf(wordOf(json, word, VIEW));
  else if (json.enterObject()) {
    while (json.nextKey()) if (json.keyIs("name")) conversation.toolChoiceName = textOf(json, "function_call.name", complaint);
    if (conversation.toolChoiceName == ABSENT) complaint.missing("function_call.name", json, "the function's name");
    conversation.toolPolicy = ToolPolicy.Named;
  } else return complaint.wrongType("function_call", json, "a string or an object");
  conversation.toolChoiceJson = json.spanSince(from);
}
