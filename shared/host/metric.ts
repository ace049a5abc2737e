import { Bytes } from "../bytes/bytes";
import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "./imports";
import { OUT, outNumber } from "./memory";
import { MetricType, Status } from "./types";

/** A metric of the host. Defining the same name again gives the same metric; one that the host refuses counts nothing. */
@final
export class Metric {
  private constructor(
    private id: u32,
    private defined: bool,
  ) {}

  static counter(metricName: string): Metric {
    return Metric.define(MetricType.Counter, Bytes.of(metricName));
  }

  static gauge(metricName: string): Metric {
    return Metric.define(MetricType.Gauge, Bytes.of(metricName));
  }

  static histogram(metricName: string): Metric {
    return Metric.define(MetricType.Histogram, Bytes.of(metricName));
  }

  static define(type: MetricType, metricName: Bytes): Metric {
    const defined = proxy_define_metric(type, metricName.pointer, metricName.length, OUT) == Status.Ok;
    return new Metric(outNumber(), defined);
  }

  /** Adds to a counter or gauge. */
  add(amount: i64 = 1): void {
    if (this.defined) proxy_increment_metric(this.id, amount);
  }

  /** Sets a gauge, or records a value in a histogram. */
  record(value: u64): void {
    if (this.defined) proxy_record_metric(this.id, value);
  }

  get value(): u64 {
    return this.defined && proxy_get_metric(this.id, OUT) == Status.Ok ? load<u64>(OUT) : 0;
  }
}
