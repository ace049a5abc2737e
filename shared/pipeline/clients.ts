import { AnthropicClient } from "../protocols/anthropic/client";
import { CompletionsClient } from "../protocols/completions/client";
import { GeminiClient } from "../protocols/gemini/client";
import { OpenAIClient } from "../protocols/openai/client";
import { Dialect } from "../protocols/operation";
import { ClientProtocol } from "../protocols/protocol";
import { ResponsesClient } from "../protocols/responses/client";

const openai = new OpenAIClient();
const anthropic = new AnthropicClient();
const gemini = new GeminiClient();
const responses = new ResponsesClient();
const completions = new CompletionsClient();

/** The protocol of a client. */
export function clientOf(dialect: Dialect): ClientProtocol {
  if (dialect == Dialect.Anthropic) return anthropic;
  if (dialect == Dialect.Responses) return responses;
  if (dialect == Dialect.Completions) return completions;
  return dialect == Dialect.Gemini ? gemini : openai;
}
