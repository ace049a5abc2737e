/** What the gate is told: one object keyed by plugin name, each value exactly what the separate module takes. */

import { formatAddress } from "../gateway/addresses.ts";
import type { Gateway, KeyPool, Provider, Redis } from "../gateway/gateway.ts";
import type { RoutePlans } from "./plan-clusters.ts";
import type { Json, Message } from "./protobuf.ts";
import { contextClusterName, providerClusterName, redisClusterName, tokenClusterName } from "./provider-clusters.ts";
import { headers } from "./routes.ts";

export function gateConfiguration(gateway: Gateway, routes: readonly RoutePlans[]): Message {
  return {
    ...(gateway.consumers.length > 0 && { "key-auth": keyAuth(gateway) }),
    "model-router": {
      modelToHeader: headers.model,
      addProviderHeader: headers.provider,
      providers: gateway.providers.map(({ id }) => id),
      models: gateway.models.map(({ match, names }) => ({ match, names })),
    },
    "ai-proxy": {
      providers: gateway.providers.map((provider) => ({
        ...aiProxyProvider(provider),
        ...(!gateway.remembersFailures && { rememberFailures: false }),
      })),
      answerTimeout: gateway.timeouts.answer,
      firstContentTimeout: gateway.timeouts.firstContent,
      ...(gateway.timeouts.stall !== 120_000 && { stallTimeout: gateway.timeouts.stall }),
      answerLimit: gateway.limits.answer,
      ...(gateway.consumers.some(({ data }) => data !== null) && { requireDataBoundary: true }),
      ...(gateway.sharedObjects.length > 0 && { sharedObjects: gateway.sharedObjects }),
      ...(gateway.redis !== null && { redis: redis(gateway.redis) }),
      _rules_: routes.map(({ route, plans, sticky, fallbackOn }) => ({
        _match_route_: [route],
        ...(sticky !== null && { sticky }),
        ...(fallbackOn !== null && { fallbackOn: [...fallbackOn] }),
        plans: plans.map(({ cluster, weight, targets }) => ({ cluster, weight, targets: targets as unknown as Json })),
      })),
    },
  };
}

function redis({ username, password, database, timeout }: Redis): Message {
  return {
    service_name: redisClusterName,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(database !== 0 && { database }),
    timeout,
  };
}

function keyAuth(gateway: Gateway): Message {
  return {
    consumers: gateway.consumers.map(({ name, keys, data }) => ({
      name,
      ...(keys.length === 1 ? { credential: keys[0]! } : { credentials: keys }),
      ...(data !== null && { data: data as unknown as Json }),
    })),
    keys: ["authorization", "x-api-key", "api-key", "x-goog-api-key"],
    in_header: true,
    in_query: false,
    global_auth: true,
  };
}

const keySelections = { random: "random", affinity: "affinity", least_recently_limited: "leastRecentlyLimited" } as const;

function keyPool(provider: string, { named, selection, probe }: KeyPool): Message {
  if (named.length === 0) return {};
  const plain = named.every(({ name, weight }) => name === undefined && weight === undefined);
  const failover = {
    ...(probe.model !== undefined && { healthCheckModel: probe.model }),
    ...(probe.interval !== 5000 && { healthCheckInterval: probe.interval }),
    ...(probe.timeout !== 5000 && { healthCheckTimeout: probe.timeout }),
  };
  return {
    ...(plain ? { apiTokens: named.map(({ key }) => key) } : { keys: named as unknown as Json }),
    ...(selection !== "random" && { keySelection: keySelections[selection] }),
    probeCluster: providerClusterName(provider),
    ...(Object.keys(failover).length > 0 && { failover }),
  };
}

function aiProxyProvider({
  id,
  type,
  pool,
  endpoint,
  balance,
  tokens,
  context,
  modelMapping,
  stateful,
  passHeaders,
  onUnsupported,
  cache,
  region,
  tags,
  windows,
  settings,
}: Provider): Message {
  const { retryOnFailure: _, ...rest } = settings as Message;
  const defaultPort = endpoint.tls ? 443 : 80;
  const authority = formatAddress(endpoint).replace(new RegExp(`:${defaultPort}$`), "");
  return {
    id,
    type,
    ...keyPool(id, pool),
    ...(Object.keys(modelMapping).length > 0 && { modelMapping }),
    ...(endpoint.custom && { providerDomain: authority }),
    ...(endpoint.basePath !== "" && { providerBasePath: endpoint.basePath }),
    ...(stateful && { statefulEndpoints: true }),
    ...(passHeaders.length > 0 && { passHeaders }),
    ...(onUnsupported !== "refuse" && { onUnsupported }),
    ...(cache === "auto" && { promptCache: "auto" }),
    ...(balance === "prompt_prefix" && { hashPrompts: true }),
    ...(balance === "load" && { asksForLoad: true }),
    ...(region !== null && { region }),
    ...(tags.length > 0 && { tags }),
    ...(Object.keys(windows).length > 0 && {
      contextWindows: Object.fromEntries(Object.entries(windows).map(([pattern, tokens]) => [pattern, String(tokens)])),
    }),
    ...rest,
    ...(context !== null && { context: { ...(settings["context"] as Message), serviceName: contextClusterName(id) } }),
    ...(settings["moonshotFileId"] !== undefined && { moonshotFileService: providerClusterName(id) }),
    ...(tokens !== null && { vertexAuthServiceName: tokenClusterName(id) }),
  };
}
