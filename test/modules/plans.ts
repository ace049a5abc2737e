/** The bundle in both positions, with plans of several providers, as the CLI sets it up. */
import { Gateway, type GatewayOptions } from "../host/gateway.ts";
import { module } from "../host/modules.ts";
import type { Provider } from "../host/provider.ts";

/** One provider: its entry in ai-proxy's configuration (default: type openai), and what it does. */
export interface PlannedProvider {
  type?: string;
  apiTokens?: readonly string[];
  does: Provider;
  [field: string]: unknown;
}

/** A target: a provider's id, or `id/model`. */
export type Targets = readonly string[];

export interface PlanSetup {
  providers: Readonly<Record<string, PlannedProvider>>;
  /** One plan, or several with their weights. Default: all providers, in order. */
  plans?: readonly { weight?: number; targets: Targets }[];
  "key-auth"?: unknown;
  "model-router"?: unknown;
  /** Fields of ai-proxy beside providers and plans. */
  "ai-proxy"?: Readonly<Record<string, unknown>>;
  env?: Readonly<Record<string, string>>;
  host?: Partial<GatewayOptions>;
}

/** The cluster of plan `index`. */
export function clusterOfPlan(index: number): string {
  return `plan-${index}`;
}

export function planConfiguration(setup: PlanSetup): Record<string, unknown> {
  const plans = setup.plans ?? [{ targets: Object.keys(setup.providers) }];
  return {
    providers: Object.entries(setup.providers).map(([id, { does: _, ...fields }]) => ({
      id,
      type: "openai",
      apiTokens: [`sk-${id}`],
      ...fields,
    })),
    plans: plans.map((plan, index) => ({
      cluster: clusterOfPlan(index),
      ...(plan.weight === undefined ? {} : { weight: plan.weight }),
      targets: plan.targets.map((target) => {
        const [provider, model] = split(target);
        return model === undefined ? { provider } : { provider, model };
      }),
    })),
    ...setup["ai-proxy"],
  };
}

export async function startPlans(setup: PlanSetup): Promise<Gateway> {
  const plans = setup.plans ?? [{ targets: Object.keys(setup.providers) }];
  return Gateway.start({
    modules: [
      {
        module: await module("bundle"),
        name: "sluice",
        vmId: "sluice",
        upstream: { rootId: "attempt" },
        configuration: {
          ...(setup["key-auth"] === undefined ? {} : { "key-auth": setup["key-auth"] }),
          ...(setup["model-router"] === undefined ? {} : { "model-router": setup["model-router"] }),
          "ai-proxy": planConfiguration(setup),
        },
      },
    ],
    clusters: Object.fromEntries(plans.map((plan, index) => [clusterOfPlan(index), plan.targets.map((target) => split(target)[0])])),
    providers: Object.fromEntries(Object.entries(setup.providers).map(([id, { does }]) => [id, does])),
    routes: [{ name: "chat", clusterHeader: "x-sluice-cluster", timeout: 0, retry: {} }],
    ...(setup.env === undefined ? {} : { env: setup.env }),
    ...setup.host,
  });
}

function split(target: string): [string, string | undefined] {
  const slash = target.indexOf("/");
  return slash < 0 ? [target, undefined] : [target.slice(0, slash), target.slice(slash + 1)];
}
