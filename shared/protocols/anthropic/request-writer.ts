/** Writes a request of the Messages API: https://docs.anthropic.com/en/api/messages */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span, spanLength } from "../../bytes/span";
import { doubleValue } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, OutputFormat, Tool, ToolPolicy } from "../conversation";
import { Operation } from "../operation";
import { writeOwn } from "../other-members";
import { Target } from "../protocol";
import { writeOutputSchema } from "../schema";
import { ContentWriter } from "./content-writer";
import { SEARCH } from "../web-search";
import { endBlock } from "./media-writer";
import { ModelTraits } from "./models";
import { OUTLINE, Outline } from "./outline";
import { OWN_MEMBERS, otherText } from "./others";
import { SystemTexts } from "./system-texts";
import { THINKING } from "./thinking";

/** What stands in for `response_format: {"type": "json_object"}`, which neither the Messages API nor Bedrock has. */
export const JSON_ONLY = "Answer with one JSON object and nothing else: no prose, no code fences.";
/** https://docs.anthropic.com/en/api/messages#body-metadata */
const LONGEST_USER = 256;

const CONTENT = new ContentWriter();
const SYSTEM = new SystemTexts();
const READER = new JsonReader();
const VIEW = new Bytes();

/** Writes the body. The conversation fits, so nothing is in it that can't be said. */
export function writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
  const traits = ModelTraits.of(target.model);
  const outline = OUTLINE.draw(conversation);
  const thinking = THINKING.settle(conversation, outline, traits);
  // What is only counted has no answer, and the API that counts takes nothing that is about one: https://docs.anthropic.com/en/api/messages-count-tokens
  const isCounted = conversation.operation == Operation.CountTokens;
  out.beginObject();
  writeWho(target, out);
  if (!isCounted) {
    out.key("max_tokens");
    out.unsigned(thinking.maxTokens);
  }
  writeSystem(conversation, outline, out);
  out.key("messages");
  CONTENT.write(conversation, outline, out);
  writeTools(conversation, out);
  writeToolChoice(conversation, out);
  if (!isCounted) {
    writeSampling(conversation, traits, thinking.isOn, out);
    writeStops(conversation, "stop_sequences", out);
  }
  thinking.write(traits, out);
  writeOutputConfig(conversation, thinking.effort, out);
  if (!isCounted) writeUser(conversation, out);
  writeOwn(conversation, OWN_MEMBERS, out);
  if (conversation.stream && !isCounted) {
    out.key("stream");
    out.boolean(true);
  }
  out.endObject();
}

/** The model; on a cloud's platform, where the path names it, the version that else is a header. */
function writeWho(target: Target, out: JsonWriter): void {
  if (target.platformVersion.isEmpty) {
    out.key("model");
    out.escaped(target.model);
  } else {
    out.key("anthropic_version");
    out.escaped(target.platformVersion);
  }
}

/** All system and developer texts in order, a block each: the Messages API has them in front of the conversation. */
function writeSystem(conversation: Conversation, outline: Outline, out: JsonWriter): void {
  let isOpen = false;
  SYSTEM.start(conversation, outline);
  while (SYSTEM.next()) {
    isOpen = openSystem(isOpen, out);
    out.beginObject();
    out.key("type");
    out.asciiText("text");
    out.key("text");
    out.escapedFrom(conversation.source, SYSTEM.item.text);
    endBlock(SYSTEM.marker, conversation.source, out);
  }
  if (conversation.outputFormat == OutputFormat.JsonObject) {
    isOpen = openSystem(isOpen, out);
    out.beginObject();
    out.key("type");
    out.asciiText("text");
    out.key("text");
    out.asciiText(JSON_ONLY);
    out.endObject();
  }
  if (isOpen) out.endArray();
}

function openSystem(isOpen: bool, out: JsonWriter): bool {
  if (isOpen) return true;
  out.key("system");
  out.beginArray();
  return true;
}

function writeTools(conversation: Conversation, out: JsonWriter): void {
  const searches = conversation.cites && SEARCH.ofOptions(conversation);
  if (conversation.toolCount == 0 && !searches) return;
  out.key("tools");
  out.beginArray();
  if (searches) writeSearch(conversation, out);
  for (let i = 0; i < conversation.toolCount; i++) {
    if (SEARCH.ofTool(conversation, i)) writeSearch(conversation, out);
    else writeTool(conversation, conversation.tool(i), out);
  }
  out.endArray();
}

/** https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool */
function writeSearch(conversation: Conversation, out: JsonWriter): void {
  const source = conversation.source;
  out.beginObject();
  out.key("type");
  out.asciiText("web_search_20250305");
  out.key("name");
  out.asciiText("web_search");
  writeRaw("max_uses", SEARCH.maxUses, source, out);
  writeRaw("allowed_domains", SEARCH.allowedDomains, source, out);
  writeRaw("blocked_domains", SEARCH.blockedDomains, source, out);
  if (SEARCH.location != ABSENT) {
    out.key("user_location");
    out.beginObject();
    out.key("type");
    out.asciiText("approximate");
    SEARCH.writeLocation(source, out);
    out.endObject();
  }
  out.endObject();
}

function writeRaw(key: string, value: Span, source: Source, out: JsonWriter): void {
  if (value == ABSENT) return;
  out.key(key);
  out.rawFrom(source, value);
}

function writeTool(conversation: Conversation, tool: Tool, out: JsonWriter): void {
  out.beginObject();
  out.key("name");
  out.escapedFrom(conversation.source, tool.name);
  if (tool.description != ABSENT) {
    out.key("description");
    out.escapedFrom(conversation.source, tool.description);
  }
  out.key("input_schema");
  writeSchema(conversation, tool.schemaJson, out);
  if (tool.strict == Choice.Yes) {
    out.key("strict");
    out.boolean(true);
  }
  endBlock(tool.cacheControl, conversation.source, out);
}

/** A tool's schema as it is; Anthropic and Bedrock want its `type` said, which OpenAI doesn't. */
export function writeSchema(conversation: Conversation, schema: Span, out: JsonWriter): void {
  if (schema == ABSENT) {
    out.raw(EMPTY_SCHEMA);
    return;
  }
  const json = conversation.source.point(schema, VIEW);
  READER.start(json);
  let members = 0;
  if (READER.enterObject()) {
    for (; READER.nextKey(); members++) if (READER.keyIs("type")) return out.raw(json);
  }
  if (members == 0) {
    out.raw(EMPTY_SCHEMA);
    return;
  }
  out.beginObject();
  out.key("type");
  out.asciiText("object");
  out.ascii(",");
  out.bytes(json.slice(1));
  out.commaDue = true;
}

function writeToolChoice(conversation: Conversation, out: JsonWriter): void {
  // Without tools Anthropic refuses it.
  if (conversation.toolCount == 0) return;
  const oneOnly = conversation.parallelToolCalls == Choice.No;
  const policy = conversation.toolPolicy;
  if (policy == ToolPolicy.Absent && !oneOnly) return;
  out.key("tool_choice");
  out.beginObject();
  out.key("type");
  if (policy == ToolPolicy.None) out.asciiText("none");
  else if (policy == ToolPolicy.Required) out.asciiText("any");
  else if (policy == ToolPolicy.Named) {
    out.asciiText("tool");
    out.key("name");
    out.escapedFrom(conversation.source, conversation.toolChoiceName);
  } else out.asciiText("auto");
  if (oneOnly && policy != ToolPolicy.None) {
    out.key("disable_parallel_tool_use");
    out.boolean(true);
  }
  out.endObject();
}

/**
 * A model that thinks, or has no sampling parameters at all, refuses them; one that takes either `temperature` or `top_p` refuses even the default, 1, of the one
 * beside the other.
 */
function writeSampling(conversation: Conversation, traits: ModelTraits, isThinking: bool, out: JsonWriter): void {
  if (isThinking || !traits.takesSampling) return;
  writeTemperature(conversation, traits, "top_p", out);
  writeNumber(conversation, "top_k", conversation.topKJson, out);
}

/** `temperature`, and `top_p` by whatever name it goes. */
export function writeTemperature(conversation: Conversation, traits: ModelTraits, topP: string, out: JsonWriter): void {
  const hasTopP = conversation.topPJson != ABSENT && !isOne(conversation, conversation.topPJson);
  if (traits.takesBothSamplings || !hasTopP) writeNumber(conversation, "temperature", conversation.temperatureJson, out);
  if (hasTopP) writeNumber(conversation, topP, conversation.topPJson, out);
}

function isOne(conversation: Conversation, number: Span): bool {
  return doubleValue(conversation.source.point(number, VIEW)) == 1;
}

/** A number as it is written, if it is there. */
export function writeNumber(conversation: Conversation, key: string, number: Span, out: JsonWriter): void {
  if (number == ABSENT) return;
  out.key(key);
  out.rawFrom(conversation.source, number);
}

/** The stop sequences, by whatever name they go; empty ones are left out. Whether there are any. */
export function writeStops(conversation: Conversation, key: string, out: JsonWriter): bool {
  const stops = conversation.stops;
  let isOpen = false;
  for (let i = 0; i < stops.length; i++) {
    if (spanLength(stops.at(i)) == 0) continue;
    if (!isOpen) {
      isOpen = true;
      out.key(key);
      out.beginArray();
    }
    out.escapedFrom(conversation.source, stops.at(i));
  }
  if (isOpen) out.endArray();
  return isOpen;
}

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs, …/effort */
function writeOutputConfig(conversation: Conversation, effort: string, out: JsonWriter): void {
  const hasSchema = conversation.outputFormat == OutputFormat.JsonSchema;
  if (effort.length == 0 && !hasSchema) return;
  out.key("output_config");
  out.beginObject();
  if (effort.length > 0) {
    out.key("effort");
    out.asciiText(effort);
  }
  if (hasSchema) {
    out.key("format");
    out.beginObject();
    out.key("type");
    out.asciiText("json_schema");
    out.key("schema");
    writeOutputSchema(conversation, out);
    out.endObject();
  }
  out.endObject();
}

/** Anthropic refuses a user id that is an e-mail address, or too long: such a one is left out. */
function writeUser(conversation: Conversation, out: JsonWriter): void {
  let user = conversation.user;
  if (user == ABSENT) user = otherText(conversation, "safety_identifier");
  if (spanLength(user) == 0 || spanLength(user) > LONGEST_USER) return;
  if (conversation.source.point(user, VIEW).indexOf(0x40) >= 0) return;
  out.key("metadata");
  out.beginObject();
  out.key("user_id");
  out.escapedFrom(conversation.source, user);
  out.endObject();
}

const EMPTY_SCHEMA = Bytes.of('{"type":"object","properties":{}}');
