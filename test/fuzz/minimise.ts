/** Makes a failing case smaller, as long as it fails in the same way in a gateway of its own. */

import type { ProviderAnswer } from "../host/provider.ts";
import type { Answer, Case } from "./cases.ts";
import type { Corpus } from "./corpus.ts";
import { Runner } from "./runner.ts";

export interface Minimised {
  /** False: it takes what earlier cases left in the VM. */
  readonly failsAlone: boolean;
  readonly input: Case;
  readonly problems: readonly string[];
  /** What providers answered. */
  readonly given: Runner["given"];
  /** What the client got. */
  readonly answer: Runner["answer"];
}

/** How a problem is called, without what differs from case to case. */
export function kindOf(problem: string): string {
  return problem.replace(/\d+/g, "#").slice(0, 100);
}

export function minimise(corpus: Corpus, input: Case, problem: string): Minimised {
  const wanted = kindOf(problem);
  let runner = new Runner(corpus);
  const problems = runner.run(input);
  if (!problems.some((found) => kindOf(found) === wanted))
    return { failsAlone: false, input, problems: [problem], given: runner.given, answer: runner.answer };
  // What providers say stands still while the rest shrinks.
  let best: Case = { ...input, answers: runner.given.map(({ answer }) => fixed(answer)) };
  const fails = (candidate: Case): boolean => {
    runner = new Runner(corpus);
    return runner.run(candidate).some((found) => kindOf(found) === wanted);
  };
  if (!fails(best)) best = input;
  let budget = 400;
  const take = (candidate: Case): boolean => {
    if (budget-- <= 0 || !fails(candidate)) return false;
    best = candidate;
    return true;
  };
  take({ ...best, trailers: false });
  take({ ...best, chunks: [Buffer.concat(best.chunks)] });
  for (let i = best.headers.length - 1; i >= 0; i--) take({ ...best, headers: best.headers.filter((_, at) => at !== i) });
  shrink(Buffer.concat(best.chunks), (body) => take({ ...best, chunks: [body] }));
  for (let i = 0; i < best.answers.length; i++) {
    const answer = answerAt(best, i);
    if (answer === null) continue;
    const put = (made: ProviderAnswer): boolean =>
      take({ ...best, answers: best.answers.map((other, at) => (at === i ? fixed(made) : other)) });
    const whole = Buffer.concat(
      (answer.chunks ?? []).filter((chunk) => typeof chunk !== "number").map((chunk) => Buffer.from(chunk as Uint8Array)),
    );
    const { trailers: _, ...plain } = answer;
    put({ ...plain, endWithLastChunk: false });
    if (put({ ...answerAt(best, i)!, chunks: [whole] })) shrink(whole, (body) => put({ ...answerAt(best, i)!, chunks: [body] }));
  }
  runner = new Runner(corpus);
  const left = runner.run(best);
  return { failsAlone: true, input: best, problems: left, given: runner.given, answer: runner.answer };
}

/** Cuts pieces out, large ones first. */
function shrink(bytes: Buffer, take: (smaller: Buffer) => boolean): void {
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at + size <= bytes.length;) {
      const smaller = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
      if (take(smaller)) bytes = smaller;
      else at += size;
    }
  }
}

function fixed(answer: ReturnType<Answer["make"]>): Answer {
  return { make: () => answer };
}

function answerAt({ answers }: Case, i: number): ProviderAnswer | null {
  const answer = answers[i]!.make("");
  return typeof answer === "string" ? null : answer;
}
