/** Answers that filters hold back, change, and let go. */
import { down, stream, oneTry } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const heldAnswers: Scenario[] = [
  {
    name: "answer-stop-all",
    downstream: [
      { rootId: "first", script: "" },
      down(["response_headers return 4", "response_headers tick 20", "tick@9 effective", "tick@9 continue 1", "tick@9 tick 0"]),
    ],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }],
  },
  {
    name: "trailers-added",
    downstream: [
      { rootId: "first", script: "response_trailers header 3 x-more" },
      down("response_body@end add 3 x-more yes"),
      { rootId: "next", script: "" },
    ],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }],
  },
  {
    name: "answer-buffered",
    downstream: [
      { rootId: "first", script: "response_body body 1" },
      down([
        "response_headers return 1",
        "response_body@more return 1",
        "response_body@end body 1",
        "response_body@end write 1 0 1000 [all]",
        "response_body@end replace 2 x-late yes",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }],
  },
  {
    name: "answer-paused-and-resumed",
    downstream: [
      { rootId: "first", script: "" },
      down([
        "response_headers return 1",
        "response_body return 1",
        "response_headers tick 20",
        "tick@9 effective",
        "tick@9 body 1",
        "tick@9 header 2 :status",
        "tick@9 continue 1",
        "tick@9 tick 0",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }],
  },
  {
    name: "answer-paused-at-its-end",
    downstream: [
      { rootId: "first", script: "" },
      down([
        "response_body@end return 1",
        "response_body@end call aside /ask 1000 what",
        "call_response effective",
        "call_response write 1 999 0 [added]",
        "call_response body 1",
        "call_response continue 1",
      ]),
    ],
    routes: oneTry,
    providers: { a: () => stream },
    callouts: { aside: () => ({ body: "told", after: 50 }) },
    requests: [{ body: "q" }],
  },
  {
    name: "edits",
    downstream: [
      down(
        [
          "request_headers return 1",
          "request_body@1 write 0 0 0 <",
          "request_body@1 write 0 1000 0 >",
          "request_body@1 write 0 1 1 x",
          "request_body@1 write 0 0 1 x",
          "request_body@1 body 0",
          "request_body@1 range 0 2 3",
          "request_body@1 range 0 100 3",
          "request_body@1 range 0 5 0",
          "request_body@end write 0 0 0 [end]",
          "response_body@2 write 1 0 1000 ",
          "response_body@end write 1 0 0 [end]",
          "response_body write 0 0 0 x",
          "response_headers write 1 0 0 x",
          "request_headers write 0 0 0 x",
          "request_headers write 9 0 0 x",
          "request_headers write 7 0 0 x",
          "request_headers body 9",
        ].join("\n"),
      ),
    ],
    routes: oneTry,
    providers: { a: (request) => ({ headers: { "x-got": Buffer.from(request.body).toString() }, chunks: ["one ", "two ", "three "] }) },
    requests: [{ chunks: ["question"] }],
  },
];
