import { JsonWriter } from "../json/writer";
import { AnthropicClient } from "../protocols/anthropic/client";
import { AnswerWriter } from "../protocols/answer";
import { CompletionsClient } from "../protocols/completions/client";
import { Conversation } from "../protocols/conversation";
import { Failure, FailureKind } from "../protocols/failure";
import { geminiFailure, geminiFailureEvent } from "../protocols/gemini/failure-writer";
import { OpenAIClient } from "../protocols/openai/client";
import { Dialect } from "../protocols/operation";
import { AnswerSettings, ClientProtocol } from "../protocols/protocol";
import { ResponsesClient } from "../protocols/responses/client";

const openai = new OpenAIClient();
const anthropic = new AnthropicClient();
const responses = new ResponsesClient();
const completions = new CompletionsClient();

/** Gemini's client side, as far as it is built: its error form. Its requests are refused in it. */
@final
class GeminiErrors extends ClientProtocol {
  override get dialect(): Dialect {
    return Dialect.Gemini;
  }
  override readRequest(_conversation: Conversation): Failure | null {
    return Failure.of(FailureKind.NotFound, "The gateway doesn't serve Gemini's generateContent yet. Use POST /v1/chat/completions.");
  }
  override writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter {
    return openai.writer(settings, out);
  }
  override writeFailure(failure: Failure, out: JsonWriter): void {
    geminiFailure(failure, out);
  }
  override writeFailureEvent(failure: Failure, out: JsonWriter): void {
    geminiFailureEvent(failure, out);
  }
}

const gemini = new GeminiErrors();

/** The protocol of a client. */
export function clientOf(dialect: Dialect): ClientProtocol {
  if (dialect == Dialect.Anthropic) return anthropic;
  if (dialect == Dialect.Responses) return responses;
  if (dialect == Dialect.Completions) return completions;
  return dialect == Dialect.Gemini ? gemini : openai;
}
