/** Local replies of filters. */
import { hello, down, up, stream, oneTry, tries } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const replies: Scenario[] = [
  {
    name: "reply-at-headers",
    downstream: [
      { rootId: "first", script: ["response_headers header 2 x-reply", "response_body body 1"] },
      down(["request_headers reply 403 not_you stop here", "log property response/code_details", "log property response/flags"]),
      { rootId: "third", script: "" },
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }, {}],
  },
  {
    name: "reply-without-body",
    downstream: [{ rootId: "first", script: "response_headers pairs 2" }, down("request_headers reply 403 not_you")],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "reply-at-body",
    downstream: [
      { rootId: "first", script: "" },
      down([
        "request_headers return 1",
        "request_body return 1",
        "request_body@end reply 400 bad no",
        "request_body@end reply 500 twice again",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-rewritten-by-the-filter-before",
    downstream: [
      {
        rootId: "first",
        script: [
          "response_headers return 1",
          "response_headers remove 2 content-length",
          "response_headers replace 2 content-type application/json",
          "response_body write 1 0 1000 {}",
        ],
      },
      down("request_headers reply 403 not_you stop"),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "reply-from-call",
    downstream: [
      { rootId: "first", script: "" },
      down([
        "request_headers call aside /ask 1000 what",
        "request_headers return 1",
        "request_body return 1",
        "call_response effective",
        "call_response reply 403 asked no",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ body: "no", after: 60 }) },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-from-tick",
    downstream: [
      { rootId: "first", script: "" },
      down(["request_headers tick 20", "tick@4 effective", "tick@4 reply 403 tick no", "tick@4 tick 0", "request_headers return 1"]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{}],
  },
  {
    name: "reply-then-continue",
    downstream: [
      {
        rootId: "first",
        script: ["response_headers return 4", "response_headers tick 20", "tick@12 effective", "tick@12 continue 1", "tick@12 tick 0"],
      },
      down([
        "request_headers reply 403 early no",
        "request_headers continue 0",
        "request_headers tick 20",
        "tick@4 effective",
        "tick@4 continue 0",
        "tick@4 tick 0",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-at-response-headers",
    downstream: [{ rootId: "first", script: "" }, down("response_headers reply 502 bad_answer replaced"), { rootId: "third", script: "" }],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-at-response-body-held",
    downstream: [
      { rootId: "first", script: "" },
      down([
        "response_headers return 1",
        "response_body@more return 1",
        "response_body@2 reply 502 bad_answer replaced",
        "log property response/code_details",
      ]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-at-response-body-gone",
    downstream: [
      { rootId: "first", script: "" },
      down(["response_body@2 reply 502 bad_answer replaced", "log property response/code_details", "log property response/flags"]),
    ],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-upstream",
    downstream: [down()],
    upstream: [up("request_headers reply 503 no_target none")],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => hello, b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-upstream-at-answer",
    downstream: [down()],
    upstream: [up(["response_headers return 1", "response_body@1 reply 502 bad_answer none"])],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => stream, b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "upstream-replies-at-body-end",
    downstream: [down("log property response/code_details")],
    upstream: [up(["request_headers return 1", "request_body@more return 1", "request_body@end reply 400 unfit no"])],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => hello, b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reply-while-the-provider-works",
    downstream: [
      { rootId: "first", script: "" },
      down([
        "request_headers tick 20",
        "tick@6 effective",
        "tick@6 reply 504 too_slow late",
        "tick@6 tick 0",
        "log property response/code_details",
      ]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => "stall" },
    requests: [{ body: "q" }],
  },
];
