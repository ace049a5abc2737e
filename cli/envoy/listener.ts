/** The listener: what a client meets first. Nothing in it changes while the gateway runs, since a new listener drains the old one and cuts its streams. */

import type { Address, Gateway } from "../gateway/gateway.ts";
import { accessLogs } from "./access-log.ts";
import { localReplies } from "./local-replies.ts";
import { extension, socketAddress, type Message } from "./protobuf.ts";
import { connectionBufferLimit } from "./provider-clusters.ts";
import { routeTableName } from "./routes.ts";

/** An empty configuration would mean loopback and private networks; no client has this address. */
const nobodyIsInternal: Message = { cidr_ranges: [{ address_prefix: "255.255.255.255", prefix_len: 32 }] };

/** @param watched Where a file of the output folder is read from, and read again when it is replaced. */
export function listener(gateway: Gateway, watched: (file: string) => Message): Message {
  return {
    name: "gateway",
    address: socketAddress(gateway.listen),
    per_connection_buffer_limit_bytes: connectionBufferLimit,
    filter_chains: [
      {
        filters: [
          extension(
            "envoy.filters.network.http_connection_manager",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            connectionManager(gateway, watched),
          ),
        ],
      },
    ],
  };
}

function connectionManager(gateway: Gateway, watched: (file: string) => Message): Message {
  return {
    stat_prefix: "gateway",
    codec_type: "AUTO",
    rds: { config_source: watched("rds.json"), route_config_name: routeTableName },
    http_filters: [
      gate(watched),
      extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {
        // No x-envoy-… header goes to a provider or to a client.
        suppress_envoy_headers: true,
      }),
    ],
    http2_protocol_options: {
      max_concurrent_streams: 100,
      initial_stream_window_size: 256 * 1024,
      initial_connection_window_size: 1024 * 1024,
    },
    common_http_protocol_options: {
      idle_timeout: "900s",
      // Servers behind may read x_y as x-y: a way around the removal of internal headers.
      headers_with_underscores_action: "DROP_HEADER",
    },
    // The connection's address is the client's, and no client is trusted to send x-envoy-….
    use_remote_address: true,
    internal_address_config: nobodyIsInternal,
    server_header_transformation: "PASS_THROUGH",
    normalize_path: true,
    merge_slashes: true,
    // A model's name in a path may have an escaped slash (/v1/models/org%2Fname); no decision rests on path segments here.
    path_with_escaped_slashes_action: "KEEP_UNCHANGED",
    request_headers_timeout: "10s",
    request_timeout: "300s",
    // While a request comes in. Routes to providers have their own, which can change while the gateway runs.
    stream_idle_timeout: "60s",
    // An HTTP/1 client learns of a stream that broke off only when its connection closes; the default waits 1 s. Not 0: a client that is still sending must get to read its 413.
    delayed_close_timeout: "0.25s",
    local_reply_config: localReplies,
    access_log: accessLogs(gateway),
  };
}

/** The gate, whose configuration may change while the listener stays. */
function gate(watched: (file: string) => Message): Message {
  return {
    name: "sluice",
    config_discovery: {
      config_source: watched("ecds.json"),
      type_urls: ["type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"],
    },
  };
}

/** Where this machine asks for `/sluice/health`, and nothing else is served: the module goes by the listener's metadata. */
export function statusListener(address: Address, watched: (file: string) => Message): Message {
  const manager: Message = {
    stat_prefix: "status",
    route_config: {
      name: "status",
      virtual_hosts: [{ name: "status", domains: ["*"], routes: [{ match: { prefix: "/" }, direct_response: { status: 404 } }] }],
    },
    http_filters: [gate(watched), extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {})],
    normalize_path: true,
    request_headers_timeout: "10s",
    request_timeout: "10s",
  };
  return {
    name: "status",
    address: socketAddress(address),
    metadata: { filter_metadata: { sluice: { local: "true" } } },
    filter_chains: [
      {
        filters: [
          extension(
            "envoy.filters.network.http_connection_manager",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            manager,
          ),
        ],
      },
    ],
  };
}
