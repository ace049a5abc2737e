/** Composite clusters: one for each plan, attempt i goes to its i-th member. */

import type { Gateway, ModelEntry, Target } from "../gateway/gateway.ts";
import { plansFor } from "../gateway/plans.ts";
import { circuitBreakers } from "./circuit-breakers.ts";
import { providerClusterName } from "./provider-clusters.ts";
import { attemptFilter, shortHash, type Module } from "./module.ts";
import { duration, extension, typed, type Message } from "./protobuf.ts";

export interface PlannedCluster {
  readonly cluster: string;
  readonly weight: number;
  readonly targets: readonly Target[];
}

/** The plans of one route. */
export interface RoutePlans {
  readonly route: string;
  readonly plans: readonly PlannedCluster[];
  readonly sticky: string | null;
  readonly fallbackOn: readonly string[] | null;
}

/** The plans of every route, those that ask for a provider directly first, as the route table has them. */
export function planRoutes(gateway: Gateway, module: Module): RoutePlans[] {
  const named = (plan: { weight: number; targets: readonly Target[] }): PlannedCluster => ({
    cluster: planClusterName(plan.targets, module),
    ...plan,
  });
  // Envoy asks a provider again where it stands in the plan again.
  const attempts = new Map(gateway.providers.map(({ id, pool, retries }) => [id, Math.max(pool.attempts, 1 + retries)]));
  const plansOf = (entry: ModelEntry): PlannedCluster[] => plansFor(entry, (provider) => attempts.get(provider) ?? 1).map(named);
  return [
    ...gateway.providers.map(({ id }) => ({
      route: providerRouteName(id),
      sticky: null,
      fallbackOn: null,
      plans: plansOf({
        match: id,
        names: [],
        to: [{ provider: id, weight: 1 }],
        fallback: [],
        othersJoin: false,
        sticky: null,
        fallbackOn: null,
      }),
    })),
    ...gateway.models.map((entry) => ({ route: entry.match, sticky: entry.sticky, fallbackOn: entry.fallbackOn, plans: plansOf(entry) })),
  ];
}

/** The route for `provider/model`. */
export function providerRouteName(provider: string): string {
  return `provider:${provider}`;
}

/** A plan's cluster is never changed in place: requests in flight hold on to it. Whatever would change it changes its name. */
function planClusterName(targets: readonly Target[], module: Module): string {
  return `plan-${shortHash(JSON.stringify(targets.map(({ provider, model }) => [provider, model ?? null])), module.vmId)}`;
}

export function planClusters(routes: readonly RoutePlans[], gateway: Gateway, module: Module, directory: string): Message[] {
  const clusters = new Map<string, Message>();
  for (const { cluster, targets } of routes.flatMap((route) => route.plans)) {
    if (!clusters.has(cluster)) clusters.set(cluster, planCluster(cluster, targets, gateway, module, directory));
  }
  return [...clusters.values()];
}

function planCluster(name: string, targets: readonly Target[], gateway: Gateway, module: Module, directory: string): Message {
  return {
    name,
    connect_timeout: duration(gateway.timeouts.connect),
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: extension("envoy.clusters.composite", "envoy.extensions.clusters.composite.v3.ClusterConfig", {
      clusters: targets.map(({ provider }) => ({ name: providerClusterName(provider) })),
    }),
    // Retries are counted here, connections and requests at the members.
    circuit_breakers: circuitBreakers,
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
        // Members keep their own protocol, whatever stands here.
        explicit_http_config: { http_protocol_options: {} },
        // Upstream filters run from the composite; those of members would not.
        http_filters: [
          attemptFilter(module, directory),
          extension("envoy.filters.http.upstream_codec", "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"),
        ],
      }),
    },
  };
}
