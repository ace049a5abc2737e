/** What inputs are thrown at: the bundle with plans over three protocols, and ai-proxy downstream in front of every type of provider. */

import { existsSync, readFileSync } from "node:fs";
import { providerSetups, type FixtureProtocol } from "../fixtures/read.ts";
import { Gateway, type GatewayOptions } from "../host/gateway.ts";
import type { HeaderMap } from "../host/headers.ts";
import { fileOf } from "../host/modules.ts";
import type { ProviderScript } from "../host/provider.ts";
import type { Route } from "../host/route.ts";

export interface Target {
  readonly name: string;
  /** Providers by name, in the order in which a plan may try them. */
  readonly providers: readonly string[];
  /** Whether key-auth stands in front. */
  readonly checksKeys: boolean;
  start(script: (provider: string) => ProviderScript): Gateway;
}

export const consumerKeys = { alice: "consumer-key-alice-51c0ffee", bob: "consumer-key-bob-8badf00d" } as const;

/** Types that speak a protocol of their own, in the way of their fixtures; all others speak OpenAI's. DashScope is how qwen spoke before it took OpenAI's form. */
const ownProtocols: Record<string, FixtureProtocol> = {
  claude: "anthropic",
  gemini: "gemini",
  cohere: "cohere",
  bedrock: "bedrock",
  dashscope: "dashscope",
  hunyuan: "hunyuan",
  minimax: "minimax",
  dify: "dify",
  deepl: "deepl",
  triton: "triton",
};

/** One type for each way of speaking: rows that differ in host and path alone are read by the same code. */
const types = [
  "openai",
  "claude",
  "gemini",
  "deepseek",
  "moonshot",
  "qwen",
  "zhipuai",
  "mistral",
  "groq",
  "openrouter",
  "ollama",
  "vllm",
  "cohere",
  "bedrock",
  "azure",
  "dashscope",
  "hunyuan",
  "minimax",
  "dify",
  "deepl",
  "triton",
] as const;

const rows: readonly { type: string; also?: Record<string, string> }[] = JSON.parse(
  readFileSync(new URL("../../plugins/ai-proxy/vendors.json", import.meta.url), "utf8"),
).vendors;

/** Whether a provider speaks a client's protocol beside its main one. */
function alsoSpeaks(provider: string, client: FixtureProtocol): boolean {
  return rows.find(({ type }) => type === provider)?.also?.[client] !== undefined;
}

/** The protocol in which a provider is asked what came at this path. */
export function protocolOf(provider: string, path: string): FixtureProtocol {
  const client = clientOf(path);
  return alsoSpeaks(provider, client) ? client : (ownProtocols[provider] ?? "openai");
}

/** The protocol of who asks at this path and may get an answer. */
export function clientOf(path: string): FixtureProtocol {
  const bare = path.split("?")[0]!;
  if (/:(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/.test(bare)) return "gemini";
  if (/\/v1\/messages(\/count_tokens)?$/.test(bare)) return "anthropic";
  if (bare.endsWith("/responses")) return "responses";
  return bare.endsWith("/completions") && !bare.endsWith("/chat/completions") ? "completions" : "openai";
}

export function providerKey(provider: string): string {
  return `provider-key-${provider}-0ddba11`;
}

/** Every secret that a gateway holds. */
export const secrets: readonly string[] = [...Object.values(consumerKeys), ...types.map(providerKey)];

export const targets: readonly Target[] = [
  bundle("bundle", false),
  bundle("bundle that remembers failures", true),
  ...types.map((type) => downstream(type)),
];

/** @param rememberFailures Else a provider that failed in one case is asked in the next. */
function bundle(name: string, rememberFailures: boolean): Target {
  const plan = (order: string[]) => ({ cluster: order.join("+"), weight: 1, targets: order.map((provider) => ({ provider })) });
  const orders: Record<string, string[][]> = {
    "gpt-*": [["openai", "claude", "gemini"]],
    "claude-*": [["claude", "gemini", "openai"]],
    "gemini-*": [
      ["gemini", "openai"],
      ["openai", "gemini"],
    ],
    "o*": [["claude", "openai"]],
  };
  const names = ["openai", "claude", "gemini"];
  const ways = [...Object.values(orders).flat(), ...names.map((name) => [name])];
  // Where a target doesn't fit, the plan without it stands in.
  const suffixes = ways.flatMap((way) => way.map((_, i) => way.slice(i)));
  const clusters = Object.fromEntries([...ways, ...suffixes].map((way) => [way.join("+"), way]));
  const plansOf = (ways: string[][]) => [
    ...ways.map(plan),
    ...ways.flatMap((way) => way.slice(1).map((_, i) => ({ ...plan(way.slice(i + 1)), weight: 0 }))),
  ];
  const configuration = {
    "key-auth": {
      consumers: [
        { name: "alice", credential: consumerKeys.alice },
        { name: "bob", credentials: [consumerKeys.bob] },
      ],
      global_auth: true,
    },
    "model-router": {
      modelToHeader: "x-higress-llm-model",
      addProviderHeader: "x-higress-llm-provider",
      providers: names,
      models: Object.keys(orders).map((match) => ({ match, names: [match.replace("*", "x")] })),
    },
    "ai-proxy": {
      providers: names.map((type) => ({ id: type, type, apiTokens: [providerKey(type)], rememberFailures })),
      answerLimit: 1024 * 1024,
      _rules_: [
        ...names.map((name) => ({ _match_route_: [`provider:${name}`], plans: plansOf([[name]]) })),
        ...Object.entries(orders).map(([match, ways]) => ({ _match_route_: [match], plans: plansOf(ways) })),
      ],
    },
  };
  const planned = (name: string): Route => ({
    name,
    clusterHeader: "x-sluice-cluster",
    timeout: 0,
    retry: {
      on: ["5xx", "reset", "connect-failure", "retriable-status-codes"],
      statuses: [401, 402, 403, 408, 409, 425, 429, 498],
      retries: 0,
    },
  });
  const routes = (headers: HeaderMap): Route | null => {
    const provider = headers.get("x-higress-llm-provider");
    if (provider !== undefined && names.includes(provider)) return planned(`provider:${provider}`);
    const model = headers.get("x-higress-llm-model");
    const match = model === undefined ? undefined : Object.keys(orders).find((pattern) => model.startsWith(pattern.slice(0, -1)));
    return match === undefined ? { name: "unrouted", cluster: "unrouted" } : planned(match);
  };
  return {
    name,
    providers: names,
    checksKeys: true,
    start: (script) =>
      start({
        modules: [{ module: moduleOf("sluice"), vmId: "sluice", configuration, upstream: { rootId: "attempt" } }],
        clusters,
        routes,
        providers: Object.fromEntries(names.map((name) => [name, script(name)])),
      }),
  };
}

function downstream(type: string): Target {
  const own = ownProtocols[type];
  const where: object =
    { ollama: { ollamaServerHost: "ollama.test" }, azure: { azureServiceUrl: "https://azure.test/openai/v1" } }[type] ??
    (own === undefined ? {} : providerSetups[own]);
  return {
    name: `ai-proxy/${type}`,
    providers: [type],
    checksKeys: false,
    start: (script) =>
      start({
        modules: [
          {
            module: moduleOf("ai-proxy"),
            vmId: type,
            configuration: {
              provider: { type, apiTokens: [providerKey(type)], ...where, id: type, rememberFailures: false },
              answerLimit: 1024 * 1024,
            },
          },
        ],
        routes: [{ name: "all", cluster: type, timeout: 600_000 }],
        providers: { [type]: script(type) },
      }),
  };
}

function start(options: GatewayOptions): Gateway {
  return Gateway.startNow({ ...options, tolerant: true });
}

const modules = new Map<string, WebAssembly.Module>();

/** A module as it was built; compiled once a process. */
function moduleOf(name: string): WebAssembly.Module {
  let module = modules.get(name);
  if (module === undefined) {
    const file = fileOf(name);
    if (!existsSync(file)) throw new Error(`${file} isn't there: make build`);
    modules.set(name, (module = new WebAssembly.Module(readFileSync(file))));
  }
  return module;
}
