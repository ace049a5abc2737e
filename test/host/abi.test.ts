/** What traces from a stock Envoy cannot show: WASI, Higress's calls, gRPC. */
import { expect, test } from "vitest";
import { Gateway, type GatewayOptions } from "./gateway.ts";
import { probe } from "./modules.ts";

async function lines(module: string, more: Partial<GatewayOptions>, body?: string): Promise<string[]> {
  const gateway = await Gateway.start({ modules: [{ module: await probe(module) }], providers: { a: () => ({ body: "hello" }) }, ...more });
  gateway.request(body === undefined ? {} : { body });
  return gateway.logLines.map((line) => `${line.level}: ${line.message}`);
}

test("WASI: random bytes and clock repeat from run to run, output goes to the log, there are no arguments and no files", async () => {
  const first = await lines("wasi", {});
  expect(first.slice(1)).toEqual([
    `warn: clock 0 ${Date.UTC(2026, 0, 1)}`,
    "warn: other clock 58",
    "warn: args 0 0",
    "info: to standard output",
    "error: to standard error",
    "warn: file 5 8",
    "warn: outside 21",
  ]);
  expect(first[0]).toMatch(/^warn: random 0 [0-9a-f]{20,32}$/);
  expect(await lines("wasi", {})).toEqual(first);
});

test("WASI: proc_exit is a trap", async () => {
  await expect(lines("wasi", {}, "body")).rejects.toThrow("trap in proxy_on_request_headers: proc_exit(3)");
});

test("Higress's Redis calls are there only for Higress", async () => {
  await expect(lines("redis", {})).rejects.toThrow("env.proxy_redis_init, env.proxy_redis_call");
});

test("a Redis behind Higress answers with the bytes of its script, or fails", async () => {
  const queries: string[] = [];
  const redis = (answer: Uint8Array | "error" | "stall"): Partial<GatewayOptions> => ({
    higress: true,
    redis: {
      cache: (query) => {
        queries.push(Buffer.from(query).toString());
        return answer;
      },
    },
  });
  const asked = ["warn: init 0 2", "warn: call 0 1", "warn: call 2"];
  expect(await lines("redis", redis(Buffer.from("$1\r\nx\r\n")))).toEqual([...asked, "warn: answer 1 0 $1\r\\nx\r\\n"]);
  expect(await lines("redis", redis("error"))).toEqual([...asked, "warn: answer 1 1 "]);
  expect(await lines("redis", redis("stall"))).toEqual(asked);
  expect(queries).toEqual(["GET a", "GET a", "GET a"]);
});

test("gRPC calls are not implemented here", async () => {
  const gateway = await Gateway.start({
    modules: [{ module: await probe("scripted"), configuration: "request_headers grpc" }],
    providers: { a: () => ({ body: "hello" }) },
  });
  expect(gateway.request({}).log.map((line) => line.message)).toContain("   grpc -> 12");
});
