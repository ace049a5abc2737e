/** What Envoy is started with: its admin interface, its memory limit, and where the rest is. */

import type { Gateway } from "../gateway/gateway.ts";
import { extension, socketAddress, type Message } from "./protobuf.ts";

/** Envoy's own heap; the modules' memory is beside it. */
const heapLimit = 2 * 1024 * 1024 * 1024;

export function bootstrap(gateway: Gateway, watched: (file: string) => Message): Message {
  return {
    node: { id: "sluice", cluster: "sluice" },
    admin: { address: socketAddress(gateway.admin) },
    dynamic_resources: { lds_config: watched("lds.json"), cds_config: watched("cds.json") },
    // Ways through a proxy may come while the gateway runs.
    bootstrap_extensions: [
      extension("envoy.bootstrap.internal_listener", "envoy.extensions.bootstrap.internal_listener.v3.InternalListener", {}),
    ],
    overload_manager: {
      refresh_interval: "0.25s",
      resource_monitors: [
        extension("envoy.resource_monitors.fixed_heap", "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig", {
          max_heap_size_bytes: heapLimit,
        }),
        extension(
          "envoy.resource_monitors.global_downstream_max_connections",
          "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
          { max_active_downstream_connections: 50_000 },
        ),
      ],
      actions: [
        { name: "envoy.overload_actions.shrink_heap", triggers: [above(0.9)] },
        { name: "envoy.overload_actions.stop_accepting_requests", triggers: [above(0.95)] },
      ],
    },
  };
}

function above(threshold: number): Message {
  return { name: "envoy.resource_monitors.fixed_heap", threshold: { value: threshold } };
}
