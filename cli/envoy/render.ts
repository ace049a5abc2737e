/** A gateway as Envoy's configuration: a bootstrap, and the four files that it watches. */

import type { Gateway } from "../gateway/gateway.ts";
import { bootstrap } from "./bootstrap.ts";
import { gateConfiguration } from "./gate-configuration.ts";
import { listener, statusListener } from "./listener.ts";
import { gateFilter, type Module } from "./module.ts";
import { planClusters, planRoutes } from "./plan-clusters.ts";
import { typed, type Message } from "./protobuf.ts";
import { providerClusters, redisClusters } from "./provider-clusters.ts";
import { routeTable } from "./routes.ts";
import { proxyClusters, tunnelListeners } from "./tunnels.ts";

export interface Rendered {
  /** The module has to lie in the folder under its `fileName`. */
  readonly module: Module;
  readonly bootstrap: Message;
  /** Discovery responses: what is in lds.json, cds.json, rds.json, ecds.json. */
  readonly listeners: readonly Message[];
  readonly clusters: readonly Message[];
  readonly routes: readonly Message[];
  readonly filters: readonly Message[];
}

/**
 * @param directory Absolute path of the folder from which Envoy will read the files.
 * @param systemCa The machine's CA bundle, for https providers.
 */
export function renderGateway(gateway: Gateway, module: Module, directory: string, systemCa: string | null): Rendered {
  const watched = (file: string): Message => ({
    path_config_source: { path: `${directory}/${file}`, watched_directory: { path: directory } },
    resource_api_version: "V3",
  });
  const routes = planRoutes(gateway, module);
  return {
    module,
    bootstrap: bootstrap(gateway, watched),
    listeners: [
      listener(gateway, watched),
      ...(gateway.status === null ? [] : [statusListener(gateway.status, watched)]),
      ...tunnelListeners(gateway),
    ].map((each) => typed("envoy.config.listener.v3.Listener", each)),
    clusters: [
      ...providerClusters(gateway, systemCa),
      ...redisClusters(gateway, systemCa),
      ...proxyClusters(gateway),
      ...planClusters(routes, gateway, module, directory),
    ].map((cluster) => typed("envoy.config.cluster.v3.Cluster", cluster)),
    routes: [typed("envoy.config.route.v3.RouteConfiguration", routeTable(gateway))],
    filters: [
      typed("envoy.config.core.v3.TypedExtensionConfig", gateFilter(module, directory, JSON.stringify(gateConfiguration(gateway, routes)))),
    ],
  };
}
