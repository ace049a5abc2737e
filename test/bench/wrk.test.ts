import { expect, test } from "vitest";
import { readWrk } from "./wrk.ts";

const clean = `Running 2s test @ http://127.0.0.1:29900/v1/chat/completions
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.79ms    1.59ms  24.23ms   80.83%
    Req/Sec     5.99k   724.90     7.15k    70.00%
  11956 requests in 2.01s, 5.02MB read
Requests/sec:   5953.29
Transfer/sec:      2.50MB
`;

test("reads what wrk prints", () => {
  expect(readWrk(clean)).toEqual({ requests: 11956, seconds: 2.01, refused: 0, broken: 0 });
});

test("sees refusals and broken connections", () => {
  const output = clean.replace(
    "Requests/sec",
    "  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 31\nRequests/sec",
  );
  expect(readWrk(output)).toMatchObject({ refused: 31, broken: 7 });
});

test("takes nothing else for a result", () => {
  expect(() => readWrk("unable to connect to 127.0.0.1:1 Connection refused\n")).toThrow("something else");
});
