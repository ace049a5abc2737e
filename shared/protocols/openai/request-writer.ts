/** Writes a conversation of another protocol as a chat completion: https://platform.openai.com/docs/api-reference/chat/create */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { unsignedValue } from "../../json/number";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, Effort, OutputFormat, Tool, ToolPolicy } from "../conversation";
import { Dialect, Operation } from "../operation";
import { Target } from "../protocol";
import { SEARCH } from "../web-search";
import { asksForEffort } from "./fits";
import { OPENAI_MESSAGES } from "./message-form";
import { writeMessages } from "./message-writer";

/** A longer `user` is refused (https://platform.openai.com/docs/api-reference/chat/create#chat_create-safety_identifier); Anthropic's may have 256 bytes, so one is left out. */
const LONGEST_USER = 64;

/** Budgets for thinking, in tokens, below which the effort is low and medium. */
const LOW_BUDGET: u64 = 4096;
const MEDIUM_BUDGET: u64 = 16384;

/** Writes the body. The conversation fits (`whyUnfit`). */
export function writeTranslated(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  if (conversation.operation == Operation.Embeddings) {
    writeJson("input", conversation.inputJson, conversation, out);
    writeJson("dimensions", conversation.dimensionsJson, conversation, out);
    return out.endObject();
  }
  out.key("messages");
  writeMessages(conversation, target, OPENAI_MESSAGES, out);
  writeTools(conversation, out);
  writeSampling(conversation, target, out);
  writeOutputFormat(conversation, out);
  writeEffort(conversation, out);
  if (conversation.stream) {
    out.key("stream");
    out.boolean(true);
    if (target.takesStreamOptions) {
      out.key("stream_options");
      out.beginObject();
      out.key("include_usage");
      out.boolean(true);
      out.endObject();
    }
  }
  if (target.isOpenAIs) writeOpenAIs(conversation, out);
  writeMembers(target, out);
  out.endObject();
}

/** What only OpenAI itself knows of what a client of Responses or Gemini says. Metadata is refused of what isn't stored: https://platform.openai.com/docs/api-reference/chat/create#chat_create-metadata */
function writeOpenAIs(conversation: Conversation, out: JsonWriter): void {
  const source = conversation.source;
  const members = conversation.chatMembers;
  for (let i = 0; i + 1 < members.length; i += 2) {
    if (source.is(members.at(i), "metadata") && !source.is(conversation.chatMember("store"), "true")) continue;
    out.keyEscaped(source.bytes(members.at(i)));
    out.rawFrom(source, members.at(i + 1));
  }
  if (conversation.dialect != Dialect.Gemini) return;
  const tier = conversation.other("serviceTier");
  if (source.is(tier, '"flex"') || source.is(tier, '"priority"')) writeJson("service_tier", tier, conversation, out);
}

/** Writes the members that the configuration adds, in an object that has some already. */
export function writeMembers(target: Target, out: JsonWriter): void {
  if (target.members.isEmpty) return;
  out.byte(0x2c);
  out.bytes(target.members);
}

function writeSampling(conversation: Conversation, target: Target, out: JsonWriter): void {
  writeJson(target.takesMaxCompletionTokens ? "max_completion_tokens" : "max_tokens", conversation.maxTokensJson, conversation, out);
  writeJson("temperature", conversation.temperatureJson, conversation, out);
  writeJson("top_p", conversation.topPJson, conversation, out);
  writeJson("seed", conversation.seedJson, conversation, out);
  writeJson("n", conversation.countJson, conversation, out);
  writeJson("presence_penalty", conversation.presencePenaltyJson, conversation, out);
  writeJson("frequency_penalty", conversation.frequencyPenaltyJson, conversation, out);
  writeJson("logit_bias", conversation.logitBiasJson, conversation, out);
  writeChoice("logprobs", conversation.logprobs, out);
  writeJson("top_logprobs", conversation.topLogprobsJson, conversation, out);
  writeStops("stop", conversation, out);
  if (spanLength(conversation.user) <= LONGEST_USER) writeString("user", conversation.user, conversation, out);
}

/** Writes the stop sequences as a list, if there are any. */
export function writeStops(key: string, conversation: Conversation, out: JsonWriter): void {
  if (conversation.stops.length == 0) return;
  out.key(key);
  out.beginArray();
  for (let i = 0; i < conversation.stops.length; i++) out.escapedFrom(conversation.source, conversation.stops.at(i));
  out.endArray();
}

/** Writes `tools`: all of them, or only the one with that name; and whether each is `strict`, where the vendor knows that. */
export function writeToolList(conversation: Conversation, only: Span, withStrict: bool, out: JsonWriter): void {
  out.key("tools");
  out.beginArray();
  for (let i = 0; i < conversation.toolCount; i++) {
    const tool = conversation.tool(i);
    if (!tool.isFunction) continue;
    if (only == ABSENT || isNamed(conversation, tool, only)) writeTool(conversation, tool, withStrict, out);
  }
  out.endArray();
}

function isNamed(conversation: Conversation, tool: Tool, name: Span): bool {
  return conversation.source.point(tool.name, VIEW).equals(conversation.source.bytes(name));
}

const VIEW = new Bytes();

function writeTools(conversation: Conversation, out: JsonWriter): void {
  // What is said of tools where there are none OpenAI refuses.
  if (conversation.toolCount == 0) return;
  if (conversation.cites) {
    let functions = 0;
    for (let i = 0; i < conversation.toolCount; i++) {
      if (conversation.tool(i).isFunction) functions++;
      else if (SEARCH.ofTool(conversation, i)) writeSearch(conversation, out);
    }
    if (functions == 0) return;
  }
  writeToolList(conversation, ABSENT, true, out);
  if (conversation.toolPolicy != ToolPolicy.Absent) writeToolChoice(conversation, out);
  writeChoice("parallel_tool_calls", conversation.parallelToolCalls, out);
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat_create-web_search_options */
function writeSearch(conversation: Conversation, out: JsonWriter): void {
  out.key("web_search_options");
  out.beginObject();
  if (SEARCH.location != ABSENT) {
    out.key("user_location");
    out.beginObject();
    out.key("type");
    out.asciiText("approximate");
    out.key("approximate");
    out.beginObject();
    SEARCH.writeLocation(conversation.source, out);
    out.endObject();
    out.endObject();
  }
  out.endObject();
}

function writeTool(conversation: Conversation, tool: Tool, withStrict: bool, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("function");
  out.key("function");
  out.beginObject();
  writeString("name", tool.name, conversation, out);
  writeString("description", tool.description, conversation, out);
  writeJson("parameters", tool.schemaJson, conversation, out);
  if (withStrict) writeChoice("strict", tool.strict, out);
  out.endObject();
  out.endObject();
}

/** Writes `tool_choice`. */
export function writeToolChoice(conversation: Conversation, out: JsonWriter): void {
  out.key("tool_choice");
  switch (conversation.toolPolicy) {
    case ToolPolicy.None:
      return out.asciiText("none");
    case ToolPolicy.Required:
      return out.asciiText("required");
    case ToolPolicy.Named:
      out.beginObject();
      out.key("type");
      out.asciiText("function");
      out.key("function");
      out.beginObject();
      writeString("name", conversation.toolChoiceName, conversation, out);
      out.endObject();
      return out.endObject();
    default:
      return out.asciiText("auto");
  }
}

/** Writes `response_format`. */
export function writeOutputFormat(conversation: Conversation, out: JsonWriter): void {
  const format = conversation.outputFormat;
  if (format == OutputFormat.Absent || format == OutputFormat.Other) return;
  out.key("response_format");
  out.beginObject();
  out.key("type");
  out.asciiText(format == OutputFormat.JsonSchema ? "json_schema" : format == OutputFormat.JsonObject ? "json_object" : "text");
  if (format == OutputFormat.JsonSchema) {
    out.key("json_schema");
    out.beginObject();
    out.key("name");
    // OpenAI wants a name, other protocols have none.
    if (conversation.outputSchemaName != ABSENT) out.escapedFrom(conversation.source, conversation.outputSchemaName);
    else out.asciiText("answer");
    writeString("description", conversation.outputSchemaDescription, conversation, out);
    writeJson("schema", conversation.outputSchemaJson, conversation, out);
    writeChoice("strict", conversation.outputStrict, out);
    out.endObject();
  }
  out.endObject();
}

/** Writes an effort as it was said; else one for the budget, where the client named a number. */
export function writeEffort(conversation: Conversation, out: JsonWriter): void {
  if (conversation.effort == Effort.Other) return writeString("reasoning_effort", conversation.effortText, conversation, out);
  const word = effortWord(conversation);
  if (word.length == 0) return;
  out.key("reasoning_effort");
  out.asciiText(word);
}

function effortWord(conversation: Conversation): string {
  switch (conversation.effort) {
    case Effort.None:
      return "none";
    case Effort.Minimal:
      return "minimal";
    case Effort.Low:
      return "low";
    case Effort.Medium:
      return "medium";
    case Effort.High:
      return "high";
    case Effort.XHigh:
      return "xhigh";
    default:
      break;
  }
  if (!asksForEffort(conversation)) return "";
  const budget = unsignedValue(conversation.source.bytes(conversation.thinkingBudgetJson));
  return budget < LOW_BUDGET ? "low" : budget < MEDIUM_BUDGET ? "medium" : "high";
}

/** Writes a member whose value is raw JSON of the conversation; nothing where it is absent. */
export function writeJson(key: string, value: Span, conversation: Conversation, out: JsonWriter): void {
  if (value == ABSENT) return;
  out.key(key);
  out.rawFrom(conversation.source, value);
}

/** As `writeJson`, for the content of a string. */
export function writeString(key: string, value: Span, conversation: Conversation, out: JsonWriter): void {
  if (value == ABSENT) return;
  out.key(key);
  out.escapedFrom(conversation.source, value);
}

/** As `writeJson`, for a choice. */
export function writeChoice(key: string, value: Choice, out: JsonWriter): void {
  if (value == Choice.Absent) return;
  out.key(key);
  out.boolean(value == Choice.Yes);
}
