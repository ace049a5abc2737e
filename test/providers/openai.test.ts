/** OpenAI's server as the official SDK sees it, and what it refuses. */
import OpenAI, { type APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "./provider.ts";

const weather: ChatCompletionTool = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } },
};
const clock: ChatCompletionTool = { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } };
const user = (content: string): ChatCompletionMessageParam => ({ role: "user", content });

let provider: Provider;
let client: OpenAI;
beforeAll(async () => {
  provider = await startProvider({ protocol: "openai", keys: ["sk-test"] });
  client = new OpenAI({ apiKey: "sk-test", baseURL: `${provider.url}/v1`, maxRetries: 0 });
});
beforeEach(() => provider.reset());
afterAll(() => provider.stop());

describe("the official SDK reads", () => {
  test("a whole answer, which echoes", async () => {
    const answer = await client.chat.completions.create({ model: "gpt-4o", messages: [user("Hello, world")] });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { role: "assistant", content: "Hello, world", refusal: null },
    });
    expect(answer.id).toMatch(/^chatcmpl-\w{29}$/);
    expect(answer.usage).toMatchObject({ completion_tokens: 2, prompt_tokens_details: { cached_tokens: 0 } });
    expect(answer._request_id).toMatch(/^req_/);
  });

  test("a stream with usage: role first, null usage on the way, an own chunk for it at the end", async () => {
    const stream = await client.chat.completions.create({
      model: "gpt-4o",
      stream: true,
      stream_options: { include_usage: true },
      messages: [user("one two three")],
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("one two three");
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });

  test("a stream without usage has no such member", async () => {
    const answer = await fetch(`${provider.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-test", "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", stream: true, messages: [user("a b")] }),
    });
    const text = await answer.text();
    expect(text).not.toContain("usage");
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("parallel tool calls, streamed, and the results that follow", async () => {
    const messages = [user('use the tool get_weather with {"city":"Rome"} and use the tool get_time')];
    const stream = client.chat.completions.stream({ model: "gpt-4o", messages, tools: [weather, clock] });
    const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    expect(message.tool_calls!.map((call) => call.type === "function" && [call.function.name, call.function.arguments])).toEqual([
      ["get_weather", '{"city":"Rome"}'],
      ["get_time", "{}"],
    ]);
    const results: ChatCompletionMessageParam[] = message.tool_calls!.map((call, index) => ({
      role: "tool",
      tool_call_id: call.id,
      content: `result ${index}`,
    }));
    const second = await client.chat.completions.create({
      model: "gpt-4o",
      messages: [...messages, message, ...results],
      tools: [weather, clock],
    });
    expect(second.choices[0]!.message.content).toBe("get_weather answered: result 0; get_time answered: result 1");
  });

  test("a forced tool, a ban, and one call at a time", async () => {
    const ask = async (more: object): Promise<number> => {
      const answer = await client.chat.completions.create({
        model: "gpt-4o",
        messages: [user("2 tool calls")],
        tools: [weather, clock],
        ...more,
      });
      return answer.choices[0]!.message.tool_calls?.length ?? 0;
    };
    expect(await ask({})).toBe(2);
    expect(await ask({ parallel_tool_calls: false })).toBe(1);
    expect(await ask({ tool_choice: "none" })).toBe(0);
    expect(await ask({ tool_choice: { type: "function", function: { name: "get_time" } } })).toBe(1);
  });

  test("an answer by a schema", async () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, age: { type: "integer" } },
      required: ["name", "age"],
      additionalProperties: false,
    };
    const answer = await client.chat.completions.create({
      model: "gpt-4o",
      messages: [user("Ann")],
      response_format: { type: "json_schema", json_schema: { name: "person", strict: true, schema } },
    });
    expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({ name: "example", age: 1 });
  });

  test.each([
    [{ max_tokens: 2 }, "one two", "length"],
    [{ stop: "three" }, "one two ", "stop"],
    [{ stop: ["four", "two"] }, "one ", "stop"],
  ])("an answer cut by %j", async (more, content, reason) => {
    const answer = await client.chat.completions.create({ model: "gpt-4o", messages: [user("one two three four")], ...more });
    expect(answer.choices[0]).toMatchObject({ finish_reason: reason, message: { content } });
  });

  test("reasoning, which is counted and not shown", async () => {
    const answer = await client.chat.completions.create({ model: "o3", messages: [user("hm")], reasoning_effort: "low" });
    expect(answer.usage!.completion_tokens_details!.reasoning_tokens).toBeGreaterThan(0);
  });

  test("refusals, several choices, log probabilities", async () => {
    provider.next({ refusal: "I can't." });
    const refused = await client.chat.completions.create({ model: "gpt-4o", messages: [user("x")] });
    expect(refused.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: null, refusal: "I can't." } });
    const three = await client.chat.completions.create({ model: "gpt-4o", messages: [user("x y")], n: 3, logprobs: true });
    expect(three.choices.map((choice) => choice.logprobs!.content!.length)).toEqual([2, 2, 2]);
  });

  test("embeddings, as numbers and in base64 (the SDK's own choice)", async () => {
    const numbers = await client.embeddings.create({
      model: "text-embedding-3-small",
      input: ["a", "b"],
      dimensions: 4,
      encoding_format: "float",
    });
    const encoded = await client.embeddings.create({ model: "text-embedding-3-small", input: ["a", "b"], dimensions: 4 });
    expect(numbers.data.map((item) => item.embedding.length)).toEqual([4, 4]);
    expect([...encoded.data[1]!.embedding]).toEqual(numbers.data[1]!.embedding);
  });

  test("models", async () => {
    expect((await client.models.list()).data.map((model) => model.object)).toContain("model");
    expect(await client.models.retrieve("gpt-4o")).toMatchObject({ id: "gpt-4o", object: "model" });
    await expect(client.models.retrieve("nope")).rejects.toThrow(NotFoundError);
  });

  test("errors: a limit with its headers, an overload, an error inside a stream", async () => {
    provider.next({ error: { status: 429, retryAfter: 20 } });
    const limited = await client.chat.completions
      .create({ model: "gpt-4o", messages: [user("x")] })
      .catch((error: unknown) => error as APIError);
    expect(limited).toBeInstanceOf(RateLimitError);
    expect(limited).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "requests" });
    expect((limited as APIError).headers!.get("retry-after")).toBe("20");
    expect((limited as APIError).headers!.get("x-ratelimit-remaining-requests")).toBe("0");

    provider.next({ error: { status: 503 } });
    await expect(client.chat.completions.create({ model: "gpt-4o", messages: [user("x")] })).rejects.toMatchObject({
      status: 503,
      type: "server_error",
    });

    provider.next({ errorEvent: { status: 500, after: 1 } });
    const seen: string[] = [];
    const broken = (async () => {
      for await (const chunk of await client.chat.completions.create({ model: "gpt-4o", stream: true, messages: [user("one two")] }))
        seen.push(chunk.choices[0]!.delta.content ?? "");
    })();
    await expect(broken).rejects.toThrow(/server had an error/);
    expect(seen.join("")).toBe("one");
  });
});

describe("it refuses, as OpenAI does", () => {
  const assistant = {
    role: "assistant",
    tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
  };
  const strictTool = {
    type: "function",
    function: { name: "f", strict: true, parameters: { type: "object", properties: { a: { type: "string" } }, required: ["a"] } },
  };
  const basic = { model: "gpt-4o", messages: [{ role: "user", content: "hi" }] };

  test.each<[string, object, number, string | null, string | null]>([
    ["no model", { messages: basic.messages }, 400, null, null],
    ["an unknown model", { ...basic, model: "claude-3" }, 404, null, "model_not_found"],
    ["no messages", { model: "gpt-4o" }, 400, "messages", "missing_required_parameter"],
    ["no message", { ...basic, messages: [] }, 400, "messages", "empty_array"],
    ["an unknown role", { ...basic, messages: [{ role: "bot", content: "x" }] }, 400, "messages[0].role", "invalid_value"],
    ["an unknown field", { ...basic, top_k: 3 }, 400, null, null],
    [
      "an unknown field of a message",
      { ...basic, messages: [{ role: "user", content: "x", id: 1 }] },
      400,
      "messages[0].id",
      "unknown_parameter",
    ],
    ["a temperature in words", { ...basic, temperature: "hot" }, 400, "temperature", "invalid_type"],
    ["a temperature over the limit", { ...basic, temperature: 3 }, 400, "temperature", "decimal_above_maximum_value"],
    ["stream_options without stream", { ...basic, stream_options: { include_usage: true } }, 400, "stream_options", null],
    ["both limits", { ...basic, max_tokens: 1, max_completion_tokens: 1 }, 400, "max_tokens", "invalid_parameter_combination"],
    ["a choice without tools", { ...basic, tool_choice: "auto" }, 400, "tool_choice", null],
    ["five stop sequences", { ...basic, stop: ["a", "b", "c", "d", "e"] }, 400, "stop", "array_above_max_length"],
    [
      "a result without a call",
      { ...basic, messages: [{ role: "tool", tool_call_id: "call_1", content: "x" }] },
      400,
      "messages.[0].role",
      null,
    ],
    ["a call without a result", { ...basic, messages: [...basic.messages, assistant, basic.messages[0]] }, 400, "messages.[2].role", null],
    [
      "a strict tool whose object is open",
      { ...basic, tools: [strictTool] },
      400,
      "tools[0].function.parameters",
      "invalid_function_parameters",
    ],
    ["json_object without the word", { ...basic, response_format: { type: "json_object" } }, 400, "messages", null],
    ["the old limit at a model that reasons", { ...basic, model: "o3", max_tokens: 5 }, 400, "max_tokens", "unsupported_parameter"],
    ["an effort at a model that doesn't", { ...basic, reasoning_effort: "low" }, 400, null, null],
  ])("%s", async (_, body, status, param, code) => {
    const error = await client.post("/chat/completions", { body }).then(
      () => undefined,
      (error: unknown) => error as APIError,
    );
    expect(error).toMatchObject({ status, param, code, type: "invalid_request_error" });
    expect(provider.requests[0]!.refused).toBe(provider.refusals[0]);
    expect(error!.message).toContain(provider.refusals[0]);
  });

  test("keys that are wrong or missing, paths that aren't there, what is no JSON", async () => {
    const other = new OpenAI({ apiKey: "sk-wrong-0123456789", baseURL: `${provider.url}/v1`, maxRetries: 0 });
    const error = await other.models.list().then(
      () => undefined,
      (error: unknown) => error as APIError,
    );
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: "invalid_api_key" });
    expect(error!.message).not.toContain("sk-wrong-0123456789");
    expect((await fetch(`${provider.url}/v1/models`)).status).toBe(401);
    await expect(client.get("/nothing")).rejects.toThrow(/Invalid URL \(GET \/v1\/nothing\)/);
    const garbage = await fetch(`${provider.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-test" },
      body: "{",
    });
    expect([garbage.status, (await garbage.json()).error.type]).toEqual([400, "invalid_request_error"]);
  });

  test("a scripted answer doesn't hide a refusal, unless the test says so", async () => {
    const ask = (): Promise<unknown> => client.post("/chat/completions", { body: { ...basic, top_k: 3 } });
    provider.next({ text: "fine" });
    await expect(ask()).rejects.toThrow(BadRequestError);
    provider.next({ text: "fine", unchecked: true });
    await expect(ask()).resolves.toMatchObject({ choices: [{ message: { content: "fine" } }] });
  });
});

describe("vendors who speak OpenAI's protocol", () => {
  async function ask(vendor: string, body: object): Promise<string> {
    const started = await startProvider({ protocol: "openai", vendor, keys: ["k"] });
    try {
      const base = { qwen: "/compatible-mode/v1", zhipuai: "/api/paas/v4", groq: "/openai/v1", openrouter: "/api/v1" }[vendor] ?? "/v1";
      const answer = await fetch(`${started.url}${base}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer k" },
        body: JSON.stringify(body),
      });
      return await answer.text();
    } finally {
      await started.stop();
    }
  }
  const thinking = { model: "m", messages: [{ role: "user", content: "think" }] };

  test("DeepSeek shows its reasoning, counts its cache, keeps the line alive", async () => {
    const whole = JSON.parse(await ask("deepseek", thinking));
    expect(whole.choices[0].message).toMatchObject({ content: "think", reasoning_content: expect.stringContaining("again") });
    expect(whole.usage).toMatchObject({ prompt_cache_hit_tokens: 0, prompt_cache_miss_tokens: whole.usage.prompt_tokens });
    const stream = await ask("deepseek", { ...thinking, stream: true });
    expect(stream).toMatch(/^: keep-alive\n\n/);
    expect(stream).toContain('"reasoning_content":"The"');
    expect(stream).toMatch(/"finish_reason":"stop"\}\],"usage":\{"prompt_tokens"/);
  });

  test("each puts usage where it does", async () => {
    const stream = { ...thinking, stream: true };
    expect(await ask("moonshot", stream)).toMatch(/"finish_reason":"stop","usage":\{/);
    expect(await ask("mistral", stream)).toMatch(/"finish_reason":"stop"\}\],"usage":\{/);
    expect(await ask("qwen", { ...stream, stream_options: { include_usage: true } })).toMatch(/"choices":\[\],"usage":\{/);
    expect(await ask("qwen", stream)).not.toContain("usage");
    expect(await ask("openrouter", { ...stream, stream_options: { include_usage: true } })).toMatch(/^: OPENROUTER PROCESSING/);
  });

  test("most ignore what they don't know, some refuse it", async () => {
    expect(JSON.parse(await ask("deepseek", { ...thinking, top_k: 1 }))).toHaveProperty("choices");
    expect(JSON.parse(await ask("mistral", { ...thinking, top_k: 1 }))).toHaveProperty("error");
  });
});
