/** Vercel's AI SDK with its OpenAI provider, which asks at /v1/responses unless told to chat, against Claude behind the gateway. */

import { createOpenAI, type OpenAIProvider } from "@ai-sdk/openai";
import { APICallError, generateText, jsonSchema, stepCountIs, streamText, tool, type LanguageModel } from "ai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;
let openai: OpenAIProvider;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(`${providersYaml(providers)}models:\n  - { match: "*", to: claude }\n`);
  openai = createOpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1` });
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => providers.claude.reset());
afterEach(() => expectOnlyGoodRequests([providers.claude]));

const asked: string[] = [];
const tools = {
  get_weather: tool({
    description: "The weather in a city.",
    inputSchema: jsonSchema<{ city: string }>({
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    }),
    execute: ({ city }) => {
      asked.push(city);
      return `rain in ${city}`;
    },
  }),
};

describe.each([
  ["responses", "/v1/responses", (): LanguageModel => openai(models.claude)],
  ["chat", "/v1/chat/completions", (): LanguageModel => openai.chat(models.claude)],
] as const)("%s", (_, path, model) => {
  const request = {
    system: "Be brief.",
    prompt: 'use the tool get_weather with {"city":"Oslo"}',
    tools,
    stopWhen: stepCountIs(3),
    maxRetries: 0,
  };
  beforeEach(() => void asked.splice(0));

  test("generateText calls the tool and has its answer", async () => {
    await gateway.newLines();
    const { text, steps, finishReason, totalUsage } = await generateText({ ...request, model: model() });
    expect(text).toContain("rain in Oslo");
    expect([steps.length, finishReason, asked]).toEqual([2, "stop", ["Oslo"]]);
    expect(steps[0]!.toolCalls).toMatchObject([{ toolName: "get_weather", input: { city: "Oslo" } }]);
    expect(totalUsage.inputTokens).toBeGreaterThan(0);
    expect((await gateway.newLines()).map(({ status, facts }) => [status, facts["path"]])).toEqual([
      [200, path],
      [200, path],
    ]);
  });

  test("streamText calls the tool and streams its answer", async () => {
    const deltas: string[] = [];
    const { textStream, steps, totalUsage } = streamText({ ...request, model: model() });
    for await (const delta of textStream) deltas.push(delta);
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toContain("rain in Oslo");
    expect((await steps).map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"]);
    expect(asked).toEqual(["Oslo"]);
    expect((await totalUsage).outputTokens).toBeGreaterThan(0);
  });

  test("a provider's error is raised with its status and message", async () => {
    providers.claude.next({ error: { status: 429, message: "the vendor says no" } });
    const error = await generateText({ model: model(), prompt: "Hi", maxRetries: 0 }).catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 429, message: expect.stringContaining("the vendor says no") });
  });
});

describe.each(["whole", "streamed"] as const)("what Claude thought and signed goes back to it (%s)", (how) => {
  test("in the next step", async () => {
    const request = {
      model: openai(models.claude),
      prompt: "Weather in Oslo?",
      tools,
      stopWhen: stepCountIs(3),
      maxRetries: 0,
      // The SDK asks for encrypted reasoning, and for reasoning at all, where it takes the model for one that reasons.
      providerOptions: { openai: { forceReasoning: true, reasoningEffort: "medium", reasoningSummary: "auto", store: false } },
    };
    providers.claude.next({ thinking: ["Let me ", "see."], tools: [{ name: "get_weather", arguments: { city: "Oslo" } }] });
    const { steps, text } = how === "whole" ? await generateText(request) : streamText(request);
    expect(await text).toContain("rain in Oslo");
    expect((await steps)[0]!.reasoningText).toBe("Let me see.");
    const body = providers.claude.requests[1]!.json as { messages: { content: { type: string; thinking?: string }[] }[] };
    expect(body.messages[1]!.content[0]).toMatchObject({ type: "thinking", thinking: "Let me see.", signature: expect.any(String) });
  });
});
