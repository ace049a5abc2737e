/** Providers that the environment has keys for, under the variables that the vendors' own SDKs read. */

export interface RealProvider {
  /** Its name in gateway.yaml, and the model name that leads to it. */
  readonly name: string;
  readonly type: string;
  readonly keyVariable: string;
  /** A small model of the vendor's. */
  readonly model: string;
  /** From the vendor's base URL variable, if set; without the API's own path. */
  readonly url: string | undefined;
}

interface Known {
  readonly type: string;
  readonly keyVariables: readonly string[];
  readonly urlVariable?: string;
  readonly model: string;
}

const known: readonly Known[] = [
  { type: "openai", keyVariables: ["OPENAI_API_KEY"], urlVariable: "OPENAI_BASE_URL", model: "gpt-4o-mini" },
  { type: "claude", keyVariables: ["ANTHROPIC_API_KEY"], urlVariable: "ANTHROPIC_BASE_URL", model: "claude-haiku-4-5" },
  { type: "gemini", keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], urlVariable: "GOOGLE_GEMINI_BASE_URL", model: "gemini-2.5-flash" },
  { type: "deepseek", keyVariables: ["DEEPSEEK_API_KEY"], model: "deepseek-chat" },
  { type: "moonshot", keyVariables: ["MOONSHOT_API_KEY"], model: "moonshot-v1-8k" },
  { type: "qwen", keyVariables: ["DASHSCOPE_API_KEY"], model: "qwen-turbo" },
  { type: "zhipuai", keyVariables: ["ZHIPUAI_API_KEY", "ZAI_API_KEY"], model: "glm-4-flash" },
  { type: "mistral", keyVariables: ["MISTRAL_API_KEY"], model: "mistral-small-latest" },
  { type: "groq", keyVariables: ["GROQ_API_KEY"], model: "llama-3.1-8b-instant" },
  { type: "openrouter", keyVariables: ["OPENROUTER_API_KEY"], model: "openai/gpt-4o-mini" },
];

/** The variables that may hold a key. */
export const keyVariables: readonly string[] = known.flatMap((vendor) => vendor.keyVariables);

export function realProvidersOf(environment: NodeJS.ProcessEnv): RealProvider[] {
  return known.flatMap(({ type, keyVariables, urlVariable, model }) => {
    const keyVariable = keyVariables.find((name) => environment[name]);
    if (keyVariable === undefined) return [];
    const url = urlVariable === undefined ? undefined : environment[urlVariable];
    return [{ name: `real-${type}`, type, keyVariable, model, url: url?.replace(/\/(v1|v1beta)?\/*$/, "") || undefined }];
  });
}
