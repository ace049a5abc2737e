/**
 * The way through an HTTP proxy: for each server behind one, an internal listener that asks the proxy to CONNECT. TLS and HTTP are spoken inside the tunnel by the cluster that uses it, and the
 * server's name is looked up by the proxy.
 */

import { isIP } from "node:net";
import { formatAddress } from "../gateway/addresses.ts";
import type { Address, Endpoint, Gateway } from "../gateway/gateway.ts";
import { circuitBreakers } from "./circuit-breakers.ts";
import { shortHash } from "./module.ts";
import { duration, extension, socketAddress, type Message } from "./protobuf.ts";

/** Of an endpoint, of the first server first. */
export function serversOf({ host, port, replicas }: Endpoint): Address[] {
  return [{ host, port }, ...replicas];
}

/** Where a server of the endpoint is reached. */
export function reach(server: Address, { proxy }: Endpoint): Message {
  if (proxy === null) return socketAddress(server);
  return { envoy_internal_address: { server_listener_name: tunnelName(server, proxy), endpoint_id: formatAddress(server) } };
}

interface Tunnel {
  readonly server: Address;
  readonly proxy: Address;
}

/** Each way once. */
function tunnelsOf(gateway: Gateway): Tunnel[] {
  const endpoints = gateway.providers.flatMap(({ endpoint, tokens, context }) => [endpoint, tokens, context]);
  const all = endpoints.flatMap((endpoint) =>
    endpoint === null || endpoint.proxy === null ? [] : serversOf(endpoint).map((server): Tunnel => ({ server, proxy: endpoint.proxy! })),
  );
  return [...new Map(all.map((tunnel) => [tunnelName(tunnel.server, tunnel.proxy), tunnel])).values()];
}

export function tunnelListeners(gateway: Gateway): Message[] {
  return tunnelsOf(gateway).map(({ server, proxy }) => ({
    name: tunnelName(server, proxy),
    internal_listener: {},
    filter_chains: [
      {
        filters: [
          extension("envoy.filters.network.tcp_proxy", "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", {
            stat_prefix: "tunnel",
            cluster: proxyClusterName(proxy),
            tunneling_config: { hostname: formatAddress(server) },
            idle_timeout: "0s",
          }),
        ],
      },
    ],
  }));
}

export function proxyClusters(gateway: Gateway): Message[] {
  const proxies = new Map(tunnelsOf(gateway).map(({ proxy }) => [proxyClusterName(proxy), proxy]));
  return [...proxies].map(([name, proxy]) => ({
    name,
    type: isIP(proxy.host) === 0 ? "STRICT_DNS" : "STATIC",
    ...(isIP(proxy.host) === 0 && { dns_lookup_family: "V4_PREFERRED", respect_dns_ttl: true }),
    connect_timeout: duration(gateway.timeouts.connect),
    circuit_breakers: circuitBreakers,
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 60, keepalive_interval: 15, keepalive_probes: 3 } },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(proxy) } }] }] },
  }));
}

function proxyClusterName(proxy: Address): string {
  return `proxy:${formatAddress(proxy)}`;
}

/** A tunnel is never changed in place, since a listener that changes drains the old one. */
function tunnelName(server: Address, proxy: Address): string {
  return `tunnel-${shortHash(JSON.stringify([server.host, server.port, proxy.host, proxy.port]))}`;
}
