/** What in Envoy's log is a defect whatever the test was about. */

/** A trap, in V8's and Envoy's words; a critical line; a crash of Envoy itself. */
const defect =
  /\] ?\[critical\]| envoy critical |Wasm VM failed|unreachable|RuntimeError|wasm .*crash|Function: proxy_\w+ failed|Caught Segmentation|assert failure|ENVOY_BUG|Segmentation fault|Backtrace/i;

/** Lines of a log that tell of a defect; `expected` are those that a test provokes. */
export function defectsIn(log: string, expected?: RegExp): string[] {
  return log.split("\n").filter((line) => defect.test(line) && !expected?.test(line));
}
