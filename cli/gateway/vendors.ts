/** Provider types of gateway.yaml: where each vendor is, and what it needs. The protocols themselves are the module's. */

export interface Vendor {
  /** The vendor's own address; absent for servers that everybody runs themselves. */
  readonly url?: string;
  /** Whether requests without a key are always refused. `openai` isn't: it may pass on the caller's own. */
  readonly needsKey: boolean;
  /** The variable that the vendor's own SDK reads, if it isn't named like the type: documents and examples use it. */
  readonly keyVariable?: string;
  /** The path segment that the module writes itself, so that `url` must not end with it. */
  readonly ownPath: string;
}

export const vendors: Readonly<Record<string, Vendor>> = {
  openai: { url: "https://api.openai.com", needsKey: false, ownPath: "/v1" },
  claude: { url: "https://api.anthropic.com", needsKey: true, keyVariable: "ANTHROPIC_API_KEY", ownPath: "/v1" },
  gemini: { url: "https://generativelanguage.googleapis.com", needsKey: true, ownPath: "/v1beta" },
  deepseek: { url: "https://api.deepseek.com", needsKey: true, ownPath: "/v1" },
  moonshot: { url: "https://api.moonshot.cn", needsKey: true, ownPath: "/v1" },
  qwen: { url: "https://dashscope.aliyuncs.com", needsKey: true, ownPath: "/compatible-mode/v1" },
  zhipuai: { url: "https://open.bigmodel.cn", needsKey: true, ownPath: "/api/paas/v4" },
  mistral: { url: "https://api.mistral.ai", needsKey: true, ownPath: "/v1" },
  groq: { url: "https://api.groq.com", needsKey: true, ownPath: "/openai/v1" },
  openrouter: { url: "https://openrouter.ai", needsKey: true, ownPath: "/api/v1" },
  ollama: { needsKey: false, ownPath: "/v1" },
  vllm: { needsKey: false, ownPath: "/v1" },
};
