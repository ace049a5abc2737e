/** Which callbacks come, in which order. */
import { hello, down, up, stream, oneTry } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const callbacks: Scenario[] = [
  {
    name: "plain",
    downstream: [down()],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ path: "/x", body: "question" }],
  },
  {
    name: "header-only",
    downstream: [down()],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ status: 204 }) },
    requests: [{ path: "/x" }],
  },
  {
    name: "chunks",
    downstream: [down(["request_body body 0", "response_body body 1"])],
    upstream: [up("request_body body 0")],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ chunks: ["one", "two", "three"] }],
  },
  {
    name: "three-filters",
    downstream: [
      { rootId: "first", script: "" },
      { rootId: "second", script: "", vmId: "other" },
      { rootId: "third", script: "" },
    ],
    upstream: [
      { rootId: "up1", script: "" },
      { rootId: "up2", script: "" },
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "head",
    downstream: [down()],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ headers: { "content-type": "text/plain" } }) },
    requests: [{ method: "HEAD" }],
  },
  {
    name: "trailers",
    downstream: [down(["response_trailers header 3 x-sum", "response_trailers add 3 x-more yes", "request_trailers header 1 x-sum"])],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ ...stream, trailers: { "x-sum": "3" } }) },
    requests: [{ chunks: ["one", "two"], trailers: { "x-sum": "2" } }],
  },
  {
    name: "contexts",
    downstream: [
      down([
        "request_headers keep from-down",
        "request_headers done",
        "request_headers effective-id 99999",
        "request_headers effective-root",
        "request_headers header 0 :path",
        "request_headers effective",
        "request_headers header 0 :path",
        "log kept",
      ]),
    ],
    upstream: [up(["request_headers kept", "request_headers keep from-up"])],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ path: "/x" }],
  },
  {
    name: "environment",
    downstream: [down("request_headers environment")],
    routes: oneTry,
    providers: { a: () => hello },
    env: { SLUICE_ONE: "1", SLUICE_TWO: "two words" },
    requests: [{}],
  },
];
