import { describe, expect, test } from "vitest";
import type { Gateway } from "../../test/host/gateway.ts";
import type { Provider, ProviderAnswer } from "../../test/host/provider.ts";
import { claudeAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { refusalOf } from "../../test/modules/configuration.ts";
import { startYaml } from "../../test/modules/gateway-yaml.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, textOf } from "../../test/modules/requests.ts";

const json = (status: number, body: unknown): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const openai = (status: number, code: string, message = "m"): ProviderAnswer => json(status, { error: { message, type: "t", code } });
const events = (...all: unknown[]): ProviderAnswer => ({
  headers: { "content-type": "text/event-stream" },
  chunks: all.map((data) =>
    typeof data === "string" ? `data: ${data}\n\n` : `event: ${(data as { type?: string }).type}\ndata: ${JSON.stringify(data)}\n\n`,
  ),
});

const causes: Record<string, { does: Provider; status: number; waits?: number }> = {
  rate_limit: { does: () => openai(429, "rate_limit_exceeded"), status: 429 },
  server_error: { does: () => openai(500, "server_error"), status: 500 },
  timeout: { does: () => "stall", status: 504, waits: 1000 },
  connection: { does: () => "refuse", status: 503 },
  authentication: { does: () => openai(401, "invalid_api_key"), status: 401 },
  insufficient_quota: { does: () => openai(429, "insufficient_quota"), status: 429 },
  overloaded: { does: () => openai(503, "overloaded"), status: 503 },
  context_length: { does: () => openai(400, "context_length_exceeded"), status: 400 },
  content_filter: { does: () => openai(400, "content_filter"), status: 400 },
};
const names = Object.keys(causes);

function start(a: Provider, fallbackOn?: readonly string[], fields: object = {}): Promise<Gateway> {
  return startPlans({
    providers: { a: { ...fields, does: a }, b: { type: "claude", does: () => claudeAnswer("from b") } },
    "ai-proxy": { answerTimeout: 1000, firstContentTimeout: 1000, ...(fallbackOn && { fallbackOn }) },
  });
}

describe.each(Object.entries(causes))("%s", (name, { does, status, waits = 0 }) => {
  const ask = (gateway: Gateway): ReturnType<Gateway["request"]> => {
    const stream = gateway.open(chat());
    gateway.advance(waits);
    // Envoy waits for a millisecond or two before the next attempt.
    gateway.advance(50);
    return gateway.answer(stream);
  };

  test("moves on where it alone is listed", async () => {
    const got = ask(await start(does, [name]));
    expect([got.status, got.attempts.length]).toEqual([200, 2]);
    expect(textOf(got)).toBe("from b");
  });

  test("ends the request where all others are listed, and is what the client gets", async () => {
    const gateway = await start(
      does,
      names.filter((other) => other !== name),
    );
    const got = ask(gateway);
    expect(got.status).toBe(status);
    expect(errorOf(got).message).not.toBe("");
    // Envoy began another one for a silent failure, in which nothing was sent.
    const sent = got.attempts.filter(({ provider, headers }) => provider === "b" && headers["x-api-key"] !== undefined);
    expect(sent).toEqual([]);
    expect(textOf(ask(await start(() => openaiAnswer("from a"), [])))).toBe("from a");
  });

  test(`${name === "content_filter" ? "ends it" : "moves on"} where nothing is listed`, async () => {
    const got = ask(await start(does));
    expect(got.status).toBe(name === "content_filter" ? 400 : 200);
  });
});

describe("an answer that a filter withheld", () => {
  const chunk = (delta: object, finish: string | null): object => ({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "gpt-4o",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const whole = (content: string | null): ProviderAnswer =>
    json(200, {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "gpt-4o",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "content_filter" }],
    });
  const claude = (content: object[]): ProviderAnswer =>
    json(200, {
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude",
      content,
      stop_reason: "refusal",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 0 },
    });
  const gemini = (candidate: object): ProviderAnswer => json(200, { candidates: [{ index: 0, ...candidate }], modelVersion: "g" });
  const withheld: [string, string, boolean, ProviderAnswer][] = [
    ["OpenAI's, whole", "openai", false, whole(null)],
    ["OpenAI's, whole and empty", "openai", false, whole("")],
    ["OpenAI's, streamed", "openai", true, events(chunk({ role: "assistant", content: "" }, null), chunk({}, "content_filter"), "[DONE]")],
    ["Anthropic's, whole", "claude", false, claude([])],
    [
      "Anthropic's, streamed",
      "claude",
      true,
      events(
        {
          type: "message_start",
          message: { id: "m", type: "message", role: "assistant", model: "c", content: [], usage: { input_tokens: 1, output_tokens: 0 } },
        },
        { type: "message_delta", delta: { stop_reason: "refusal", stop_sequence: null }, usage: { output_tokens: 0 } },
        { type: "message_stop" },
      ),
    ],
    ["Gemini's SAFETY", "gemini", false, gemini({ finishReason: "SAFETY" })],
    ["Gemini's blockReason", "gemini", false, json(200, { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, modelVersion: "g" })],
    [
      "Gemini's blockReason, streamed",
      "gemini",
      true,
      {
        headers: { "content-type": "text/event-stream" },
        chunks: ['data: {"promptFeedback":{"blockReason":"SAFETY"},"modelVersion":"g"}\n\n'],
      },
    ],
  ];

  test.each(withheld)("%s", async (_, type, stream, answer) => {
    const opted = await start(() => answer, ["content_filter"], { type });
    const got = opted.request(chat({ stream }));
    expect(got.attempts.map(({ provider }) => provider)).toEqual(["a", "b"]);
    expect(got.headers["x-sluice-attempts"]).toContain("a;status=200;reason=content_filter");
    const usual = (await start(() => answer, undefined, { type })).request(chat({ stream }));
    expect([usual.status, usual.attempts.length]).toEqual([200, 1]);
    // With nobody else left it is the client's.
    const alone = await startPlans({
      providers: { a: { type, does: () => answer } },
      plans: [{ targets: ["a", "a"] }],
      "ai-proxy": { fallbackOn: ["content_filter"] },
    });
    const last = alone.request(chat({ stream }));
    expect([last.status, last.attempts.length, last.body.includes("content_filter")]).toEqual([200, 1, true]);
  });

  test.each<[string, string, ProviderAnswer]>([
    ["OpenAI's", "openai", whole("Once upon")],
    ["Anthropic's", "claude", claude([{ type: "text", text: "Once upon" }])],
    ["Gemini's", "gemini", gemini({ content: { role: "model", parts: [{ text: "Once upon" }] }, finishReason: "SAFETY" })],
  ])("but not %s in which content came before", async (_, type, answer) => {
    const got = (await start(() => answer, ["content_filter"], { type })).request(chat());
    expect([got.attempts.length, textOf(got)]).toEqual([1, "Once upon"]);
  });

  test.each([
    [
      "Azure's",
      openai(400, "content_filter", "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."),
    ],
    ["DashScope's", openai(400, "data_inspection_failed", "Input data may contain inappropriate content.")],
    ["Zhipu's", openai(400, "1301")],
  ])("%s refusal of the request", async (_, answer) => {
    expect((await start(() => answer, ["content_filter"])).request(chat()).attempts).toHaveLength(2);
    expect((await start(() => answer, ["rate_limit"])).request(chat()).attempts).toHaveLength(1);
  });
});

test("a window that is too short ends the request where the first target has it and context_length isn't listed", async () => {
  const request = chat({ max_tokens: 2000 });
  const fields = { contextWindows: { "*": "1000" } };
  const ends = (await start(() => openaiAnswer("a"), ["rate_limit"], fields)).request(request);
  expect([ends.status, errorOf(ends).code, ends.attempts.length]).toEqual([400, "context_length_exceeded", 0]);
});

test("gateway.yaml's fallback_on is the model's", async () => {
  const gateway = await startYaml(
    `
version: 1
providers:
  a: { type: openai, keys: [k] }
  b: { type: openai, keys: [k] }
models:
  - { match: strict, to: a, fallback: b, fallback_on: [timeout] }
  - { match: "*", to: a, fallback: b }
`,
    { a: () => openai(500, "x"), b: () => openaiAnswer("b") },
  );
  expect(gateway.request(chat({ model: "strict" })).status).toBe(500);
  expect(gateway.request(chat({ model: "other" })).status).toBe(200);
});

test("what is no cause is refused", async () => {
  const gateway = await start(() => openaiAnswer("a"));
  const provider = { id: "a", type: "openai", apiTokens: ["k"] };
  expect(refusalOf(gateway, { "ai-proxy": { providers: [provider], fallbackOn: ["ratelimit"] } })).toContain(
    'ai-proxy: fallbackOn[0]: found "ratelimit", expected one of rate_limit, server_error, timeout, connection, authentication, insufficient_quota, overloaded, context_length, content_filter',
  );
});
