import { AnthropicClient } from "../protocols/anthropic/client";
import { CompletionsClient } from "../protocols/completions/client";
import { GeminiClient } from "../protocols/gemini/client";
import { OpenAIClient } from "../protocols/openai/client";
import { ResponsesClient } from "../protocols/responses/client";
import { serve } from "./clients";

/** Makes the module read the requests of every protocol that clients may speak. */
export function serveAllClients(): void {
  serve(new OpenAIClient());
  serve(new AnthropicClient());
  serve(new GeminiClient());
  serve(new ResponsesClient());
  serve(new CompletionsClient());
}
