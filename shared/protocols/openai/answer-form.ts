/** What streamed and whole answers share: https://platform.openai.com/docs/api-reference/chat/object */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { FinishReason, Usage } from "../answer";
import { AnswerSettings } from "../protocol";

/** More answers to one request than this OpenAI doesn't give (`n`). */
export const CHOICE_LIMIT: u32 = 128;

/** Writes the members that every chunk and every whole answer begin with. `id` and `model` are the provider's, empty where it named none. */
export function writeHead(object: string, id: Bytes, model: Bytes, settings: AnswerSettings, out: JsonWriter): void {
  out.key("id");
  out.beginString();
  const own = id.isEmpty ? settings.id : id;
  if (!own.startsWith("chatcmpl")) out.ascii("chatcmpl-");
  out.moreEscaped(own);
  if (own.isEmpty) out.unsigned(settings.created);
  out.endString();
  out.key("object");
  out.asciiText(object);
  out.key("created");
  out.unsigned(settings.created);
  out.key("model");
  out.escaped(model.isEmpty ? settings.model : model);
}

/** The word for a finish reason. */
export function finishWord(reason: FinishReason, legacyFunctions: bool): string {
  switch (reason) {
    case FinishReason.Length:
    case FinishReason.ContextWindow:
      return "length";
    case FinishReason.ToolCalls:
      return legacyFunctions ? "function_call" : "tool_calls";
    case FinishReason.ContentFilter:
    case FinishReason.Refusal:
      return "content_filter";
    default:
      return "stop";
  }
}

/** Writes a usage object (https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage); `cache_write_tokens` is OpenRouter's. */
export function writeUsage(usage: Usage, out: JsonWriter): void {
  out.beginObject();
  out.key("prompt_tokens");
  out.unsigned(usage.input);
  out.key("completion_tokens");
  out.unsigned(usage.output);
  out.key("total_tokens");
  out.unsigned(usage.input + usage.output);
  out.key("prompt_tokens_details");
  out.beginObject();
  out.key("cached_tokens");
  out.unsigned(usage.cachedInput);
  if (usage.cacheWrite > 0) {
    out.key("cache_write_tokens");
    out.unsigned(usage.cacheWrite);
  }
  out.key("audio_tokens");
  out.unsigned(usage.inputAudio);
  out.endObject();
  out.key("completion_tokens_details");
  out.beginObject();
  out.key("reasoning_tokens");
  out.unsigned(usage.reasoning);
  out.key("audio_tokens");
  out.unsigned(usage.outputAudio);
  out.endObject();
  if (usage.estimated) {
    out.key("estimated");
    out.boolean(true);
  }
  out.endObject();
}

/** Writes `extra_content` with a tool call's signature, in Google's form (https://ai.google.dev/gemini-api/docs/thought-signatures), if there is one. */
export function writeCallSignature(signature: Bytes, out: JsonWriter): void {
  if (signature.isEmpty) return;
  out.key("extra_content");
  out.beginObject();
  out.key("google");
  out.beginObject();
  out.key("thought_signature");
  out.escaped(signature);
  out.endObject();
  out.endObject();
}
