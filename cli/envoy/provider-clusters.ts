/** One cluster for each provider: its address, TLS and connections. */

import { isIP } from "node:net";
import type { Endpoint, Gateway, Provider } from "../gateway/gateway.ts";
import { circuitBreakers } from "./circuit-breakers.ts";
import { duration, extension, typed, type Message } from "./protobuf.ts";
import { balancing } from "./replicas.ts";
import { reach, serversOf } from "./tunnels.ts";

export function providerClusterName(provider: string): string {
  return `provider:${provider}`;
}

/** Where a provider's access tokens come from. */
export function tokenClusterName(provider: string): string {
  return `tokens:${provider}`;
}

/** Where the file of its `context` is. */
export function contextClusterName(provider: string): string {
  return `context:${provider}`;
}

/** Where what outlives requests is kept. */
export const redisClusterName = "redis";

/** Small, so that a slow reader stops a fast writer early. Whole bodies and answers are held under the route's `request_body_buffer_limit`. */
export const connectionBufferLimit = 64 * 1024;

/** @param systemCa The machine's CA bundle; needed as soon as one https provider has no `tls.ca` of its own. */
export function providerClusters(gateway: Gateway, systemCa: string | null): Message[] {
  return gateway.providers.flatMap((provider) => [
    cluster(providerClusterName(provider.id), provider.endpoint, provider, gateway, systemCa),
    ...(provider.tokens === null ? [] : [cluster(tokenClusterName(provider.id), provider.tokens, null, gateway, systemCa)]),
    ...(provider.context === null ? [] : [cluster(contextClusterName(provider.id), provider.context, null, gateway, systemCa)]),
  ]);
}

/** @param provider Whose requests go there; null: the module's own calls. */
function cluster(name: string, endpoint: Endpoint, provider: Provider | null, gateway: Gateway, systemCa: string | null): Message {
  return {
    ...anyCluster(name, endpoint, provider, gateway, systemCa),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        httpOptions(endpoint),
      ),
    },
  };
}

/** The cluster of the Redis, whose "requests" are raw TCP: the body goes as it is, and what comes is the answer's body. */
export function redisClusters(gateway: Gateway, systemCa: string | null): Message[] {
  if (gateway.redis === null) return [];
  return [
    {
      ...anyCluster(redisClusterName, gateway.redis.endpoint, null, gateway, systemCa),
      upstream_config: extension("envoy.upstreams.http.tcp", "envoy.extensions.upstreams.http.tcp.v3.TcpConnectionPoolProto"),
      typed_extension_protocol_options: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
          // Else the next pipeline, sent as the answer to the last one comes, gets the connection that Redis is closing (measured).
          common_http_protocol_options: { max_requests_per_connection: 1 },
          explicit_http_config: { http_protocol_options: {} },
        }),
      },
    },
  ];
}

/** What all clusters have, whatever is spoken there. */
function anyCluster(name: string, endpoint: Endpoint, provider: Provider | null, gateway: Gateway, systemCa: string | null): Message {
  return {
    name,
    ...discovery(endpoint),
    connect_timeout: duration(gateway.timeouts.connect),
    per_connection_buffer_limit_bytes: connectionBufferLimit,
    circuit_breakers: circuitBreakers,
    // No outlier detection but for several servers: one host behind a load balancer of the vendor's is all there is, so ejecting it says nothing that a failed attempt doesn't.
    ...(provider !== null && provider.balance !== null && balancing(provider.balance)),
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 60, keepalive_interval: 15, keepalive_probes: 3 } },
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: serversOf(endpoint).map((server) => ({
            endpoint: { address: reach(server, endpoint), ...(isIP(server.host) === 0 && { hostname: server.host }) },
            // This is how an attempt knows whose protocol to write.
            ...(provider !== null && { metadata: { filter_metadata: { sluice: { provider: provider.id } } } }),
          })),
        },
      ],
    },
    ...(endpoint.tls && { transport_socket: tls(endpoint, systemCa) }),
  };
}

/**
 * Vendors' names stand for load balancers whose addresses come and go: as one endpoint with all addresses, connections outlive an answer in which their address is missing. A
 * custom URL names own servers: an endpoint each, so that requests are spread over all of them.
 */
function discovery(endpoint: Endpoint): Message {
  if (endpoint.proxy !== null || serversOf(endpoint).every(({ host }) => isIP(host) !== 0)) return { type: "STATIC" };
  return {
    cluster_type: extension("envoy.cluster.dns", "envoy.extensions.clusters.dns.v3.DnsCluster", {
      respect_dns_ttl: true,
      all_addresses_in_single_endpoint: !endpoint.custom,
      // Both families of one server are one server: as endpoints of their own every other request would try an address on which nothing listens.
      dns_lookup_family: endpoint.custom ? "V4_PREFERRED" : "ALL",
    }),
  };
}

function tls(endpoint: Endpoint, systemCa: string | null): Message {
  const ca = endpoint.ca ?? systemCa;
  const isAddress = isIP(endpoint.serverName) !== 0;
  return extension("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    // SNI carries names only: https://www.rfc-editor.org/rfc/rfc6066#section-3
    ...(!isAddress && { sni: endpoint.serverName }),
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      ...(endpoint.identity !== null && {
        tls_certificates: [{ certificate_chain: { filename: endpoint.identity.cert }, private_key: { filename: endpoint.identity.key } }],
      }),
      validation_context: {
        ...(ca !== null && { trusted_ca: { filename: ca } }),
        match_typed_subject_alt_names: [{ san_type: isAddress ? "IP_ADDRESS" : "DNS", matcher: { exact: endpoint.serverName } }],
      },
    },
  });
}

function httpOptions(endpoint: Endpoint): Message {
  const http2: Message = {
    // Notices a dead connection while answers are awaited.
    connection_keepalive: { interval: "30s", timeout: "10s" },
    initial_stream_window_size: 1024 * 1024,
    initial_connection_window_size: 4 * 1024 * 1024,
  };
  return {
    // Below what servers commonly close after (vendors a minute or more; Node and uvicorn, which local servers run on, 5 s): a request must not meet a connection that
    // is being closed, since that would spend an attempt.
    common_http_protocol_options: { idle_timeout: endpoint.tls ? "50s" : "4s" },
    ...(endpoint.tls
      ? { auto_config: { http_protocol_options: {}, http2_protocol_options: http2 } }
      : { explicit_http_config: endpoint.http2 ? { http2_protocol_options: http2 } : { http_protocol_options: {} } }),
  };
}
