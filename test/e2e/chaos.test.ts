/** A short form of `make chaos`: test/chaos/README.md. */
import { beforeAll, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { faults } from "../chaos/faults.ts";
import { judge } from "../chaos/clients.ts";
import { missed, runChaos, total, type Outcome } from "../chaos/run.ts";

let outcome: Outcome;
beforeAll(async () => {
  await build(["sluice"]);
  outcome = await runChaos({ seconds: 12, clients: 40, most: Infinity, reloads: true, restart: true }, () => {});
}, 120_000);

test("no client sees a fault that comes before the first content, and none takes a cut for an end", () => {
  expect(missed(outcome, 1)).toEqual([]);
});

test("every fault that can be met was met, while the configuration was replaced and Envoy restarted", () => {
  const elsewhere = new Set(faults.filter(({ url }) => url !== undefined).map(({ name }) => name));
  expect(outcome.rows.filter(({ fault, injected }) => !elsewhere.has(fault.name) && injected === 0).map(({ fault }) => fault.name)).toEqual(
    [],
  );
  expect([outcome.reloads > 0, outcome.restarts]).toEqual([true, 1]);
});

test.each<[what: string, raw: Parameters<typeof judge>[0], stream: boolean, ending: string]>([
  [
    "a stream that ends early",
    { status: 200, headers: {}, body: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', ended: true, problem: "" },
    true,
    "truncated",
  ],
  [
    "a stream with a finish and half of the text",
    {
      status: 200,
      headers: {},
      body: 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      ended: true,
      problem: "",
    },
    true,
    "truncated",
  ],
  ["an error page", { status: 502, headers: {}, body: "<html>", ended: true, problem: "" }, false, "malformed"],
  ["nothing", { status: 0, headers: {}, body: "", ended: false, problem: "hung" }, false, "hung"],
])("the check itself tells %s", (_, raw, stream, ending) => {
  expect(judge(raw, stream, "ab").ending).toBe(ending);
  const row = {
    fault: faults[0]!,
    injected: 1,
    endings: { answered: 0, error: 0, broken: 0, truncated: 0, malformed: 0, hung: 0, [ending]: 1 },
    examples: new Map(),
  };
  expect(missed({ rows: [row], reloads: 0, restarts: 0, seconds: 1, defects: [] }, 1)).toHaveLength(1);
  expect(total(row)).toBe(1);
});
