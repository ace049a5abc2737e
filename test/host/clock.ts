/** A clock that stands still until it is told to move; what was planned runs in order of time, then of planning. */
export class Clock {
  /** Milliseconds since the epoch; starts at a fixed date so that runs repeat. */
  now = Date.UTC(2026, 0, 1);
  #timers: Timer[] = [];
  #order = 0;

  /** Runs `action` in `milliseconds`; `background` timers (ticks, calls) do not count as something a request waits for. */
  after(milliseconds: number, action: () => void, background = false): Timer {
    const timer: Timer = { at: this.now + Math.max(0, milliseconds), order: this.#order++, action, background };
    let i = this.#timers.length;
    while (i > 0 && before(timer, this.#timers[i - 1]!)) i--;
    this.#timers.splice(i, 0, timer);
    return timer;
  }

  cancel(timer: Timer | null): void {
    if (timer === null) return;
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }

  /** The next timer, or null. */
  get next(): Timer | null {
    return this.#timers[0] ?? null;
  }

  /** Is anything planned that is not in the background? */
  get busy(): boolean {
    return this.#timers.some((timer) => !timer.background);
  }

  /** Moves to the next timer and runs it. */
  step(): void {
    const timer = this.#timers.shift();
    if (timer === undefined) return;
    this.now = Math.max(this.now, timer.at);
    timer.action();
  }
}

/** Something planned. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
  readonly background: boolean;
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
