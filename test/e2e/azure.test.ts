/** Azure OpenAI through a real Envoy: as a provider at its deployments and at its v1 API, and its own clients (OpenAI's SDK as `AzureOpenAI`) at every provider. */

import { AuthenticationError, AzureOpenAI, NotFoundError } from "openai";
import type OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const key = "sk-sluice-alice-4a5b";
const environment = { AZURE_OPENAI_API_KEY: "az-key-6f7a8b9c", ALICE_KEY: key };
let azure: Provider;
let claude: Provider;
let gateway: TestGateway;

beforeAll(async () => {
  azure = await startProvider({ protocol: "openai", vendor: "azure", keys: [environment.AZURE_OPENAI_API_KEY] });
  claude = await startProvider({ protocol: "anthropic", keys: [providerKeys.CLAUDE_KEY] });
  const entry = (at: string): string =>
    `{ type: azure, keys: [env:AZURE_OPENAI_API_KEY], settings: { azureServiceUrl: "${azure.url}${at}" } }`;
  gateway = await startGateway(
    `providers:
  resource: ${entry("?api-version=2024-10-21")}
  deployment: ${entry("/openai/deployments/mine?api-version=2024-10-21")}
  v1: ${entry("/openai/v1")}
  claude: { type: claude, url: ${claude.url}, keys: [env:CLAUDE_KEY] }
models:
  - { match: gpt-*, to: resource, fallback: { provider: claude, model: claude-sonnet-4-5 } }
  - { match: claude-*, to: claude }
consumers:
  - { name: alice, keys: [env:ALICE_KEY] }
`,
    { environment },
  );
});
afterAll(async () => {
  await gateway?.stop();
  await azure?.stop();
  await claude?.stop();
});
beforeEach(() => [azure, claude].forEach((provider) => provider.reset()));
afterEach(() => {
  expectOnlyGoodRequests([azure, claude], ["api-key"]);
  for (const { headers } of azure.requests) expect(headers).toMatchObject({ "api-key": environment.AZURE_OPENAI_API_KEY });
});

const messages = [{ role: "user" as const, content: "Guten Tag" }];
const tools = [
  {
    type: "function" as const,
    function: { name: "weather_in", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } },
  },
];

async function talk(client: OpenAI, model: string): Promise<void> {
  const whole = await client.chat.completions.create({ model, messages });
  expect(whole.choices[0]).toMatchObject({ finish_reason: "stop", message: { role: "assistant", content: "Guten Tag" } });
  const streamed = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
  expect(streamed.choices[0]!.message.content).toBe("Guten Tag");
  const called = await client.chat.completions.create({
    model,
    messages: [{ role: "user", content: 'use the tool weather_in with {"city":"Rom"}' }],
    tools,
  });
  expect(called.choices[0]!.message.tool_calls).toMatchObject([{ function: { name: "weather_in" } }]);
}

describe.each([
  ["resource", "/openai/deployments/gpt-4o/chat/completions", "2024-10-21"],
  ["deployment", "/openai/deployments/mine/chat/completions", "2024-10-21"],
  ["v1", "/openai/v1/chat/completions", null],
] as const)("%s", (name, path, version) => {
  test("OpenAI's SDK: whole, streamed, with tools", async () => {
    await talk(gateway.client({ apiKey: key }), `${name}/gpt-4o`);
    expect(azure.requests.map((request) => [request.path, request.query.get("api-version")])).toEqual(Array(3).fill([path, version]));
  });
});

describe("AzureOpenAI", () => {
  const client = (apiKey = key): AzureOpenAI => new AzureOpenAI({ endpoint: gateway.url, apiKey, apiVersion: "2024-06-01", maxRetries: 0 });

  test("at Azure: the configured version and deployment hold", async () => {
    await talk(client(), "gpt-4o");
    expect(new Set(azure.requests.map(({ target }) => target))).toEqual(
      new Set(["/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"]),
    );
  });

  test("at Claude, and where Azure fails", async () => {
    await talk(client(), "claude-sonnet-4-5");
    azure.next({ error: { status: 429 } });
    const answer = await client().chat.completions.create({ model: "gpt-4o", messages });
    expect(answer.choices[0]!.message.content).toBe("Guten Tag");
    expect([azure.requests.length, claude.requests.length]).toEqual([1, 4]);
  });

  test("errors are raised as the SDK's own classes", async () => {
    const failure = (asked: AzureOpenAI, model: string): Promise<unknown> =>
      asked.chat.completions.create({ model, messages }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(await failure(client("wrong"), "gpt-4o")).toBeInstanceOf(AuthenticationError);
    expect(await failure(client(), "mistral-large")).toBeInstanceOf(NotFoundError);
    expect([...azure.requests, ...claude.requests]).toEqual([]);
  });
});
