/** The measured Envoy's configuration: what the CLI renders, with one listener for each chain, and the same without any filter of ours. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { moduleOf } from "../../cli/envoy/module.ts";
import { extension, socketAddress, typed, type Message } from "../../cli/envoy/protobuf.ts";
import { renderGateway } from "../../cli/envoy/render.ts";
import { readGateway } from "../../cli/gateway/read.ts";
import { packageRoot, readModule } from "../../cli/package-files.ts";
import { writeFolder } from "../../cli/process/folder.ts";
import { writeEmptyModule } from "./empty-module.ts";
import type { StreamName } from "./event-streams.ts";
import type { WholeName } from "./upstream.ts";

export const consumerKey = "sk-alice-3f9b2c7d1e5a";
/** What the gateway's process finds in its environment. */
export const environment = {
  SLUICE_BENCH_KEY: "sk-provider-8d2e6a9c4b70",
  SLUICE_BENCH_CONSUMER: consumerKey,
  SLUICE_BENCH_AWS_KEY: "AKIAIOSFODNN7EXAMPLE",
  SLUICE_BENCH_AWS_SECRET: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** Where providers listen. */
export type ProviderPorts = Readonly<Record<ProviderName, number>>;
export type ProviderName = WholeName | StreamName;

/** One filter of a chain: a module with the configuration that users give it. */
interface Filter {
  readonly name: string;
  /** Absolute path. */
  readonly module: string;
  readonly configuration: Message;
}

/** A listener: none of our filters in front of one provider, a list of separate modules in front of one, or the bundle, which asks whom the model says. */
export type Chain = { readonly bare: ProviderName } | { readonly filters: readonly Filter[]; readonly provider: ProviderName } | "bundle";

const keyAuth: Message = {
  consumers: [{ name: "alice", credential: "env:SLUICE_BENCH_CONSUMER" }],
  keys: ["authorization", "x-api-key"],
  in_header: true,
  in_query: false,
  global_auth: true,
};
const modelRouter: Message = {
  modelToHeader: "x-higress-llm-model",
  addProviderHeader: "x-higress-llm-provider",
  providers: ["openai"],
  models: [{ match: "gpt-*" }],
};
const aiProxy: Message = { provider: { type: "openai", apiTokens: ["env:SLUICE_BENCH_KEY"] } };

function module(name: string, configuration: Message): Filter {
  return { name, module: join(packageRoot(), `dist/envoy/${name}.wasm`), configuration };
}

const alone = [module("key-auth", keyAuth)];
const translator = [module("ai-proxy", aiProxy)];
const three = [module("model-router", modelRouter), ...alone, ...translator];

/** The chains that the bars speak of. */
export const chains = {
  bare: { bare: "openai" },
  "key-auth": { filters: alone, provider: "openai" },
  "ai-proxy": { filters: translator, provider: "openai" },
  separate: { filters: three, provider: "openai" },
  bundle: "bundle",
  "bare-kept": { bare: "openai-kept" },
  "key-auth-kept": { filters: alone, provider: "openai-kept" },
  "ai-proxy-kept": { filters: translator, provider: "openai-kept" },
  "separate-kept": { filters: three, provider: "openai-kept" },
  "bare-claude-paced": { bare: "claude-paced" },
  "bare-claude-burst": { bare: "claude-burst" },
  "bare-claude-idle": { bare: "claude-idle" },
  "bare-openai-paced": { bare: "openai-paced" },
  "bare-openai-burst": { bare: "openai-burst" },
} as const satisfies Record<string, Chain>;

/** A filter that does nothing: what stands between Envoy and any module. */
export function emptyChain(provider: ProviderName): Chain {
  return { filters: [{ name: "empty", module: writeEmptyModule(), configuration: {} }], provider };
}

/** Higress's ai-proxy, in the place of ours. */
export function peerChain(name: string, file: string): Chain {
  const provider = { id: "openai", type: "openai", apiTokens: [environment.SLUICE_BENCH_KEY] };
  return { filters: [{ name: `higress-${name}`, module: file, configuration: { provider } }], provider: "openai" };
}

/** Writes a folder that Envoy can be started from, with a listener at a port for each chain. */
export function writeGateway(
  folder: string,
  listeners: readonly { readonly port: number; readonly chain: Chain }[],
  providers: ProviderPorts,
  admin: number,
): void {
  mkdirSync(folder, { recursive: true });
  const { gateway, problems } = readGateway(gatewayYaml(providers, admin), folder);
  if (gateway === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  const rendered = renderGateway(gateway, moduleOf(readModule(), Object.keys(environment)), folder, null);
  const model = rendered.listeners[0]!;
  const used = new Set(listeners.flatMap(({ chain }) => (chain === "bundle" ? [] : ["bare" in chain ? chain.bare : chain.provider])));
  const withBundle = listeners.some(({ chain }) => chain === "bundle");
  writeFolder(
    {
      ...rendered,
      listeners: listeners.map(({ port, chain }) => listener(model, rendered.routes[0]!, port, chain)),
      clusters: [
        ...rendered.clusters.filter(({ name }) => withBundle || !String(name).startsWith("plan-")),
        ...[...used].map((provider) => plainComposite(rendered.clusters, provider)),
      ],
    },
    folder,
  );
}

/** Bedrock's requests are signed, the others have a key. */
function credentialOf(type: string): string {
  if (type !== "bedrock") return "keys: [env:SLUICE_BENCH_KEY]";
  return "settings: { awsRegion: us-east-1, awsAccessKey: env:SLUICE_BENCH_AWS_KEY, awsSecretKey: env:SLUICE_BENCH_AWS_SECRET }";
}

/** What a team with four vendors writes. Every plan has a second target, so bare has a retry too. */
export function gatewayYaml(providers: ProviderPorts, admin: number): string {
  const typeOf = (name: string): string => name.split("-")[0]!;
  const others = Object.keys(providers).filter((name) => name.includes("-"));
  return [
    "version: 1",
    "listen: 127.0.0.1:1",
    `admin: 127.0.0.1:${admin}`,
    "providers:",
    ...Object.entries(providers).map(
      ([name, port]) => `  ${name}: { type: ${typeOf(name)}, ${credentialOf(typeOf(name))}, url: "http://127.0.0.1:${port}" }`,
    ),
    "models:",
    ...others.map((name) => `  - { match: ${name}, to: ${name}, fallback: openai }`),
    "  - { match: gpt-*, to: openai, fallback: claude }",
    "  - { match: claude-*, to: claude, fallback: openai }",
    "  - { match: gemini-*, to: gemini, fallback: openai }",
    "  - { match: anthropic.*, to: bedrock, fallback: openai }",
    "consumers:",
    "  - { name: alice, keys: [env:SLUICE_BENCH_CONSUMER] }",
    "",
  ].join("\n");
}

type Fields = { [field: string]: any };

/** The rendered listener at another port, with the chain's filters in place of the gate. */
function listener(model: Message, routes: Message, port: number, chain: Chain): Message {
  const made = structuredClone(model) as Fields;
  made.name = `chain-${port}`;
  made.address = socketAddress({ host: "127.0.0.1", port });
  if (chain === "bundle") return made;
  const manager = made.filter_chains[0].filters[0].typed_config;
  const router = manager.http_filters.at(-1);
  manager.http_filters = "bare" in chain ? [router] : [...chain.filters.map((filter) => separateFilter(filter)), router];
  // A file holds one route table, which is the bundle's.
  delete manager.rds;
  manager.route_config = plainRoutes(routes, "bare" in chain ? chain.bare : chain.provider);
  return made;
}

function separateFilter({ name, module, configuration }: Filter): Message {
  return extension(name, "envoy.extensions.filters.http.wasm.v3.Wasm", {
    config: {
      name,
      allow_on_headers_stop_iteration: true,
      failure_policy: "FAIL_RELOAD",
      vm_config: {
        vm_id: name,
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { filename: module } },
        environment_variables: { host_env_keys: Object.keys(environment) },
      },
      configuration: typed("google.protobuf.StringValue", { value: JSON.stringify(configuration) }),
    },
  });
}

/** A plan's cluster without the upstream half: the provider, then another. */
function plainComposite(clusters: readonly Message[], provider: ProviderName): Message {
  const plan = clusters.find(({ name }) => String(name).startsWith("plan-"))!;
  const made = structuredClone(plan) as Fields;
  made.name = `plain:${provider}`;
  made.cluster_type.typed_config.clusters = [{ name: `provider:${provider}` }, { name: "provider:claude" }];
  for (const options of Object.values<Fields>(made.typed_extension_protocol_options)) delete options.http_filters;
  return made;
}

/** A planned route for every request, to that cluster, with its retry policy and limits; the one retry that the module would ask for. */
function plainRoutes(table: Message, provider: ProviderName): Message {
  const { "@type": _, ...made } = structuredClone(table) as Fields;
  const host = made.virtual_hosts[0];
  const route = host.routes.find(({ name }: Fields) => name === "gpt-*");
  route.match = { prefix: "/" };
  delete route.route.cluster_header;
  route.route.cluster = `plain:${provider}`;
  route.route.retry_policy.num_retries = 1;
  host.routes = [route];
  made.name = `plain:${provider}`;
  return made;
}
