/** Sampling, length, form and thinking: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig */
import { ABSENT, Source, Span, spanLength } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, OutputFormat } from "../conversation";
import { Model } from "./models";
import { hasThinking, writeThinking } from "./thinking";

/** Writes `generationConfig`, where there is anything to say. */
export function writeGeneration(conversation: Conversation, model: Model, out: JsonWriter): void {
  const start = out.length;
  const commaDue = out.commaDue;
  out.key("generationConfig");
  out.beginObject();
  const empty = out.length;
  const source = conversation.source;
  number("maxOutputTokens", conversation.maxTokensJson, source, out);
  number("temperature", conversation.temperatureJson, source, out);
  number("topP", conversation.topPJson, source, out);
  number("topK", conversation.topKJson, source, out);
  number("seed", conversation.seedJson, source, out);
  number("candidateCount", conversation.countJson, source, out);
  number("presencePenalty", conversation.presencePenaltyJson, source, out);
  number("frequencyPenalty", conversation.frequencyPenaltyJson, source, out);
  if (conversation.logprobs == Choice.Yes) {
    out.key("responseLogprobs");
    out.boolean(true);
    number("logprobs", conversation.topLogprobsJson, source, out);
  }
  if (conversation.stops.length > 0) {
    out.key("stopSequences");
    out.beginArray();
    for (let i = 0; i < conversation.stops.length; i++) out.escapedFrom(source, conversation.stops.at(i));
    out.endArray();
  }
  writeOutputFormat(conversation, out);
  if (hasThinking(conversation, model)) {
    out.key("thinkingConfig");
    writeThinking(conversation, model, out);
  }
  if (out.length > empty) return out.endObject();
  out.cutTo(start);
  out.commaDue = commaDue;
}

function number(key: string, json: Span, source: Source, out: JsonWriter): void {
  if (json == ABSENT) return;
  out.key(key);
  out.rawFrom(source, json);
}

/** https://ai.google.dev/gemini-api/docs/structured-output: a schema is always kept to, so OpenAI's `strict` is what happens anyway. */
function writeOutputFormat(conversation: Conversation, out: JsonWriter): void {
  if (conversation.outputFormat != OutputFormat.JsonObject && conversation.outputFormat != OutputFormat.JsonSchema) return;
  out.key("responseMimeType");
  out.asciiText("application/json");
  if (conversation.outputSchemaJson == ABSENT) return;
  out.key("responseJsonSchema");
  writeSchema(conversation, out);
}

/** The schema as it came; the description beside it, for which Gemini has no place, goes in where the schema has none of its own. */
function writeSchema(conversation: Conversation, out: JsonWriter): void {
  const source = conversation.source;
  const description = conversation.outputSchemaDescription;
  const reader = READER.start(source.bytes(conversation.outputSchemaJson));
  if (spanLength(description) == 0 || !isDescribable(reader)) return out.rawFrom(source, conversation.outputSchemaJson);
  reader.start(source.bytes(conversation.outputSchemaJson));
  reader.enterObject();
  out.beginObject();
  out.key("description");
  out.escapedFrom(source, description);
  while (reader.nextKey()) {
    out.keyEscaped(reader.bytes(reader.keySpan));
    out.raw(reader.bytes(reader.skip()));
  }
  out.endObject();
}

const READER = new JsonReader();

/** Whether the schema is an object without a description. */
function isDescribable(schema: JsonReader): bool {
  if (!schema.enterObject()) return false;
  while (schema.nextKey()) if (schema.keyIs("description")) return false;
  return !schema.failed;
}
