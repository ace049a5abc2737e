/** Streams that end early. */
import { hello, down, up, stream, numbered, oneTry, tries } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const ends: Scenario[] = [
  {
    name: "close-upstream",
    downstream: [down(["log property response/code_details", "log property response/flags"])],
    upstream: [up(["request_headers close 0", "request_headers return 1"])],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => hello, b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "close-in-the-next-callback",
    downstream: [
      down([
        "response_body@2 write 1 0 1000 [last]",
        "response_body@3 write 1 0 1000 ",
        "response_body@3 close 1",
        "log property response/code_details",
        "log property response/flags",
      ]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: numbered },
    requests: [{ body: "q" }],
  },
  {
    name: "close-in-the-same-callback",
    downstream: [
      down([
        "response_body@2 write 1 0 1000 [last]",
        "response_body@2 close 1",
        "log property response/code_details",
        "log property response/flags",
      ]),
    ],
    routes: oneTry,
    providers: { a: numbered },
    requests: [{ body: "q" }],
  },
  {
    name: "close-upstream-mid-answer",
    downstream: [down("log property response/code_details")],
    upstream: [up(["response_body@2 write 1 0 1000 [last]", "response_body@3 close 1"])],
    routes: oneTry,
    providers: { a: numbered },
    requests: [{ body: "q" }],
  },
  {
    name: "close-at-request",
    downstream: [
      down(["request_headers close 0", "request_headers return 1", "log property response/code_details", "log property response/flags"]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reset-mid-stream",
    downstream: [down(["log property response/code_details", "log property response/flags", "log property response/code"])],
    upstream: [up()],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => ({ ...stream, then: "reset" }), b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reset-while-headers-are-held",
    downstream: [down("log property response/code_details")],
    upstream: [up(["response_headers@more return 1", "response_body return 1", "response_body@end return 0"])],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => ({ ...stream, then: "reset" }), b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "reset-while-headers-are-held-downstream",
    downstream: [
      down([
        "response_headers return 1",
        "response_body return 1",
        "response_body@end return 0",
        "log property response/code_details",
        "log property response/flags",
      ]),
    ],
    upstream: [up()],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => ({ ...stream, then: "reset" }), b: () => hello },
    requests: [{ body: "q" }],
  },
  {
    name: "hang-up",
    downstream: [
      down([
        "log property response/flags",
        "log property response/code_details",
        "log property sluice.fact",
        "log set sluice.late x",
        "request_headers set sluice.fact kept",
      ]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => ({ ...stream, then: "stall" }) },
    requests: [{ body: "q", hangUpAfterChunks: 2 }],
  },
  {
    name: "hang-up-before-the-answer",
    downstream: [down(["log property response/flags", "log property response/code", "log property response/code_details"])],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => "stall" },
    requests: [{ body: "q", hangUpAfterChunks: 0 }],
  },
  {
    name: "close-while-the-provider-works",
    downstream: [
      down(["request_headers tick 20", "tick@6 effective", "tick@6 close 0", "tick@6 tick 0", "log property response/code_details"]),
    ],
    upstream: [up()],
    routes: oneTry,
    providers: { a: () => "stall" },
    requests: [{ body: "q" }],
  },
  {
    name: "hang-up-mid-request",
    downstream: [
      down([
        "request_headers return 1",
        "request_body return 1",
        "log property response/code_details",
        "log property response/flags",
        "log header 0 :path",
        "log header 2 :status",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ chunks: ["one", "two"], hangUpAfterChunks: 0 }],
  },
];
