/** Anthropic's server as the official SDK sees it, and what it refuses. */
import Anthropic, { APIError, AuthenticationError, RateLimitError } from "@anthropic-ai/sdk";
import type { MessageParam, Tool } from "@anthropic-ai/sdk/resources/messages";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "./provider.ts";

const model = "claude-haiku-4-5";
const weather: Tool = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const clock: Tool = { name: "get_time", input_schema: { type: "object" } };
const user = (content: MessageParam["content"]): MessageParam => ({ role: "user", content });

let provider: Provider;
let client: Anthropic;
beforeAll(async () => {
  provider = await startProvider({ protocol: "anthropic", keys: ["sk-ant-test"] });
  client = new Anthropic({ apiKey: "sk-ant-test", baseURL: provider.url, maxRetries: 0 });
});
beforeEach(() => provider.reset());
afterAll(() => provider.stop());

describe("the official SDK reads", () => {
  test("a whole answer, which echoes", async () => {
    const message = await client.messages.create({ model, max_tokens: 100, messages: [user("Hello, world")] });
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      stop_reason: "end_turn",
      content: [{ type: "text", text: "Hello, world" }],
    });
    expect(message.id).toMatch(/^msg_01\w{22}$/);
    expect(message._request_id).toMatch(/^req_/);
    expect(message.usage).toMatchObject({ output_tokens: 2, cache_read_input_tokens: 0 });
  });

  test("a stream, event by event", async () => {
    const events = [];
    for await (const event of await client.messages.create({ model, max_tokens: 100, stream: true, messages: [user("one two")] }))
      events.push(event);
    expect(events.map((event) => event.type)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(events[0]).toMatchObject({ message: { content: [], stop_reason: null, usage: { output_tokens: 1 } } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } });
  });

  test("thinking with its signature, which is taken back with the tool's result", async () => {
    const thinking = { type: "enabled", budget_tokens: 1024 } as const;
    const first = [user('use the tool get_weather with {"city":"Rome"}')];
    const answer = await client.messages.stream({ model, max_tokens: 4000, thinking, tools: [weather], messages: first }).finalMessage();
    expect(answer.content.map((block) => block.type)).toEqual(["thinking", "tool_use"]);
    expect(answer.stop_reason).toBe("tool_use");
    const [thought, call] = answer.content;
    if (thought?.type !== "thinking" || call?.type !== "tool_use") throw new Error("expected a thought and a call");
    expect(call.id).toMatch(/^toolu_01\w{22}$/);
    expect(call.input).toEqual({ city: "Rome" });
    const result = user([{ type: "tool_result", tool_use_id: call.id, content: "sunny" }]);
    const next = (content: MessageParam["content"]): Promise<Anthropic.Message> =>
      client.messages.create({
        model,
        max_tokens: 4000,
        thinking,
        tools: [weather],
        messages: [...first, { role: "assistant", content }, result],
      });
    expect((await next(answer.content)).content.at(-1)).toMatchObject({ type: "text", text: "get_weather answered: sunny" });
    await expect(next([call])).rejects.toThrow(/Expected `thinking` or `redacted_thinking`, but found `tool_use`/);
    await expect(next([{ ...thought, thinking: "something else" }, call])).rejects.toThrow(/Invalid `signature` in `thinking` block/);
  });

  test("parallel tool calls, one at a time, a forced one, none", async () => {
    const ask = async (more: object): Promise<number> => {
      const answer = await client.messages.create({
        model,
        max_tokens: 500,
        messages: [user("3 tool calls")],
        tools: [weather, clock],
        ...more,
      });
      return answer.content.filter((block) => block.type === "tool_use").length;
    };
    expect(await ask({})).toBe(3);
    expect(await ask({ tool_choice: { type: "auto", disable_parallel_tool_use: true } })).toBe(1);
    expect(await ask({ tool_choice: { type: "tool", name: "get_time" } })).toBe(1);
    expect(await ask({ tool_choice: { type: "none" } })).toBe(0);
  });

  test("an answer by a schema", async () => {
    const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false };
    const answer = await client.messages.create({
      model,
      max_tokens: 100,
      messages: [user("Ann")],
      output_config: { format: { type: "json_schema", schema } },
    });
    expect(answer.content[0]).toMatchObject({ text: '{"name":"example"}' });
  });

  test.each([
    [{ max_tokens: 2 }, "one two", "max_tokens", null],
    [{ stop_sequences: ["x", "three"] }, "one two ", "stop_sequence", "three"],
  ])("an answer cut by %j", async (more, text, stop_reason, stop_sequence) => {
    const answer = await client.messages.create({ model, max_tokens: 100, messages: [user("one two three")], ...more });
    expect(answer).toMatchObject({ stop_reason, stop_sequence, content: [{ text }] });
  });

  test("what was read from the cache, beside what was not", async () => {
    provider.next({ usage: { input: 100, cacheRead: 70, cacheWrite: 20, output: 9 } });
    const answer = await client.messages.create({ model, max_tokens: 100, messages: [user("x")] });
    expect(answer.usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 70,
      cache_creation_input_tokens: 20,
      output_tokens: 9,
    });
  });

  test("a refusal", async () => {
    provider.next({ refusal: "I can't help with that." });
    expect(await client.messages.stream({ model, max_tokens: 100, messages: [user("x")] }).finalMessage()).toMatchObject({
      stop_reason: "refusal",
    });
  });

  test("counted tokens and models", async () => {
    expect((await client.messages.countTokens({ model, messages: [user("one two")] })).input_tokens).toBeGreaterThan(2);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, type: "model" });
  });

  test("errors: a limit with its headers, an overload, the same inside a stream", async () => {
    const ask = (): Promise<unknown> => client.messages.create({ model, max_tokens: 100, messages: [user("x")] });
    provider.next({ error: { status: 429, retryAfter: 17 } });
    const limited = await ask().catch((error: unknown) => error as APIError);
    expect(limited).toBeInstanceOf(RateLimitError);
    expect((limited as APIError).headers!.get("retry-after")).toBe("17");
    expect((limited as APIError).headers!.get("anthropic-ratelimit-requests-remaining")).toBe("0");
    provider.next({ error: { status: 529 } });
    await expect(ask()).rejects.toMatchObject({
      status: 529,
      error: { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: expect.stringMatching(/^req_/) },
    });
    provider.next({ errorEvent: { status: 529 } });
    await expect(client.messages.stream({ model, max_tokens: 100, messages: [user("x")] }).finalMessage()).rejects.toThrow(
      /overloaded_error/,
    );
  });
});

describe("it refuses, as Anthropic does", () => {
  const basic = { model, max_tokens: 100, messages: [{ role: "user", content: "hi" }] };
  const use = { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: {} }] };
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: "x" };
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const image = (source: object): object => ({ ...basic, messages: [{ role: "user", content: [{ type: "image", source }] }] });
  const format = (schema: object): object => ({ ...basic, output_config: { format: { type: "json_schema", schema } } });

  test.each<[string, object, RegExp]>([
    ["no max_tokens", { model, messages: basic.messages }, /^max_tokens: Field required/],
    ["max_tokens of 0", { ...basic, max_tokens: 0 }, /^max_tokens: Input should be greater than or equal to 1/],
    ["an unknown field", { ...basic, n: 1 }, /^n: Extra inputs are not permitted/],
    [
      "an unknown field of a block",
      { ...basic, messages: [{ role: "user", content: [{ type: "text", text: "x", id: 1 }] }] },
      /^messages\.0\.content\.0\.id: Extra inputs/,
    ],
    [
      "a system message",
      { ...basic, messages: [{ role: "system", content: "x" }] },
      /^messages\.0\.role: Input should be 'user' or 'assistant'/,
    ],
    ["no message", { ...basic, messages: [] }, /at least one message is required/],
    [
      "an assistant who begins",
      { ...basic, messages: [{ role: "assistant", content: "x" }, ...basic.messages] },
      /first message must use the "user" role/,
    ],
    ["a message without content", { ...basic, messages: [{ role: "user", content: "" }] }, /must have non-empty content/],
    [
      "an empty text",
      { ...basic, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      /text content blocks must be non-empty/,
    ],
    [
      "a prefill that ends in space",
      { ...basic, messages: [...basic.messages, { role: "assistant", content: "So " }] },
      /cannot end with trailing whitespace/,
    ],
    [
      "a result without a call",
      { ...basic, messages: [{ role: "user", content: [result] }] },
      /unexpected `tool_use_id` found in `tool_result` blocks: toolu_1/,
    ],
    [
      "a call without a result",
      { ...basic, messages: [...basic.messages, use, { role: "user", content: "x" }], tools: [weather] },
      /`tool_use` ids were found without `tool_result` blocks/,
    ],
    [
      "a result behind other content",
      { ...basic, messages: [...basic.messages, use, { role: "user", content: [{ type: "text", text: "x" }, result] }] },
      /`tool_result` blocks immediately after/,
    ],
    [
      "two results for one call",
      { ...basic, messages: [...basic.messages, use, { role: "user", content: [result, result] }] },
      /must have a single result/,
    ],
    [
      "an image of the assistant's",
      {
        ...basic,
        messages: [...basic.messages, { role: "assistant", content: [{ type: "image", source: { type: "url", url: "https://x/y.png" } }] }],
      },
      /`image` blocks can only be in `user` messages/,
    ],
    ["an image over http", image({ type: "url", url: "http://x/y.png" }), /Only HTTPS URLs/],
    [
      "an image of a type it doesn't know",
      image({ type: "base64", media_type: "image/jpg", data: "AAAA" }),
      /media_type: Input should be 'image\/jpeg'/,
    ],
    ["an image that is no base64", image({ type: "base64", media_type: "image/png", data: "AAA" }), /Invalid base64/],
    ["a temperature over 1", { ...basic, temperature: 1.5 }, /^temperature: Input should be less than or equal to 1/],
    [
      "a budget as large as the answer",
      { ...basic, max_tokens: 1024, thinking },
      /^`max_tokens` must be greater than `thinking.budget_tokens`/,
    ],
    [
      "a budget too small",
      { ...basic, thinking: { ...thinking, budget_tokens: 100 } },
      /budget_tokens: Input should be greater than or equal to 1024/,
    ],
    [
      "a temperature with thinking",
      { ...basic, max_tokens: 2000, thinking, temperature: 0.5 },
      /^`temperature` may only be set to 1 when thinking is enabled/,
    ],
    ["top_k with thinking", { ...basic, max_tokens: 2000, thinking, top_k: 5 }, /^`top_k` must be unset/],
    [
      "a forced tool with thinking",
      { ...basic, max_tokens: 2000, thinking, tools: [weather], tool_choice: { type: "any" } },
      /Thinking may not be enabled when tool_choice forces/,
    ],
    [
      "a budget at a model that has none",
      { ...basic, model: "claude-sonnet-5", max_tokens: 2000, thinking },
      /"thinking.type.enabled" is not supported for this model/,
    ],
    ["a temperature at a model that has none", { ...basic, model: "claude-opus-4-7", temperature: 0.5 }, /`temperature` is not supported/],
    ["temperature beside top_p", { ...basic, temperature: 0.5, top_p: 0.5 }, /^`temperature` and `top_p` cannot both be specified/],
    ["a blank stop sequence", { ...basic, stop_sequences: ["\n"] }, /must contain non-whitespace/],
    ["a choice without tools", { ...basic, tool_choice: { type: "auto" } }, /only be specified while providing `tools`/],
    ["an unknown tool", { ...basic, tools: [weather], tool_choice: { type: "tool", name: "x" } }, /Tool 'x' not found/],
    ["two tools of one name", { ...basic, tools: [weather, weather] }, /Tool names must be unique/],
    ["a tool's name with a dot", { ...basic, tools: [{ ...weather, name: "a.b" }] }, /name: String should match pattern/],
    ["a schema that isn't an object's", { ...basic, tools: [{ name: "a", input_schema: {} }] }, /input_schema\.type: Field required/],
    ["an output schema that is open", format({ type: "object", properties: {} }), /'additionalProperties' must be explicitly set to false/],
    ["an output schema with bounds", format({ type: "integer", minimum: 1 }), /properties minimum are not supported/],
    ["an unknown model", { ...basic, model: "gpt-4o" }, /^model: gpt-4o/],
  ])("%s", async (_, body, message) => {
    const error = await client.post("/v1/messages", { body }).then(
      () => undefined,
      (error: unknown) => error as APIError,
    );
    expect(error).toBeInstanceOf(APIError);
    expect(provider.refusals).toHaveLength(1);
    expect(provider.refusals[0]).toMatch(message);
  });

  test("keys that are wrong or missing, a version that is, paths that aren't there, what is no JSON", async () => {
    const other = new Anthropic({ apiKey: "wrong", baseURL: provider.url, maxRetries: 0 });
    await expect(other.messages.create(basic as never)).rejects.toThrow(AuthenticationError);
    const send = async (headers: Record<string, string>, body: string, path = "/v1/messages"): Promise<[number, string, string]> => {
      const answer = await fetch(provider.url + path, { method: "POST", headers, body });
      const { error } = (await answer.json()) as { error: { type: string; message: string } };
      return [answer.status, error.type, error.message];
    };
    const version = { "anthropic-version": "2023-06-01" };
    const key = { "x-api-key": "sk-ant-test" };
    expect(await send(version, "{}")).toEqual([401, "authentication_error", "x-api-key header is required"]);
    expect(await send(key, "{}")).toEqual([400, "invalid_request_error", "anthropic-version: header is required"]);
    expect(await send({ ...key, ...version }, "{")).toMatchObject([
      400,
      "invalid_request_error",
      expect.stringContaining("not valid JSON"),
    ]);
    expect(await send({ ...key, ...version }, "{}", "/v1/chat/completions")).toEqual([404, "not_found_error", "Not found"]);
  });
});
