/** Envoy's own replies. */
import { hello, down, up, oneTry, tries } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const envoyReplies: Scenario[] = [
  {
    name: "no-route",
    downstream: [down(["response_headers pairs 2", "log property response/code_details", "log property response/flags"])],
    routes: [],
    requests: [{ body: "q" }, {}],
  },
  {
    name: "direct-response",
    downstream: [down(["response_headers pairs 2", "log property response/code_details"])],
    routes: [{ name: "direct", directResponse: { status: 200, body: "direct" } }],
    requests: [{}],
  },
  {
    name: "no-cluster",
    downstream: [down(["log property response/code_details", "log property response/flags", "response_headers pairs 2"])],
    routes: [{ name: "named", clusterHeader: "x-cluster" }],
    requests: [{ headers: { "x-cluster": "nowhere" } }, {}],
  },
  {
    name: "no-hosts",
    downstream: [down(["log property response/code_details", "log property response/flags", "response_headers pairs 2"])],
    upstream: [up()],
    routes: [{ name: "only", cluster: "none" }],
    providers: { none: null },
    requests: [{ body: "q" }],
  },
  {
    name: "refused",
    downstream: [down(["response_headers pairs 2", "log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => "refuse" },
    requests: [{ body: "q" }],
  },
  {
    name: "reset-before-headers",
    downstream: [
      down(["response_headers pairs 2", "response_body body 1", "log property response/code_details", "log property response/flags"]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => "reset" },
    requests: [{ body: "q" }],
  },
  {
    name: "reset-before-headers-retried",
    downstream: [down(["response_body body 1", "log property response/code_details", "log property response/flags"])],
    upstream: [up()],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => "reset", b: () => "reset" },
    requests: [{ body: "q" }],
  },
  {
    name: "cluster-not-found-status",
    downstream: [down("log property response/code_details")],
    routes: [{ name: "nowhere", cluster: "nowhere", clusterNotFound: 404 }],
    requests: [{ body: "q" }],
  },
  {
    name: "no-forwarded-proto",
    downstream: [down(["request_headers remove 0 x-forwarded-proto", "log property response/code_details"])],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "path-removed",
    downstream: [down(["request_headers remove 0 :path", "log property response/code_details"])],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "status-removed",
    downstream: [{ rootId: "first", script: "" }, down(["response_headers remove 2 :status", "log property response/code_details"])],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
];
