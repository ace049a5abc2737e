/** Who speaks OpenAI's protocol, and where each departs from it: one row a vendor. */

export interface Vendor {
  /** What stands before `/chat/completions`. */
  readonly base: string;
  /** Where chat is, if not there. */
  readonly chat?: string;
  readonly models: readonly string[];
  /** Whether a field that the vendor doesn't know is refused. */
  readonly refusesUnknownFields: boolean;
  readonly keyNeeded: boolean;
  readonly id: "chatcmpl" | "chatcmpl-uuid" | "uuid" | "digits" | "gen" | "hex";
  /** Where shown reasoning stands in a message; undefined: it is never shown. */
  readonly reasoning: "reasoning_content" | "reasoning" | undefined;
  /** Where a stream puts usage: in a chunk of its own if asked, always with the finish reason, or in the choice. */
  readonly streamUsage: "asked" | "finish" | "choice" | "own";
  /** A comment line sent before the first chunk. */
  readonly comment: string | undefined;
  /** Members that OpenAI itself writes: `refusal`, `annotations`, `service_tier`, `obfuscation`. */
  readonly full: boolean;
  readonly pretty: boolean;
  /** Whether the key stands in `authorization` alone. */
  readonly bareToken?: boolean;
  /** Azure: keys stand in `api-key`, and beside `base` there are deployments, with an `api-version`. */
  readonly deployments?: boolean;
  /** Whether it serves `/responses` and `/completions`, too. */
  readonly speaks: readonly ("responses" | "completions")[];
}

const plain: Vendor = {
  base: "/v1",
  models: ["*"],
  refusesUnknownFields: false,
  keyNeeded: true,
  id: "chatcmpl-uuid",
  reasoning: undefined,
  streamUsage: "asked",
  comment: undefined,
  full: false,
  pretty: false,
  speaks: [],
};

export const vendors: Readonly<Record<string, Vendor>> = {
  openai: {
    ...plain,
    speaks: ["responses", "completions"],
    models: ["gpt-*", "o1*", "o3*", "o4*", "chatgpt-*", "text-embedding-*", "ft:*"],
    refusesUnknownFields: true,
    id: "chatcmpl",
    full: true,
    pretty: true,
  },
  deepseek: { ...plain, id: "uuid", reasoning: "reasoning_content", streamUsage: "finish", comment: "keep-alive" },
  moonshot: { ...plain, id: "chatcmpl", reasoning: "reasoning_content", streamUsage: "choice" },
  qwen: { ...plain, base: "/compatible-mode/v1", reasoning: "reasoning_content" },
  zhipuai: { ...plain, base: "/api/paas/v4", id: "digits", reasoning: "reasoning_content", streamUsage: "finish" },
  mistral: { ...plain, id: "hex", refusesUnknownFields: true, streamUsage: "finish" },
  groq: { ...plain, speaks: ["responses"], base: "/openai/v1", reasoning: "reasoning", streamUsage: "asked" },
  openrouter: {
    ...plain,
    speaks: ["responses", "completions"],
    base: "/api/v1",
    id: "gen",
    reasoning: "reasoning",
    streamUsage: "own",
    comment: "OPENROUTER PROCESSING",
  },
  ollama: { ...plain, speaks: ["completions"], keyNeeded: false, id: "digits", reasoning: "reasoning" },
  vllm: { ...plain, speaks: ["responses", "completions"], keyNeeded: false, reasoning: "reasoning_content" },
  doubao: { ...plain, base: "/api/v3", reasoning: "reasoning_content" },
  baidu: { ...plain, base: "/v2", reasoning: "reasoning_content" },
  minimax: { ...plain, chat: "/v1/text/chatcompletion_v2" },
  cloudflare: { ...plain, base: "/client/v4/accounts/account/ai/v1" },
  github: { ...plain, base: "/inference" },
  fireworks: { ...plain, base: "/inference/v1" },
  longcat: { ...plain, base: "/openai/v1" },
  perplexity: { ...plain, base: "" },
  deepinfra: { ...plain, base: "/v1/openai" },
  novita: { ...plain, base: "/v3/openai" },
  ai21: { ...plain, base: "/studio/v1" },
  databricks: { ...plain, base: "/serving-endpoints" },
  azure: { ...plain, base: "/openai/v1", refusesUnknownFields: true, deployments: true },
  ai360: { ...plain, bareToken: true },
  lmstudio: { ...plain, keyNeeded: false },
  llamacpp: { ...plain, keyNeeded: false, reasoning: "reasoning_content" },
  xinference: { ...plain, keyNeeded: false },
  ...Object.fromEntries(
    [
      ...["grok", "hunyuan", "spark", "yi", "baichuan", "stepfun", "together-ai", "huggingface", "nvidia", "sambanova"],
      ...["cerebras", "hyperbolic", "siliconflow", "modelscope", "lkeap", "voyage", "jina"],
    ].map((name) => [name, plain]),
  ),
};

/** The row of that name; a server is never started with another. */
export function vendorOf(name: string): Vendor {
  return vendors[name] ?? plain;
}
