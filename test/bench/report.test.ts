import { expect, test } from "vitest";
import { reportOf, type Run } from "./report.ts";
import type { Result } from "./result.ts";

const result = (id: string, value: number, bar: number | null, more: Partial<Result> = {}): Result => ({
  id,
  part: "A small prompt",
  title: id,
  value,
  unit: "×",
  bar,
  note: "",
  ...more,
});

const run = (results: Result[], failed: Run["failed"] = []): Run => ({
  date: "2026-01-01 00:00 UTC",
  machine: { cpu: "a CPU", cores: 2, memoryGiB: 8, kernel: "6" },
  load: { before: 0.1, after: 2 },
  versions: { envoy: "1.40.0" },
  options: { rounds: 12, seconds: 2, requests: 200_000 },
  results,
  failed,
});

test("every bar is said to be met or missed, and by how much", () => {
  const text = reportOf(
    run([result("good", 1.2, 1.5), result("bad", 1.8, 1.5, { rounds: [1.7, 1.8, 1.9] }), result("free", 2, null)]),
    null,
  );
  expect(text).toContain("1 of 2 bars are met; 1 is missed: bad (A small prompt).");
  expect(text).toContain("| good | 1.2 × | ≤ 1.5 × | met by 20 % |");
  expect(text).toContain("| bad | 1.8 × | ≤ 1.5 × | **missed** by 20 % | ± 3 % |");
  expect(text).toContain("| free | 2 × | – |  |");
});

test("a bar that is to be reached is missed below it", () => {
  const text = reportOf(run([result("peer", 2, 3, { atLeast: true }), result("flat", 0, 0, { unit: "KiB" })]), null);
  expect(text).toContain("| peer | 2 × | ≥ 3 × | **missed** by 33 % |");
  expect(text).toContain("| flat | 0 KiB | ≤ 0 KiB | met |");
});

test("what could not be measured is said", () => {
  expect(reportOf(run([], [{ part: "peers", reason: "no network\nat somewhere" }]), null)).toContain("- peers: no network\n");
});

test("a fuzz run is recorded with what went wrong", () => {
  const fuzz = {
    date: "2026-01-01",
    seed: 7,
    cases: 1_000_000,
    failures: 0,
    kinds: {},
    slowest: 12,
    seconds: 300,
    memory: { target: "bundle", half: 2 ** 20, end: 2 ** 20 },
  };
  expect(reportOf(run([]), fuzz)).toContain("1,000,000 malformed and hostile requests");
  expect(reportOf(run([]), { ...fuzz, kinds: { "trap: x": 2 } })).toContain("trap: x (2)");
});
