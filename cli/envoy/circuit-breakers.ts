/** What keeps Envoy from refusing requests by itself: docs/failover.md, "Circuit breakers and retries". */

import type { Message } from "./protobuf.ts";

/**
 * Envoy's defaults (1,024 requests, 3 retries at a time) would refuse requests, and stop failing over, just when a provider is slow or down. What a provider can take is not
 * Envoy's to guess; memory is bounded by the overload manager.
 */
export const circuitBreakers: Message = {
  thresholds: ["DEFAULT", "HIGH"].map((priority) => ({
    priority,
    max_connections: 100_000,
    max_pending_requests: 100_000,
    max_requests: 100_000,
    max_retries: 100_000,
  })),
};
