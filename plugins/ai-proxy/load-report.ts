/** What a server says of its load, for Envoy's balancer: https://github.com/envoyproxy/envoy/blob/v1.40.0/api/envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3/client_side_weighted_round_robin.proto */
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { responseHeaders } from "../../shared/host/headers";
import { HeaderBlock } from "../../shared/host/pairs";
import { durationOf } from "../../shared/pipeline/retry-delay";

/** By this header of a request a server is asked: https://docs.vllm.ai/en/stable/api/vllm/entrypoints/openai/orca_metrics/ */
export const LOAD_FORMAT = "endpoint-load-metrics-format";
export const LOAD = "endpoint-load-metrics";
const USAGE = "named_metrics.kv_cache_usage_perc";
const WAITING = "named_metrics.num_requests_waiting";
/** Thousandths: an idle server isn't infinitely better than one with a little to do. */
const LEAST: i64 = 50;
const MOST: i64 = 1_000_000;
const view = new Bytes();
const report = new ByteWriter(64);

/**
 * Writes a report that has vLLM's measures alone as one that Envoy takes, which wants requests per second and a utilization: how full the cache of keys and values is (0 to 1), and 1 for each request that waits, since none waits unless it is full. Other reports stay.
 */
export function completeLoad(head: HeaderBlock): void {
  const said = head.find(LOAD, view);
  if (said == null || !said.startsWith("TEXT ") || said.length > 1024) return;
  const usage = thousandths(said, USAGE);
  const waiting = thousandths(said, WAITING);
  if (usage < 0 && waiting < 0) return;
  const load = min(max(max(usage, 0) + max(waiting, 0), LEAST), MOST);
  report.clear();
  // Envoy's weights are whole numbers: requests per second over utilization.
  report.ascii("TEXT rps_fractional=1000,application_utilization=");
  report.unsigned(<u64>(load / 1000));
  report.ascii(".");
  const rest = load % 1000;
  if (rest < 100) report.ascii("0");
  if (rest < 10) report.ascii("0");
  report.unsigned(<u64>rest);
  responseHeaders.set(LOAD, report.view());
}

/** A measure's value; 0 where it is written in a way that only very small numbers have, -1: it isn't there. */
function thousandths(said: Bytes, name: string): i64 {
  let at = 5;
  while (at < said.length) {
    const comma = said.indexOf(0x2c, at);
    const end = comma < 0 ? said.length : comma;
    while (at < end && said.at(at) == 0x20) at++;
    const entry = said.slice(at, end);
    const equals = entry.indexOf(0x3d);
    if (equals > 0 && entry.slice(0, equals).is(name)) return min(max(durationOf(entry.slice(equals + 1)), 0), MOST);
    at = end + 1;
  }
  return -1;
}
