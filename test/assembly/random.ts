/** Repeatable chance for property tests: the seed is printed, `SEED` repeats a run, `CASES` sets how many cases. */

/** mulberry32: small, fast, and the same everywhere. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True once in `count` times. */
  once(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** How many cases a property test runs: `CASES`, else `usually`. */
export function caseCount(usually: number): number {
  return Number(process.env["CASES"] ?? usually);
}

/** A seed: `SEED`, else a new one; printed, so that a failure can be repeated. */
export function printedSeed(property: string): number {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 0x100000000));
  console.log(`${property}: SEED=${seed}`);
  return seed;
}
