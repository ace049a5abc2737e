/** What header maps hold, and when they may be touched. */
import { hello, slow, down, up, stream, oneTry, tries } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

/** Reads and writes of every header map, to see what a callback may touch. */
const touchAll = ["request_headers", "request_body@end", "response_headers", "response_body@1", "response_body@end", "log", "done"]
  .map((at) => {
    const key = at.replace("@", "-");
    return [
      `${at} header 0 :path`,
      `${at} header 0 x-own`,
      `${at} replace 0 x-${key} 1`,
      `${at} header 2 :status`,
      `${at} replace 2 x-${key} 1`,
      `${at} header 2 x-${key}`,
      `${at} map-size 1`,
      `${at} header 3 x`,
      `${at} add 6 x y`,
      `${at} body 4`,
      `${at} body-size 7`,
      `${at} body-size 0`,
      `${at} body-size 1`,
    ].join("\n");
  })
  .join("\n");

export const headers: Scenario[] = [
  {
    name: "envoy-headers-suppressed",
    downstream: [down("response_headers pairs 2")],
    upstream: [up("request_headers pairs 0")],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    suppressEnvoyHeaders: true,
    providers: { a: () => slow, b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "headers",
    downstream: [
      down([
        "request_headers header 0 x-twice",
        "request_headers add 0 x-new a",
        "request_headers add 0 x-new b",
        "request_headers add 0 X-Upper Value",
        "request_headers header 0 X-UPPER",
        "request_headers add 0 content-type text/plain",
        "request_headers header 0 content-type",
        "request_headers add 0 authorization second",
        "request_headers header 0 authorization",
        "request_headers replace 0 x-twice one",
        "request_headers remove 0 x-gone",
        "request_headers remove 0 x-never",
        "request_headers replace 0 :path /y?q=1",
        "request_headers header 0 :path",
        "request_headers header 0 host",
        "request_headers header 0 :authority",
        "request_headers add 0 cookie c=2",
        "request_headers header 0 cookie",
        "request_headers header 9 x",
        "request_headers replace 0 x-empty ",
        "request_headers header 0 x-empty",
        "request_headers remove 0 x-request-id",
        "request_headers pairs 0",
        "request_headers map-size 0",
        "response_headers add 2 set-cookie b",
        "response_headers header 2 set-cookie",
        "response_headers set-pairs 2 :status 201 x-only this",
        "response_headers pairs 2",
        "response_headers pairs 1",
        "response_headers pairs 3",
        "response_headers pairs 6",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => ({ headers: { "content-type": "text/plain", "set-cookie": "a" }, body: "hello" }) },
    requests: [
      {
        path: "/x",
        headers: [
          ["x-twice", "1"],
          ["x-twice", "2"],
          ["x-gone", "1"],
          ["authorization", "first"],
          ["cookie", "a=1"],
        ],
      },
    ],
  },
  {
    name: "answer-headers",
    downstream: [down(["response_headers pairs 2", "log pairs 2"])],
    upstream: [up("response_headers pairs 2")],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{}],
  },
  {
    name: "host-header",
    downstream: [
      down([
        "request_headers replace 0 host other.test",
        "request_headers header 0 :authority",
        "request_headers header 0 host",
        "request_headers remove 0 host",
        "request_headers header 0 :authority",
        "request_headers add 0 host third.test",
        "request_headers pairs 0",
        "response_headers add 2 host x",
        "response_headers header 2 :authority",
        "response_headers header 2 host",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "provider-sees",
    downstream: [down("request_headers pairs 0")],
    upstream: [up("request_headers pairs 0")],
    clusters: { plan: ["a"] },
    routes: tries(1),
    providers: {
      a: (request) => ({
        headers: {
          "x-request-names": [...request.headers]
            .map(([name]) => name)
            .filter((name) => !/^:|^host$|^transfer-encoding$/.test(name))
            .sort()
            .join(","),
        },
        body: "x",
      }),
    },
    requests: [{ path: "/x", body: "q" }, { path: "/x", chunks: ["q"] }, { path: "/x" }],
  },
  {
    name: "touch",
    downstream: [down(touchAll)],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ path: "/x", headers: { "x-own": "1" }, body: "q" }],
  },
  {
    name: "touch-upstream",
    downstream: [down(["log header 0 x-own", "log header 0 :path", "log pairs 2"])],
    upstream: [up("request_headers replace 0 x-own 2\nrequest_headers replace 0 :path /y\n" + touchAll)],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ path: "/x", headers: { "x-own": "1" }, body: "q" }],
  },
  {
    name: "headers-after-continue",
    downstream: [
      down(
        "request_body@end replace 0 x-late 1\nresponse_body@1 replace 2 x-late 1\nresponse_headers header 0 :path\nresponse_headers replace 0 x 1",
      ),
    ],
    upstream: [up("request_headers header 0 x-late")],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
];
