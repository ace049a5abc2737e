import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { CalloutAnswer } from "../../test/host/callout.ts";
import type { Gateway } from "../../test/host/gateway.ts";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { claudeAnswer, geminiAnswer } from "../../test/modules/answers.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { FakeRedis, REDIS } from "../../test/modules/redis.ts";
import { chat } from "../../test/modules/requests.ts";

type Json = Record<string, unknown>;

const JSON_TYPE = { "content-type": "application/json" };
const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
const question = { role: "user", content: "How is it in Paris?" };
const call = (id: string, more: Json = {}): Json => ({
  id,
  type: "function",
  function: { name: "weather", arguments: '{"city":"Paris"}' },
  ...more,
});
/** What a client sends that keeps only what it knows: neither `thinking_blocks` nor `extra_content`. */
const round = (...ids: string[]): Json[] => [
  question,
  { role: "assistant", content: null, tool_calls: ids.map((id) => call(id)) },
  ...ids.map((id) => ({ role: "tool", tool_call_id: id, content: "mild" })),
];

const event = (data: { type: string } & Json): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const blocks: Json[] = [
  { type: "thinking", thinking: 'The "user" wants Paris.', signature: "EqQBCgIYAhIM+/=" },
  { type: "redacted_thinking", data: "EroB" },
  { type: "text", text: "I'll look." },
  { type: "tool_use", id: "toolu_01", name: "weather", input: { city: "Paris" } },
  { type: "tool_use", id: "toolu_02", name: "weather", input: { city: "Rome" } },
];
const claudeCalls: ProviderAnswer = {
  headers: JSON_TYPE,
  body: JSON.stringify({
    ...JSON.parse(claudeAnswer("").body as string),
    content: blocks,
    stop_reason: "tool_use",
  }),
};
const claudeStreamedCalls: ProviderAnswer = {
  headers: { "content-type": "text/event-stream" },
  chunks: [
    event({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    }),
    event({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: 'The "user" ' } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "wants Paris." } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "EqQBCgIYAhIM+/=" } }),
    event({ type: "content_block_stop", index: 0 }),
    event({ type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: "EroB" } }),
    event({ type: "content_block_stop", index: 1 }),
    event({ type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "toolu_01", name: "weather", input: {} } }),
    event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"city":"Paris"}' } }),
    event({ type: "content_block_stop", index: 2 }),
    event({ type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 9 } }),
    event({ type: "message_stop" }),
  ],
};
const keys = { consumers: ["anna", "bert"].map((name) => ({ name, credential: `key-${name}` })), keys: ["authorization"], in_header: true };

/** Where it is kept: in this gateway's own memory, or in a Redis. */
let redis: FakeRedis | null = null;

/** A gateway whose provider gives these answers, one after the other. */
async function gatewayTo(type: string, ...answers: ProviderAnswer[]): Promise<Gateway> {
  return startPlans({
    providers: { there: { type, does: () => answers.shift() ?? answers.at(-1)! } },
    "key-auth": keys,
    ...(redis && { "ai-proxy": { redis: { service_name: REDIS } }, host: { callouts: { [REDIS]: redis.script } } }),
  });
}

const by = (name: string, body: Json): ReturnType<typeof chat> =>
  chat({ tools, reasoning_effort: "low", model: "claude-sonnet-4-5", ...body }, { authorization: `key-${name}` });
const sent = (answer: { attempts: readonly { body: string }[] }): Json => JSON.parse(answer.attempts[0]!.body);
const assistantOf = (body: Json): Json[] =>
  (body.messages as { role: string; content: Json[] }[]).find(({ role }) => role === "assistant")!.content;

describe.each(["shared data", "Redis"])("kept in %s, Claude's thinking, which a client left out,", (where) => {
  beforeEach(() => {
    redis = where === "Redis" ? new FakeRedis() : null;
  });
  afterAll(() => {
    redis = null;
  });

  test.each([
    ["a whole answer", false, claudeCalls],
    ["a stream", true, claudeStreamedCalls],
  ])("stands in front of its call again after %s, and Claude goes on thinking", async (_, stream, answer) => {
    const gateway = await gatewayTo("claude", answer, claudeAnswer("Mild."));
    expect(gateway.request(by("anna", { stream, messages: [question] })).status).toBe(200);
    const body = sent(gateway.request(by("anna", { messages: round("toolu_01") })));
    expect(assistantOf(body)).toEqual([
      blocks[0],
      blocks[1],
      { type: "tool_use", id: "toolu_01", name: "weather", input: { city: "Paris" } },
    ]);
    expect(body.thinking).toEqual({ type: "enabled", budget_tokens: 1024 });
  });

  test("comes in front of the first of several calls", async () => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    const content = assistantOf(sent(gateway.request(by("anna", { messages: round("toolu_01", "toolu_02") }))));
    expect(content.map(({ type }) => type)).toEqual(["thinking", "redacted_thinking", "tool_use", "tool_use"]);
  });

  test.each([
    ["another consumer", by("bert", { messages: round("toolu_01") })],
    ["another conversation", by("anna", { messages: [{ role: "user", content: "Something else" }, ...round("toolu_01").slice(1)] })],
    ["another call", by("anna", { messages: round("toolu_03") })],
  ])("isn't given to %s, whose request goes on without thinking", async (_, request) => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    const body = sent(gateway.request(request));
    expect(assistantOf(body).map(({ type }) => type)).toEqual(["tool_use"]);
    expect(body.thinking).toBeUndefined();
  });

  test("isn't doubled where the client did send it", async () => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."));
    const { message } = JSON.parse(gateway.request(by("anna", { messages: [question] })).body).choices[0];
    const results = ["toolu_01", "toolu_02"].map((id) => ({ role: "tool", tool_call_id: id, content: "mild" }));
    const content = assistantOf(sent(gateway.request(by("anna", { messages: [question, message, ...results] }))));
    expect(content.map(({ type }) => type)).toEqual(["thinking", "redacted_thinking", "text", "tool_use", "tool_use"]);
  });

  test("is not kept where it is longer than the limit of a value", async () => {
    const long = {
      ...JSON.parse(claudeCalls.body as string),
      content: [{ ...blocks[0], thinking: "x".repeat(40_000) }, ...blocks.slice(1)],
    };
    const gateway = await gatewayTo("claude", { headers: JSON_TYPE, body: JSON.stringify(long) }, claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    const body = sent(gateway.request(by("anna", { messages: round("toolu_01") })));
    expect(assistantOf(body).map(({ type }) => type)).toEqual(["tool_use"]);
  });
});

test("a signature of Gemini's call, which a client left out, is on its call again", async () => {
  const part = { functionCall: { id: "call-1", name: "weather", args: { city: "Paris" } }, thoughtSignature: "CiQBVKhc7i+/==" };
  const calls = {
    ...JSON.parse(geminiAnswer("").body as string),
    candidates: [{ content: { parts: [part], role: "model" }, finishReason: "STOP", index: 0 }],
  };
  const gateway = await gatewayTo("gemini", { headers: JSON_TYPE, body: JSON.stringify(calls) }, geminiAnswer("Mild."));
  const answer = gateway.request(by("anna", { model: "gemini-3-pro", messages: [question] }));
  const [{ id }] = JSON.parse(answer.body).choices[0].message.tool_calls;
  const { contents } = sent(gateway.request(by("anna", { model: "gemini-3-pro", messages: round(id) }))) as {
    contents: { parts: Json[] }[];
  };
  expect(contents[1]!.parts).toEqual([part]);
});

describe("in Redis", () => {
  beforeEach(() => {
    redis = new FakeRedis();
  });
  afterAll(() => {
    redis = null;
  });
  const typesIn = (gateway: Gateway, ...ids: string[]): unknown[] =>
    assistantOf(sent(gateway.request(by("anna", { messages: round(...ids) })))).map(({ type }) => type);

  test("it outlives the gateway, and another one has it", async () => {
    (await gatewayTo("claude", claudeCalls)).request(by("anna", { messages: [question] }));
    expect(typesIn(await gatewayTo("claude", claudeAnswer("Mild.")), "toolu_01")).toEqual(["thinking", "redacted_thinking", "tool_use"]);
    expect(redis!.commands.map(([name]) => name)).toEqual(["SET", "MGET"]);
    expect(redis!.commands[0]!.slice(-2)).toEqual(["EX", "86400"]);
    expect([...redis!.values.keys()][0]).toMatch(/^sluice:thinking:4:anna:\d+$/);
  });

  test("requests without calls ask it nothing", async () => {
    const gateway = await gatewayTo("claude", claudeAnswer("Mild."), claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    gateway.request(by("anna", { messages: [question, { role: "assistant", content: "Mild." }, question], tools: undefined }));
    expect(redis!.pipelines).toEqual([]);
  });

  test.each<[string, CalloutAnswer]>([
    ["is down", { reset: "before" }],
    ["breaks off", { reset: "midway" }],
    ["says nothing", { stall: true }],
    ["is no Redis", { body: "HTTP/1.1 400 Bad Request\r\n\r\n" }],
    ["closes without a word", { body: "" }],
    ["refuses", { body: "-LOADING Redis is loading the dataset in memory\r\n" }],
    ["answers something else", { body: ":1\r\n" }],
    ["answers less than it was asked for", { body: "*0\r\n" }],
    ["has a record that is none", { body: "*1\r\n$5\r\n\x00\xff\xff\xff\x7f\r\n" }],
  ])("a request goes on without thinking where Redis %s", async (_, instead) => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."), claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    redis!.instead = instead;
    expect(typesIn(gateway, "toolu_01")).toEqual(["tool_use"]);
    gateway.advance(2000);
    redis!.instead = null;
    expect(typesIn(gateway, "toolu_01")).toEqual(["thinking", "redacted_thinking", "tool_use"]);
  });

  test("while it is down it is not asked again for a second", async () => {
    let calls = 0;
    const gateway = await startPlans({
      providers: { there: { type: "claude", does: () => claudeAnswer("a") } },
      "key-auth": keys,
      "ai-proxy": { redis: { service_name: REDIS } },
      host: { callouts: { [REDIS]: () => (calls++, { reset: "before" }) } },
    });
    for (let i = 0; i < 3; i++) expect(typesIn(gateway, "toolu_01")).toEqual(["tool_use"]);
    expect(calls).toBe(1);
    gateway.advance(1000);
    expect(typesIn(gateway, "toolu_01")).toEqual(["tool_use"]);
    expect(calls).toBe(2);
  });

  test("what is asked while a pipeline is on its way goes together in the next", async () => {
    const gateway = await gatewayTo("claude", ...Array<ProviderAnswer>(6).fill(claudeAnswer("a")));
    const streams = Array.from({ length: 6 }, () => gateway.open(by("anna", { messages: round("toolu_01") })));
    gateway.advance(10);
    expect(streams.map((stream) => gateway.answer(stream).status)).toEqual(Array(6).fill(200));
    expect(redis!.pipelines).toEqual([1, 5]);
  });

  test("a client that hangs up while it is waited for leaves nothing behind", async () => {
    const gateway = await gatewayTo("claude", claudeAnswer("a"), claudeAnswer("a"));
    const idle = gateway.contexts;
    const stream = gateway.open(by("anna", { messages: round("toolu_01") }));
    gateway.hangUp(stream);
    gateway.advance(10);
    expect(gateway.contexts).toBe(idle);
    expect(typesIn(gateway, "toolu_01")).toEqual(["tool_use"]);
  });

  test("the login and the database stand in front, and are never told", async () => {
    const login = { service_name: REDIS, username: "sluice", password: "env:REDIS_PASSWORD", database: 3 };
    const start = (password: string): Promise<Gateway> =>
      startPlans({
        providers: { there: { type: "claude", does: () => claudeCalls } },
        "key-auth": keys,
        "ai-proxy": { redis: login },
        env: { REDIS_PASSWORD: password },
        host: { callouts: { [REDIS]: redis!.script } },
      });
    redis!.login = "sluice:pass-word-1";
    (await start("pass-word-1")).request(by("anna", { messages: [question] }));
    expect(redis!.commands.map(([name, word]) => (name === "SELECT" ? `${name} ${word}` : name))).toEqual(["SELECT 3", "SET"]);
    const gateway = await start("pass-word-2");
    const answer = gateway.request(by("anna", { messages: round("toolu_01") }));
    expect(answer.status).toBe(200);
    const log = JSON.stringify(answer.log);
    expect(log).toContain('redis \\"redis\\" refuses the login or the database: WRONGPASS');
    expect(JSON.stringify(answer)).not.toContain("pass-word");
  });
});

describe("one consumer's many calls", () => {
  test("leave others theirs", async () => {
    let number = 0;
    const gateway = await startPlans({
      providers: {
        there: {
          type: "claude",
          does: () => ({
            headers: JSON_TYPE,
            body: JSON.stringify({
              ...JSON.parse(claudeAnswer("").body as string),
              content: [blocks[0], { type: "tool_use", id: `toolu_${number++}`, name: "weather", input: {} }],
              stop_reason: "tool_use",
            }),
          }),
        },
      },
      "key-auth": keys,
    });
    for (let i = 0; i < 20; i++) gateway.request(by("bert", { messages: [question] }));
    for (let i = 0; i < 6000; i++) gateway.request(by("anna", { messages: [question] }));
    let kept = 0;
    for (let i = 0; i < 20; i++)
      kept += assistantOf(sent(gateway.request(by("bert", { messages: round(`toolu_${i}`) }))))[0]!.type === "thinking" ? 1 : 0;
    expect(kept).toBeGreaterThanOrEqual(18);
  }, 120_000);
});
