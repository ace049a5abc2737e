/** Filters' own HTTP calls. */
import { hello, down, up, oneTry } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const calls: Scenario[] = [
  {
    name: "call-then-continue",
    downstream: [
      down([
        "request_headers call aside /ask 1000 what",
        "request_headers return 1",
        "request_body return 1",
        "call_response body 4",
        "call_response header 6 x-answer",
        "call_response call-status",
        "call_response effective",
        "call_response replace 0 x-late yes",
        "call_response continue 0",
      ]),
    ],
    upstream: [up("request_headers header 0 x-late")],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ headers: { "x-answer": "42" }, body: "told", after: 60 }) },
    requests: [{ body: "question" }],
  },
  {
    name: "call-times-out",
    downstream: [
      down([
        "request_headers call aside /ask 50 what",
        "request_headers return 1",
        "request_body return 1",
        "call_response body 4",
        "call_response header 6 content-type",
        "call_response call-status",
        "call_response effective",
        "call_response continue 0",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ stall: true }) },
    requests: [{ body: "question" }],
  },
  {
    name: "call-is-reset",
    downstream: [
      down([
        "request_headers call aside /ask 500 what",
        "request_headers return 1",
        "call_response body 4",
        "call_response header 6 :status",
        "call_response call-status",
        "call_response effective",
        "call_response continue 0",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ reset: "before" }) },
    requests: [{}],
  },
  {
    name: "call-is-reset-midway",
    downstream: [
      down([
        "request_headers call aside /ask 500 what",
        "request_headers return 1",
        "call_response body 4",
        "call_response header 6 :status",
        "call_response call-status",
        "call_response effective",
        "call_response continue 0",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ reset: "midway" }) },
    requests: [{}],
  },
  {
    name: "call-refused",
    downstream: [down(["request_headers call nowhere /ask 500 what", "request_headers bad-call aside"])],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ body: "x" }) },
    requests: [{}],
  },
  {
    name: "call-from-log",
    downstream: [down(["log call aside /settle 1000 what", "call_response body 4"])],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ body: "settled" }) },
    requests: [{ body: "q" }],
  },
  {
    name: "hang-up-while-a-call-runs",
    downstream: [
      down([
        "request_headers call aside /ask 1000 what",
        "request_headers return 1",
        "request_body return 1",
        "call_response body 4",
        "call_response effective",
        "call_response continue 0",
        "call_response header 0 :path",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ body: "told", after: 300 }) },
    requests: [{ body: "q", hangUpAfterChunks: 0 }],
  },
  {
    name: "call-outlives-its-stream",
    downstream: [
      down([
        "request_headers call aside /ask 1000 what",
        "request_headers reply 403 no no",
        "call_response body 4",
        "call_response effective",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    callouts: { aside: () => ({ body: "told", after: 100 }) },
    requests: [{}],
  },
];
