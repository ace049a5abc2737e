/** Reads `tools` and `tool_choice`: https://docs.anthropic.com/en/api/messages#body-tools */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Choice, Conversation, Tool, ToolPolicy } from "../conversation";
import { VIEW, choiceOf, optionalTextOf, textOf, valueOf, wordOf } from "../values";
import { MessagesComplaint } from "./complaint";
import { keepOther } from "./others";

export function readTools(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
  if (!json.enterArray()) return complaint.wrongType("tools", json, "an array of tools");
  let index = 0;
  while (json.nextElement()) {
    complaint.toolIndex = index++;
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a tool");
    const tool = conversation.addTool();
    const others = conversation.others.length;
    readTool(json, tool, conversation, complaint);
    tool.whole = json.spanSince(from);
    if (!tool.isFunction) {
      // Its members are its own, and stand in `whole`.
      conversation.others.length = others;
      conversation.cites = true;
    }
    if (complaint.failure != null) return;
  }
  complaint.toolIndex = -1;
}

/** Tools without a type, or of the type `custom`, are the client's own functions; all others are Anthropic's (`web_search_20250305`), which have no schema. */
function readTool(json: JsonReader, tool: Tool, conversation: Conversation, complaint: MessagesComplaint): void {
  while (json.nextKey()) {
    if (json.keyIs("name")) tool.name = textOf(json, "name", complaint);
    else if (json.nothing()) continue;
    else if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      tool.isFunction = type != ABSENT && wordOf(json, type, VIEW).is("custom");
    } else if (json.keyIs("description")) tool.description = optionalTextOf(json, "description", complaint);
    else if (json.keyIs("input_schema"))
      tool.schemaJson = valueOf(json, JsonType.Object, "input_schema", "a JSON Schema object", complaint);
    else if (json.keyIs("strict")) tool.strict = choiceOf(json, "strict", complaint);
    else if (json.keyIs("cache_control")) tool.cacheControl = json.skip();
    // How the input is streamed to the client is up to the provider.
    else if (json.keyIs("eager_input_streaming")) json.skip();
    else keepOther(json, conversation, complaint.path(""));
    if (complaint.failure != null) return;
  }
  if (!tool.isFunction) return;
  if (spanLength(tool.name) == 0) complaint.missing("name", json, "the tool's name");
  else if (tool.schemaJson == ABSENT) complaint.missing("input_schema", json, "a JSON Schema object");
}

/** https://docs.anthropic.com/en/api/messages#body-tool-choice */
export function readToolChoice(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
  const from = json.offset;
  if (!json.enterObject()) return complaint.wrongType("tool_choice", json, "an object with `type`");
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "tool_choice.type", complaint);
      if (type == ABSENT) return;
      conversation.toolPolicy = policyOf(wordOf(json, type, VIEW));
      if (conversation.toolPolicy == ToolPolicy.Other)
        return complaint.unknownWord("tool_choice.type", conversation.source, type, "auto, any, tool or none");
    } else if (json.keyIs("name")) conversation.toolChoiceName = optionalTextOf(json, "tool_choice.name", complaint);
    else if (json.keyIs("disable_parallel_tool_use")) {
      // False is what is anyway so.
      if (choiceOf(json, "tool_choice.disable_parallel_tool_use", complaint) == Choice.Yes) conversation.parallelToolCalls = Choice.No;
    }
    if (complaint.failure != null) return;
  }
  if (conversation.toolPolicy == ToolPolicy.Absent) return complaint.missing("tool_choice.type", json, "auto, any, tool or none");
  if (conversation.toolPolicy == ToolPolicy.Named && spanLength(conversation.toolChoiceName) == 0)
    return complaint.missing("tool_choice.name", json, "the tool's name");
  conversation.toolChoiceJson = json.spanSince(from);
}

function policyOf(word: Bytes): ToolPolicy {
  if (word.is("auto")) return ToolPolicy.Auto;
  if (word.is("any")) return ToolPolicy.Required;
  if (word.is("tool")) return ToolPolicy.Named;
  if (word.is("none")) return ToolPolicy.None;
  return ToolPolicy.Other;
}
