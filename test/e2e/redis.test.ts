/** Signed thinking in a real Redis: shared by two gateways, there after a restart, and missed by nobody's request when Redis is down. */

import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testAuthority } from "../providers/certificates.ts";
import { startProvider, type Provider } from "../providers/provider.ts";
import { models, providerKeys, startGateway, type TestGateway } from "./gateway.ts";
import { RedisServer } from "./redis.ts";

const PASSWORD = "redis-password-5f1e";
const tools = [{ type: "function" as const, function: { name: "get_weather", parameters: { type: "object", properties: {} } } }];
const stopped: (() => Promise<unknown>)[] = [];
let claude: Provider;

beforeAll(async () => {
  claude = await startProvider({ protocol: "anthropic", keys: [providerKeys.CLAUDE_KEY] });
  stopped.push(() => claude.stop());
});
afterAll(async () => {
  for (const stop of stopped.reverse()) await stop();
});

async function gatewayWith(redis: RedisServer, more = ""): Promise<TestGateway> {
  const gateway = await startGateway(
    `providers:
  claude: { type: claude, url: ${claude.url}, keys: [env:CLAUDE_KEY] }
models:
  - { match: "*", to: claude }
redis: { url: ${redis.url}/2, password: env:REDIS_PASSWORD${more} }
`,
    {
      environment: { REDIS_PASSWORD: PASSWORD },
      files: { "ca.pem": testAuthority().certificate },
      expectedInLog: /redis "redis" can't be reached/,
    },
  );
  stopped.push(() => gateway.stop());
  return gateway;
}

/** Asks with a tool through one gateway, and brings the result through another, without the thinking; what Claude saw of it. */
async function twoRounds(first: TestGateway, second: TestGateway, words: string, between?: () => Promise<void>): Promise<unknown[]> {
  claude.reset();
  claude.next({ thinking: ["Let me see."], tools: [{ name: "get_weather", arguments: {} }] });
  const messages: ChatCompletionMessageParam[] = [{ role: "user", content: words }];
  const request = { model: models.claude, reasoning_effort: "medium" as const, tools };
  const answer = await first.client().chat.completions.create({ ...request, messages });
  const [call] = answer.choices[0]!.message.tool_calls!;
  if (call!.type !== "function") throw new Error(`a call of type ${call!.type}`);
  await between?.();
  const known = { id: call!.id, type: call!.type, function: { name: call!.function.name, arguments: call!.function.arguments } };
  messages.push({ role: "assistant", tool_calls: [known] }, { role: "tool", tool_call_id: call!.id, content: "rain" });
  await second.client().chat.completions.create({ ...request, messages });
  const sent = claude.requests.at(-1)!.json as { messages: { role: string; content: { type: string }[] }[] };
  return sent.messages.find(({ role }) => role === "assistant")!.content.map(({ type }) => type);
}

describe.each([
  ["plain TCP", false],
  ["TLS", true],
] as const)("over %s", (_, tls) => {
  let redis: RedisServer;
  let one: TestGateway;
  let other: TestGateway;

  beforeAll(async () => {
    redis = await RedisServer.start({ password: PASSWORD, tls });
    stopped.push(() => redis.remove());
    const more = tls ? ", tls: { ca: ca.pem }" : "";
    one = await gatewayWith(redis, more);
    other = await gatewayWith(redis, more);
  });

  test("what one gateway has seen, another puts back", async () => {
    expect(await twoRounds(one, other, `Two gateways ${tls}?`)).toEqual(["thinking", "tool_use"]);
    expect(await redis.command("DBSIZE")).toBe(":0\r\n");
    expect(await redis.command("INFO", "keyspace")).toMatch(/db2:keys=1,expires=1/);
  });

  test("many at once", async () => {
    const before = /total_commands_processed:(\d+)/.exec(await redis.command("INFO", "stats"))![1];
    const rounds = Array.from({ length: 20 }, (_, i) =>
      one.client().chat.completions.create({
        model: models.claude,
        tools,
        messages: [
          { role: "user", content: `Many ${i}` },
          { role: "assistant", tool_calls: [{ id: `toolu_${i}`, type: "function", function: { name: "get_weather", arguments: "{}" } }] },
          { role: "tool", tool_call_id: `toolu_${i}`, content: "rain" },
        ],
      }),
    );
    expect((await Promise.all(rounds)).length).toBe(20);
    expect(Number(/total_commands_processed:(\d+)/.exec(await redis.command("INFO", "stats"))![1])).toBeGreaterThanOrEqual(
      Number(before) + 20,
    );
  });

  test("when it is down requests go on without thinking, and with it again once it is back", async () => {
    expect(await twoRounds(one, one, `Down ${tls}?`, () => redis.stop())).toEqual(["tool_use"]);
    await redis.start();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await twoRounds(one, one, `Up again ${tls}?`)).toEqual(["thinking", "tool_use"]);
  });

  test("the password is nowhere in the log", () => {
    expect(one.output + other.output).not.toContain(PASSWORD);
    expect(one.output).toContain('redis "redis" can\'t be reached');
  });
});

test("whose a file is, another gateway knows, and one that was started anew; without Redis nobody gets it", async () => {
  const openai = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
  const redis = await RedisServer.start();
  stopped.push(
    () => openai.stop(),
    () => redis.remove(),
  );
  openai.always(() => ({ raw: { status: 200, body: JSON.stringify({ id: "file-e2e", object: "file" }) } }));
  const start = async (): Promise<TestGateway> => {
    const gateway = await startGateway(
      `providers:
  openai: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY], stateful: true }
models:
  - { match: gpt-*, names: [gpt-4o], to: openai }
consumers:
  - { name: alice, keys: [env:ALICE_KEY] }
  - { name: bob, keys: [env:BOB_KEY] }
redis: { url: ${redis.url} }
`,
      { environment: { ALICE_KEY: "sk-alice-77aa", BOB_KEY: "sk-bob-88bb" }, expectedInLog: /redis "redis" can't be reached/ },
    );
    stopped.push(() => gateway.stop());
    return gateway;
  };
  const one = await start();
  const file = new File([Buffer.from("text")], "a.txt");
  await one.client({ apiKey: "sk-alice-77aa" }).files.create({ purpose: "user_data", file });
  const other = await start();
  expect((await other.client({ apiKey: "sk-alice-77aa" }).files.retrieve("file-e2e")).id).toBe("file-e2e");
  await expect(other.client({ apiKey: "sk-bob-88bb" }).files.retrieve("file-e2e")).rejects.toMatchObject({ status: 404 });
  await redis.stop();
  const asked = openai.requests.length;
  await expect(other.client({ apiKey: "sk-alice-77aa" }).files.retrieve("file-e2e")).rejects.toMatchObject({ status: 503 });
  expect(openai.requests).toHaveLength(asked);
});
