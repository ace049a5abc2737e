/** Reads `tools` and `tool_choice`: https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, SpanList, Tool, ToolPolicy } from "../conversation";
import { VIEW, choiceOf, optionalTextOf, textOf, valueOf, wordOf } from "../values";
import { ResponsesComplaint } from "./complaint";

/** Functions are flat here. Tools of other types (`web_search`, `mcp`, `custom` …) are OpenAI's own. */
export function readTools(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
  if (!json.enterArray()) return complaint.wrongType("tools", json, "an array of tools");
  let index = 0;
  while (json.nextElement()) {
    complaint.toolIndex = index++;
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a tool");
    const tool = conversation.addTool();
    readTool(json, tool, complaint);
    if (complaint.failure != null) return;
    tool.whole = json.spanSince(from);
    if (!tool.isFunction) conversation.cites = true;
  }
  complaint.toolIndex = -1;
}

function readTool(json: JsonReader, tool: Tool, complaint: ResponsesComplaint): void {
  let hasType = false;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      hasType = true;
      tool.isFunction = type != ABSENT && wordOf(json, type, VIEW).is("function");
    } else if (json.keyIs("name")) tool.name = optionalTextOf(json, "name", complaint);
    else if (json.keyIs("description")) tool.description = optionalTextOf(json, "description", complaint);
    else if (json.keyIs("parameters")) tool.schemaJson = valueOf(json, JsonType.Object, "parameters", "a JSON Schema object", complaint);
    else if (json.keyIs("strict")) tool.strict = choiceOf(json, "strict", complaint);
    if (complaint.failure != null) return;
  }
  if (!hasType) complaint.missing("type", json, "function, or a tool of OpenAI's");
  else if (tool.isFunction && spanLength(tool.name) == 0) complaint.missing("name", json, "the function's name");
}

/**
 * Reads a `tool_choice`. A choice among some of the tools (`allowed_tools`, which keeps OpenAI's cache of all of them) is told to other protocols by offering only those, once all are read. To the provider that
 * speaks this protocol the client's own words go.
 */
@final
export class ToolChoiceReader {
  private readonly names: SpanList = new SpanList();
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private isAmongSome: bool = false;

  private type: Span = ABSENT;
  private name: Span = ABSENT;
  private mode: Span = ABSENT;
  private toolsJson: Span = ABSENT;

  clear(): void {
    this.names.clear();
    this.isAmongSome = false;
    this.type = this.name = this.mode = this.toolsJson = ABSENT;
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.nested.release();
    this.view.set(NO_BUFFER, 0, 0);
  }

  read(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
    const from = json.offset;
    const word = json.string();
    if (word != ABSENT) conversation.toolPolicy = policyOf(wordOf(json, word, VIEW));
    else if (json.enterObject()) this.readObject(json, conversation, complaint);
    else return complaint.wrongType("tool_choice", json, "a string or an object");
    conversation.toolChoiceJson = json.spanSince(from);
  }

  /** Strikes the tools that are not allowed. */
  apply(conversation: Conversation): void {
    if (this.isAmongSome) conversation.keepTools(this.names);
  }

  private readObject(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
    while (json.nextKey()) {
      if (json.keyIs("type")) this.type = textOf(json, "tool_choice.type", complaint);
      else if (json.keyIs("name")) this.name = optionalTextOf(json, "tool_choice.name", complaint);
      else if (json.keyIs("mode")) this.mode = optionalTextOf(json, "tool_choice.mode", complaint);
      else if (json.keyIs("tools")) this.toolsJson = valueOf(json, JsonType.Array, "tool_choice.tools", "an array of tools", complaint);
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    if (this.type == ABSENT) return complaint.missing("tool_choice.type", json, "function, allowed_tools, or a tool of OpenAI's");
    conversation.toolPolicy = ToolPolicy.Other;
    const source = conversation.source;
    if (source.is(this.type, "function")) {
      if (spanLength(this.name) == 0) return complaint.missing("tool_choice.name", json, "the function's name");
      conversation.toolPolicy = ToolPolicy.Named;
      conversation.toolChoiceName = this.name;
    } else if (source.is(this.type, "allowed_tools") && this.toolsJson != ABSENT && this.readNames(json)) {
      this.isAmongSome = true;
      conversation.toolPolicy = source.is(this.mode, "required") ? ToolPolicy.Required : ToolPolicy.Auto;
    }
  }

  /** The names of the functions that are allowed; false if a tool among them is none. */
  private readNames(json: JsonReader): bool {
    const nested = this.nested.start(json.point(this.toolsJson, this.view));
    if (!nested.enterArray()) return false;
    while (nested.nextElement()) {
      let isFunction = false;
      let name = ABSENT;
      if (!nested.enterObject()) return false;
      while (nested.nextKey()) {
        if (nested.keyIs("type")) isFunction = nested.point(nested.string(), VIEW).is("function");
        else if (nested.keyIs("name")) name = nested.string();
      }
      if (!isFunction || name == ABSENT) return false;
      this.names.add(name);
    }
    return this.names.length > 0;
  }
}

function policyOf(word: Bytes): ToolPolicy {
  if (word.is("auto")) return ToolPolicy.Auto;
  if (word.is("none")) return ToolPolicy.None;
  if (word.is("required")) return ToolPolicy.Required;
  return ToolPolicy.Other;
}
