/** Which protocols the ledger is about. */
import { anthropic } from "./clients/anthropic.ts";
import { completions } from "./clients/completions.ts";
import { gemini } from "./clients/gemini.ts";
import { openai } from "./clients/openai.ts";
import { responses } from "./clients/responses.ts";
import type { ClientFields } from "./fields.ts";

export const clients = { openai, anthropic, gemini, responses, completions } as const satisfies Record<string, ClientFields>;
export type Client = keyof typeof clients;
export const clientNames = Object.keys(clients) as Client[];

/** Each provider protocol with the model for which its column holds: what other models take stands in the protocol's README. */
export const providers = {
  openai: { title: "OpenAI", model: "gpt-5" },
  anthropic: { title: "Anthropic", model: "claude-opus-4-6" },
  gemini: { title: "Gemini", model: "gemini-3-flash" },
  bedrock: { title: "Bedrock Converse", model: "anthropic.claude-opus-4-6-v1" },
  cohere: { title: "Cohere", model: "command-a-reasoning-08-2025" },
  dashscope: { title: "DashScope", model: "qwen-plus" },
  hunyuan: { title: "Hunyuan", model: "hunyuan-turbos-latest" },
  minimax: { title: "MiniMax `pro`", model: "abab6.5s-chat" },
  dify: { title: "Dify", model: "dify" },
  deepl: { title: "DeepL", model: "Pro" },
  triton: { title: "KServe generate", model: "llama3" },
} as const satisfies Record<string, { title: string; model: string }>;
export type Provider = keyof typeof providers;
export const providerNames = Object.keys(providers) as Provider[];
