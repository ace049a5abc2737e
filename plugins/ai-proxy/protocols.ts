/** The protocols that providers speak: the names are those of vendors.json. One object serves all providers. */
import { AnthropicProvider } from "../../shared/protocols/anthropic/provider";
import { EMPTY } from "../../shared/bytes/bytes";
import { BedrockOptions } from "../../shared/protocols/bedrock/options";
import { BedrockProvider } from "../../shared/protocols/bedrock/provider";
import { CohereProvider } from "../../shared/protocols/cohere/provider";
import { CompletionsProvider } from "../../shared/protocols/completions/provider";
import { DeepLProvider } from "../../shared/protocols/deepl/provider";
import { DifyProvider } from "../../shared/protocols/dify/provider";
import { DifySettings } from "../../shared/protocols/dify/settings";
import { GeminiProvider } from "../../shared/protocols/gemini/provider";
import { OpenAIProvider } from "../../shared/protocols/openai/provider";
import { ResponsesProvider } from "../../shared/protocols/responses/provider";
import { TritonProvider } from "../../shared/protocols/triton/provider";

export const openai = new OpenAIProvider();
export const anthropic = new AnthropicProvider();
export const gemini = new GeminiProvider();
export const cohere = new CohereProvider();
// As far as nothing is configured: own-protocols.ts.
export const dify = new DifyProvider(new DifySettings());
export const deepl = new DeepLProvider(EMPTY);
export const triton = new TritonProvider(EMPTY);
export const responses = new ResponsesProvider();
export const completions = new CompletionsProvider();
/** A provider with options has an object of its own. */
export const bedrock = new BedrockProvider(new BedrockOptions());
