/** Traps. */
import { hello, down, stream, oneTry, tries } from "./parts.ts";
import type { Scenario } from "./scenario.ts";

export const faults: Scenario[] = [
  {
    name: "trap",
    downstream: [{ rootId: "first", script: "", vmId: "other" }, down(["request_body@end trap", "log property response/code_details"])],
    routes: oneTry,
    providers: { a: () => hello },
    requests: [{ body: "q" }, { wait: 3000 }],
  },
  {
    name: "trap-mid-answer",
    downstream: [{ rootId: "first", script: "", vmId: "other" }, down("response_body@2 trap")],
    routes: oneTry,
    providers: { a: () => stream },
    requests: [{ body: "q" }, { wait: 3000 }],
  },
  {
    name: "trap-upstream",
    downstream: [down()],
    upstream: [{ rootId: "up", script: "request_headers trap", vmId: "other" }],
    clusters: { plan: ["a", "b"] },
    routes: tries(1),
    providers: { a: () => hello, b: () => hello },
    requests: [{ body: "q" }],
  },
];
