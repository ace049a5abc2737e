/** OpenAI's SDK for JavaScript on Responses and Completions, against who speaks them, who only chats, and two other protocols: the same table for each. */

import type OpenAI from "openai";
import { APIError, AuthenticationError, BadRequestError, InternalServerError, NotFoundError, RateLimitError } from "openai";
import { makeParseableTextFormat } from "openai/lib/parser";
import type {
  FunctionTool,
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { models, providersYaml, startGateway, startProviders, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

/** Who answers, and its model. OpenAI speaks Responses itself, DeepSeek chat completions only. */
const answering = { ...models, deepseek: "deepseek-chat" } as const;
type Name = keyof typeof answering;
const names = Object.entries(answering) as [Name, string][];
const translated = names.filter(([name]) => name !== "openai");

let providers: Record<Name, Provider>;
let gateway: TestGateway;
let client: OpenAI;

beforeAll(async () => {
  const three = await startProviders();
  providers = { ...three, deepseek: await startProvider({ protocol: "openai", vendor: "deepseek", keys: ["sk-deepseek-4c5d"] }) };
  gateway = await startGateway(
    providersYaml(three, `deepseek: { type: deepseek, url: ${providers.deepseek.url}, keys: [env:DEEPSEEK_KEY] }`) +
      `models:
  - { match: gpt-*, to: openai }
  - { match: claude-*, to: claude }
  - { match: gemini-*, to: gemini }
  - { match: deepseek-*, to: deepseek }
  - { match: both, to: { provider: openai, model: gpt-5 }, fallback: { provider: claude, model: claude-sonnet-4-5 } }
`,
    { environment: { DEEPSEEK_KEY: "sk-deepseek-4c5d" } },
  );
  client = gateway.client();
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const weather: FunctionTool = {
  type: "function",
  name: "get_weather",
  description: "The weather in a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
  strict: true,
};
const clock: FunctionTool = { type: "function", name: "get_time", parameters: { type: "object", properties: {} }, strict: false };
const redDot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const kinds = [
  ["whole", false],
  ["streamed", true],
] as const;

/** A response, whole or put together by the stream helper. */
function ask(request: ResponseCreateParamsNonStreaming, stream: boolean): Promise<Response> {
  if (!stream) return client.responses.create(request);
  const { stream: _, ...rest } = request;
  return client.responses.stream(rest).finalResponse();
}
const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((thrown: unknown) => thrown);
const callsIn = ({ output }: Response) => output.filter((item) => item.type === "function_call");

/** What the guides do: the output becomes input, followed by what the functions returned. */
const furtherInput = (input: ResponseInputItem[], { output }: Response, results: Record<string, string>): ResponseInputItem[] => [
  ...input,
  ...(output as ResponseInputItem[]),
  ...output.flatMap((item): ResponseInputItem[] =>
    item.type === "function_call" ? [{ type: "function_call_output", call_id: item.call_id, output: results[item.name]! }] : [],
  ),
];

describe.each(names)("%s", (name, model) => {
  const provider = (): Provider => providers[name];

  test.each(kinds)("a response to a text, with its usage (%s)", async (_, stream) => {
    await gateway.newLines();
    const said = 'Hello, wörld: \u{1F30D} "quoted" \\ \n line';
    provider().next({ text: [said], usage: { input: 100, output: 20, cacheRead: 40 } });
    const response = await ask({ model, instructions: "Say it again.", input: said, max_output_tokens: 3000 }, stream);
    expect(response).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: "response",
      status: "completed",
      error: null,
      incomplete_details: null,
      instructions: "Say it again.",
      max_output_tokens: 3000,
      model: expect.stringContaining(model),
      output: [{ type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: said }] }],
      output_text: said,
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 40 },
        output_tokens: 20,
        total_tokens: 120,
      },
    });
    expect(provider().requests[0]!.path).toMatch(
      name === "openai" ? /\/responses$/ : /\/(chat\/completions|messages|.*GenerateContent|.*generateContent)$/,
    );
    const [line] = await gateway.newLines();
    expect(line).toMatchObject({
      status: 200,
      facts: { path: "/v1/responses", provider: name, model, stream, input_tokens: 100, output_tokens: 20, cached_tokens: 40 },
    });
  });

  test("items: roles, parts, images and what was said before", async () => {
    const response = await ask(
      {
        model,
        input: [
          { role: "developer", content: "Be brief." },
          { role: "user", content: "I am Ada." },
          { type: "message", role: "assistant", content: "Hi, Ada." },
          {
            role: "user",
            content: [
              { type: "input_text", text: "Who am I?" },
              { type: "input_image", image_url: `data:image/png;base64,${redDot}`, detail: "auto" },
            ],
          },
        ],
      },
      false,
    );
    expect(response.output_text).toContain("Who am I?");
    const received = provider().requests[0]!.body.toString();
    for (const part of ["Be brief.", "I am Ada.", "Hi, Ada.", "Who am I?", redDot]) expect(received).toContain(part);
  });

  test("a stream: every event in order, numbered, and deltas that make the whole", async () => {
    provider().next({ text: ["one ", "two ", "three"] });
    const events: ResponseStreamEvent[] = [];
    for await (const event of await client.responses.create({ model, input: "count", stream: true })) events.push(event);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type !== "response.output_text.delta")).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.flatMap((event) => (event.type === "response.output_text.delta" ? [event.delta] : []))).toEqual([
      "one ",
      "two ",
      "three",
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const last = events.at(-1)!;
    expect(last.type === "response.completed" && last.response.output).toMatchObject([{ content: [{ text: "one two three" }] }]);
  });

  test.each(kinds)("structured output is parsed by the SDK (%s)", async (_, stream) => {
    const format = makeParseableTextFormat(
      {
        type: "json_schema",
        name: "event",
        strict: true,
        schema: {
          type: "object",
          properties: { title: { type: "string" }, people: { type: "array", items: { type: "string" } }, year: { type: "integer" } },
          required: ["title", "people", "year"],
          additionalProperties: false,
        },
      },
      (text) => JSON.parse(text) as { title: string; people: string[]; year: number },
    );
    const request = { model, input: "When?", text: { format } };
    const response = stream ? await client.responses.stream(request).finalResponse() : await client.responses.parse(request);
    expect(response.output_parsed).toEqual({ title: "example", people: ["example"], year: 1 });
  });

  test.each(kinds)("parallel calls and the outputs that follow (%s)", async (_, stream) => {
    const request = { model, tools: [weather, clock] };
    const input: ResponseInputItem[] = [
      { role: "user", content: 'use the tool get_weather with {"city":"Rome"} and use the tool get_time' },
    ];
    const called = await ask({ ...request, input }, stream);
    expect(called.status).toBe("completed");
    const calls = callsIn(called);
    expect(calls).toMatchObject([
      { id: expect.stringMatching(/^fc_/), name: "get_weather", status: "completed" },
      { id: expect.stringMatching(/^fc_/), name: "get_time", status: "completed" },
    ]);
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([{ city: "Rome" }, {}]);
    expect(new Set(calls.map(({ call_id }) => call_id)).size).toBe(2);
    const told = await ask({ ...request, input: furtherInput(input, called, { get_weather: "rain in Rome", get_time: "noon" }) }, stream);
    expect(told.output_text).toMatch(/rain in Rome.*noon/s);
    expect(callsIn(told)).toEqual([]);
  });

  test("the stream helper tells a call's arguments as they grow", async () => {
    const snapshots: string[] = [];
    const stream = client.responses.stream({ model, input: 'use the tool get_weather with {"city":"Rome"}', tools: [weather] });
    stream.on("response.function_call_arguments.delta", ({ snapshot }) => snapshots.push(snapshot));
    const [call] = callsIn(await stream.finalResponse());
    expect(snapshots.at(-1)).toBe(call!.arguments);
  });

  test("tool_choice: a function by name, none, required", async () => {
    const called = async (tool_choice: ResponseCreateParamsNonStreaming["tool_choice"]): Promise<string[]> =>
      callsIn(await ask({ model, input: "Hi", tools: [weather, clock], tool_choice: tool_choice! }, false)).map((call) => call.name);
    expect(await called({ type: "function", name: "get_time" })).toEqual(["get_time"]);
    expect(await called("none")).toEqual([]);
    expect(await called("required")).toEqual(["get_weather"]);
  });

  test.each(kinds)("a limit makes it incomplete (%s)", async (_, stream) => {
    const words = Array.from({ length: 30 }, (_, index) => `word${index}`).join(" ");
    const response = await ask({ model, input: words, max_output_tokens: 16 }, stream);
    expect(response).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    expect(words.startsWith(response.output_text)).toBe(true);
  });

  test.each([
    [400, BadRequestError, "invalid_request_error"],
    [401, AuthenticationError, "invalid_request_error"],
    [404, NotFoundError, "invalid_request_error"],
    [429, RateLimitError, "requests"],
    [500, InternalServerError, "server_error"],
  ] as const)("a provider's %i is raised as the SDK's own class, with the provider's message", async (status, kind, type) => {
    provider().next({ error: { status, message: `the vendor says ${status}`, ...(status === 429 && { retryAfter: 7 }) } });
    const error = (await failure(ask({ model, input: "Hi" }, false))) as APIError;
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, type, param: null, code: expect.any(String) });
    expect(error.message).toContain(`the vendor says ${status}`);
    if (status === 429 && name !== "deepseek") expect(error.headers!.get("retry-after")).toBe("7");
  });

  test("an error inside a stream, behind its first words, is raised with that error", async () => {
    provider().next({ text: ["one ", "two ", "three"], errorEvent: { status: 500, after: name === "openai" ? 4 : 2, message: "no more" } });
    const deltas: string[] = [];
    const read = async (): Promise<void> => {
      for await (const event of await client.responses.create({ model, input: "count", stream: true }))
        if (event.type === "response.output_text.delta") deltas.push(event.delta);
    };
    const error = await failure(read());
    expect(error).toBeInstanceOf(APIError);
    expect((error as APIError).message).toContain("no more");
    expect(deltas.join("")).toMatch(/^one (two )?$/);
  });

  test("a field at fault is named, before a provider is asked", async () => {
    const error = await failure(ask({ model, input: 7 as never }, false));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", param: "input" });
    expect(provider().requests).toHaveLength(0);
  });

  test.each(kinds)("a completion of a prompt (%s)", async (_, stream) => {
    const whom = name === "openai" ? "gpt-3.5-turbo-instruct" : model;
    const request = { model: whom, prompt: "one two three four", max_tokens: 3 };
    if (!stream) {
      const completion = await client.completions.create(request);
      expect(completion).toMatchObject({
        object: "text_completion",
        choices: [{ index: 0, text: "one two three", finish_reason: "length", logprobs: null }],
      });
      expect(completion.usage!.total_tokens).toBe(completion.usage!.prompt_tokens + completion.usage!.completion_tokens);
    } else {
      const chunks: OpenAI.Completion[] = [];
      for await (const chunk of await client.completions.create({ ...request, stream: true, stream_options: { include_usage: true } }))
        chunks.push(chunk);
      expect(chunks.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe("one two three");
      expect(chunks.flatMap(({ choices }) => choices.map(({ finish_reason }) => finish_reason)).filter(Boolean)).toEqual(["length"]);
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
    }
  });
});

describe.each(translated)("%s can't do what OpenAI keeps or runs itself", (name, model) => {
  test.each([
    ["previous_response_id", { input: "Hi", previous_response_id: "resp_1" }, /send the whole conversation as `input`/],
    ["conversation", { input: "Hi", conversation: "conv_1" }, /send the whole conversation as `input`/],
    ["background", { input: "Hi", background: true }, /leave it out/],
    ["input[0]", { input: [{ type: "item_reference", id: "msg_1" }] }, /send the whole conversation as `input`/],
    ["tools[0]", { input: "Hi", tools: [{ type: "code_interpreter", container: { type: "auto" } }] }, /offer functions/],
  ] as const)("%s is refused by name", async (param, more, hint) => {
    const error = (await failure(ask({ model, ...(more as object) }, false))) as APIError;
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", param });
    expect(error.message).toMatch(hint);
    expect(error.message).toContain(name);
    expect(providers[name].requests).toHaveLength(0);
  });
});

test("previous_response_id goes to OpenAI as it came, and so does everything else", async () => {
  const body = '{ "model":"gpt-4o", "input":"h\\u00e9", "previous_response_id" : "resp_1", "store":true,"tools":[{"type":"web_search"}] }';
  providers.openai.next({ unchecked: true });
  const answer = await gateway.post("/v1/responses", body, { authorization: "Bearer sk-client" });
  expect(answer.status).toBe(200);
  expect(providers.openai.requests[0]!.body.toString()).toBe(body);
});

describe.each(kinds)("reasoning (%s)", (_, stream) => {
  const input: ResponseInputItem[] = [{ role: "user", content: 'think, then use the tool get_weather with {"city":"Rome"}' }];
  const include = ["reasoning.encrypted_content" as const];

  test.each([
    ["openai", "gpt-5"],
    ["claude", "claude-sonnet-4-5"],
    ["gemini", "gemini-3-flash"],
  ] as const)("%s reasons, calls, and takes all that back", async (name, model) => {
    const request = { model, tools: [weather], store: false, include, reasoning: { effort: "medium", summary: "auto" } as const };
    providers[name].next({ thinking: ["Let me ", "see."], tools: [{ name: "get_weather", arguments: { city: "Rome" } }] });
    const called = await ask({ ...request, input }, stream);
    expect(called.output[0]).toMatchObject({
      type: "reasoning",
      id: expect.stringMatching(/^rs_/),
      summary: [{ type: "summary_text", text: "Let me see." }],
      ...(name !== "gemini" && { encrypted_content: expect.stringMatching(/./) }),
    });
    const told = await ask({ ...request, input: furtherInput(input, called, { get_weather: "sun" }) }, stream);
    expect(told.output_text).toContain("sun");
    expect(providers[name].requests).toHaveLength(2);
    const signed = called.output.flatMap((item) => (item.type === "reasoning" && item.encrypted_content ? [item.encrypted_content] : []));
    expect(signed.length).toBeGreaterThan(0);
    const received = providers[name].requests[1]!.body.toString();
    for (const each of signed) expect(received).toContain(name === "openai" ? each : each.slice(each.indexOf(":") + 1));
  });

  test("what Claude signed is left out for OpenAI, who goes on, and what OpenAI encrypted for Claude", async () => {
    const request = { tools: [weather], store: false, include, reasoning: { effort: "medium", summary: "auto" } as const };
    for (const [first, second] of [
      ["claude-sonnet-4-5", "gpt-5"],
      ["gpt-5", "claude-sonnet-4-5"],
    ] as const) {
      const called = await ask({ ...request, model: first, input }, stream);
      expect(called.output[0]).toMatchObject({ type: "reasoning", encrypted_content: expect.any(String) });
      const told = await ask({ ...request, model: second, input: furtherInput(input, called, { get_weather: "sun" }) }, stream);
      expect(told.output_text).toContain("sun");
    }
  });

  test("where OpenAI fails, Claude answers, and OpenAI goes on with that", async () => {
    const request = { model: "both", tools: [weather], store: false, include, reasoning: { effort: "medium", summary: "auto" } as const };
    providers.openai.next({ error: { status: 500 } });
    const called = await ask({ ...request, input }, stream);
    expect(callsIn(called)).toHaveLength(1);
    expect(providers.claude.requests).toHaveLength(1);
    const told = await ask({ ...request, input: furtherInput(input, called, { get_weather: "sun" }) }, stream);
    expect(told.output_text).toContain("sun");
    expect(providers.openai.requests).toHaveLength(2);
  });
});
