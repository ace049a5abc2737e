/** HTTP/2 on both sides: the end can come with the last bytes (of requests; Node's server sends it by itself), and a reset is not a broken connection. */
import { down, hello, oneTry, stream, tries, up } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const http2: Scenario[] = [
  {
    name: "http2-plain",
    http2: true,
    downstream: [down("request_headers property request/protocol\nrequest_headers pairs 0\nresponse_headers pairs 2")],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ path: "/x", chunks: ["one", "two"] }, { path: "/x" }],
  },
  {
    name: "http2-end-with-the-last-chunk",
    http2: true,
    downstream: [down()],
    upstream: [up()],
    routes: oneTry,
    providers: { a: (request) => ({ chunks: ["got ", request.body] }) },
    requests: [{ chunks: ["one", "two"], endWithLastChunk: true }],
  },
  {
    name: "http2-held",
    http2: true,
    downstream: [down("request_headers return 1\nrequest_body@more return 1\nresponse_headers return 1\nresponse_body@more return 1")],
    upstream: [up("request_headers return 1\nrequest_body@more return 1")],
    routes: oneTry,
    providers: { a: (request) => ({ chunks: ["got ", request.body] }) },
    requests: [{ chunks: ["one", "two"], endWithLastChunk: true }],
  },
  {
    name: "http2-reset-mid-stream",
    http2: true,
    downstream: [down("log property response/code_details\nlog property response/flags")],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ ...stream, then: "reset" }) },
    requests: [{ chunks: ["q"] }],
  },
  {
    name: "http2-reset-while-headers-are-held",
    http2: true,
    downstream: [
      down("response_headers return 1\nresponse_body return 1\nlog property response/code_details\nlog property response/flags"),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ ...stream, then: "reset" }) },
    requests: [{ chunks: ["q"] }],
  },
  {
    name: "http2-reset-before-headers",
    http2: true,
    downstream: [down("response_body body 1\nlog property response/code_details\nlog property response/flags")],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => "reset" },
    requests: [{ chunks: ["q"] }],
  },
  {
    name: "http2-reset-retried",
    http2: true,
    downstream: [down()],
    upstream: [up()],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => "reset", b: () => hello },
    requests: [{ chunks: ["q"] }],
  },
  {
    name: "http2-hang-up",
    http2: true,
    downstream: [down("log property response/code_details\nlog property response/flags")],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ ...stream, then: "stall" }) },
    requests: [{ chunks: ["q"], hangUpAfterChunks: 2 }],
  },
  {
    name: "http2-close",
    http2: true,
    downstream: [
      down(
        "response_body@2 write 1 0 1000 [last]\nresponse_body@3 write 1 0 1000 \nresponse_body@3 close 1\nlog property response/code_details",
      ),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ chunks: ["q"] }],
  },
];
