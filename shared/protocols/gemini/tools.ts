/** Tools and what is to be done with them: https://ai.google.dev/api/caching#Tool */
import { ABSENT, spanLength } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, ToolPolicy } from "../conversation";
import { ALLOWED_TOOLS } from "./allowed-tools";
import { Model } from "./models";
import { SEARCH } from "../web-search";

/**
 * Writes `tools` and `toolConfig`. Parameters go as `parametersJsonSchema`, which takes JSON Schema as it is; the older `parameters` takes a part of OpenAPI's, and would lose
 * `additionalProperties`, `$ref`, `oneOf` and more.
 */
export function writeTools(conversation: Conversation, model: Model, out: JsonWriter): void {
  if (searches(conversation)) {
    out.key("tools");
    out.beginArray();
    out.beginObject();
    out.key("googleSearch");
    out.beginObject();
    out.endObject();
    out.endObject();
    out.endArray();
    // What may be called is about functions, and there are none.
    return;
  }
  if (conversation.toolCount > 0) {
    out.key("tools");
    out.beginArray();
    out.beginObject();
    out.key("functionDeclarations");
    out.beginArray();
    for (let i = 0; i < conversation.toolCount; i++) writeTool(conversation, i, out);
    out.endArray();
    out.endObject();
    out.endArray();
  }
  writePolicy(conversation, model, out);
}

/** Whether the only tool is a search. */
function searches(conversation: Conversation): bool {
  if (!conversation.cites) return false;
  return conversation.toolCount > 0 ? SEARCH.ofTool(conversation, 0) : SEARCH.ofOptions(conversation);
}

function writeTool(conversation: Conversation, index: i32, out: JsonWriter): void {
  const source = conversation.source;
  const tool = conversation.tool(index);
  out.beginObject();
  out.key("name");
  out.escapedFrom(source, tool.name);
  if (spanLength(tool.description) > 0) {
    out.key("description");
    out.escapedFrom(source, tool.description);
  }
  if (tool.schemaJson != ABSENT) {
    out.key("parametersJsonSchema");
    out.rawFrom(source, tool.schemaJson);
  }
  out.endObject();
}

/** https://ai.google.dev/api/caching#FunctionCallingConfig */
function writePolicy(conversation: Conversation, model: Model, out: JsonWriter): void {
  const mode = modeOf(conversation, model);
  if (mode.length == 0) return;
  out.key("toolConfig");
  out.beginObject();
  out.key("functionCallingConfig");
  out.beginObject();
  out.key("mode");
  out.asciiText(mode);
  if (conversation.toolPolicy == ToolPolicy.Named || conversation.toolPolicy == ToolPolicy.Other) {
    out.key("allowedFunctionNames");
    out.beginArray();
    if (conversation.toolPolicy == ToolPolicy.Named) out.escapedFrom(conversation.source, conversation.toolChoiceName);
    else ALLOWED_TOOLS.read(conversation.source, conversation.toolChoiceJson, out);
    out.endArray();
  }
  out.endObject();
  out.endObject();
}

/** `ANY` keeps to the schemas by itself; where a tool is `strict` and calls are the model's choice, `VALIDATED` does. "": nothing to say. */
function modeOf(conversation: Conversation, model: Model): string {
  switch (conversation.toolPolicy) {
    case ToolPolicy.None:
      return "NONE";
    case ToolPolicy.Required:
    case ToolPolicy.Named:
      return "ANY";
    case ToolPolicy.Other:
      ALLOWED_TOOLS.read(conversation.source, conversation.toolChoiceJson, null);
      return ALLOWED_TOOLS.required ? "ANY" : "VALIDATED";
    default:
      if (model.takesValidated && hasStrictTool(conversation)) return "VALIDATED";
      return conversation.toolPolicy == ToolPolicy.Auto && conversation.toolCount > 0 ? "AUTO" : "";
  }
}

function hasStrictTool(conversation: Conversation): bool {
  for (let i = 0; i < conversation.toolCount; i++) if (conversation.tool(i).strict == Choice.Yes) return true;
  return false;
}
