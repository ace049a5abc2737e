/** Writes a request of Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { ModelTraits } from "../anthropic/models";
import { OUTLINE, Outline } from "../anthropic/outline";
import { JSON_ONLY, writeNumber, writeStops, writeTemperature } from "../anthropic/request-writer";
import { SystemTexts } from "../anthropic/system-texts";
import { THINKING } from "../anthropic/thinking";
import { Conversation, OutputFormat } from "../conversation";
import { Dialect } from "../operation";
import { Target } from "../protocol";
import { ADDITIONAL } from "./additional-fields";
import { CACHE_POINTS } from "./cache-points";
import { MessagesWriter } from "./messages";
import { Family, familyOf, thoughtsOf } from "./models";
import { BedrockOptions } from "./options";
import { OWN_MEMBERS } from "./own-members";
import { reasoningWord } from "./reasoning";
import { ToolUse, needsOwnToolChoice, takesOwnToolChoice, toolUseOf, writeOwnToolChoice, writeTools } from "./tools";

/** What stands in for `tool_choice: "none"` where the history has calls, so that tools have to be named. */
const NO_TOOLS = "Call no tool: answer in words.";
const MESSAGES = new MessagesWriter();
const SYSTEM = new SystemTexts();
const VIEW = new Bytes();

/** Writes the body; model and streaming are in the path. The conversation fits, so nothing is in it that can't be said. */
export function writeRequest(conversation: Conversation, target: Target, options: BedrockOptions, out: JsonWriter): void {
  const family = familyOf(target.model);
  const traits = ModelTraits.of(target.model);
  const outline = OUTLINE.draw(conversation, thoughtsOf(family));
  const use = toolUseOf(conversation);
  const ownChoice = needsOwnToolChoice(conversation, use) && takesOwnToolChoice(family, traits);
  CACHE_POINTS.settle(conversation, options, family);
  if (family == Family.Claude) THINKING.settle(conversation, outline, traits);
  const word = reasoningWord(conversation, family);
  out.beginObject();
  out.key("messages");
  MESSAGES.write(conversation, outline, out);
  writeSystem(conversation, outline, use == ToolUse.Forbidden && !ownChoice, out);
  const hasStops = writeInference(conversation, family, traits, word, out);
  writeTools(conversation, use, !ownChoice, out);
  ADDITIONAL.begin(options.additionalFields, conversation, out);
  if (family == Family.Claude) writeClaudes(conversation, traits, out);
  else writeOthers(conversation, family, word, out);
  if (ownChoice && ADDITIONAL.key("tool_choice", out)) writeOwnToolChoice(conversation, use, out);
  ADDITIONAL.end(out);
  writeResponsePaths(conversation, hasStops && family == Family.Claude, out);
  for (let i = 0; i < OWN_MEMBERS.length; i++) {
    const value = conversation.other(OWN_MEMBERS[i]);
    if (value == ABSENT || saysTier(conversation, OWN_MEMBERS[i], value, out)) continue;
    out.key(OWN_MEMBERS[i]);
    out.rawFrom(conversation.source, value);
  }
  writeOutputConfig(conversation, out);
  out.endObject();
}

/** A Gemini client's `serviceTier` is a word, Bedrock's an object: what both have is said, `standard` is the default. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html */
function saysTier(conversation: Conversation, name: string, value: Span, out: JsonWriter): bool {
  if (conversation.dialect != Dialect.Gemini || name != "serviceTier") return false;
  if (conversation.source.is(value, '"flex"') || conversation.source.is(value, '"priority"')) {
    out.key(name);
    out.beginObject();
    out.key("type");
    out.rawFrom(conversation.source, value);
    out.endObject();
  }
  return true;
}

function writeSystem(conversation: Conversation, outline: Outline, forbidsTools: bool, out: JsonWriter): void {
  const start = out.length;
  const commaDue = out.commaDue;
  out.key("system");
  out.beginArray();
  const empty = out.length;
  SYSTEM.start(conversation, outline);
  while (SYSTEM.next()) {
    out.beginObject();
    out.key("text");
    out.escapedFrom(conversation.source, SYSTEM.item.text);
    out.endObject();
    CACHE_POINTS.writeFor(SYSTEM.marker, conversation.source, out);
  }
  if (out.length > empty && CACHE_POINTS.system) CACHE_POINTS.writeOwn(out);
  if (conversation.outputFormat == OutputFormat.JsonObject) writeSystemText(JSON_ONLY, out);
  if (forbidsTools) writeSystemText(NO_TOOLS, out);
  if (out.length > empty) return out.endArray();
  out.cutTo(start);
  out.commaDue = commaDue;
}

function writeSystemText(text: string, out: JsonWriter): void {
  out.beginObject();
  out.key("text");
  out.asciiText(text);
  out.endObject();
}

/** Writes `inferenceConfig`, if there is anything to say; whether it has stop sequences. */
function writeInference(conversation: Conversation, family: Family, traits: ModelTraits, word: string, out: JsonWriter): bool {
  const start = out.length;
  const commaDue = out.commaDue;
  out.key("inferenceConfig");
  out.beginObject();
  const empty = out.length;
  const thinks = family == Family.Claude && THINKING.isOn;
  // Without a limit the model's own holds; a budget has to be below one.
  if (family == Family.Claude && (THINKING.hasBudget || conversation.maxTokensJson != ABSENT)) {
    out.key("maxTokens");
    out.unsigned(THINKING.maxTokens);
  } else writeNumber(conversation, "maxTokens", conversation.maxTokensJson, out);
  const samples = !thinks && traits.takesSampling && !(family == Family.Nova2 && word == "high");
  if (samples) writeTemperature(conversation, traits, "topP", out);
  const hasStops = writeStops(conversation, "stopSequences", out);
  if (out.length > empty) out.endObject();
  else {
    out.cutTo(start);
    out.commaDue = commaDue;
  }
  return hasStops;
}

/** Claude's members: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html */
function writeClaudes(conversation: Conversation, traits: ModelTraits, out: JsonWriter): void {
  const source = conversation.source;
  if (!THINKING.isOn && traits.takesSampling && conversation.topKJson != ABSENT && ADDITIONAL.key("top_k", out))
    out.rawFrom(source, conversation.topKJson);
  if (!ADDITIONAL.says("thinking")) THINKING.write(traits, out);
  if (THINKING.effort.length > 0 && ADDITIONAL.key("output_config", out)) {
    out.beginObject();
    out.key("effort");
    out.asciiText(THINKING.effort);
    out.endObject();
  }
}

function writeOthers(conversation: Conversation, family: Family, word: string, out: JsonWriter): void {
  const topK = conversation.topKJson;
  const isNova = family == Family.Nova || family == Family.Nova2;
  if (topK != ABSENT && !(isNova && word == "high") && ADDITIONAL.key(isNova ? "inferenceConfig" : "top_k", out)) {
    if (isNova) {
      out.beginObject();
      out.key("topK");
    }
    out.rawFrom(conversation.source, topK);
    if (isNova) out.endObject();
  }
  if (word.length == 0) return;
  if (family == Family.OpenAI && ADDITIONAL.key("reasoning_effort", out)) out.asciiText(word);
  if (family == Family.Nova2 && ADDITIONAL.key("reasoningConfig", out)) {
    out.beginObject();
    out.key("type");
    out.asciiText("enabled");
    out.key("maxReasoningEffort");
    out.asciiText(word);
    out.endObject();
  }
}

/** Which stop sequence ended an answer Claude says only if asked. */
function writeResponsePaths(conversation: Conversation, asksForStop: bool, out: JsonWriter): void {
  const own = conversation.other("additionalModelResponseFieldPaths");
  if (own == ABSENT && !asksForStop) return;
  out.key("additionalModelResponseFieldPaths");
  if (own == ABSENT) out.raw(STOP_SEQUENCE);
  else out.rawFrom(conversation.source, own);
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: the schema is a string. */
function writeOutputConfig(conversation: Conversation, out: JsonWriter): void {
  if (conversation.outputFormat != OutputFormat.JsonSchema) return;
  const source = conversation.source;
  out.key("outputConfig");
  out.beginObject();
  out.key("textFormat");
  out.beginObject();
  out.key("type");
  out.asciiText("json_schema");
  out.key("structure");
  out.beginObject();
  out.key("jsonSchema");
  out.beginObject();
  out.key("schema");
  out.embed(source.point(conversation.outputSchemaJson, VIEW));
  if (conversation.outputSchemaName != ABSENT) {
    out.key("name");
    out.escapedFrom(source, conversation.outputSchemaName);
  }
  if (conversation.outputSchemaDescription != ABSENT) {
    out.key("description");
    out.escapedFrom(source, conversation.outputSchemaDescription);
  }
  out.endObject();
  out.endObject();
  out.endObject();
  out.endObject();
}

const STOP_SEQUENCE = Bytes.of('["/stop_sequence"]');
