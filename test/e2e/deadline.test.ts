/** A client says how long it waits: the request ends by then, in its own protocol, and is cancelled at the provider. */

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { askOverHttp2 } from "./http2-client.ts";

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  const target = (name: keyof typeof models): string => `{ provider: ${name}, model: ${models[name]} }`;
  gateway = await startGateway(
    `${providersYaml(providers)}models:\n  - { match: any, to: ${target("openai")}, fallback: [${target("claude")}, ${target("gemini")}] }\n`,
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));

const never = new Promise(() => {});
const request = (stream: boolean): object => ({ model: "any", stream, messages: [{ role: "user", content: "In time" }] });

/** The answer, and the milliseconds that it took. */
async function ask(
  stream: boolean,
  headers: Record<string, string>,
): Promise<{ status: number; body: string; headers: Headers; took: number }> {
  const begun = performance.now();
  const answer = await gateway.post("/v1/chat/completions", request(stream), headers);
  return { status: answer.status, body: await answer.text(), headers: answer.headers, took: performance.now() - begun };
}

test.each([false, true])("a provider that is silent is waited for until then (streamed: %s)", async (stream) => {
  providers.openai.next({ hold: { headers: never } });
  const { status, body, took, headers } = await ask(stream, { "x-sluice-timeout": "700ms" });
  expect([status, JSON.parse(body)]).toMatchObject([504, { error: { message: expect.stringContaining("x-sluice-timeout") } }]);
  expect(headers.get("x-sluice-attempts")).toBe("openai;reason=deadline");
  expect(took).toBeGreaterThan(650);
  expect(took).toBeLessThan(2000);
  expect(await providers.openai.requests[0]!.ended).toBe("aborted");
  expect(Object.keys(providers.openai.requests[0]!.headers).filter((name) => /sluice|envoy/.test(name))).toEqual([]);
});

test.each([false, true])("all attempts together have that time (streamed: %s)", async (stream) => {
  providers.openai.next({ error: { status: 503 }, delay: { headers: 300 } });
  providers.claude.next({ error: { status: 529 }, delay: { headers: 300 } });
  providers.gemini.next({ hold: { headers: never } });
  const { status, took, headers } = await ask(stream, { "x-sluice-timeout": "1" });
  expect(status).toBe(504);
  expect(took).toBeLessThan(2500);
  expect(headers.get("x-sluice-attempts")).toBe(
    "openai;status=503;reason=overloaded, claude;status=529;reason=overloaded, gemini;reason=deadline",
  );
});

test("a stream that has begun goes on", async () => {
  providers.openai.next({ text: ["a", "b", "c", "d"], delay: { between: 250 } });
  const { status, body, took } = await ask(true, { "x-sluice-timeout": "600ms" });
  expect([status, body]).toEqual([200, expect.stringMatching(/data: \[DONE\]\n\n$/)]);
  expect(took).toBeGreaterThan(700);
});

test("over HTTP/2", async () => {
  providers.openai.next({ hold: { firstByte: never } });
  const answer = await askOverHttp2(gateway.url, "/v1/chat/completions", request(true), { headers: { "x-sluice-timeout": "500ms" } });
  expect(answer).toMatchObject({ status: 504, reset: undefined });
});

test("the SDKs' own timeout", async () => {
  providers.openai.always({ hold: { headers: never } });
  // The SDK's header, and a clock of the SDK's that isn't faster.
  const openai = gateway.client({ timeout: 60_000, defaultHeaders: { "x-stainless-timeout": "1" } });
  const chat = { model: "any", messages: [{ role: "user" as const, content: "In time" }] };
  await expect(openai.chat.completions.create(chat)).rejects.toMatchObject({ constructor: OpenAI.InternalServerError, status: 504 });
  const anthropic = gateway.anthropic({ timeout: 60_000, defaultHeaders: { "x-stainless-timeout": "1" } });
  await expect(anthropic.messages.create({ ...chat, max_tokens: 10 })).rejects.toMatchObject({
    constructor: Anthropic.InternalServerError,
    status: 504,
    error: { type: "error" },
  });
  // What they send by themselves is no more than they mean.
  providers.openai.reset();
  expect((await gateway.client({ timeout: 30_000 }).chat.completions.create(chat)).choices[0]!.message.content).toBe("In time");
});

test("nonsense is refused", async () => {
  const { status, body } = await ask(false, { "x-sluice-timeout": "soon" });
  expect([status, JSON.parse(body).error.message]).toEqual([400, expect.stringContaining('x-sluice-timeout: found "soon", expected')]);
  expect(providers.openai.requests).toHaveLength(0);
});
