/** The plugins in each form in which they ship, so that one test says what all of them do. */
import { beforeAll, describe } from "vitest";
import { Gateway, type GatewayOptions, type ModuleUse } from "../host/gateway.ts";
import { module } from "../host/modules.ts";
import type { ProviderScript } from "../host/provider.ts";
import type { Route } from "../host/route.ts";
import { openaiAnswer } from "./answers.ts";

export type Plugin = "key-auth" | "model-router" | "ai-proxy";

/** What a test sets, whatever the packaging: each plugin's own fields, one provider, and what it answers. */
export interface Setup {
  "key-auth"?: unknown;
  "model-router"?: unknown;
  /** Fields beside the provider. */
  "ai-proxy"?: Readonly<Record<string, unknown>>;
  /** The provider's entry in ai-proxy's configuration. Default: type openai with the key `sk-provider`. */
  provider?: Readonly<Record<string, unknown>>;
  /** ai-proxy has nothing to do with the requests: they pass to the provider as the other plugins leave them. */
  inert?: boolean;
  /** What the provider does. Default: it answers `Hello`. */
  script?: ProviderScript;
  env?: Readonly<Record<string, string>>;
  /** Names of routes, each for the paths below `/<name>/`; all else goes to the route `default`. */
  routes?: readonly string[];
  /** Anything else of the host's. */
  host?: Partial<GatewayOptions>;
}

export interface Packaging {
  name: string;
  plugins: readonly Plugin[];
  /** Whether the provider's request is written by an upstream filter, attempt by attempt. */
  perAttempt: boolean;
  modules(setup: Setup): Promise<ModuleUse[]>;
}

/** The provider's name in every packaging. */
export const PROVIDER = "provider";
export const DEFAULT_PROVIDER = { type: "openai", apiTokens: ["sk-provider"] };

const everyPlugin: readonly Plugin[] = ["key-auth", "model-router", "ai-proxy"];

function providerOf(setup: Setup): Record<string, unknown> {
  return { id: PROVIDER, ...(setup.provider ?? DEFAULT_PROVIDER) };
}

/** ai-proxy's configuration with a plan of the one provider, as the CLI writes it. */
function planned(setup: Setup): Record<string, unknown> {
  if (setup.inert) return { providers: [providerOf(setup)] };
  return {
    providers: [providerOf(setup)],
    plans: [{ cluster: "plan", targets: [{ provider: PROVIDER }] }],
    ...setup["ai-proxy"],
  };
}

/** The upstream half stands on the clusters of plans, and only there. */
function upstreamOf(setup: Setup): Partial<ModuleUse> {
  return setup.inert ? {} : { upstream: { rootId: "attempt", configuration: "" } };
}

/** ai-proxy's configuration with the one provider, as older ones of Higress have it. */
function single(setup: Setup): Record<string, unknown> {
  if (setup.inert) return { providers: [providerOf(setup)] };
  return { provider: providerOf(setup), ...setup["ai-proxy"] };
}

/** The plugins that a test configures as parts of the bundle. */
function parts(setup: Setup): Record<string, unknown> {
  return {
    ...(setup["key-auth"] === undefined ? {} : { "key-auth": setup["key-auth"] }),
    ...(setup["model-router"] === undefined ? {} : { "model-router": setup["model-router"] }),
  };
}

/** The plugins that a test configures as modules of their own, in Higress's order. */
async function before(setup: Setup): Promise<ModuleUse[]> {
  const uses: ModuleUse[] = [];
  for (const plugin of ["model-router", "key-auth"] as const) {
    if (setup[plugin] !== undefined) uses.push({ module: await module(plugin), name: plugin, vmId: plugin, configuration: setup[plugin] });
  }
  return uses;
}

export const packagings: readonly Packaging[] = [
  {
    name: "the bundle in both positions",
    plugins: everyPlugin,
    perAttempt: true,
    modules: async (setup) => [
      {
        module: await module("bundle"),
        name: "sluice",
        vmId: "sluice",
        ...upstreamOf(setup),
        configuration: { ...parts(setup), "ai-proxy": planned(setup) },
      },
    ],
  },
  {
    name: "the bundle downstream",
    plugins: everyPlugin,
    perAttempt: false,
    modules: async (setup) => [
      {
        module: await module("bundle"),
        name: "sluice",
        configuration: { ...parts(setup), "ai-proxy": single(setup) },
      },
    ],
  },
  {
    name: "separate modules, with `provider`",
    plugins: everyPlugin,
    perAttempt: false,
    modules: async (setup) => [
      ...(await before(setup)),
      {
        module: await module("ai-proxy"),
        name: "ai-proxy",
        vmId: "ai-proxy",
        configuration: single(setup),
      },
    ],
  },
  {
    name: "separate modules, with `providers` and `activeProviderId`",
    plugins: everyPlugin,
    perAttempt: false,
    modules: async (setup) => [
      ...(await before(setup)),
      {
        module: await module("ai-proxy"),
        name: "ai-proxy",
        vmId: "ai-proxy",
        configuration: {
          providers: [{ id: "another", type: "openai", apiTokens: ["sk-another"] }, providerOf(setup)],
          ...(setup.inert ? {} : { activeProviderId: PROVIDER }),
          ...setup["ai-proxy"],
        },
      },
    ],
  },
  {
    name: "ai-proxy alone in both positions",
    plugins: ["ai-proxy"],
    perAttempt: true,
    modules: async (setup) => [
      {
        module: await module("ai-proxy"),
        name: "ai-proxy",
        vmId: "ai-proxy",
        ...upstreamOf(setup),
        configuration: planned(setup),
      },
    ],
  },
];

/** Starts a gateway with a setup. */
export type Start = (setup?: Setup) => Promise<Gateway>;

/** The tests of `body` for every packaging that has the plugins named. */
export function forEachPackaging(plugins: readonly Plugin[], body: (start: Start, packaging: Packaging) => void): void {
  const chosen = packagings.filter((packaging) => plugins.every((plugin) => packaging.plugins.includes(plugin)));
  // All at once, since each is a build of its own after an edit.
  beforeAll(() => Promise.all([...new Set(["bundle", "ai-proxy", ...plugins])].map(module)));
  describe.each(chosen)("$name:", (packaging) => body((setup = {}) => startAs(packaging, setup), packaging));
}

/** A route under which ai-proxy's plans are followed, and requests without one go to the provider. */
function routesFor(name: string, prefix: string): Route[] {
  const planned = { prefix, headers: { "x-sluice-cluster": "plan" } };
  return [
    { name, match: planned, clusterHeader: "x-sluice-cluster", retry: {} },
    { name, match: { prefix }, cluster: PROVIDER, retry: { retries: 0 } },
  ];
}

export async function startAs(packaging: Packaging, setup: Setup): Promise<Gateway> {
  const script = setup.script ?? (() => openaiAnswer("Hello"));
  return Gateway.start({
    modules: await packaging.modules(setup),
    clusters: { plan: [PROVIDER] },
    providers: { [PROVIDER]: script },
    routes: [...(setup.routes ?? []).flatMap((name) => routesFor(name, `/${name}/`)), ...routesFor("default", "/")],
    ...(setup.env === undefined ? {} : { env: setup.env }),
    ...setup.host,
  });
}
