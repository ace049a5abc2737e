/**
 * `make bench`: what Sluice costs over the same Envoy without it, and everything else that has a bar. Writes bench/results.json and docs/performance.md.
 *
 * node test/bench/main.ts [--rounds 12] [--seconds 2] [--requests 200000] [--only PART]… [--report]
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../cli/package-files.ts";
import { keptConnections, largePrompts, peers, smallPrompts, streams } from "./cost.ts";
import { latency } from "./latency.ts";
import { circumstances } from "./machine.ts";
import { memory } from "./memory.ts";
import { performanceGuide, type Run } from "./report.ts";
import { isMet, type Result } from "./result.ts";
import { Session, type Options } from "./session.ts";
import { sizes, start } from "./size-and-start.ts";
import { needWrk } from "./wrk.ts";

/** Parts by the names that --only takes, in the report's order. */
const parts: Record<string, (session: Session) => Promise<Result[]> | Result[]> = {
  small: smallPrompts,
  kept: keptConnections,
  large: largePrompts,
  streams,
  latency,
  size: sizes,
  start,
  memory,
  peers,
};

const root = packageRoot();
const resultsFile = join(root, "bench/results.json");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "12" },
    seconds: { type: "string", default: "2" },
    requests: { type: "string", default: "200000" },
    only: { type: "string", multiple: true, default: [] },
    report: { type: "boolean", default: false },
  },
});

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(): Promise<void> {
  if (values.report) return report();
  const options: Options = {
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    requests: positive("requests", values.requests),
    tell,
  };
  const unknown = values.only.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`--only knows ${Object.keys(parts).join(", ")}; found ${unknown.join(", ")}`);
  const wanted = values.only.length > 0 ? Object.keys(parts).filter((name) => values.only.includes(name)) : Object.keys(parts);
  const wrk = needWrk(tell);
  const loadBefore = loadavg()[0]!;
  const results: Result[] = [];
  const failed: { part: string; reason: string }[] = [];
  const session = await Session.start(options);
  try {
    for (const name of wanted) {
      tell(`${name} …`);
      try {
        const measured = await parts[name]!(session);
        results.push(...measured);
        for (const result of measured) tell(`  ${describe(result)}`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failed.push({ part: name, reason });
        tell(`  could not be measured: ${reason}`);
      }
      await session.stopGateways();
    }
  } finally {
    await session.stop();
  }
  const made: Run = {
    ...(await circumstances(wrk, loadBefore)),
    options: { rounds: options.rounds, seconds: options.seconds, requests: options.requests },
    results,
    failed,
  };
  if (values.only.length > 0) tell("A part only: bench/results.json and docs/performance.md stay as they are.");
  else {
    mkdirSync(join(root, "bench"), { recursive: true });
    writeFileSync(resultsFile, `${JSON.stringify(made, null, 2)}\n`);
    report();
  }
  const missed = results.filter((result) => isMet(result) === false);
  tell(
    `${results.length} figures, ${missed.length} ${missed.length === 1 ? "bar" : "bars"} missed${failed.length > 0 ? `, ${failed.length} parts not measured` : ""}.`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

function report(): void {
  const guide = performanceGuide(root);
  if (guide === null) throw new Error("There is no bench/results.json; make bench writes it.");
  writeFileSync(join(root, "docs/performance.md"), guide);
  tell("Wrote docs/performance.md. The figures in README.md: npm run generate.");
}

function describe(result: Result): string {
  const verdict = { true: "met", false: "MISSED", null: "" }[String(isMet(result)) as "true" | "false" | "null"];
  const bar = result.bar === null ? "" : ` (bar ${result.bar} ${result.unit}) ${verdict}`;
  return `${result.id}: ${result.value.toFixed(2)} ${result.unit}${bar}  ${result.note}`;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`--${name} takes a number above 0; found ${text}`);
  return value;
}

await run();
