/** When a route is picked again. */
import { down, up } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const routes: Scenario[] = [
  {
    name: "route-by-header",
    downstream: [
      down([
        "request_headers return 1",
        "request_headers property xds/route_name",
        "request_headers replace 0 x-model claude",
        "request_headers property xds/route_name",
        "request_body@1 return 1",
        "request_body@1 property xds/route_name",
        "request_body@end property xds/route_name",
        "request_body@end replace 0 x-model none",
        "request_body@end property xds/route_name",
        "request_body@end foreign clear_route_cache",
        "request_body@end property xds/route_name",
        "request_body@end property xds/cluster_name",
        "request_body@end foreign no_such_function",
        "response_headers property xds/route_name",
        "response_headers property xds/cluster_name",
      ]),
    ],
    routes: [
      { name: "claude", match: { headers: { "x-model": "claude" } }, cluster: "b" },
      { name: "other", cluster: "a" },
    ],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "route-by-body",
    downstream: [
      down([
        "request_headers return 1",
        "request_body@end replace 0 x-model claude",
        "request_body return 1",
        "request_body@end return 0",
        "response_headers property xds/route_name",
      ]),
      { rootId: "next", script: ["request_headers property xds/route_name", "request_body property xds/route_name"] },
    ],
    upstream: [up("request_headers property xds/route_name")],
    routes: [
      { name: "claude", match: { headers: { "x-model": "claude" } }, cluster: "b" },
      { name: "other", cluster: "a" },
    ],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "route-by-body-cleared",
    downstream: [
      down([
        "request_headers return 1",
        "request_body@end replace 0 x-model claude",
        "request_body return 1",
        "request_body@end foreign clear_route_cache",
        "request_body@end property xds/route_name",
        "request_body@end return 0",
        "response_headers property xds/route_name",
      ]),
      { rootId: "next", script: "request_headers property xds/route_name" },
    ],
    routes: [
      { name: "claude", match: { headers: { "x-model": "claude" } }, cluster: "b" },
      { name: "other", cluster: "a" },
    ],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "route-by-later-filter",
    downstream: [
      {
        rootId: "first",
        script: [
          "request_headers property xds/route_name",
          "request_body property xds/route_name",
          "response_headers property xds/route_name",
        ],
      },
      down("request_headers replace 0 x-model claude"),
    ],
    routes: [
      { name: "claude", match: { headers: { "x-model": "claude" } }, cluster: "b" },
      { name: "other", cluster: "a" },
    ],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "route-not-cleared",
    downstream: [down(["request_headers replace 0 x-model claude", "response_headers property xds/route_name"])],
    routes: [
      { name: "claude", match: { headers: { "x-model": "claude" } }, cluster: "b" },
      { name: "other", cluster: "a" },
    ],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{}],
  },
  {
    name: "cluster-header",
    downstream: [
      down([
        "request_headers replace 0 x-cluster b",
        "request_headers foreign clear_route_cache",
        "request_headers property xds/cluster_name",
        "response_headers property xds/cluster_name",
      ]),
    ],
    routes: [{ name: "named", clusterHeader: "x-cluster" }],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{}, { headers: { "x-cluster": "a" } }],
  },
  {
    name: "cluster-header-not-cleared",
    downstream: [down("request_headers replace 0 x-cluster b")],
    routes: [{ name: "named", clusterHeader: "x-cluster" }],
    providers: { a: () => ({ body: "a" }), b: () => ({ body: "b" }) },
    requests: [{}, { headers: { "x-cluster": "a" } }],
  },
];
