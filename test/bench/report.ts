/** docs/performance.md, from the figures of one run. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Circumstances } from "./machine.ts";
import { isMet, type Result } from "./result.ts";
import { spread } from "./statistics.ts";

/** What bench/results.json holds. */
export interface Run extends Circumstances {
  readonly options: { readonly rounds: number; readonly seconds: number; readonly requests: number };
  readonly results: readonly Result[];
  /** Parts that could not be measured, and why. */
  readonly failed: readonly { readonly part: string; readonly reason: string }[];
}

/** What `make fuzz` leaves in bench/fuzz.json. */
export interface FuzzRecord {
  readonly date: string;
  readonly seed: number;
  readonly cases: number;
  readonly failures: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly slowest: number;
  readonly seconds: number;
  readonly memory: { readonly target: string; readonly half: number; readonly end: number };
}

/** The text of docs/performance.md, from bench/results.json and bench/fuzz.json under `root`; null: nothing has been measured. */
export function performanceGuide(root: string): string | null {
  const run = readJson<Run>(join(root, "bench/results.json"));
  return run === null ? null : reportOf(run, readJson<FuzzRecord>(join(root, "bench/fuzz.json")));
}

function readJson<T>(file: string): T | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : null;
}

export function reportOf(run: Run, fuzz: FuzzRecord | null): string {
  const barred = run.results.filter(({ bar }) => bar !== null);
  const missed = barred.filter((result) => isMet(result) === false);
  const parts = [...new Set(run.results.map(({ part }) => part))];
  return [
    "# Performance",
    "",
    "<!-- Written by `npm run generate` from bench/results.json (`make bench`) and bench/fuzz.json (`make fuzz`): change test/bench/report.ts, not this file. -->",
    "",
    `${sentence(barred.length, missed)} Measured ${run.date} on ${run.machine.cores} cores of ${run.machine.cpu}, ${run.machine.memoryGiB} GiB, Linux ${run.machine.kernel}, with Envoy ${run.versions.envoy}.`,
    "",
    ...failed(run),
    ...parts.flatMap((part) => [`## ${part}`, "", ...table(run.results.filter((result) => result.part === part)), ""]),
    ...fuzzing(fuzz),
    ...method(run),
  ].join("\n");
}

function sentence(count: number, missed: readonly Result[]): string {
  if (count === 0) return "No bar was measured.";
  if (missed.length === 0) return `All ${count} bars are met.`;
  return `${count - missed.length} of ${count} bars are met; ${missed.length} ${missed.length === 1 ? "is" : "are"} missed: ${missed.map(({ part, title }) => `${title} (${part})`).join("; ")}.`;
}

function failed({ failed }: Run): string[] {
  if (failed.length === 0) return [];
  return ["Not measured in this run:", "", ...failed.map(({ part, reason }) => `- ${part}: ${reason.split("\n")[0]}`), ""];
}

function table(results: readonly Result[]): string[] {
  const rows = results.map((result) => {
    const noise = result.rounds !== undefined && result.rounds.length > 1 ? spreadOf(result) : "";
    return `| ${[result.title, amount(result, result.value), bar(result), verdict(result), noise, result.note].map(cell).join(" | ")} |`;
  });
  return ["| what | measured | bar | | rounds differ by | |", "| --- | --- | --- | --- | --- | --- |", ...rows];
}

function bar(result: Result): string {
  if (result.bar === null) return "–";
  return `${result.atLeast === true ? "≥" : "≤"} ${amount(result, result.bar)}`;
}

/** Met or missed, by how much of the bar. */
function verdict(result: Result): string {
  const met = isMet(result);
  if (met === null || result.bar === null) return "";
  if (result.bar === 0) return met ? "met" : "**missed**";
  const share = Math.abs(result.value / result.bar - 1) * 100;
  const by = share >= 1 ? ` by ${share.toFixed(0)} %` : "";
  return met ? `met${by}` : `**missed**${by}`;
}

/** Half the distance of the quartiles; of differences that may be near nothing, in their own unit. */
function spreadOf({ rounds, unit, value }: Result): string {
  const share = Math.abs(spread(rounds!));
  return unit === "×" ? `± ${(share * 100).toFixed(0)} %` : `± ${(share * Math.abs(value)).toPrecision(2)} ${unit}`;
}

function amount({ unit }: Result, value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${unit}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function fuzzing(fuzz: FuzzRecord | null): string[] {
  if (fuzz === null) return [];
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const outcome =
    Object.keys(fuzz.kinds).length === 0
      ? "None trapped, hung, leaked a key, or was answered without form."
      : `What went wrong: ${Object.entries(fuzz.kinds)
          .map(([kind, count]) => `${kind} (${count})`)
          .join("; ")}.`;
  return [
    "## Hostile input",
    "",
    `\`make fuzz\` on ${fuzz.date}, seed ${fuzz.seed}: ${fuzz.cases.toLocaleString("en")} malformed and hostile requests and answers in ${fuzz.seconds.toFixed(0)} s. ${outcome} The slowest took ${fuzz.slowest.toFixed(0)} ms; ` +
      `the VM that grew most in the second half (${fuzz.memory.target}) went from ${mebibytes(fuzz.memory.half)} to ${mebibytes(fuzz.memory.end)} MiB. What is thrown, and what must hold: [test/fuzz](../test/fuzz/README.md).`,
    "",
  ];
}

function method({ options, versions, load, machine }: Run): string[] {
  const versionsOf = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    "## How it was measured",
    "",
    `- *Bare* is the listener, composite cluster, retry policy, buffer limits and access log that \`sluice render\` writes, without a filter of ours. All chains stand side by side in one Envoy with one worker.`,
    `- *CPU* is the time of that process (user and system, from /proc) over the requests that it served, asked by wrk over 16 connections. Providers are another Envoy's direct responses; streams come from a small server in Node. Neither is counted.`,
    `- A direct response leaves before the request's body is read, so the provider's Envoy closes the connection after each: in “A small prompt” bare therefore connects anew for every request, as the bars have it. Where connections are kept, as real providers keep them, bare costs less and the same added time is a larger multiple: those rows have no bar.`,
    `- ${options.rounds} rounds of ${options.seconds} s for each chain, interleaved in an order that shifts; a figure is the median of the ratios of single rounds. “Rounds differ by” is half the distance between the quartiles.`,
    `- Latency is asked at a constant rate, bare and bundle in turns, from one process on the same machine: the clients' own work is in both.`,
    `- A VM's own memory is read in the Node host of test/host, with ${options.requests.toLocaleString("en")} requests of every kind; resident memory is Envoy's VmRSS.`,
    `- The load average was ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after, on ${machine.cores} cores${load.before > machine.cores / 2 ? ": other work ran beside it, and single figures may be off" : ""}.`,
    `- ${versionsOf.join(", ")}.`,
    "",
    '`make bench` repeats all of it, `make bench ARGS="--only streams --rounds 4"` a part; [bench/results.json](../bench/results.json) holds every round.',
    "",
  ];
}
