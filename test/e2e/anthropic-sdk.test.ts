/** Anthropic's SDK for JavaScript against three protocols: the same table for each, since an application must not notice who answers. */

import type Anthropic from "@anthropic-ai/sdk";
import { APIError, BadRequestError, NotFoundError, RateLimitError } from "@anthropic-ai/sdk";
import type { Message, MessageParam, Tool, ToolUseBlock } from "@anthropic-ai/sdk/resources/messages";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;
let client: Anthropic;
const key = "sk-sluice-alice-4a5b";

beforeAll(async () => {
  // The library warns of models that will go some day.
  vi.spyOn(console, "warn").mockReturnValue();
  providers = await startProviders();
  const to = (name: ProviderName): string => `{ provider: ${name}, model: ${models[name]} }`;
  const order = (...names: ProviderName[]): string =>
    `  - { match: first-${names.join("-")}, to: ${to(names[0]!)}, fallback: [${names.slice(1).map(to).join(", ")}] }\n`;
  gateway = await startGateway(
    providersYaml(providers) +
      `models:
  - { match: gpt-*, names: [gpt-4o, gpt-5], to: openai }
  - { match: claude-*, names: [claude-sonnet-4-5], to: claude }
  - { match: gemini-*, names: [gemini-2.5-flash, gemini-3-flash], to: gemini }
` +
      order("claude", "openai", "gemini") +
      order("openai", "gemini", "claude") +
      order("gemini", "claude", "openai") +
      "consumers:\n  - { name: alice, keys: [env:ALICE_KEY] }\n",
    { environment: { ALICE_KEY: key } },
  );
  client = gateway.anthropic({ apiKey: key });
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const user = (content: MessageParam["content"]): MessageParam => ({ role: "user", content });
const max_tokens = 3000;
const weather: Tool = {
  name: "get_weather",
  description: "The weather in a city.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const clock: Tool = { name: "get_time", input_schema: { type: "object", properties: {} } };
const redDot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const kinds = [
  ["whole", false],
  ["streamed", true],
] as const;

/** A message, whole or put together by the stream helper. */
function ask(request: Omit<Anthropic.MessageCreateParamsNonStreaming, "max_tokens">, stream: boolean): Promise<Message> {
  const full = { max_tokens, ...request };
  return stream ? client.messages.stream(full).finalMessage() : client.messages.create(full);
}
const textOf = ({ content }: Message): string => content.map((block) => (block.type === "text" ? block.text : "")).join("");
const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((thrown: unknown) => thrown);

describe.each(Object.entries(models) as [ProviderName, string][])("%s", (name, model) => {
  const provider = (): Providers[ProviderName] => providers[name];

  test.each(kinds)("a message, with its usage (%s)", async (_, stream) => {
    await gateway.newLines();
    const said = 'Hello, wörld: \u{1F30D} "quoted" \\ \n line';
    provider().next({ text: [said], usage: { input: 100, output: 20, cacheRead: 40 } });
    const message = await ask({ model, system: [{ type: "text", text: "Say it again." }], messages: [user(said)] }, stream);
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: "message",
      role: "assistant",
      model: expect.stringContaining(model),
      content: [{ type: "text", text: said }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 20 },
    });
    const [line] = await gateway.newLines();
    expect(line).toMatchObject({
      status: 200,
      facts: {
        path: "/v1/messages",
        consumer: "alice",
        provider: name,
        model,
        stream,
        input_tokens: 100,
        output_tokens: 20,
        cached_tokens: 40,
      },
    });
  });

  test("a stream comes in pieces, event by event", async () => {
    provider().next({ text: ["one ", "two ", "three"] });
    const texts: string[] = [];
    const events: string[] = [];
    const stream = client.messages.stream({ model, max_tokens, messages: [user("count")] });
    stream.on("text", (text) => texts.push(text));
    stream.on("streamEvent", ({ type }) => events.push(type));
    expect(await stream.finalText()).toBe("one two three");
    expect(texts).toEqual(["one ", "two ", "three"]);
    expect(events.filter((type) => type !== "content_block_delta")).toEqual([
      "message_start",
      "content_block_start",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  test.each(kinds)("parallel tool calls and the results that follow (%s)", async (_, stream) => {
    const messages = [user('use the tool get_weather with {"city":"Rome"} and use the tool get_time')];
    const called = await ask({ model, messages, tools: [weather, clock] }, stream);
    expect(called.stop_reason).toBe("tool_use");
    const calls = called.content.filter((block): block is ToolUseBlock => block.type === "tool_use");
    expect(calls).toMatchObject([
      { name: "get_weather", input: { city: "Rome" } },
      { name: "get_time", input: {} },
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const results: Anthropic.ToolResultBlockParam[] = [
      { type: "tool_result", tool_use_id: calls[0]!.id, content: "no such city", is_error: true },
      {
        type: "tool_result",
        tool_use_id: calls[1]!.id,
        content: [
          { type: "text", text: "noon" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: redDot } },
        ],
      },
    ];
    const told = await ask(
      { model, messages: [...messages, { role: "assistant", content: called.content }, user(results)], tools: [weather, clock] },
      stream,
    );
    expect(told.stop_reason).toBe("end_turn");
    expect(textOf(told)).not.toBe("");
    const received = provider().requests.at(-1)!.body.toString();
    for (const part of ["no such city", "noon", redDot]) expect(received).toContain(part);
  });

  test("the tool runner calls the functions until the model has its answer", async () => {
    const asked: unknown[] = [];
    const runner = client.beta.messages.toolRunner({
      model,
      max_tokens,
      messages: [{ role: "user", content: 'use the tool get_weather with {"city":"Oslo"}' }],
      tools: [
        {
          ...weather,
          type: "custom",
          parse: (input: unknown) => input,
          run: (input: unknown) => {
            asked.push(input);
            return "rain in Oslo";
          },
        },
      ],
    });
    const { content } = await runner;
    expect(content.map((block) => (block.type === "text" ? block.text : "")).join("")).toContain("rain in Oslo");
    expect(asked).toEqual([{ city: "Oslo" }]);
  });

  test("tokens are counted, by the provider or by estimate", async () => {
    const request = { model, system: "Be brief.", messages: [user("How many tokens is this?")], tools: [weather] };
    const { data, response } = await client.messages.countTokens(request).withResponse();
    expect(data.input_tokens).toBeGreaterThan(4);
    expect(data.input_tokens).toBeLessThan(100);
    const estimates = name === "openai";
    expect(response.headers.get("x-sluice-estimated")).toBe(estimates ? "tokens" : null);
    expect(provider().requests).toHaveLength(estimates ? 0 : 1);
    if (estimates) return;
    const received = provider().requests[0]!.body.toString();
    for (const part of ["Be brief.", "How many tokens", "get_weather"]) expect(received).toContain(part);
  });

  test("tool_choice: a tool by name, none, any", async () => {
    const names = async (tool_choice: Anthropic.ToolChoice): Promise<string[]> =>
      (await ask({ model, messages: [user("Hi")], tools: [weather, clock], tool_choice }, false)).content.flatMap((block) =>
        block.type === "tool_use" ? [block.name] : [],
      );
    expect(await names({ type: "tool", name: "get_time" })).toEqual(["get_time"]);
    expect(await names({ type: "none" })).toEqual([]);
    expect(await names({ type: "any" })).toEqual(["get_weather"]);
  });

  test("stop sequences and token limits are obeyed", async () => {
    const stopped = await ask({ model, messages: [user("one two three four")], stop_sequences: ["three"] }, false);
    expect(textOf(stopped)).toMatch(/^one two ?$/);
    const cut = await client.messages.create({ model, max_tokens: 2, messages: [user("one two three four")] });
    expect(cut).toMatchObject({ stop_reason: "max_tokens", content: [{ type: "text", text: "one two" }] });
  });

  test.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [404, "not_found_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [503, /^(overloaded|api)_error$/],
  ] as const)("a provider's %i is raised as the SDK's own error, with the provider's message", async (status, type) => {
    provider().next({ error: { status, message: `the vendor says ${status}`, ...(status === 429 && { retryAfter: 7 }) } });
    const error = (await failure(ask({ model, messages: [user("Hi")] }, false))) as APIError;
    expect(error).toBeInstanceOf(APIError);
    expect(error.status).toBe(status);
    expect(error.error).toMatchObject({
      type: "error",
      error: { type: expect.stringMatching(type), message: expect.stringContaining(`the vendor says ${status}`) },
    });
    if (status === 429) {
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error.headers!.get("retry-after")).toBe("7");
    }
  });

  test("an error inside a stream, behind its first words, ends it with that error", async () => {
    provider().next({ text: ["one ", "two ", "three"], errorEvent: { status: 529, after: 2, message: "no more" } });
    const stream = client.messages.stream({ model, max_tokens, messages: [user("count")] });
    const texts: string[] = [];
    stream.on("text", (text) => texts.push(text));
    const error = (await failure(stream.finalMessage())) as Error;
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toContain("no more");
    expect(texts.join("")).toMatch(/^one (two )?$/);
  });

  test("a field at fault is named, before a provider is asked", async () => {
    const error = (await failure(ask({ model, messages: [user([{ type: "text" } as never])] }, false))) as APIError;
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.error).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining("`messages[0].content[0].text`") },
    });
    expect(provider().requests).toHaveLength(0);
  });
});

describe.each(kinds)("thinking (%s)", (_, stream) => {
  test.each([
    ["openai", "gpt-5"],
    ["claude", "claude-sonnet-4-5"],
    ["gemini", "gemini-3-flash"],
  ] as const)("%s thinks, calls a tool, and takes all that back", async (name, model) => {
    const request = { model, thinking: { type: "enabled", budget_tokens: 2048 } as const, tools: [weather] };
    const messages = [user('use the tool get_weather with {"city":"Rome"}')];
    if (name !== "openai")
      providers[name].next({ thinking: ["Let me ", "see."], tools: [{ name: "get_weather", arguments: { city: "Rome" } }] });
    const called = await ask({ ...request, messages }, stream);
    const call = called.content.find((block): block is ToolUseBlock => block.type === "tool_use")!;
    expect(call.input).toEqual({ city: "Rome" });
    if (name !== "openai")
      expect(called.content[0]).toMatchObject({ type: "thinking", thinking: "Let me see.", signature: expect.any(String) });
    const told = await ask(
      {
        ...request,
        messages: [
          ...messages,
          { role: "assistant", content: called.content },
          user([{ type: "tool_result", tool_use_id: call.id, content: "sun" }]),
        ],
      },
      stream,
    );
    expect(textOf(told)).toContain("sun");
    expect(providers[name].requests).toHaveLength(2);
  });

  test("what Gemini thought and signed is left out for Claude, who goes on", async () => {
    const messages = [user('use the tool get_weather with {"city":"Rome"}')];
    providers.gemini.next({ thinking: ["Hm."], tools: [{ name: "get_weather", arguments: { city: "Rome" } }] });
    const called = await ask({ model: "gemini-3-flash", messages, tools: [weather], thinking: { type: "adaptive" } }, stream);
    const call = called.content.find((block): block is ToolUseBlock => block.type === "tool_use")!;
    expect(called.content.filter(({ type }) => type === "thinking").length).toBeGreaterThan(0);
    const told = await ask(
      {
        model: "claude-sonnet-4-5",
        tools: [weather],
        messages: [
          ...messages,
          { role: "assistant", content: called.content },
          user([{ type: "tool_result", tool_use_id: call.id, content: "sun" }]),
        ],
      },
      stream,
    );
    expect(textOf(told)).toContain("sun");
  });
});

describe.each([["first-claude-openai-gemini"], ["first-openai-gemini-claude"], ["first-gemini-claude-openai"]])("%s", (model) => {
  const [first, second, third] = model.split("-").slice(1) as [ProviderName, ProviderName, ProviderName];

  test.each(kinds)("when one fails the next answers, in its own protocol (%s)", async (_, stream) => {
    providers[first].next({ error: { status: 429 } });
    providers[second].next(stream ? { errorEvent: { status: 529 } } : { error: { status: 500 } });
    expect(textOf(await ask({ model, messages: [user("The answer")] }, stream))).toBe("The answer");
    expect([first, second, third].map((name) => providers[name].requests.length)).toEqual([1, 1, 1]);
  });

  test.each(kinds)("the last failure is the client's (%s)", async (_, stream) => {
    for (const name of [first, second]) providers[name].next({ error: { status: 500 } });
    providers[third].next({ error: { status: 429, message: "enough", retryAfter: 9 } });
    const error = (await failure(ask({ model, messages: [user("The answer")] }, stream))) as APIError;
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.message).toContain("enough");
    expect(error.headers!.get("retry-after")).toBe("9");
  });
});

test("Anthropic gets the client's own bytes, and the betas that it asks for; others get none", async () => {
  const body = '{ "model":"claude-sonnet-4-5","max_tokens" : 1e1, "messages":[{"role":"user","content":"h\\u00e9"}] }';
  const headers = { "x-api-key": key, "anthropic-beta": "one-2025-01-01,two-2025-02-02", "anthropic-version": "2023-06-01" };
  expect((await gateway.post("/v1/messages", body, headers)).status).toBe(200);
  expect(providers.claude.requests[0]!.body.toString()).toBe(body);
  expect(providers.claude.requests[0]!.headers).toMatchObject({
    "anthropic-beta": headers["anthropic-beta"],
    "anthropic-version": "2023-06-01",
  });
  expect((await gateway.post("/v1/messages?beta=true", body.replace("claude-sonnet-4-5", "gpt-4o"), headers)).status).toBe(200);
  expect(Object.keys(providers.openai.requests[0]!.headers).filter((name) => name.startsWith("anthropic-"))).toEqual([]);
});

test("provider/model goes to that provider alone", async () => {
  expect(textOf(await ask({ model: "claude/claude-sonnet-4-5", messages: [user("Hi")] }, false))).toBe("Hi");
  expect((providers.claude.requests[0]!.json as { model: string }).model).toBe("claude-sonnet-4-5");
});

test("a model that isn't served is a 404, in Anthropic's form", async () => {
  const unknown = await failure(ask({ model: "cloude-sonnet-4-5", messages: [user("Hi")] }, false));
  expect(unknown).toBeInstanceOf(NotFoundError);
  expect((unknown as Error).message).toContain("claude-sonnet-4-5");
});

test("who has no key gets nothing", async () => {
  const error = (await failure(
    gateway.anthropic({ apiKey: "wrong" }).messages.create({ model: "gpt-4o", max_tokens, messages: [user("Hi")] }),
  )) as APIError;
  expect(error.status).toBe(401);
  expect(error.error).toMatchObject({ type: "error", error: { type: "authentication_error" } });
});
