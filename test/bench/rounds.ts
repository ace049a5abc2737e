/** Paired, interleaved rounds: each chain in turn, in an order that shifts, so that what a noisy machine does meets all of them. */

import type { MeasuredEnvoy } from "./envoy.ts";
import { median } from "./statistics.ts";
import { runWrk, type Load } from "./wrk.ts";

/** A chain under load. */
export interface Runner {
  readonly name: string;
  readonly load: Load;
  /** What CPU time is divided by; default: the answers that wrk got. Read before and after. */
  readonly units?: () => Promise<number>;
}

export interface Round {
  /** Microseconds of the gateway's CPU a unit. */
  readonly cpu: number;
  /** Units a second. */
  readonly rate: number;
}

export type Rounds = Readonly<Record<string, readonly Round[]>>;

/** Runs every chain once unmeasured (V8 compiles what is hot), and then in so many rounds. Throws where an answer is an error or breaks: a refusal costs little. */
export async function measureRounds(
  runners: readonly Runner[],
  {
    envoy,
    folder,
    rounds,
    seconds,
    tell,
  }: { envoy: MeasuredEnvoy; folder: string; rounds: number; seconds: number; tell: (line: string) => void },
): Promise<Rounds> {
  const measured: Record<string, Round[]> = Object.fromEntries(runners.map(({ name }) => [name, []]));
  for (const runner of runners) await once(runner, envoy, folder, Math.max(2, seconds));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < runners.length; i++) {
      const runner = runners[(i + round) % runners.length]!;
      measured[runner.name]!.push(await once(runner, envoy, folder, seconds));
    }
    tell(
      `  round ${round + 1} of ${rounds}: ${runners.map(({ name }) => `${name} ${measured[name]!.at(-1)!.cpu.toFixed(1)}`).join(", ")} µs`,
    );
  }
  return measured;
}

async function once({ name, load, units }: Runner, envoy: MeasuredEnvoy, folder: string, seconds: number): Promise<Round> {
  const [cpuBefore, unitsBefore] = [envoy.cpu(), await units?.()];
  const result = await runWrk(load, folder, seconds);
  const [cpuAfter, unitsAfter] = [envoy.cpu(), await units?.()];
  if (result.refused > 0 || result.broken > 0) {
    throw new Error(`${name}: ${result.refused} of ${result.requests} answers were errors, ${result.broken} broke.\n${envoy.log()}`);
  }
  const count = unitsBefore === undefined ? result.requests : unitsAfter! - unitsBefore;
  if (count === 0) throw new Error(`${name}: no answer in ${seconds} s.\n${envoy.log()}`);
  return { cpu: (cpuAfter - cpuBefore) / count, rate: count / result.seconds };
}

/** A chain against another, round by round. */
export interface Comparison {
  /** CPU of the chain over that of the other, the median of the rounds. */
  readonly ratio: number;
  /** Its rate as a share of the other's. */
  readonly share: number;
  /** Medians, in microseconds. */
  readonly cpu: number;
  readonly otherCpu: number;
  /** The ratio of every round. */
  readonly ratios: readonly number[];
}

export function compare(rounds: Rounds, name: string, other: string): Comparison {
  const [own, base] = [rounds[name]!, rounds[other]!];
  const ratios = own.map(({ cpu }, i) => cpu / base[i]!.cpu);
  return {
    ratio: median(ratios),
    share: median(own.map(({ rate }, i) => rate / base[i]!.rate)),
    cpu: median(own.map(({ cpu }) => cpu)),
    otherCpu: median(base.map(({ cpu }) => cpu)),
    ratios,
  };
}
