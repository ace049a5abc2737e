/** OpenAI's SDK for JavaScript against three protocols: the same table for each, since an application must not notice who answers. */

import type OpenAI from "openai";
import { AuthenticationError, BadRequestError, InternalServerError, NotFoundError, RateLimitError } from "openai";
import { makeParseableResponseFormat } from "openai/lib/parser";
import type { ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";

let providers: Providers;
let gateway: TestGateway;
let client: OpenAI;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers) +
      `models:
  - { match: gpt-*, names: [gpt-4o], to: openai }
  - { match: text-embedding-*, names: [text-embedding-3-small], to: openai }
  - { match: claude-*, names: [claude-sonnet-4-5], to: claude }
  - { match: gemini-*, names: [gemini-2.5-flash], to: gemini }
`,
  );
  client = gateway.client();
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => {
  for (const provider of Object.values(providers)) expect(provider.refusals).toEqual([]);
});

const user = (content: string): ChatCompletionMessageParam => ({ role: "user", content });
const weather: ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const clock: ChatCompletionTool = { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } };
const redDot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function textOf(chunks: ChatCompletionChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}

describe.each(Object.entries(models) as [ProviderName, string][])("%s", (name, model) => {
  const provider = (): Providers[ProviderName] => providers[name];

  test("a whole answer, with its usage", async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: "system", content: "Say it again." }, user('Hello, wörld: \u{1F30D} "quoted" \\ \n line')],
    });
    expect(answer).toMatchObject({
      object: "chat.completion",
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          message: { role: "assistant", content: 'Hello, wörld: \u{1F30D} "quoted" \\ \n line' },
        },
      ],
    });
    expect(answer.model).toContain(model);
    expect(answer.created).toBeGreaterThan(1_600_000_000);
    expect(answer.usage!.prompt_tokens).toBeGreaterThan(0);
    expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens);
  });

  test("a stream: role first, text in pieces, one finish reason, no usage unless asked", async () => {
    provider().next({ text: ["one ", "two ", "three"] });
    const chunks = await all(await client.chat.completions.create({ model, stream: true, messages: [user("count")] }));
    expect(textOf(chunks)).toBe("one two three");
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length).toBe(3);
    expect(chunks[0]!.choices[0]!.delta.role).toBe("assistant");
    expect(chunks.flatMap((chunk) => chunk.choices.map(({ finish_reason }) => finish_reason)).filter(Boolean)).toEqual(["stop"]);
    expect(chunks.every((chunk) => chunk.usage === undefined && chunk.choices.length === 1)).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("a stream with usage: in a chunk of its own at the end", async () => {
    provider().next({ text: ["a ", "b"], usage: { input: 100, output: 20, cacheRead: 40 } });
    const chunks = await all(
      await client.chat.completions.create({ model, stream: true, stream_options: { include_usage: true }, messages: [user("count")] }),
    );
    expect(textOf(chunks)).toBe("a b");
    expect(chunks.slice(0, -1).every((chunk) => !chunk.usage)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, prompt_tokens_details: { cached_tokens: 40 } },
    });
  });

  test("the stream helper puts a message together", async () => {
    const stream = client.chat.completions.stream({ model, messages: [user("To be, or not to be")] });
    const seen: string[] = [];
    stream.on("content", (delta) => seen.push(delta));
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]!.message).toMatchObject({ role: "assistant", content: "To be, or not to be" });
    expect(seen.join("")).toBe("To be, or not to be");
  });

  test.each([false, true])("parallel tool calls and the results that follow (streamed: %s)", async (stream) => {
    const messages = [user('use the tool get_weather with {"city":"Rome"} and use the tool get_time')];
    const ask = async (asked: ChatCompletionMessageParam[]): Promise<OpenAI.Chat.Completions.ChatCompletion> => {
      const request = { model, messages: asked, tools: [weather, clock] };
      return stream ? client.chat.completions.stream(request).finalChatCompletion() : client.chat.completions.create(request);
    };
    const { message, finish_reason } = (await ask(messages)).choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    const calls = message.tool_calls!.map((call) => call.type === "function" && { ...call.function, id: call.id });
    expect(calls).toMatchObject([
      { name: "get_weather", arguments: expect.stringMatching(/^\{\s*"city":\s*"Rome"\s*\}$/) },
      { name: "get_time", arguments: "{}" },
    ]);
    expect(new Set(message.tool_calls!.map(({ id }) => id)).size).toBe(2);
    const results: ChatCompletionMessageParam[] = message.tool_calls!.map((call, index) => ({
      role: "tool",
      tool_call_id: call.id,
      content: index === 0 ? '{"sky":"blue"}' : "noon",
    }));
    const told = (await ask([...messages, message, ...results])).choices[0]!;
    expect(told.finish_reason).toBe("stop");
    expect(told.message.content).toContain("get_weather answered: ");
    expect(told.message.content).toMatch(/sky.*blue.*get_time answered: .*noon/s);
  });

  test("runTools calls the functions until the model has its answer", async () => {
    const asked: string[] = [];
    const runner = client.chat.completions.runTools({
      model,
      messages: [user('use the tool get_weather with {"city":"Oslo"}')],
      tools: [
        {
          type: "function",
          function: {
            name: "get_weather",
            description: "The weather in a city.",
            parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
            parse: JSON.parse as (text: string) => { city: string },
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return `rain in ${city}`;
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain("rain in Oslo");
    expect(asked).toEqual(["Oslo"]);
  });

  test("tool_choice: a function by name, none, required", async () => {
    const ask = async (tool_choice: OpenAI.Chat.Completions.ChatCompletionToolChoiceOption): Promise<string[]> => {
      const answer = await client.chat.completions.create({ model, messages: [user("Hi")], tools: [weather, clock], tool_choice });
      return (answer.choices[0]!.message.tool_calls ?? []).map((call) => (call.type === "function" ? call.function.name : call.type));
    };
    expect(await ask({ type: "function", function: { name: "get_time" } })).toEqual(["get_time"]);
    expect(await ask("none")).toEqual([]);
    expect(await ask("required")).toEqual(["get_weather"]);
  });

  test.each([false, true])("structured output is parsed by the SDK (streamed: %s)", async (stream) => {
    const response_format = makeParseableResponseFormat(
      {
        type: "json_schema",
        json_schema: {
          name: "event",
          strict: true,
          schema: {
            type: "object",
            properties: { title: { type: "string" }, people: { type: "array", items: { type: "string" } }, year: { type: "integer" } },
            required: ["title", "people", "year"],
            additionalProperties: false,
          },
        },
      },
      (text) => JSON.parse(text) as { title: string; people: string[]; year: number },
    );
    const request = { model, messages: [user("When?")], response_format };
    const answer = stream
      ? await client.chat.completions.stream(request).finalChatCompletion()
      : await client.chat.completions.parse(request);
    expect(answer.choices[0]!.message.parsed).toEqual({ title: "example", people: ["example"], year: 1 });
  });

  test("images by URL and as data", async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Which one is red?" },
            { type: "image_url", image_url: { url: "https://example.com/one.png" } },
            { type: "image_url", image_url: { url: `data:image/png;base64,${redDot}` } },
          ],
        },
      ],
    });
    expect(answer.choices[0]!.message.content).toMatch(/^Which one is red\?\n\[\w+\]\n\[\w+\]$/);
    const received = provider().requests[0]!.body.toString();
    expect(received).toContain("https://example.com/one.png");
    expect(received).toContain(redDot);
  });

  test("stop sequences and token limits are obeyed, and said in OpenAI's words", async () => {
    const stopped = await client.chat.completions.create({ model, messages: [user("one two three four")], stop: ["three"] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: expect.stringMatching(/^one two ?$/) } });
    const cut = await client.chat.completions.create({ model, messages: [user("one two three four")], max_completion_tokens: 2 });
    expect(cut.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "one two" } });
  });

  test.each([
    [400, BadRequestError, "invalid_request_error"],
    [401, AuthenticationError, "invalid_request_error"],
    [404, NotFoundError, "invalid_request_error"],
    [429, RateLimitError, "requests"],
    [500, InternalServerError, "server_error"],
    [503, InternalServerError, "server_error"],
  ] as const)("a provider's %i is raised as the SDK's own class, with the provider's message", async (status, kind, type) => {
    provider().next({ error: { status, message: `the vendor says ${status}`, ...(status === 429 && { retryAfter: 7 }) } });
    const error = await client.chat.completions.create({ model, messages: [user("Hi")] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, type, param: null, code: expect.any(String) });
    expect((error as Error).message).toContain(`the vendor says ${status}`);
    if (status === 429) expect((error as RateLimitError).headers!.get("retry-after")).toBe("7");
  });

  test("a field that the provider can't take is refused by name, before it is asked", async () => {
    const error = await client.chat.completions
      .create({ model, messages: [{ role: "user", content: [{ type: "text" } as never] }] })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", param: expect.stringContaining("messages[0].content[0]") });
    expect(provider().requests).toHaveLength(0);
  });

  test("provider/model goes to that provider alone", async () => {
    const answer = await client.chat.completions.create({ model: `${name}/${model}`, messages: [user("Hi")] });
    expect(answer.choices[0]!.message.content).toBe("Hi");
    const json = provider().requests[0]!.json as { model?: string };
    if (name !== "gemini") expect(json.model).toBe(model);
  });
});

test("models.list says what is served", async () => {
  expect((await all(client.models.list())).map(({ id }) => id)).toEqual([
    "gpt-4o",
    "text-embedding-3-small",
    "claude-sonnet-4-5",
    "gemini-2.5-flash",
  ]);
});

test.each(["float", "base64"] as const)("embeddings as %s", async (encoding_format) => {
  const { data, usage } = await client.embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"], encoding_format });
  expect(data.map(({ index }) => index)).toEqual([0, 1]);
  for (const { embedding } of data) expect(embedding.length).toBeGreaterThan(0);
  expect(usage.prompt_tokens).toBeGreaterThan(0);
});

test("embeddings of a provider that has none are refused by name", async () => {
  const error = await client.embeddings.create({ model: "claude-sonnet-4-5", input: "one" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadRequestError);
  expect((error as Error).message).toContain("claude");
  expect(providers.claude.requests).toHaveLength(0);
});

test("a model that isn't served is a 404 that lists near names", async () => {
  const error = await client.chat.completions
    .create({ model: "cloude-sonnet-4-5", messages: [user("Hi")] })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toMatchObject({ status: 404, code: "model_not_found", param: "model" });
  expect((error as Error).message).toContain("claude-sonnet-4-5");
});
