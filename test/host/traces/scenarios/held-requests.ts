/** Requests that filters hold back and let go. */
import { hello, down, up, stream, oneTry } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const heldRequests: Scenario[] = [
  {
    name: "buffered-request",
    downstream: [
      down(["request_headers return 1", "request_body body 0", "request_body@more return 1", "request_body@end write 0 0 1000 [all]"]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: (request) => ({ headers: { "x-length": String(request.body.length) }, body: request.body }) },
    requests: [{ chunks: ["one", "two", "three"] }],
  },
  {
    name: "buffered-twice",
    downstream: [
      { rootId: "first", script: "request_body@more return 1" },
      { rootId: "second", script: ["request_headers return 1", "request_body@more return 1", "request_body@end body 0"] },
    ],
    routes: oneTry,
    providers: { a: (request) => ({ body: request.body }) },
    requests: [{ chunks: ["one", "two", "three"] }],
  },
  {
    name: "buffered-once-then-streamed",
    downstream: [down(["request_body@1 return 1", "request_body body 0"]), { rootId: "next", script: "request_body body 0" }],
    routes: oneTry,
    providers: { a: (request) => ({ body: request.body }) },
    requests: [{ chunks: ["one", "two", "three"] }],
  },
  {
    name: "no-buffer",
    downstream: [down(["request_body@1 return 3", "request_body@end body-size 0"]), { rootId: "next", script: "" }],
    routes: oneTry,
    providers: { a: (request) => ({ body: `got ${Buffer.from(request.body).toString()}` }) },
    requests: [{ chunks: ["one", "two", "three"] }],
  },
  {
    name: "no-buffer-at-end",
    downstream: [
      down([
        "request_headers return 1",
        "request_body return 3",
        "request_headers tick 5",
        "tick@3 effective",
        "tick@3 continue 0",
        "tick@3 tick 0",
      ]),
      { rootId: "next", script: "" },
    ],
    routes: oneTry,
    providers: { a: (request) => ({ body: `got ${Buffer.from(request.body).toString()}` }) },
    requests: [{ chunks: ["one", "two"] }],
  },
  {
    name: "stop-all-and-buffer",
    downstream: [
      down(["request_headers return 3", "request_headers tick 20", "tick@8 effective", "tick@8 continue 0", "tick@8 tick 0"]),
      { rootId: "next", script: "" },
    ],
    routes: oneTry,
    providers: { a: (request) => ({ body: `got ${Buffer.from(request.body).toString()}` }) },
    requests: [{ chunks: ["one", "two"] }],
  },
  {
    name: "stop-all-and-watermark",
    downstream: [
      down(["request_headers return 4", "request_headers tick 20", "tick@8 effective", "tick@8 continue 0", "tick@8 tick 0"]),
      { rootId: "next", script: "" },
    ],
    routes: oneTry,
    providers: { a: (request) => ({ body: `got ${Buffer.from(request.body).toString()}` }) },
    requests: [{ chunks: ["one", "two"] }],
  },
  {
    name: "stop-at-headers-not-allowed",
    downstream: [
      {
        rootId: "down",
        script: ["request_headers return 1", "request_headers tick 20", "tick@8 effective", "tick@8 continue 0", "tick@8 tick 0"],
        allowStopAtHeaders: false,
      },
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ chunks: ["one", "two"] }],
  },
  {
    name: "paused-and-resumed-by-tick",
    downstream: [
      down([
        "request_headers return 1",
        "request_body return 1",
        "request_headers tick 20",
        "tick@8 effective",
        "tick@8 header 0 :path",
        "tick@8 replace 0 x-late yes",
        "tick@8 body 0",
        "tick@8 continue 0",
        "tick@8 tick 0",
      ]),
      { rootId: "next", script: "request_headers header 0 x-late" },
    ],
    upstream: [up("request_headers header 0 x-late")],
    routes: oneTry,
    providers: { a: (request) => ({ body: `got ${Buffer.from(request.body).toString()}` }) },
    requests: [{ body: "question" }],
  },
  {
    name: "resumed-before-the-end-of-the-body",
    downstream: [
      down([
        "request_headers return 1",
        "request_body return 1",
        "request_headers tick 5",
        "tick@9 effective",
        "tick@9 continue 0",
        "tick@9 tick 0",
        "request_body@3 return 0",
        "request_body@4 return 0",
        "request_body body 0",
      ]),
      { rootId: "next", script: "request_body body 0" },
    ],
    routes: oneTry,
    providers: { a: (request) => ({ body: `got ${Buffer.from(request.body).toString()}` }) },
    requests: [{ chunks: ["one", "two", "three"] }],
  },
  {
    name: "request-held-by-watermark",
    downstream: [
      down([
        "request_headers return 1",
        "request_body return 2",
        "request_headers tick 20",
        "tick@18 effective",
        "tick@18 continue 0",
        "tick@18 tick 0",
        "log property response/code_details",
      ]),
      { rootId: "next", script: "" },
    ],
    routes: oneTry,
    bufferLimit: 16384,
    providers: { a: (request) => ({ body: `got ${request.body.length}` }) },
    requests: [{ chunks: ["x".repeat(8000), "y".repeat(4000)] }],
  },
  {
    name: "continue-twice",
    downstream: [
      down([
        "request_headers return 1",
        "request_headers tick 20",
        "tick@6 effective",
        "tick@6 continue 0",
        "tick@6 continue 0",
        "tick@6 tick 0",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "trailers-buffered",
    downstream: [
      down([
        "request_headers return 1",
        "request_body return 1",
        "request_trailers body 0",
        "response_headers return 1",
        "response_body return 1",
        "response_trailers body 1",
        "response_trailers header 2 :status",
      ]),
      { rootId: "next", script: "" },
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: (request) => ({ ...stream, headers: { "x-got": Buffer.from(request.body).toString() }, trailers: { "x-sum": "3" } }) },
    requests: [{ chunks: ["one", "two"], trailers: { "x-sum": "2" } }],
  },
];
