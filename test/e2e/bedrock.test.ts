/** AWS Bedrock through a real Envoy, signed with an access key and with an API key: OpenAI's and Anthropic's SDKs, and Responses. */

import type OpenAI from "openai";
import { BadRequestError, PermissionDeniedError, RateLimitError } from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const environment = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_TEMPORARY_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
  AWS_TEMPORARY_SECRET: "bWluZSBpcyBhIHRlbXBvcmFyeSBzZWNyZXQ+/abc",
  AWS_SESSION_TOKEN: "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ=",
  AWS_BEARER_TOKEN_BEDROCK: "ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl",
};
/** The id of an inference profile has a colon, which is signed as it is sent. */
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA = "amazon.nova-pro-v1:0";

let bedrock: Provider;
let openai: Provider;
let gateway: TestGateway;
let client: OpenAI;

beforeAll(async () => {
  const keyPair = (id: string, secret: string, ...session: string[]): string => [id, secret, ...session].join(":");
  bedrock = await startProvider({
    protocol: "bedrock",
    keys: [
      keyPair(environment.AWS_ACCESS_KEY_ID, environment.AWS_SECRET_ACCESS_KEY),
      keyPair(environment.AWS_TEMPORARY_KEY_ID, environment.AWS_TEMPORARY_SECRET, environment.AWS_SESSION_TOKEN),
      environment.AWS_BEARER_TOKEN_BEDROCK,
    ],
  });
  openai = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
  const at = `type: bedrock, url: ${bedrock.url}`;
  gateway = await startGateway(
    `providers:
  signed: { ${at}, settings: { awsRegion: us-east-1, awsAccessKey: env:AWS_ACCESS_KEY_ID, awsSecretKey: env:AWS_SECRET_ACCESS_KEY } }
  temporary:
    ${at.replaceAll(", ", "\n    ")}
    settings: { awsRegion: eu-central-1, awsAccessKey: env:AWS_TEMPORARY_KEY_ID, awsSecretKey: env:AWS_TEMPORARY_SECRET, awsSessionToken: env:AWS_SESSION_TOKEN }
  api-key: { ${at}, keys: [env:AWS_BEARER_TOKEN_BEDROCK], settings: { awsRegion: us-east-1 } }
  wrong: { ${at}, settings: { awsRegion: us-east-1, awsAccessKey: env:AWS_ACCESS_KEY_ID, awsSecretKey: env:AWS_TEMPORARY_SECRET } }
  openai: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY] }
models:
  - { match: first-bedrock, to: { provider: signed, model: "${CLAUDE}" }, fallback: { provider: openai, model: gpt-4o } }
  - { match: first-openai, to: { provider: openai, model: gpt-4o }, fallback: { provider: signed, model: "${CLAUDE}" } }
`,
    { environment },
  );
  client = gateway.client();
});
afterAll(async () => {
  await gateway?.stop();
  await bedrock?.stop();
  await openai?.stop();
});
beforeEach(() => [bedrock, openai].forEach((provider) => provider.reset()));

const user = (content: string): ChatCompletionMessageParam => ({ role: "user", content });
const weather: ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const kinds = [
  ["whole", false],
  ["streamed", true],
] as const;
const pathOf = (model: string, stream: boolean): string => `/model/${encodeURIComponent(model)}/${stream ? "converse-stream" : "converse"}`;

/** An answer, whole or put together by the stream helper. */
function ask(request: OpenAI.ChatCompletionCreateParamsNonStreaming, stream: boolean): Promise<OpenAI.ChatCompletion> {
  if (!stream) return client.chat.completions.create(request);
  const { stream: _, ...rest } = request;
  return client.chat.completions.stream({ ...rest, stream_options: { include_usage: true } }).finalChatCompletion();
}

describe.each([
  ["signed", /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request, ?SignedHeaders=/],
  ["temporary", /^AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/bedrock\/aws4_request, ?SignedHeaders=/],
  ["api-key", /^Bearer ABSK/],
] as const)("%s", (name, authorization) => {
  afterEach(() => {
    expectOnlyGoodRequests([bedrock], ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]);
    for (const { headers } of bedrock.requests) expect(headers.authorization).toMatch(authorization);
  });

  describe.each([CLAUDE, NOVA])("%s", (model) => {
    test.each(kinds)("an answer, with its usage (%s)", async (_, stream) => {
      const said = 'Hello, wörld: \u{1F30D} "quoted" \\ \n line';
      bedrock.next({ text: [said], usage: { input: 100, output: 20 } });
      const answer = await ask({ model: `${name}/${model}`, messages: [{ role: "system", content: "Again." }, user(said)] }, stream);
      expect(answer).toMatchObject({
        object: "chat.completion",
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: said } }],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      });
      expect(bedrock.requests.map(({ target }) => decodeURIComponent(target))).toEqual([decodeURIComponent(pathOf(model, stream))]);
    });

    test.each(kinds)("runTools calls the function until the model has its answer (%s)", async (_, stream) => {
      const asked: string[] = [];
      const request = {
        model: `${name}/${model}`,
        messages: [user('use the tool get_weather with {"city":"Oslo"}')],
        tools: [
          {
            type: "function" as const,
            function: {
              name: "get_weather",
              description: "The weather in a city.",
              parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
              parse: JSON.parse as (text: string) => { city: string },
              function: ({ city }: { city: string }): string => {
                asked.push(city);
                return `rain in ${city}`;
              },
            },
          },
        ],
      };
      const runner = stream ? client.chat.completions.runTools({ ...request, stream: true }) : client.chat.completions.runTools(request);
      expect(await runner.finalContent()).toContain("rain in Oslo");
      expect(asked).toEqual(["Oslo"]);
      expect(bedrock.requests).toHaveLength(2);
    });
  });
});

test("a stream comes in pieces", async () => {
  bedrock.next({ text: ["one ", "two ", "three"] });
  const deltas: string[] = [];
  for await (const chunk of await client.chat.completions.create({ model: `signed/${CLAUDE}`, messages: [user("count")], stream: true }))
    if (chunk.choices[0]?.delta.content) deltas.push(chunk.choices[0].delta.content);
  expect(deltas).toEqual(["one ", "two ", "three"]);
});

test.each(kinds)("Anthropic's SDK and Responses are answered by it, too (%s)", async (_, stream) => {
  const message = { model: `signed/${CLAUDE}`, max_tokens: 100, messages: [{ role: "user" as const, content: "Guten Tag" }] };
  const anthropic = gateway.anthropic();
  const told = stream ? await anthropic.messages.stream(message).finalMessage() : await anthropic.messages.create(message);
  expect(told).toMatchObject({ stop_reason: "end_turn", content: [{ type: "text", text: "Guten Tag" }] });
  const request = { model: `signed/${CLAUDE}`, input: "Guten Tag" };
  const response = stream ? await client.responses.stream(request).finalResponse() : await client.responses.create(request);
  expect(response).toMatchObject({ status: "completed", output_text: "Guten Tag" });
  expect(bedrock.refusals).toEqual([]);
});

test.each(kinds)("thinking comes signed, and goes back in front of its call, though the SDK doesn't keep it (%s)", async (_, stream) => {
  const request = { model: `signed/${CLAUDE}`, tools: [weather], reasoning_effort: "medium" as const };
  bedrock.next({ thinking: ["Let me ", "see."], tools: [{ name: "get_weather", arguments: { city: "Rome" } }] });
  const messages = [user("Weather in Rome?")];
  const { message } = (await ask({ ...request, messages }, stream)).choices[0]!;
  const [call] = message.tool_calls!;
  const kept: ChatCompletionMessageParam = { role: "assistant", content: message.content, tool_calls: message.tool_calls! };
  const told = await ask({ ...request, messages: [...messages, kept, { role: "tool", tool_call_id: call!.id, content: "sun" }] }, stream);
  expect(told.choices[0]!.message.content).toContain("sun");
  const body = bedrock.requests[1]!.json as { messages: { content: object[] }[] };
  expect(body.messages[1]!.content).toMatchObject([
    { reasoningContent: { reasoningText: { text: "Let me see.", signature: expect.any(String) } } },
    { toolUse: { name: "get_weather" } },
  ]);
  expect(bedrock.refusals).toEqual([]);
});

test.each([
  ["first-bedrock", "the next answers where Bedrock throttles"],
  ["first-openai", "Bedrock answers where OpenAI fails, signed anew"],
])("%s: %s", async (model) => {
  const first = model === "first-bedrock" ? bedrock : openai;
  for (const stream of [false, true]) {
    first.next({ error: { status: 429 } });
    const answer = await ask({ model, messages: [user("The answer")] }, stream);
    expect(answer.choices[0]!.message.content).toBe("The answer");
  }
  expect([bedrock, openai].map((provider) => provider.requests.length)).toEqual([2, 2]);
  expect([...bedrock.refusals, ...openai.refusals]).toEqual([]);
});

test("Bedrock's errors are raised as the SDK's own classes, with its message", async () => {
  const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((thrown: unknown) => thrown);
  for (const [status, kind] of [
    [400, BadRequestError],
    [429, RateLimitError],
  ] as const) {
    bedrock.next({ error: { status, message: `the vendor says ${status}` } });
    const error = await failure(ask({ model: `signed/${CLAUDE}`, messages: [user("Hi")] }, false));
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(`the vendor says ${status}`);
  }
  const error = await failure(ask({ model: `wrong/${CLAUDE}`, messages: [user("Hi")] }, false));
  expect(error).toBeInstanceOf(PermissionDeniedError);
  expect((error as Error).message).toContain("The request signature we calculated does not match");
});

test("an exception inside a stream, behind its first words, ends it with that error", async () => {
  bedrock.next({ text: ["one ", "two ", "three"], errorEvent: { status: 503, after: 2, message: "no more" } });
  const deltas: string[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of await client.chat.completions.create({ model: `signed/${CLAUDE}`, messages: [user("count")], stream: true }))
      deltas.push(chunk.choices[0]?.delta.content ?? "");
  };
  await expect(read()).rejects.toThrow("no more");
  expect(deltas.join("")).toMatch(/^one (two )?$/);
});

test("no secret is in a log", () => {
  for (const [name, secret] of Object.entries(environment)) if (!name.endsWith("KEY_ID")) expect(gateway.output).not.toContain(secret);
  expect(gateway.output).not.toContain("AWS4-HMAC-SHA256");
});
