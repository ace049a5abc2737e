/** Gemini's server as the official SDK sees it, and what it refuses. */
import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  type FunctionDeclaration,
  type GenerateContentConfig,
  type GenerateContentResponse,
} from "@google/genai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "./provider.ts";

const model = "gemini-2.5-flash";
const weather: FunctionDeclaration = {
  name: "get_weather",
  parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } },
};
const clock: FunctionDeclaration = { name: "get_time" };
const tools = [{ functionDeclarations: [weather, clock] }];

let provider: Provider;
let client: GoogleGenAI;
beforeAll(async () => {
  provider = await startProvider({ protocol: "gemini", keys: ["key"] });
  client = new GoogleGenAI({ apiKey: "key", httpOptions: { baseUrl: provider.url, retryOptions: { attempts: 1 } } });
});
beforeEach(() => provider.reset());
afterAll(() => provider.stop());

async function stream(contents: string, config?: GenerateContentConfig, name = model): Promise<GenerateContentResponse[]> {
  const chunks = [];
  for await (const chunk of await client.models.generateContentStream({ model: name, contents, ...(config ? { config } : {}) }))
    chunks.push(chunk);
  return chunks;
}

describe("the official SDK reads", () => {
  test("a whole answer, which echoes", async () => {
    const answer = await client.models.generateContent({ model, contents: "Hello <b>it's</b> a=b" });
    expect(answer.text).toBe("Hello <b>it's</b> a=b");
    expect(answer.candidates![0]).toMatchObject({ finishReason: "STOP", content: { role: "model" } });
    expect(answer.usageMetadata).toMatchObject({ candidatesTokenCount: 3 });
    expect(answer).toMatchObject({ modelVersion: model, responseId: expect.any(String) });
  });

  test("a stream: usage in each piece, the reason in the last", async () => {
    const chunks = await stream("one two three");
    expect(chunks.map((chunk) => chunk.text).join("")).toBe("one two three");
    expect(chunks.map((chunk) => chunk.usageMetadata!.candidatesTokenCount)).toEqual([1, 2, 3]);
    expect(chunks.map((chunk) => chunk.candidates![0]!.finishReason)).toEqual([undefined, undefined, "STOP"]);
    expect(new Set(chunks.map((chunk) => chunk.responseId)).size).toBe(1);
  });

  test("thoughts, counted beside the candidates", async () => {
    const chunks = await stream("hm", { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } });
    const parts = chunks.flatMap((chunk) => chunk.candidates![0]!.content!.parts ?? []);
    expect(
      parts
        .filter((part) => part.thought)
        .map((part) => part.text)
        .join(""),
    ).toContain("again");
    expect(
      parts
        .filter((part) => !part.thought)
        .map((part) => part.text)
        .join(""),
    ).toBe("hm");
    expect(chunks.at(-1)!.usageMetadata).toMatchObject({ candidatesTokenCount: 1, thoughtsTokenCount: 8 });
  });

  test("parallel calls, their results, and the signature that Gemini 3 wants back", async () => {
    const first = { role: "user", parts: [{ text: 'use the tool get_weather with {"city":"Rome"} and use the tool get_time' }] };
    const name = "gemini-3-pro-preview";
    const answer = await client.models.generateContent({ model: name, contents: [first], config: { tools } });
    expect(answer.functionCalls!.map((call) => [call.name, call.args])).toEqual([
      ["get_weather", { city: "Rome" }],
      ["get_time", {}],
    ]);
    const called = answer.candidates![0]!.content!;
    expect(called.parts!.map((part) => part.thoughtSignature !== undefined)).toEqual([true, false]);
    const results = {
      role: "user",
      parts: answer.functionCalls!.map((call) => ({ functionResponse: { name: call.name!, response: { result: "fine" } } })),
    };
    const next = await client.models.generateContent({ model: name, contents: [first, called, results], config: { tools } });
    expect(next.text).toBe("get_weather answered: fine; get_time answered: fine");
    const bare = { role: "model", parts: called.parts!.map(({ functionCall }) => ({ functionCall: functionCall! })) };
    await expect(client.models.generateContent({ model: name, contents: [first, bare, results], config: { tools } })).rejects.toThrow(
      /missing a thought_signature/,
    );
  });

  test("a forced tool, a ban, a stream with calls", async () => {
    const calls = async (functionCallingConfig: object): Promise<number> =>
      (await client.models.generateContent({ model, contents: "2 tool calls", config: { tools, toolConfig: { functionCallingConfig } } }))
        .functionCalls?.length ?? 0;
    expect(await calls({ mode: FunctionCallingConfigMode.AUTO })).toBe(2);
    expect(await calls({ mode: FunctionCallingConfigMode.NONE })).toBe(0);
    expect(await calls({ mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ["get_time"] })).toBe(1);
    expect((await stream("2 tool calls", { tools })).at(-1)!.functionCalls).toHaveLength(2);
  });

  test("an answer by a schema, an answer cut short, one that was blocked", async () => {
    const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false };
    const byName = await client.models.generateContent({
      model,
      contents: "Ann",
      config: { responseMimeType: "application/json", responseJsonSchema: schema },
    });
    expect(JSON.parse(byName.text!)).toEqual({ name: "example" });
    const cut = await client.models.generateContent({ model, contents: "one two three", config: { maxOutputTokens: 2 } });
    expect([cut.text, cut.candidates![0]!.finishReason]).toEqual(["one two", "MAX_TOKENS"]);
    provider.next({ refusal: "no" }, { blocked: "PROHIBITED_CONTENT" });
    expect((await client.models.generateContent({ model, contents: "x" })).candidates![0]).toMatchObject({ finishReason: "SAFETY" });
    expect((await client.models.generateContent({ model, contents: "x" })).promptFeedback).toEqual({ blockReason: "PROHIBITED_CONTENT" });
  });

  test("embeddings, counted tokens, models", async () => {
    const embedded = await client.models.embedContent({
      model: "gemini-embedding-001",
      contents: ["a", "b"],
      config: { outputDimensionality: 4 },
    });
    expect(embedded.embeddings!.map((item) => item.values!.length)).toEqual([4, 4]);
    expect((await client.models.countTokens({ model, contents: "one two" })).totalTokens).toBe(2);
    expect(await client.models.get({ model })).toMatchObject({ name: `models/${model}` });
  });

  test("errors: a quota with its delay, an overload", async () => {
    provider.next({ error: { status: 429, retryAfter: 34 } }, { error: { status: 503 } });
    const limited = await client.models.generateContent({ model, contents: "x" }).catch((error: Error) => error);
    expect(limited).toMatchObject({ status: 429 });
    expect((limited as Error).message).toMatch(/RESOURCE_EXHAUSTED.*"retryDelay":\s?"34s"/s);
    await expect(client.models.generateContent({ model, contents: "x" })).rejects.toThrow(/UNAVAILABLE/);
  });

  test("a stream without alt=sse is a JSON array", async () => {
    const answer = await fetch(`${provider.url}/v1beta/models/${model}:streamGenerateContent`, {
      method: "POST",
      headers: { "x-goog-api-key": "key" },
      body: JSON.stringify({ contents: [{ parts: [{ text: "a b" }] }] }),
    });
    expect(answer.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    expect((await answer.json()) as unknown[]).toHaveLength(2);
  });
});

describe("it refuses, as Gemini does", () => {
  const user = (...parts: object[]): object => ({ role: "user", parts });
  const hi = user({ text: "hi" });
  const basic = { contents: [hi] };
  const call = { role: "model", parts: [{ functionCall: { name: "get_weather", args: {} } }] };
  const response = { functionResponse: { name: "get_weather", response: {} } };
  const parameters = (schema: object): object => ({ ...basic, tools: [{ functionDeclarations: [{ name: "f", parameters: schema }] }] });
  const config = (generationConfig: object): object => ({ ...basic, generationConfig });

  async function send(
    body: unknown,
    name = model,
    headers: Record<string, string> = { "x-goog-api-key": "key" },
  ): Promise<{ code: number; message: string; status: string; details?: object[] }> {
    const answer = await fetch(`${provider.url}/v1beta/models/${name}:generateContent`, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const { error } = (await answer.json()) as { error: { code: number; message: string; status: string } };
    expect(error.code).toBe(answer.status);
    return error;
  }

  test.each<[string, object, string | RegExp]>([
    ["an unknown field", { ...basic, messages: [] }, 'Invalid JSON payload received. Unknown name "messages": Cannot find field.'],
    [
      "an unknown field of a part",
      { contents: [user({ text: "x", type: "text" })] },
      /Unknown name "type" at 'contents\[0\]\.parts\[0\]': Cannot find field/,
    ],
    [
      "$schema in parameters",
      parameters({ type: "object", $schema: "x", properties: { a: { type: "string" } } }),
      /Unknown name "\$schema" at 'tools\[0\]\.function_declarations\[0\]\.parameters'/,
    ],
    [
      "additionalProperties below",
      parameters({ type: "object", properties: { a: { type: "object", additionalProperties: false } } }),
      /'tools\[0\]\.function_declarations\[0\]\.parameters\.properties\[0\]\.value'/,
    ],
    [
      "an object without properties",
      parameters({ type: "object", properties: {} }),
      /parameters\.properties: should be non-empty for OBJECT type/,
    ],
    ["an array without items", parameters({ type: "object", properties: { a: { type: "array" } } }), /items: missing field/],
    ["a list of types", parameters({ type: ["string", "null"] }), /Proto field is not repeating, cannot start list/],
    ["no contents", {}, /contents is not specified/],
    ["a content without parts", { contents: [{ role: "user", parts: [] }] }, /contents.parts must not be empty/],
    ["a part without data", { contents: [user({})] }, /required oneof field 'data' must have one initialized field/],
    ["the role assistant", { contents: [{ role: "assistant", parts: [{ text: "x" }] }] }, "Please use a valid role: user, model."],
    ["a call that begins", { contents: [call] }, /function call turn comes immediately after a user turn/],
    [
      "fewer results than calls",
      { contents: [hi, { role: "model", parts: [...call.parts, ...call.parts] }, user(response)] },
      /number of function response parts is equal/,
    ],
    ["a result without a call", { contents: [hi, user(response)] }, /function response turn comes immediately after a function call turn/],
    [
      "an image that is no base64",
      { contents: [user({ inlineData: { mimeType: "image/png", data: "not base64!" } })] },
      /Base64 decoding failed/,
    ],
    ["a temperature over 2", config({ temperature: 2.5 }), /temperature must be in the range/],
    ["a temperature in words", config({ temperature: "hot" }), "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"hot\""],
    ["six stop sequences", config({ stopSequences: ["a", "b", "c", "d", "e", "f"] }), /at most 5/],
    ["a level at 2.5", config({ thinkingConfig: { thinkingLevel: "LOW" } }), "Thinking level is not supported for this model."],
    ["a budget over the limit", config({ thinkingConfig: { thinkingBudget: 99999 } }), /between 0 and 24576/],
    ["a schema without JSON", config({ responseSchema: { type: "STRING" } }), /response_mime_type application\/json/],
    [
      "an unknown mode",
      { ...basic, toolConfig: { functionCallingConfig: { mode: "REQUIRED" } } },
      /FunctionCallingConfig.Mode\), "REQUIRED"/,
    ],
    ["ANY without tools", { ...basic, toolConfig: { functionCallingConfig: { mode: "ANY" } } }, /without function_declarations/],
    [
      "names without ANY",
      { ...basic, tools, toolConfig: { functionCallingConfig: { mode: "AUTO", allowedFunctionNames: ["get_time"] } } },
      /only when function calling mode is ANY/,
    ],
    [
      "tools with JSON at 2.5",
      { ...basic, tools, generationConfig: { responseMimeType: "application/json" } },
      /Function calling with a response mime type/,
    ],
  ])("%s", async (_, body, message) => {
    const error = await send(body);
    expect(error).toMatchObject({
      code: 400,
      status: "INVALID_ARGUMENT",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(provider.refusals).toHaveLength(1);
  });

  test("snake case is as good as camel case", async () => {
    const body = { system_instruction: { parts: [{ text: "x" }] }, contents: [hi], generation_config: { max_output_tokens: 5 } };
    const answer = await fetch(`${provider.url}/v1beta/models/${model}:generateContent?key=key`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  });

  test("keys that are wrong or missing, an unknown model, what is no JSON", async () => {
    expect(await send(basic, model, { "x-goog-api-key": "wrong" })).toMatchObject({
      code: 400,
      status: "INVALID_ARGUMENT",
      details: [{ reason: "API_KEY_INVALID" }, {}],
    });
    expect(await send(basic, model, {})).toMatchObject({ code: 403, status: "PERMISSION_DENIED" });
    expect(await send(basic, model, { authorization: "Bearer x" })).toMatchObject({ code: 401, status: "UNAUTHENTICATED" });
    expect(await send(basic, "gpt-4o")).toMatchObject({
      code: 404,
      status: "NOT_FOUND",
      message: expect.stringContaining("models/gpt-4o is not found"),
    });
    expect(await send("{")).toMatchObject({ code: 400, message: expect.stringContaining("Invalid JSON payload received") });
  });
});
