import type { Callout, CalloutHandle } from "./callout.ts";
import { Clock } from "./clock.ts";
import { Metrics } from "./metrics.ts";
import type { RedisScript } from "./redis.ts";
import { SharedData, SharedQueues } from "./shared.ts";
import type { Trap } from "./vm.ts";

/** One line that a module logged. */
export interface LogLine {
  level: "trace" | "debug" | "info" | "warn" | "error" | "critical";
  message: string;
  plugin: string;
}

/** What all workers of one Envoy process share. Give the same one to two gateways and they are two workers. */
export class Envoy {
  readonly clock = new Clock();
  readonly sharedData = new SharedData();
  readonly sharedQueues = new SharedQueues();
  readonly metrics = new Metrics();
  #workers = 0;
  #tasks: (() => void)[] = [];
  #running = false;

  /** Where a worker's random numbers start: the same in every run, another for each worker. */
  nextSeed(): number {
    return 0x9e3779b9 + this.#workers++;
  }

  /** Puts work at the end of the event loop. */
  post(task: () => void): void {
    this.#tasks.push(task);
  }

  /** Runs what was posted, and what that posts, until nothing is left. */
  run(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let i = 0; i < this.#tasks.length; i++) {
        this.#tasks[i]!();
        if (i === BATCH) {
          this.#tasks = this.#tasks.slice(i + 1);
          i = -1;
        }
      }
    } finally {
      this.#tasks = [];
      this.#running = false;
    }
  }
}

/** Tasks after which those that have run are let go. */
const BATCH = 1023;

/** What a VM needs from the worker that it runs on. */
export interface Worker {
  readonly envoy: Envoy;
  log(line: LogLine): void;
  trapped(trap: Trap): void;
  /** Starts an HTTP call; a number is the status that refuses it. */
  callout(call: Callout, handle: CalloutHandle): number;
  /** The Redis behind a cluster (Higress), or null. */
  redis(cluster: string): RedisScript | null;
  /** Fills with bytes that repeat from run to run. */
  random(bytes: Uint8Array): void;
}
