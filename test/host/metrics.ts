import { Result } from "./abi.ts";

const COUNTER = 0;
const GAUGE = 1;
const HISTOGRAM = 2;

/** What a test sees of one metric. */
export interface Metric {
  readonly kind: "counter" | "gauge" | "histogram";
  /** Counter and gauge: the value. Histogram: the number of values recorded. */
  value: bigint;
  /** Histogram: their sum. */
  sum: bigint;
  /** Histogram: the last values, at most 1000. */
  last: bigint[];
}

/** Metrics of one Envoy process by name; ids are a VM's own, their low two bits the kind, as in Envoy. */
export class Metrics {
  readonly byName = new Map<string, Metric>();

  /** The value of a counter or gauge (a histogram's count), 0 where it was never defined. */
  value(name: string): number {
    return Number(this.byName.get(name)?.value ?? 0n);
  }

  /** All values, for assertions. */
  toObject(): Record<string, number> {
    return Object.fromEntries([...this.byName].map(([name, metric]) => [name, Number(metric.value)]));
  }
}

/** The metrics that one VM defined. */
export class MetricIds {
  readonly #metrics: Metrics;
  readonly #byId = new Map<number, Metric>();
  #next = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** The id of a new handle, or null for a kind that doesn't exist. */
  define(kind: number, name: string): number | null {
    if (kind < COUNTER || kind > HISTOGRAM) return null;
    let metric = this.#metrics.byName.get(name);
    if (metric === undefined) {
      metric = { kind: kind === COUNTER ? "counter" : kind === GAUGE ? "gauge" : "histogram", value: 0n, sum: 0n, last: [] };
      this.#metrics.byName.set(name, metric);
    }
    const id = (++this.#next << 2) | kind;
    this.#byId.set(id, metric);
    return id;
  }

  increment(id: number, offset: bigint): number {
    const metric = this.#byId.get(id);
    if ((id & 3) >= HISTOGRAM) return Result.BadArgument;
    if (metric === undefined) return Result.NotFound;
    if ((id & 3) === COUNTER && offset <= 0n) return Result.BadArgument;
    metric.value = BigInt.asUintN(64, metric.value + offset);
    return Result.Ok;
  }

  record(id: number, value: bigint): number {
    const metric = this.#byId.get(id);
    if (metric === undefined) return Result.NotFound;
    const unsigned = BigInt.asUintN(64, value);
    if ((id & 3) === COUNTER) metric.value += unsigned;
    else if ((id & 3) === GAUGE) metric.value = unsigned;
    else {
      metric.value++;
      metric.sum += unsigned;
      if (metric.last.push(unsigned) > 1000) metric.last.shift();
    }
    return Result.Ok;
  }

  /** The value, or the status that says why there is none. */
  get(id: number): bigint | number {
    if ((id & 3) >= HISTOGRAM) return Result.BadArgument;
    return this.#byId.get(id)?.value ?? Result.NotFound;
  }
}
