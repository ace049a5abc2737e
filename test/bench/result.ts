/** What a measurement comes to: one line of the report. */

export interface Result {
  /** Stays the same between runs: `key-auth`, `stream-event`. */
  readonly id: string;
  /** The part that it belongs to. */
  readonly part: string;
  /** What was measured, in the report's words. */
  readonly title: string;
  readonly value: number;
  /** `×` (a ratio), `µs`, `ms`, `s`, `KiB`, `MiB`. */
  readonly unit: string;
  /** What the value must not pass, or with `atLeast` must reach; null: reported without a bar. */
  readonly bar: number | null;
  readonly atLeast?: boolean;
  /** Further figures in words. */
  readonly note: string;
  /** The values of single rounds, where there were rounds. */
  readonly rounds?: readonly number[];
}

export function isMet({ value, bar, atLeast }: Result): boolean | null {
  if (bar === null) return null;
  return atLeast === true ? value >= bar : value <= bar;
}
