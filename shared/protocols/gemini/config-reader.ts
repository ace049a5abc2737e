/** Reads `generationConfig`: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { signedValue } from "../../json/number";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { Choice, Conversation, Effort, OutputFormat } from "../conversation";
import { VIEW, choiceOf, textOf, valueOf, wordOf } from "../values";
import { ContentComplaint } from "./complaint";
import { isMember } from "./names";
import { toJsonSchema } from "./schema-reader";

const AT = "generationConfig.";
const THINKING = "generationConfig.thinkingConfig";

/** Numbers: camel case, snake case. Their places in the list are their keys for `Seen`. */
const NUMBERS: StaticArray<string> = [
  "maxOutputTokens",
  "max_output_tokens",
  "temperature",
  "temperature",
  "topP",
  "top_p",
  "topK",
  "top_k",
  "seed",
  "seed",
  "candidateCount",
  "candidate_count",
  "presencePenalty",
  "presence_penalty",
  "frequencyPenalty",
  "frequency_penalty",
  "logprobs",
  "logprobs",
];

/** Members that change how Gemini reads or what it costs, and nothing that another provider could be told: README.md says why they may be left out. */
const HARMLESS: StaticArray<string> = [
  "mediaResolution",
  "media_resolution",
  "enableEnhancedCivicAnswers",
  "enable_enhanced_civic_answers",
  "audioTimestamp",
  "audio_timestamp",
];

@final
export class ConfigReader {
  private readonly seen: Seen = new Seen();
  private mimeType: OutputFormat = OutputFormat.Absent;
  private schema: Span = ABSENT;

  read(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    this.seen.clear();
    this.mimeType = OutputFormat.Absent;
    this.schema = ABSENT;
    if (!json.enterObject()) return complaint.wrongType("generationConfig", json, "an object");
    while (json.nextKey()) {
      if (!json.nothing()) this.readMember(json, conversation, complaint);
      if (complaint.failure != null) return;
    }
    if (this.schema != ABSENT && this.mimeType != OutputFormat.Other) {
      conversation.outputFormat = OutputFormat.JsonSchema;
      conversation.outputSchemaJson = this.schema;
    } else conversation.outputFormat = this.mimeType;
  }

  private readMember(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    for (let i = 0; i < NUMBERS.length; i += 2) {
      if (!isMember(json, NUMBERS[i], NUMBERS[i + 1])) continue;
      if (!this.seen.first(i)) return complaint.duplicate(AT + NUMBERS[i]);
      const number = json.number();
      if (number == ABSENT) return complaint.wrongType(AT + NUMBERS[i], json, "a number");
      return setNumber(i >> 1, number, conversation);
    }
    if (isMember(json, "stopSequences", "stop_sequences")) readStops(json, conversation, complaint);
    else if (isMember(json, "responseMimeType", "response_mime_type")) this.readMimeType(json, conversation, complaint);
    else if (isMember(json, "responseSchema", "response_schema")) {
      const schema = valueOf(json, JsonType.Object, AT + "responseSchema", "a schema", complaint);
      if (schema != ABSENT) this.schema = toJsonSchema(schema, conversation.source, true);
    } else if (isMember(json, "responseJsonSchema", "response_json_schema") || json.keyIs("_responseJsonSchema")) {
      const schema = valueOf(json, JsonType.Object, AT + "responseJsonSchema", "a JSON Schema object", complaint);
      if (schema != ABSENT) this.schema = schema;
    } else if (isMember(json, "responseLogprobs", "response_logprobs"))
      conversation.logprobs = choiceOf(json, AT + "responseLogprobs", complaint);
    else if (isMember(json, "thinkingConfig", "thinking_config")) readThinking(json, conversation, complaint);
    else if (isMember(json, "responseModalities", "response_modalities")) readModalities(json, conversation, complaint);
    else if (isMember(json, "speechConfig", "speech_config")) {
      if (json.peek() != JsonType.Object) return complaint.wrongType(AT + "speechConfig", json, "an object");
      keep(AT + "speechConfig", json.skip(), conversation);
    } else if (!isHarmless(json, complaint)) {
      const start = conversation.source.arena.length;
      conversation.source.arena.ascii(AT);
      conversation.source.write(json.keySpan, conversation.source.arena);
      conversation.others.add(conversation.source.since(start));
      conversation.others.add(json.skip());
    }
  }

  /** `text/x.enum` answers with one of the schema's words without quotes, which only Gemini does. */
  private readMimeType(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    const text = textOf(json, AT + "responseMimeType", complaint);
    if (text == ABSENT) return;
    const type = wordOf(json, text, VIEW);
    if (type.is("application/json")) this.mimeType = OutputFormat.JsonObject;
    else if (!type.is("text/plain") && !type.isEmpty) {
      this.mimeType = OutputFormat.Other;
      conversation.outputFormatJson = text;
    }
  }
}

function setNumber(index: i32, number: Span, conversation: Conversation): void {
  switch (index) {
    case 0:
      conversation.maxTokensJson = number;
      break;
    case 1:
      conversation.temperatureJson = number;
      break;
    case 2:
      conversation.topPJson = number;
      break;
    case 3:
      conversation.topKJson = number;
      break;
    case 4:
      conversation.seedJson = number;
      break;
    case 5:
      conversation.countJson = number;
      break;
    case 6:
      conversation.presencePenaltyJson = number;
      break;
    case 7:
      conversation.frequencyPenaltyJson = number;
      break;
    default:
      conversation.topLogprobsJson = number;
      break;
  }
}

function readStops(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
  conversation.stops.clear();
  if (!json.enterArray()) return complaint.wrongType(AT + "stopSequences", json, "an array of strings");
  for (let i = 0; json.nextElement(); i++) {
    const stop = json.string();
    if (stop == ABSENT) return complaint.wrongType(AT + "stopSequences[" + i.toString() + "]", json, "a string");
    conversation.stops.add(stop);
  }
}

/** https://ai.google.dev/api/generate-content#ThinkingConfig: a budget of 0 is off, of -1 whatever the model thinks right. */
function readThinking(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
  if (!json.enterObject()) return complaint.wrongType(THINKING, json, "an object");
  while (json.nextKey()) {
    if (json.nothing()) continue;
    if (isMember(json, "includeThoughts", "include_thoughts"))
      conversation.wantsThoughts = choiceOf(json, THINKING + ".includeThoughts", complaint) == Choice.Yes;
    else if (isMember(json, "thinkingBudget", "thinking_budget")) {
      const budget = json.number();
      if (budget == ABSENT) return complaint.wrongType(THINKING + ".thinkingBudget", json, "a number");
      const tokens = signedValue(json.point(budget, VIEW));
      if (tokens == 0) conversation.thinking = Choice.No;
      else if (tokens > 0) {
        conversation.thinking = Choice.Yes;
        conversation.thinkingBudgetJson = budget;
      }
    } else if (isMember(json, "thinkingLevel", "thinking_level")) {
      const level = textOf(json, THINKING + ".thinkingLevel", complaint);
      if (level == ABSENT) return;
      const word = wordOf(json, level, VIEW).toLowerCase();
      conversation.effort = effortOf(word);
      if (conversation.effort == Effort.Other)
        return complaint.unknownWord(THINKING + ".thinkingLevel", conversation.source, level, "MINIMAL, LOW, MEDIUM or HIGH");
    }
    if (complaint.failure != null) return;
  }
}

function effortOf(level: Bytes): Effort {
  if (level.is("minimal")) return Effort.Minimal;
  if (level.is("low")) return Effort.Low;
  if (level.is("medium")) return Effort.Medium;
  if (level.is("high")) return Effort.High;
  return level.is("thinking_level_unspecified") ? Effort.Absent : Effort.Other;
}

/** Text is what there is without a word. */
function readModalities(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
  const from = json.offset;
  let isText = true;
  if (!json.enterArray()) return complaint.wrongType(AT + "responseModalities", json, "an array of strings");
  for (let i = 0; json.nextElement(); i++) {
    const text = textOf(json, AT + "responseModalities[" + i.toString() + "]", complaint);
    if (text == ABSENT) return;
    if (!wordOf(json, text, VIEW).toLowerCase().is("text")) isText = false;
  }
  if (!isText) keep(AT + "responseModalities", json.spanSince(from), conversation);
}

function isHarmless(json: JsonReader, complaint: ContentComplaint): bool {
  for (let i = 0; i < HARMLESS.length; i += 2) {
    if (!isMember(json, HARMLESS[i], HARMLESS[i + 1])) continue;
    if (i == 0 && json.peek() != JsonType.String) complaint.wrongType(AT + "mediaResolution", json, "a string");
    json.skip();
    return true;
  }
  return false;
}

function keep(name: string, value: Span, conversation: Conversation): void {
  if (value == ABSENT) return;
  conversation.others.add(conversation.source.keepAscii(name));
  conversation.others.add(value);
}
