/** The measured gateway's module in the Node host, where a VM's own memory can be read. */

import { gateConfiguration } from "../../cli/envoy/gate-configuration.ts";
import { moduleOf } from "../../cli/envoy/module.ts";
import { planRoutes } from "../../cli/envoy/plan-clusters.ts";
import { readGateway } from "../../cli/gateway/read.ts";
import { readModule } from "../../cli/package-files.ts";
import { Gateway } from "../host/gateway.ts";
import type { ProviderAnswer } from "../host/provider.ts";
import type { Route } from "../host/route.ts";
import { environment, gatewayYaml, type ProviderPorts } from "./gateway-files.ts";

const bufferLimit = 64 * 1024 * 1024;

/** @param answer What a provider, by its name, answers to a request's body. */
export function startHostGateway(providers: ProviderPorts, answer: (provider: string, body: Uint8Array) => ProviderAnswer): Gateway {
  const { gateway, problems } = readGateway(gatewayYaml(providers, 2), "/");
  if (gateway === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  const bytes = readModule();
  const routes = planRoutes(gateway, moduleOf(bytes, Object.keys(environment)));
  const clusters = Object.fromEntries(
    routes.flatMap(({ plans }) => plans.map(({ cluster, targets }) => [cluster, targets.map(({ provider }) => provider)])),
  );
  const planned = (name: string): Route => ({ name, clusterHeader: "x-sluice-cluster", timeout: 0, retry: { retries: 0 } });
  return Gateway.startNow({
    modules: [
      {
        module: new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>),
        name: "sluice",
        vmId: "sluice",
        configuration: gateConfiguration(gateway, routes),
        upstream: { rootId: "attempt", configuration: "" },
      },
    ],
    clusters,
    routes: (headers) => {
      const model = headers.get("x-higress-llm-model");
      const entry = gateway.models.find(({ match }) => model?.startsWith(match.replace("*", "")));
      return entry === undefined ? { name: "unrouted", cluster: "unrouted" } : planned(entry.match);
    },
    providers: Object.fromEntries(Object.keys(providers).map((name) => [name, (request) => answer(name, request.body)])),
    env: environment,
    bufferLimit,
  });
}
