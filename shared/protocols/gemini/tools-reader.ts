/** Reads `tools` and `toolConfig`: https://ai.google.dev/api/caching#Tool */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, SpanList, ToolPolicy } from "../conversation";
import { VIEW, textOf, valueOf, wordOf } from "../values";
import { ContentComplaint } from "./complaint";
import { isMember } from "./names";
import { toJsonSchema } from "./schema-reader";

@final
export class ToolsReader {
  /** Functions that may be called, where not all may. */
  private readonly allowed: SpanList = new SpanList();
  private readonly seen: Bytes = new Bytes();

  /** Another request begins. */
  begin(): void {
    this.allowed.clear();
  }

  readTools(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    if (json.peek() == JsonType.Object) {
      complaint.toolIndex = 0;
      this.readTool(json, conversation, complaint);
    } else if (!json.enterArray()) return complaint.wrongType("tools", json, "an array of tools");
    else {
      for (let i = 0; json.nextElement(); i++) {
        complaint.toolIndex = i;
        this.readTool(json, conversation, complaint);
        if (complaint.failure != null) return;
      }
    }
    if (complaint.failure == null) complaint.toolIndex = -1;
  }

  /** A tool of Gemini's is a group: functions, and tools that only Google has, each a member. */
  private readTool(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    if (!json.enterObject()) return complaint.wrongType("", json, "a tool");
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (isMember(json, "functionDeclarations", "function_declarations")) this.readFunctions(json, conversation, complaint);
      else {
        const tool = conversation.addTool();
        tool.isFunction = false;
        conversation.cites = true;
        tool.name = json.keySpan;
        tool.whole = json.skip();
      }
      if (complaint.failure != null) return;
    }
  }

  private readFunctions(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    if (json.peek() == JsonType.Object) {
      complaint.functionIndex = 0;
      this.readFunction(json, conversation, complaint);
    } else if (!json.enterArray()) return complaint.wrongType("functionDeclarations", json, "an array of functions");
    else {
      for (let i = 0; json.nextElement(); i++) {
        complaint.functionIndex = i;
        this.readFunction(json, conversation, complaint);
        if (complaint.failure != null) return;
      }
    }
    if (complaint.failure == null) complaint.functionIndex = -1;
  }

  private readFunction(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a function");
    const tool = conversation.addTool();
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("name")) tool.name = textOf(json, "name", complaint);
      else if (json.keyIs("description")) tool.description = textOf(json, "description", complaint);
      else if (json.keyIs("parameters")) {
        const schema = valueOf(json, JsonType.Object, "parameters", "a schema", complaint);
        if (schema != ABSENT) tool.schemaJson = toJsonSchema(schema, conversation.source, false);
      } else if (isMember(json, "parametersJsonSchema", "parameters_json_schema"))
        tool.schemaJson = valueOf(json, JsonType.Object, "parametersJsonSchema", "a JSON Schema object", complaint);
      if (complaint.failure != null) return;
    }
    tool.whole = json.spanSince(from);
    if (spanLength(tool.name) == 0) complaint.missing("name", json, "the function's name");
  }

  readConfig(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    if (!json.enterObject()) return complaint.wrongType("toolConfig", json, "an object");
    let hasCalling = false;
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (isMember(json, "functionCallingConfig", "function_calling_config")) {
        if (hasCalling) return complaint.duplicate("toolConfig.functionCallingConfig");
        hasCalling = true;
        this.readCalling(json, conversation, complaint);
      } else {
        const start = conversation.source.arena.length;
        conversation.source.arena.ascii("toolConfig.");
        conversation.source.write(json.keySpan, conversation.source.arena);
        conversation.others.add(conversation.source.since(start));
        conversation.others.add(json.skip());
      }
      if (complaint.failure != null) return;
    }
  }

  /** https://ai.google.dev/api/caching#FunctionCallingConfig */
  private readCalling(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    const field = "toolConfig.functionCallingConfig";
    if (!json.enterObject()) return complaint.wrongType(field, json, "an object");
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("mode")) {
        const mode = textOf(json, field + ".mode", complaint);
        if (mode == ABSENT) return;
        const policy = policyOf(wordOf(json, mode, VIEW));
        if (policy == ToolPolicy.Other)
          return complaint.unknownWord(field + ".mode", conversation.source, mode, "AUTO, ANY, NONE or VALIDATED");
        conversation.toolPolicy = policy;
      } else if (isMember(json, "allowedFunctionNames", "allowed_function_names")) {
        if (!json.enterArray()) return complaint.wrongType(field + ".allowedFunctionNames", json, "an array of names");
        this.allowed.clear();
        for (let i = 0; json.nextElement(); i++) {
          const name = textOf(json, field + ".allowedFunctionNames[" + i.toString() + "]", complaint);
          if (name == ABSENT) return;
          this.allowed.add(name);
        }
      }
    }
  }

  /** Where only some functions may be called the others are none: no other protocol has this choice in all its forms. A call that is forced among one is that one's. */
  keepAllowed(conversation: Conversation): void {
    const allowed = this.allowed;
    if (allowed.length == 0 || conversation.toolPolicy == ToolPolicy.None) return;
    for (let i = conversation.toolCount - 1; i >= 0; i--) {
      const tool = conversation.tool(i);
      if (tool.isFunction && !this.isAllowed(i, conversation)) conversation.hideTool(i);
    }
    if (conversation.toolPolicy != ToolPolicy.Required || allowed.length != 1) return;
    conversation.toolPolicy = ToolPolicy.Named;
    conversation.toolChoiceName = allowed.at(0);
  }

  private isAllowed(index: i32, conversation: Conversation): bool {
    const name = conversation.source.point(conversation.tool(index).name, this.seen);
    for (let i = 0; i < this.allowed.length; i++) if (conversation.source.bytes(this.allowed.at(i)).equals(name)) return true;
    return false;
  }
}

/** Google's own library for JavaScript writes modes as they are; others in lower case. */
function policyOf(mode: Bytes): ToolPolicy {
  const word = mode.toLowerCase();
  if (word.is("auto") || word.is("validated")) return ToolPolicy.Auto;
  if (word.is("any")) return ToolPolicy.Required;
  if (word.is("none")) return ToolPolicy.None;
  return word.is("mode_unspecified") ? ToolPolicy.Absent : ToolPolicy.Other;
}
