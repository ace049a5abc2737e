/** `toolConfig`: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
import { spanLength } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { ModelTraits } from "../anthropic/models";
import { writeSchema } from "../anthropic/request-writer";
import { Choice, Conversation, ItemKind, SpanList, Tool, ToolPolicy } from "../conversation";
import { CACHE_POINTS } from "./cache-points";
import { Family } from "./models";

/** Of tools that are named for the sake of the history: more don't matter. */
const MOST_NAMES = 32;

/** What one request says about tools. */
export enum ToolUse {
  /** Nothing: there are none, or none may be called and none was. */
  None,
  /** The client's tools, to be called as its `tool_choice` says. */
  Offered,
  /** None may be called; Bedrock wants to know tools all the same, where the history has calls or results. */
  Forbidden,
}

export function toolUseOf(conversation: Conversation): ToolUse {
  if (conversation.toolCount > 0 && conversation.toolPolicy != ToolPolicy.None) return ToolUse.Offered;
  for (let i = 0; i < conversation.itemCount; i++) {
    const kind = conversation.item(i).kind;
    if (kind == ItemKind.ToolCall || kind == ItemKind.ToolResult) return ToolUse.Forbidden;
  }
  return ToolUse.None;
}

/** Whether the model takes Claude's own `tool_choice` among `additionalModelRequestFields`, which can say what Converse's can't: no call, and one at a time. */
export function takesOwnToolChoice(family: Family, traits: ModelTraits): bool {
  return family == Family.Claude && traits.takesOutputFormat;
}

/** Whether this request needs it. */
export function needsOwnToolChoice(conversation: Conversation, use: ToolUse): bool {
  return use == ToolUse.Forbidden || (use == ToolUse.Offered && conversation.parallelToolCalls == Choice.No);
}

/** Writes `toolConfig`; `choice`: with Converse's own choice. */
export function writeTools(conversation: Conversation, use: ToolUse, choice: bool, out: JsonWriter): void {
  if (use == ToolUse.None) return;
  out.key("toolConfig");
  out.beginObject();
  out.key("tools");
  out.beginArray();
  if (conversation.toolCount == 0) writeNames(conversation, out);
  for (let i = 0; i < conversation.toolCount; i++) writeTool(conversation, conversation.tool(i), out);
  out.endArray();
  if (choice && use == ToolUse.Offered) writeChoice(conversation, out);
  out.endObject();
}

function writeTool(conversation: Conversation, tool: Tool, out: JsonWriter): void {
  const source = conversation.source;
  out.beginObject();
  out.key("toolSpec");
  out.beginObject();
  out.key("name");
  out.escapedFrom(source, tool.name);
  if (spanLength(tool.description) > 0) {
    out.key("description");
    out.escapedFrom(source, tool.description);
  }
  out.key("inputSchema");
  out.beginObject();
  out.key("json");
  writeSchema(conversation, tool.schemaJson, out);
  out.endObject();
  if (tool.strict == Choice.Yes) {
    out.key("strict");
    out.boolean(true);
  }
  out.endObject();
  out.endObject();
  if (CACHE_POINTS.tools) CACHE_POINTS.writeFor(tool.cacheControl, source, out);
}

function writeChoice(conversation: Conversation, out: JsonWriter): void {
  const policy = conversation.toolPolicy;
  if (policy == ToolPolicy.Absent) return;
  out.key("toolChoice");
  out.beginObject();
  out.key(policy == ToolPolicy.Required ? "any" : policy == ToolPolicy.Named ? "tool" : "auto");
  out.beginObject();
  if (policy == ToolPolicy.Named) {
    out.key("name");
    out.escapedFrom(conversation.source, conversation.toolChoiceName);
  }
  out.endObject();
  out.endObject();
}

/** Claude's own form: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use#parallel-tool-use */
export function writeOwnToolChoice(conversation: Conversation, use: ToolUse, out: JsonWriter): void {
  const policy = conversation.toolPolicy;
  out.beginObject();
  out.key("type");
  if (use == ToolUse.Forbidden) out.asciiText("none");
  else {
    out.asciiText(policy == ToolPolicy.Required ? "any" : policy == ToolPolicy.Named ? "tool" : "auto");
    if (policy == ToolPolicy.Named) {
      out.key("name");
      out.escapedFrom(conversation.source, conversation.toolChoiceName);
    }
    out.key("disable_parallel_tool_use");
    out.boolean(true);
  }
  out.endObject();
}

const NAMES = new SpanList();

/** A client that no longer offers the tools that were called: Bedrock refuses the calls without any, so their names are told. */
function writeNames(conversation: Conversation, out: JsonWriter): void {
  const source = conversation.source;
  NAMES.clear();
  for (let i = 0; i < conversation.itemCount && NAMES.length < MOST_NAMES; i++) {
    const item = conversation.item(i);
    if (item.kind != ItemKind.ToolCall) continue;
    const name = source.bytes(item.name);
    let isKnown = false;
    for (let j = 0; j < NAMES.length && !isKnown; j++) isKnown = source.bytes(NAMES.at(j)).equals(name);
    if (!isKnown) NAMES.add(item.name);
  }
  for (let i = 0; i < max(NAMES.length, 1); i++) {
    out.beginObject();
    out.key("toolSpec");
    out.beginObject();
    out.key("name");
    if (NAMES.length > 0) out.escapedFrom(source, NAMES.at(i));
    else out.asciiText("tool");
    out.key("inputSchema");
    out.beginObject();
    out.key("json");
    out.beginObject();
    out.key("type");
    out.asciiText("object");
    out.endObject();
    out.endObject();
    out.endObject();
    out.endObject();
  }
}
