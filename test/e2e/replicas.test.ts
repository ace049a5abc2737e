/** One provider with several servers: how requests are spread over them, and what becomes of one that fails. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../cli/testing/sluice.ts";
import { startProvider, type Provider } from "../providers/provider.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let servers: Provider[];
let primary: Provider;
let gateway: TestGateway;

const key = "keys: [env:OPENAI_KEY]";

beforeAll(async () => {
  servers = await Promise.all([0, 1, 2].map(() => startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] })));
  primary = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
  const urls = `url: [${servers.map(({ url }) => url).join(", ")}]`;
  const dead = `http://127.0.0.1:${await freePort()}`;
  gateway = await startGateway(
    [
      "providers:",
      `  turns: { type: openai, ${urls}, ${key}, balance: round_robin }`,
      `  busy: { type: openai, ${urls}, ${key} }`,
      `  prompts: { type: openai, ${urls}, ${key}, balance: prompt_prefix }`,
      `  loaded: { type: vllm, url: [${servers[0]!.url}, ${servers[1]!.url}], ${key}, balance: load }`,
      `  refused: { type: openai, ${urls}, ${key}, attempts: 1, balance: round_robin }`,
      `  half-dead: { type: openai, url: [${dead}, ${servers[0]!.url}, ${servers[1]!.url}], ${key}, balance: round_robin }`,
      `  primary: { type: openai, url: ${primary.url}, ${key} }`,
      "models:",
      "  - { match: prompts-second, to: { provider: primary, model: gpt-4o }, fallback: { provider: prompts, model: gpt-4o } }",
      "",
    ].join("\n"),
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const server of [...servers, primary]) await server.stop();
});
beforeEach(() => [...servers, primary].forEach((server) => server.reset()));

async function ask(model: string, content = "The answer", before: object[] = []): Promise<Response> {
  return gateway.post("/v1/chat/completions", { model, messages: [...before, { role: "user", content }] });
}

async function succeed(model: string, content?: string, before?: object[]): Promise<void> {
  const answer = await ask(model, content, before);
  expect([answer.status, await answer.text()]).toMatchObject([200, expect.stringContaining("chatcmpl")]);
}

const counts = (): number[] => servers.map(({ requests }) => requests.length);
const ejections = (provider: string): Promise<number> =>
  gateway.stat(`cluster.provider_${provider}.outlier_detection.ejections_enforced_total`);

describe("servers that work", () => {
  afterEach(() => expectOnlyGoodRequests(servers));

  test("round_robin gives each as many", async () => {
    // Each worker takes turns by itself; so many are spread over both.
    for (let i = 0; i < 30; i++) await succeed("turns/gpt-4o");
    expect(Math.min(...counts())).toBeGreaterThanOrEqual(8);
    expect(counts().reduce((sum, count) => sum + count)).toBe(30);
  });

  test("least_request, the default, goes past a server that is busy", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    servers[0]!.always({ hold: { headers: promise } });
    const asked = Array.from({ length: 40 }, () => succeed("busy/gpt-4o"));
    await expect.poll(() => counts().reduce((sum, count) => sum + count)).toBe(40);
    for (let i = 0; i < 20; i++) asked.push(succeed("busy/gpt-4o"));
    await expect.poll(() => counts().reduce((sum, count) => sum + count)).toBe(60);
    resolve();
    await Promise.all(asked);
    expect(counts()[0]).toBeLessThan(Math.min(counts()[1]!, counts()[2]!) + 1);
  });

  test("prompt_prefix: the turns of a conversation meet the server of its first", async () => {
    const served = new Set<number>();
    for (let conversation = 0; conversation < 12; conversation++) {
      const system = { role: "system", content: "You answer briefly." };
      const first = { role: "user", content: `Conversation ${conversation}` };
      await succeed("prompts/gpt-4o", first.content, [system]);
      const server = counts().indexOf(1);
      served.add(server);
      for (let turn = 0; turn < 3; turn++)
        await succeed("prompts/gpt-4o", `Question ${turn}`, [system, first, { role: "assistant", content: "Yes?" }]);
      expect(counts()[server]).toBe(4);
      for (const each of servers) {
        for (const { headers } of each.requests) expect(Object.keys(headers).filter((name) => name.startsWith("x-sluice"))).toEqual([]);
        each.reset();
      }
    }
    expect(served.size).toBeGreaterThan(1);
  });

  test("prompt_prefix holds where the provider is asked second", async () => {
    primary.always({ error: { status: 500 } });
    for (let conversation = 0; conversation < 8; conversation++) {
      await succeed("prompts/gpt-4o", `Conversation ${conversation}`);
      const server = counts().indexOf(1);
      for (let again = 0; again < 3; again++) await succeed("prompts-second", `Conversation ${conversation}`);
      expect(counts()[server]).toBe(4);
      servers.forEach((each) => each.reset());
    }
  });
});

/** As vLLM writes it, and as others do that measure more. */
test.each([
  [
    "TEXT named_metrics.kv_cache_usage_perc=0.9, named_metrics.num_requests_waiting=4.0",
    "TEXT named_metrics.kv_cache_usage_perc=0.5, named_metrics.num_requests_waiting=0.0",
  ],
  ["TEXT application_utilization=0.9, rps_fractional=10.0", "TEXT application_utilization=0.1, rps_fractional=10.0"],
])(
  "load: the server that has less to do gets more (%s)",
  async (busy, idle) => {
    servers[0]!.always({ headers: { "endpoint-load-metrics": busy } });
    servers[1]!.always({ headers: { "endpoint-load-metrics": idle } });
    const balanced = async (): Promise<[number, number]> => {
      const [first, second] = counts() as [number, number];
      for (let i = 0; i < 20; i++) {
        const answer = await ask("loaded/gpt-4o");
        expect([answer.status, answer.headers.get("endpoint-load-metrics")]).toEqual([200, null]);
        await answer.arrayBuffer();
      }
      return [counts()[0]! - first, counts()[1]! - second];
    };
    await expect.poll(balanced, { timeout: 15_000, interval: 500 }).toSatisfy(([first, second]) => first > 0 && second >= 4 * first);
    expect(servers[0]!.requests[0]!.headers["endpoint-load-metrics-format"]).toBe("TEXT");
  },
  30_000,
);

test("a server that fails is asked once: the next attempt goes to another one", async () => {
  for (let i = 0; i < 6; i++) {
    servers.forEach((server) => server.reset());
    servers.forEach((server) => server.next({ error: { status: 500 } }));
    servers[2]!.reset();
    await succeed("turns/gpt-4o");
    expect(Math.max(...counts())).toBe(1);
  }
});

test("a server that refuses connections is thrown out, and no request fails", async () => {
  for (let i = 0; i < 40; i++) await succeed("half-dead/gpt-4o");
  await expect.poll(() => gateway.stat("cluster.provider_half-dead.outlier_detection.ejections_active")).toBe(1);
  const failed = await gateway.stat("cluster.provider_half-dead.upstream_cx_connect_fail");
  for (let i = 0; i < 10; i++) await succeed("half-dead/gpt-4o");
  expect(await gateway.stat("cluster.provider_half-dead.upstream_cx_connect_fail")).toBe(failed);
});

test.each([401, 429])("%i on every server is the key's: nobody is thrown out", async (status) => {
  servers.forEach((server) => server.always({ error: { status } }));
  for (let i = 0; i < 20; i++) expect((await ask("refused/gpt-4o")).status).toBe(status);
  expect(await ejections("refused")).toBe(0);
});

test("500 on every server throws out all but one, which goes on being asked", async () => {
  servers.forEach((server) => server.always({ error: { status: 500 } }));
  for (let i = 0; i < 60; i++) expect((await ask("refused/gpt-4o")).status).toBe(500);
  expect(await gateway.stat("cluster.provider_refused.outlier_detection.ejections_active")).toBe(2);
  servers.forEach((server) => server.reset());
  await succeed("refused/gpt-4o");
});
