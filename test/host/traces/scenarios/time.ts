/** Time limits. */
import { hello, down, up, stream, oneTry, tries } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const time: Scenario[] = [
  {
    name: "route-timeout",
    downstream: [
      down(["response_headers pairs 2", "response_body body 1", "log property response/code_details", "log property response/flags"]),
    ],
    upstream: [up()],
    routes: [{ name: "only", cluster: "a", timeout: 150 }],
    providers: { a: () => "stall" },
    requests: [{ body: "q" }],
  },
  {
    name: "route-timeout-mid-stream",
    downstream: [down(["log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    routes: [{ name: "only", cluster: "a", timeout: 200 }],
    providers: { a: () => ({ ...stream, then: "stall" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "per-try-timeout",
    downstream: [down()],
    upstream: [up("request_headers property xds/upstream_host_metadata/filter_metadata/sluice/provider")],
    clusters: { plan: ["a", "b"] },
    routes: tries(1, { retry: { retries: 1, perTryTimeout: 150 } }),
    providers: { a: () => "stall", b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "per-try-timeout-exhausted",
    downstream: [down(["response_body body 1", "log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    clusters: { plan: ["a", "b"] },
    routes: tries(1, { retry: { retries: 1, perTryTimeout: 150 } }),
    providers: { a: () => "stall", b: () => "stall" },
    requests: [{ body: "q" }],
  },
  {
    name: "per-try-timeout-while-headers-are-held",
    downstream: [down()],
    upstream: [up(["response_headers@1 return 1", "response_body@1 return 1"])],
    clusters: { plan: ["a", "b"] },
    routes: tries(1, { retry: { retries: 1, perTryTimeout: 200 } }),
    providers: {
      a: () => ({ headers: { "content-type": "text/event-stream" }, chunks: [": ping\n\n"], then: "stall" }),
      b: () => ({ ...stream, chunks: ["x", 50, "y", "z"] }),
    },
    requests: [{ body: "q" }],
  },
  {
    name: "per-try-timeout-by-header",
    downstream: [
      down(["request_headers replace 0 x-envoy-upstream-rq-per-try-timeout-ms 150", "request_headers replace 0 x-envoy-max-retries 1"]),
    ],
    upstream: [up("request_headers pairs 0")],
    clusters: { plan: ["a", "b"] },
    routes: tries(0, { timeout: 0 }),
    providers: { a: () => "stall", b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "timeout-by-header",
    downstream: [down(["request_headers replace 0 x-envoy-upstream-rq-timeout-ms 150", "log property response/code_details"])],
    upstream: [up("request_headers pairs 0")],
    routes: oneTry,
    providers: { a: () => "stall" },
    requests: [{ body: "q" }],
  },
  {
    name: "idle-timeout-before-the-answer",
    downstream: [down(["log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    routes: [{ name: "only", cluster: "a", idleTimeout: 150 }],
    providers: { a: () => "stall" },
    requests: [{ body: "q" }],
  },
  {
    name: "idle-timeout-mid-stream",
    downstream: [down(["log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    routes: [{ name: "only", cluster: "a", idleTimeout: 150 }],
    providers: { a: () => ({ ...stream, then: "stall" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "idle-timeout-while-the-request-is-held",
    downstream: [
      down(["request_headers return 1", "request_body return 1", "log property response/code_details", "log property response/flags"]),
    ],
    routes: [{ name: "only", cluster: "a", idleTimeout: 150 }],
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "idle-timeout-while-the-answer-is-held",
    downstream: [
      down(["response_headers return 1", "response_body return 1", "log property response/code_details", "log property response/flags"]),
    ],
    routes: [{ name: "only", cluster: "a", idleTimeout: 150 }],
    providers: { a: () => ({ ...stream, then: "stall" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "per-try-idle-timeout",
    downstream: [down(["log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    clusters: { plan: ["a", "b"] },
    routes: tries(1, { retry: { retries: 1, perTryIdleTimeout: 150 } }),
    providers: { a: () => "stall", b: () => ({ ...stream, then: "stall" }) },
    requests: [{ body: "q" }],
  },
];
