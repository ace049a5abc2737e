/** A process that runs a share of the cases: `node worker.ts {seed, from, to, step}`. Its parent sees by its messages that it goes on. */

import { readCorpus } from "./corpus.ts";
import { describeFailure, type Message, type Share } from "./fuzz.ts";
import { caseOf } from "./cases.ts";
import { kindOf, minimise } from "./minimise.ts";
import { Runner } from "./runner.ts";

/** Kinds of failures that are shown in full. */
const shown = 8;

const { seed, from, to, step } = JSON.parse(process.argv[2]!) as Share;
const corpus = readCorpus();
const runner = new Runner(corpus);
const kinds = new Map<string, number>();
let half: Record<string, number> = {};
let failures = 0;

const tell = (message: Message): void => void process.send!(message);

for (let number = from; number < to; number += step) {
  // Ahead of the case, so that one that never returns is known.
  if (((number - from) / step) % 64 === 0) tell({ kind: "at", number });
  const problems = runner.runNumber(seed, number);
  if (problems.length > 0) {
    failures++;
    for (const problem of problems) {
      const kind = kindOf(problem);
      const count = (kinds.get(kind) ?? 0) + 1;
      kinds.set(kind, count);
      if (count === 1 && kinds.size <= shown)
        tell({ kind: "failure", text: describeFailure(seed, number, minimise(corpus, caseOf(corpus, seed, number), problem)) });
    }
  }
  if (number <= from + (to - from) / 2) half = runner.memory();
}
const end = runner.memory();
// The process ends once the last message is out.
process.send!({ kind: "done", failures, kinds: Object.fromEntries(kinds), slowest: runner.slowest, half, end } satisfies Message, () =>
  process.exit(0),
);
