/** `fallback_on` in a real Envoy, which by itself goes on after every silent failure. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../cli/testing/sluice.ts";
import { providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  const target = "to: refusing, fallback: { provider: claude, model: claude-sonnet-4-5 }";
  const silent = "to: openai, fallback: { provider: claude, model: claude-sonnet-4-5 }";
  gateway = await startGateway(
    providersYaml(providers, `refusing: { type: openai, url: "http://127.0.0.1:${await freePort()}", keys: [env:OPENAI_KEY] }`) +
      `timeouts: { first_content: 1s, answer: 1s }
models:
  - { match: refused-on, ${target}, fallback_on: [connection] }
  - { match: refused-ends, ${target}, fallback_on: [timeout] }
  - { match: silent-on, ${silent}, fallback_on: [timeout] }
  - { match: silent-ends, ${silent}, fallback_on: [connection] }
`,
  );
  providers.openai.always(() => ({ hold: { headers: new Promise(() => {}) } }));
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});

async function ask(model: string): Promise<[number, string]> {
  const response = await gateway
    .client({ maxRetries: 0 })
    .chat.completions.create({ model, messages: [{ role: "user", content: "The answer" }] })
    .then(
      () => [200, ""] as [number, string],
      (error: { status: number; message: string }) => [error.status, error.message] as [number, string],
    );
  return response;
}

test("a silent failure that isn't among the causes ends the request, and nothing is sent to the next", async () => {
  expect((await ask("refused-on"))[0]).toBe(200);
  expect((await ask("silent-on"))[0]).toBe(200);
  const before = providers.claude.requests.length;
  expect(await ask("refused-ends")).toEqual([503, expect.stringContaining("could not be reached")]);
  expect(await ask("silent-ends")).toEqual([504, expect.stringContaining("did not answer in time")]);
  expect(providers.claude.requests.length).toBe(before);
});
