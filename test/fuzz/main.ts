/**
 * `make fuzz`: malformed and hostile requests and answers against the modules. CASES (1,000,000) and SEED (printed) set which; SEED and CASE together run one case again and show it.
 * A run of 1,000,000 cases or more is recorded in bench/fuzz.json and docs/performance.md.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { performanceGuide } from "../bench/report.ts";
import { caseOf } from "./cases.ts";
import { readCorpus } from "./corpus.ts";
import { describeFailure, fuzz } from "./fuzz.ts";
import { minimise } from "./minimise.ts";
import { Runner } from "./runner.ts";

const recorded = 1_000_000;

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 0x100000000)) >>> 0;
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

if (process.env.CASE === undefined) await runAll(Number(process.env.CASES ?? recorded));
else runOne(Number(process.env.CASE));

async function runAll(cases: number): Promise<void> {
  tell(`SEED=${seed} CASES=${cases}`);
  const outcome = await fuzz({ seed, cases, workers: availableParallelism(), tell });
  const { failures, kinds, slowest, seconds, memory } = outcome;
  for (const [kind, count] of Object.entries(kinds)) tell(`${count} × ${kind}`);
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  tell(
    `${cases} cases in ${seconds.toFixed(0)} s, ${failures} failed; the slowest took ${slowest.toFixed(0)} ms; the memory of a VM went from ${mebibytes(memory.half)} to ${mebibytes(memory.end)} MiB in the second half (${memory.target}).`,
  );
  if (cases >= recorded) {
    const { described: _, ...figures } = outcome;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    mkdirSync(join(root, "bench"), { recursive: true });
    writeFileSync(
      join(root, "bench/fuzz.json"),
      `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), ...figures }, null, 2)}\n`,
    );
    const guide = performanceGuide(root);
    if (guide !== null) writeFileSync(join(root, "docs/performance.md"), guide);
  }
  if (Object.keys(kinds).length > 0) process.exitCode = 1;
}

function runOne(number: number): void {
  const corpus = readCorpus();
  const input = caseOf(corpus, seed, number);
  const runner = new Runner(corpus);
  const problems = runner.run(input);
  tell(describeFailure(seed, number, { failsAlone: true, input, problems, given: runner.given, answer: runner.answer }));
  if (problems.length === 0) return tell("Nothing is wrong with this case.");
  tell(`Made small:\n${describeFailure(seed, number, minimise(corpus, input, problems[0]!))}`);
  process.exitCode = 1;
}
