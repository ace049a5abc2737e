/** What may be in a request that reaches a provider, whatever the test was about. */

import { expect } from "vitest";
import type { Provider } from "../providers/provider.ts";

/** The gateway's allow-list, what HTTP needs, and the three places of a provider's own key. */
const allowed = new Set([
  ...["host", ":authority", ":method", ":path", ":scheme", "content-length", "transfer-encoding", "content-type", "accept", "user-agent"],
  ...["idempotency-key", "anthropic-version", "anthropic-beta", "openai-beta", "authorization", "x-api-key", "x-goog-api-key"],
]);

/** What is added where ai-proxy stands only downstream: Envoy's router sets the first two after it, routes match on the last two. */
export const downstreamHeaders = ["x-request-id", "x-forwarded-proto", "x-higress-llm-model", "x-higress-llm-provider"] as const;

/** Every request was one that the vendor takes, with the vendor's own key (else the provider refuses), and no header beside the allow-list and `more`. */
export function expectOnlyGoodRequests(providers: Iterable<Provider>, more: readonly string[] = []): void {
  for (const provider of providers) {
    expect(provider.refusals).toEqual([]);
    for (const request of provider.requests) {
      const names = Object.keys(request.headers);
      expect(names.filter((name) => !allowed.has(name) && !more.includes(name))).toEqual([]);
      expect(names.filter((name) => ["authorization", "x-api-key", "x-goog-api-key"].includes(name)).length).toBeLessThanOrEqual(1);
      expect(request.target).not.toMatch(/[?&]key=/);
    }
  }
}
