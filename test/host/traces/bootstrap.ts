import { configurationOf, type Listing, type Scenario } from "./scenarios/index.ts";

/** Where everything listens; null is a cluster without hosts. */
export interface Ports {
  gateway: number;
  clusters: Record<string, number | null>;
}

const TYPE = "type.googleapis.com/envoy.";

/** The Envoy configuration of a scenario: one listener, its routes, its clusters, the probe in both positions. */
export function bootstrap(scenario: Scenario, ports: Ports, wasm: string): object {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: {
      "@type": `${TYPE}extensions.filters.http.router.v3.Router`,
      suppress_envoy_headers: scenario.suppressEnvoyHeaders ?? false,
    },
  };
  const filters = scenario.downstream.map((listing) => filter(listing, scenario, wasm));
  const composites = Object.entries(scenario.clusters ?? {}).map(([name, members]) => ({
    name,
    connect_timeout: "1s",
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: {
      name: "envoy.clusters.composite",
      typed_config: {
        "@type": `${TYPE}extensions.clusters.composite.v3.ClusterConfig`,
        clusters: members.map((member) => ({ name: member })),
      },
    },
    ...limits(scenario),
    ...upstreamFilters(scenario, wasm),
  }));
  return {
    static_resources: {
      listeners: [
        {
          name: "gateway",
          address: address(ports.gateway),
          ...limits(scenario),
          filter_chains: [
            {
              filters: [
                {
                  name: "envoy.filters.network.http_connection_manager",
                  typed_config: {
                    "@type": `${TYPE}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                    stat_prefix: "gateway",
                    delayed_close_timeout: "0.1s",
                    route_config: {
                      validate_clusters: false,
                      virtual_hosts: [{ name: "all", domains: ["*"], routes: (scenario.routes ?? []).map(route) }],
                    },
                    http_protocol_options: { enable_trailers: true },
                    http_filters: [...filters, router],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [...Object.entries(ports.clusters).map(([name, port]) => cluster(name, port, scenario, wasm)), ...composites],
    },
  };
}

function limits(scenario: Scenario): object {
  return scenario.bufferLimit === undefined ? {} : { per_connection_buffer_limit_bytes: scenario.bufferLimit };
}

function address(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

function filter(listing: Listing, scenario: Scenario, wasm: string): object {
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": `${TYPE}extensions.filters.http.wasm.v3.Wasm`,
      config: {
        name: "probe",
        root_id: listing.rootId,
        allow_on_headers_stop_iteration: listing.allowStopAtHeaders ?? true,
        failure_policy: "FAIL_RELOAD",
        vm_config: {
          vm_id: listing.vmId ?? "trace",
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: wasm } },
          environment_variables: { key_values: scenario.env ?? {} },
        },
        configuration: { "@type": "type.googleapis.com/google.protobuf.StringValue", value: configurationOf(listing) },
      },
    },
  };
}

function upstreamFilters(scenario: Scenario, wasm: string): object {
  return {
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": `${TYPE}extensions.upstreams.http.v3.HttpProtocolOptions`,
        explicit_http_config:
          scenario.http2 === true ? { http2_protocol_options: {} } : { http_protocol_options: { enable_trailers: true } },
        http_filters: [
          ...(scenario.upstream ?? []).map((listing) => filter(listing, scenario, wasm)),
          {
            name: "envoy.filters.http.upstream_codec",
            typed_config: { "@type": `${TYPE}extensions.filters.http.upstream_codec.v3.UpstreamCodec` },
          },
        ],
      },
    },
  };
}

function cluster(name: string, port: number | null, scenario: Scenario, wasm: string): object {
  const endpoints =
    port === null ? [] : [{ endpoint: { address: address(port) }, metadata: { filter_metadata: { sluice: { provider: name } } } }];
  return {
    name,
    connect_timeout: "1s",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] },
    ...limits(scenario),
    ...upstreamFilters(name in (scenario.providers ?? {}) ? scenario : { ...scenario, upstream: [] }, wasm),
  };
}

function route(entry: NonNullable<Scenario["routes"]>[number]): object {
  const headers = Object.entries(entry.match?.headers ?? {}).map(([name, value]) => ({ name, string_match: { exact: value } }));
  const match = { prefix: entry.match?.prefix ?? "/", ...(headers.length > 0 ? { headers } : {}) };
  if (entry.directResponse !== undefined) {
    return {
      name: entry.name,
      match,
      direct_response: { status: entry.directResponse.status, body: { inline_string: entry.directResponse.body ?? "" } },
    };
  }
  const retry = entry.retry;
  return {
    name: entry.name,
    match,
    ...(entry.requestBufferLimit === undefined ? {} : { request_body_buffer_limit: entry.requestBufferLimit }),
    route: {
      ...(entry.cluster === undefined ? { cluster_header: entry.clusterHeader } : { cluster: entry.cluster }),
      timeout: seconds(entry.timeout ?? 15_000),
      ...(entry.idleTimeout === undefined ? {} : { idle_timeout: seconds(entry.idleTimeout) }),
      ...(entry.clusterNotFound === undefined ? {} : { cluster_not_found_response_code: "NOT_FOUND" }),
      ...(retry === undefined
        ? {}
        : {
            retry_policy: {
              retry_on: (retry.on ?? ["5xx", "reset", "connect-failure", "retriable-status-codes"]).join(","),
              retriable_status_codes: retry.statuses ?? [401, 403, 429],
              num_retries: retry.retries ?? 1,
              retry_back_off: { base_interval: "0.001s", max_interval: "0.001s" },
              ...(retry.perTryTimeout === undefined ? {} : { per_try_timeout: seconds(retry.perTryTimeout) }),
              ...(retry.perTryIdleTimeout === undefined ? {} : { per_try_idle_timeout: seconds(retry.perTryIdleTimeout) }),
            },
          }),
    },
  };
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
