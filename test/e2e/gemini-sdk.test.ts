/** Google's SDK for JavaScript against three protocols: the same table for each, since an application must not notice who answers. */

import { ApiError, FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type } from "@google/genai";
import type { CallableTool, Content, FunctionCall, GenerateContentParameters, GenerateContentResponse, Part } from "@google/genai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;
let client: GoogleGenAI;
const key = "sk-sluice-alice-4a5b";

beforeAll(async () => {
  providers = await startProviders();
  const to = (name: ProviderName): string => `{ provider: ${name}, model: ${models[name]} }`;
  const order = (...names: ProviderName[]): string =>
    `  - { match: first-${names.join("-")}, to: ${to(names[0]!)}, fallback: [${names.slice(1).map(to).join(", ")}] }\n`;
  gateway = await startGateway(
    providersYaml(providers) +
      `models:
  - { match: gpt-*, names: [gpt-4o], to: openai }
  - { match: text-embedding-3-*, names: [text-embedding-3-small], to: openai }
  - { match: claude-*, names: [claude-sonnet-4-5], to: claude }
  - { match: gemini-*, names: [gemini-2.5-flash, gemini-3-flash], to: gemini }
  - { match: text-embedding-004, to: gemini }
` +
      order("claude", "openai", "gemini") +
      order("openai", "gemini", "claude") +
      order("gemini", "claude", "openai") +
      "consumers:\n  - { name: alice, keys: [env:ALICE_KEY] }\n",
    { environment: { ALICE_KEY: key } },
  );
  client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.url } });
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const weather = {
  name: "get_weather",
  description: "The weather in a city.",
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ["city"] },
};
const clock = { name: "get_time" };
const redDot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const kinds = [
  ["whole", false],
  ["streamed", true],
] as const;

/** The responses of a request: one, or those of the stream. */
async function ask(request: GenerateContentParameters, stream: boolean): Promise<GenerateContentResponse[]> {
  if (!stream) return [await client.models.generateContent(request)];
  const responses: GenerateContentResponse[] = [];
  for await (const response of await client.models.generateContentStream(request)) responses.push(response);
  return responses;
}
const textOf = (responses: GenerateContentResponse[]): string => responses.map(({ text }) => text ?? "").join("");
const callsOf = (responses: GenerateContentResponse[]): FunctionCall[] => responses.flatMap(({ functionCalls }) => functionCalls ?? []);
const partsOf = (responses: GenerateContentResponse[]): Part[] =>
  responses
    .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    .filter((part) => part.text !== "" || part.thoughtSignature !== undefined);
const failure = async (request: Promise<unknown>): Promise<ApiError> => (await request.catch((thrown: unknown) => thrown)) as ApiError;

describe.each(Object.entries(models) as [ProviderName, string][])("%s", (name, model) => {
  const provider = (): Providers[ProviderName] => providers[name];

  test.each(kinds)("content, with its usage (%s)", async (_, stream) => {
    await gateway.newLines();
    const said = 'Hello, wörld: \u{1F30D} "quoted" \\ \n line';
    provider().next({ text: [said], usage: { input: 100, output: 20, cacheRead: 40 } });
    const responses = await ask({ model, contents: said, config: { systemInstruction: "Say it again.", maxOutputTokens: 3000 } }, stream);
    expect(textOf(responses)).toBe(said);
    const last = responses.at(-1)!;
    expect(last.candidates![0]).toMatchObject({ finishReason: "STOP" });
    expect(last.modelVersion).toContain(model);
    expect(last.responseId).toMatch(/./);
    expect(last.usageMetadata).toMatchObject({
      promptTokenCount: 100,
      candidatesTokenCount: 20,
      cachedContentTokenCount: 40,
      totalTokenCount: 120,
    });
    const [line] = await gateway.newLines();
    expect(line).toMatchObject({
      status: 200,
      facts: { consumer: "alice", provider: name, model, stream, input_tokens: 100, output_tokens: 20, cached_tokens: 40 },
    });
  });

  test("a stream comes in pieces, and as one JSON array where events aren't asked for", async () => {
    provider().next({ text: ["one ", "two ", "three"] }, { text: ["one ", "two ", "three"] });
    const texts = (await ask({ model, contents: "count" }, true)).map(({ text }) => text).filter((text) => text);
    expect(texts).toEqual(["one ", "two ", "three"]);
    const answer = await gateway.post(
      `/v1beta/models/${model}:streamGenerateContent`,
      JSON.stringify({ contents: [{ parts: [{ text: "count" }] }] }),
      {
        "x-goog-api-key": key,
      },
    );
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    const list = (await answer.json()) as { candidates: { content?: Content }[] }[];
    expect(
      list
        .flatMap(({ candidates }) => candidates[0]?.content?.parts ?? [])
        .map(({ text }) => text ?? "")
        .join(""),
    ).toBe("one two three");
  });

  test.each(kinds)("parallel calls and the responses that follow (%s)", async (_, stream) => {
    const contents: Content[] = [
      { role: "user", parts: [{ text: 'use the tool get_weather with {"city":"Rome"} and use the tool get_time' }] },
    ];
    const config = { tools: [{ functionDeclarations: [weather, clock] }], maxOutputTokens: 3000 };
    const called = await ask({ model, contents, config }, stream);
    const calls = callsOf(called);
    expect(calls).toMatchObject([
      { name: "get_weather", args: { city: "Rome" } },
      { name: "get_time", args: {} },
    ]);
    // As before Gemini 3: no ids, by name and in another order.
    const responses: Part[] = [
      { functionResponse: { name: "get_time", response: { output: "noon" } } },
      { functionResponse: { name: "get_weather", response: { error: "no such city" } } },
    ];
    contents.push(
      {
        role: "model",
        parts: partsOf(called).map(({ functionCall, ...part }) => ({
          ...part,
          ...(functionCall && { functionCall: { name: functionCall.name!, args: functionCall.args! } }),
        })),
      },
      { role: "user", parts: responses },
    );
    const told = await ask({ model, contents, config }, stream);
    expect(textOf(told)).not.toBe("");
    const received = provider().requests.at(-1)!.body.toString();
    for (const part of ["no such city", "noon"]) expect(received).toContain(part);
  });

  test("functions are called by the SDK itself until the model has its answer", async () => {
    const asked: unknown[] = [];
    const tool: CallableTool = {
      tool: () => Promise.resolve({ functionDeclarations: [weather] }),
      callTool: (calls) => {
        asked.push(...calls.map(({ args }) => args));
        return Promise.resolve(
          calls.map(({ id, name: called }) => ({
            functionResponse: { ...(id !== undefined && { id }), name: called!, response: { output: "rain in Oslo" } },
          })),
        );
      },
    };
    const response = await client.models.generateContent({
      model,
      contents: 'use the tool get_weather with {"city":"Oslo"}',
      config: { tools: [tool], maxOutputTokens: 3000 },
    });
    expect(response.text).toContain("rain in Oslo");
    expect(asked).toEqual([{ city: "Oslo" }]);
  });

  test("a chat keeps what was said", async () => {
    const chat = client.chats.create({ model, config: { systemInstruction: "Be brief." } });
    provider().next({ text: ["Hi, Ada."] }, { text: ["You are ", "Ada."] });
    expect((await chat.sendMessage({ message: "I am Ada." })).text).toBe("Hi, Ada.");
    let text = "";
    for await (const response of await chat.sendMessageStream({ message: "Who am I?" })) text += response.text ?? "";
    expect(text).toBe("You are Ada.");
    const received = provider().requests.at(-1)!.body.toString();
    for (const part of ["Be brief.", "I am Ada.", "Hi, Ada.", "Who am I?"]) expect(received).toContain(part);
    expect(chat.getHistory().map(({ role }) => role)).toContain("model");
  });

  test("modes of function calling: any, none, some", async () => {
    const names = async (mode: FunctionCallingConfigMode, allowedFunctionNames?: string[]): Promise<(string | undefined)[]> =>
      callsOf(
        await ask(
          {
            model,
            contents: "Hi",
            config: {
              tools: [{ functionDeclarations: [weather, clock] }],
              toolConfig: { functionCallingConfig: { mode, ...(allowedFunctionNames && { allowedFunctionNames }) } },
            },
          },
          false,
        ),
      ).map((call) => call.name);
    expect(await names(FunctionCallingConfigMode.ANY, ["get_time"])).toEqual(["get_time"]);
    expect(await names(FunctionCallingConfigMode.NONE)).toEqual([]);
    expect(await names(FunctionCallingConfigMode.ANY)).toEqual(["get_weather"]);
  });

  test("an image, a schema, stop sequences and limits", async () => {
    await ask(
      { model, contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: redDot } }, { text: "What is it?" }] }] },
      false,
    );
    expect(provider().requests.at(-1)!.body.toString()).toContain(redDot);
    provider().next({ text: ['{"name":"Ada"}'] });
    const [answer] = await ask(
      {
        model,
        contents: "Who?",
        config: {
          responseMimeType: "application/json",
          responseSchema: { type: Type.OBJECT, properties: { name: { type: Type.STRING } }, required: ["name"] },
        },
      },
      false,
    );
    expect(JSON.parse(answer!.text!)).toEqual({ name: "Ada" });
    const cut = await ask({ model, contents: "one two three four", config: { maxOutputTokens: 2 } }, false);
    expect(cut[0]!.candidates![0]).toMatchObject({ finishReason: "MAX_TOKENS" });
    const stopped = await ask({ model, contents: "one two three four", config: { stopSequences: ["three"] } }, false);
    expect(textOf(stopped)).toMatch(/^one two ?$/);
  });

  test.each([
    [400, "INVALID_ARGUMENT"],
    [401, "UNAUTHENTICATED"],
    [404, "NOT_FOUND"],
    [429, "RESOURCE_EXHAUSTED"],
    // Anthropic has a word of its own for 529 only.
    [503, /^(UNAVAILABLE|INTERNAL)$/],
  ] as const)("a provider's %i is raised as the SDK's own error, with the provider's message", async (status, word) => {
    provider().next({ error: { status, message: `the vendor says ${status}` } });
    const error = await failure(client.models.generateContent({ model, contents: "Hi" }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(status);
    const told = JSON.parse(error.message) as { error: { code: number; message: string; status: string } };
    expect(told.error).toMatchObject({ code: status, status: expect.stringMatching(word) });
    expect(told.error.message).toContain(`the vendor says ${status}`);
  });

  test("tokens are counted, by the provider or by estimate", async () => {
    const counted = await client.models.countTokens({ model, contents: "How many tokens is this?" });
    expect(counted.totalTokens).toBeGreaterThan(2);
    expect(counted.totalTokens).toBeLessThan(40);
    expect(provider().requests).toHaveLength(name === "openai" ? 0 : 1);
    const answer = await gateway.post(
      "/v1/messages/count_tokens",
      JSON.stringify({ model, messages: [{ role: "user", content: "How many?" }] }),
      {
        "x-api-key": key,
      },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-sluice-estimated")).toBe(name === "openai" ? "tokens" : null);
    expect(await answer.json()).toEqual({ input_tokens: expect.any(Number) });
  });
});

test.each([
  ["openai", "text-embedding-3-small"],
  ["gemini", "text-embedding-004"],
] as const)("embeddings by %s, one and several", async (name, model) => {
  const one = await client.models.embedContent({ model, contents: "Hi" });
  expect(one.embeddings).toHaveLength(1);
  expect(one.embeddings![0]!.values!.length).toBeGreaterThan(0);
  const two = await client.models.embedContent({ model, contents: ["Hi", "you"], config: { outputDimensionality: 3 } });
  expect(two.embeddings!.map(({ values }) => values!.length)).toEqual([3, 3]);
  expect(providers[name].requests).toHaveLength(2);
});

test("OpenAI's SDK gets Gemini's vectors, in base64 and as numbers", async () => {
  const openai = gateway.client({ apiKey: key });
  const [asBase64, asFloats] = await Promise.all(
    [undefined, "float" as const].map((format) =>
      openai.embeddings.create({
        model: "text-embedding-004",
        input: ["Hi", "you"],
        dimensions: 3,
        ...(format && { encoding_format: format }),
      }),
    ),
  );
  expect(asFloats!.data).toHaveLength(2);
  expect(asBase64!.data.map(({ embedding }) => embedding.map((value) => value.toFixed(5)))).toEqual(
    asFloats!.data.map(({ embedding }) => embedding.map((value) => value.toFixed(5))),
  );
});

test("thinking of Claude's comes with its signature, and goes back to it; to Gemini it doesn't", async () => {
  const config = { thinkingConfig: { thinkingBudget: 2000, includeThoughts: true }, maxOutputTokens: 4000 };
  providers.claude.next({ thinking: ["One and one"], text: ["2"] });
  const contents: Content[] = [{ role: "user", parts: [{ text: "1+1?" }] }];
  const thought = await ask({ model: models.claude, contents, config }, true);
  const parts = partsOf(thought);
  expect(parts[0]).toMatchObject({ text: "One and one", thought: true });
  expect(parts.some((part) => part.thoughtSignature?.startsWith("YW50aHJvcGlj"))).toBe(true);
  contents.push({ role: "model", parts }, { role: "user", parts: [{ text: "Sure?" }] });
  await ask({ model: models.claude, contents, config }, false);
  expect(JSON.parse(providers.claude.requests.at(-1)!.body.toString()).messages[1].content[0]).toMatchObject({
    type: "thinking",
    thinking: "One and one",
  });
  await ask({ model: "gemini-3-flash", contents, config: { thinkingConfig: { thinkingLevel: ThinkingLevel.LOW } } }, false);
  expect(providers.gemini.requests.at(-1)!.body.toString()).not.toContain("YW50aHJvcGlj");
});

test.each(["claude-openai-gemini", "openai-gemini-claude", "gemini-claude-openai"])(
  "first %s: the next answers where one fails",
  async (order) => {
    const [first, second] = order.split("-") as [ProviderName, ProviderName];
    providers[first].next({ error: { status: 503 } });
    providers[second].next({ text: ["from the second"] });
    expect(textOf(await ask({ model: `first-${order}`, contents: "Hi" }, true))).toBe("from the second");
  },
);

test("models are listed in each protocol's form, and a provider may be named before a model", async () => {
  const names: (string | undefined)[] = [];
  for await (const model of await client.models.list()) names.push(model.name);
  expect(names).toEqual(expect.arrayContaining(["models/gpt-4o", "models/claude-sonnet-4-5", "models/gemini-2.5-flash"]));
  const anthropic = gateway.anthropic({ apiKey: key });
  const listed: string[] = [];
  for await (const model of anthropic.models.list()) listed.push(model.id);
  expect(listed).toEqual(expect.arrayContaining(["gpt-4o", "claude-sonnet-4-5"]));
  providers.openai.next({ text: ["named"] });
  expect(textOf(await ask({ model: "openai/gpt-4o", contents: "Hi" }, false))).toBe("named");
});

test("who is refused by the gateway is told in Google's form", async () => {
  const stranger = new GoogleGenAI({ apiKey: "sk-wrong", httpOptions: { baseUrl: gateway.url } });
  const unknown = await failure(stranger.models.generateContent({ model: "gpt-4o", contents: "Hi" }));
  expect([unknown.status, JSON.parse(unknown.message).error.status]).toEqual([401, "UNAUTHENTICATED"]);
  const missing = await failure(
    client.models.generateContent({ model: "gpt-none-4o", contents: "Hi", config: { tools: [{ googleSearch: {} }] } }),
  );
  expect([missing.status, JSON.parse(missing.message).error.details[0].fieldViolations[0].field]).toEqual([400, "tools"]);
  const nobody = await failure(client.models.generateContent({ model: "nobody", contents: "Hi" }));
  expect([nobody.status, JSON.parse(nobody.message).error.status]).toEqual([404, "NOT_FOUND"]);
});
