/** Sampling, length, form and thinking: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig */
import { ABSENT, Source, Span } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, OutputFormat } from "../conversation";
import { writeOutputSchema } from "../schema";
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
  writeOutputSchema(conversation, out);
}
