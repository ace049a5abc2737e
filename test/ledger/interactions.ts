/** What fields make of each other: losses and refusals that no field has alone. Each is said in the README of the provider's protocol. */
import type { Client, Provider } from "./protocols.ts";

export interface Interaction {
  readonly providers: readonly Provider[];
  readonly client?: Client;
  /** Names of the rows that are lost or refused, where one of `beside` is in the request. */
  readonly rows: RegExp;
  readonly beside: RegExp;
  /** The `param` of the refusal; without one, the rows are lost. */
  readonly refused?: string;
  /** Of a row that becomes several things: which of them is lost, by its path. */
  readonly only?: RegExp;
  readonly why: string;
}

const THINKING = /^(reasoning|thinking|enable_thinking|output_config\.effort|generationConfig\.thinkingConfig\.thinking(Level|Budget 2))/;
const TOOLS =
  /^(tools|functions|function_call|tool_choice|parallel_tool_calls|toolConfig|(messages|contents|input).*(tool|function|is_error|output|arguments))/;
/** Whoever speaks to Claude. */
const CLAUDE: readonly Provider[] = ["anthropic", "bedrock"];
const TOOL_ROUND =
  /^(messages|contents|input).*(tool_calls|role tool|function_call|functionCall|functionResponse|tool_use|tool_result|is_error|output|arguments)/;

export const interactions: readonly Interaction[] = [
  {
    providers: CLAUDE,
    rows: /^(generationConfig\.)?(temperature|top_?p|top_?k)/i,
    beside: THINKING,
    why: "a model that thinks takes no sampling",
  },
  {
    providers: CLAUDE,
    rows: THINKING,
    beside: /^(tool_choice ("required"|\{function\}|\{"type":"any"\}|\{tool\})|function_call \{|toolConfig.*(ANY|allowedFunctionNames))/,
    why: "a forced call and thinking exclude each other; the call was asked for expressly",
  },
  {
    providers: CLAUDE,
    rows: THINKING,
    beside: /^(max_|generationConfig\.maxOutputTokens)/,
    only: /max_tokens/,
    why: "the client's own limit counts, not the one that is made for thinking",
  },
  {
    providers: CLAUDE,
    rows: /^(reasoning\.max_tokens|thinking |thinking_budget|generationConfig\.thinkingConfig\.thinkingBudget)/,
    beside: TOOL_ROUND,
    why: "a round of tools without signed thinking can't be gone on with by budget",
  },
  { providers: CLAUDE, rows: /^top_p/, beside: /^temperature/, refused: "top_p", why: "this model takes one of the two" },
  {
    providers: CLAUDE,
    client: "gemini",
    rows: /^generationConfig\.topP/,
    beside: /^generationConfig\.temperature/,
    refused: "generationConfig.topP",
    why: "this model takes one of the two",
  },
  {
    providers: ["openai"],
    client: "anthropic",
    rows: /^thinking /,
    beside: /^output_config\.effort/,
    why: "the effort that is named goes before the one that is derived from a budget",
  },
  { providers: ["gemini"], rows: /^n /, beside: /^stream/, refused: "n", why: "a stream has one answer" },
  {
    providers: ["gemini"],
    client: "openai",
    rows: /^web_search_options/,
    beside: TOOLS,
    refused: "web_search_options",
    why: "Gemini takes a search or functions",
  },
  {
    providers: ["gemini"],
    rows: /^output_config\.effort/,
    beside: /^thinking /,
    why: "a budget goes before an effort, and so does the switch that says no",
  },
  {
    providers: ["bedrock", "cohere", "dashscope", "hunyuan"],
    client: "anthropic",
    rows: /^output_config\.effort/,
    beside: /^thinking/,
    why: "a budget goes before an effort, and so does the switch that says no",
  },
  {
    providers: ["bedrock"],
    rows: /document|file/,
    beside: /document|file/,
    only: /name$/,
    why: "Bedrock wants names that differ, so a second one gets a number",
  },
  {
    providers: ["cohere"],
    rows: /^(response_format|output_)/,
    beside: TOOLS,
    refused: "response_format",
    why: "Cohere takes one of the two",
  },
  {
    providers: ["cohere"],
    client: "gemini",
    rows: /^generationConfig\.response(MimeType|Schema|JsonSchema)/,
    beside: TOOLS,
    refused: "generationConfig.responseMimeType",
    why: "Cohere takes one of the two",
  },
  {
    providers: ["cohere"],
    client: "responses",
    rows: /^text\.format/,
    beside: TOOLS,
    refused: "text.format",
    why: "Cohere takes one of the two",
  },
  {
    providers: ["cohere"],
    client: "anthropic",
    rows: /^output_/,
    beside: TOOLS,
    refused: "output_config.format",
    why: "Cohere takes one of the two",
  },
  {
    providers: ["dashscope"],
    rows: /text/,
    beside: /image/,
    only: /type/,
    why: "beside images all parts are of the form that has no `type`",
  },
];

/** Those that hold for a request with these rows. */
export function between(client: Client, provider: Provider, names: readonly string[]): Interaction[] {
  return interactions.filter(
    (one) =>
      one.providers.includes(provider) &&
      (one.client ?? client) === client &&
      names.some((name) => one.rows.test(name)) &&
      names.some((name) => one.beside.test(name)),
  );
}
