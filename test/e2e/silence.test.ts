/** A provider that says nothing is left after its time limit. All cases wait at once: what takes time here is the silence. */

import { APIError } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Behaviour, ReceivedRequest } from "../providers/provider.ts";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  const target = (name: ProviderName): string => `{ provider: ${name}, model: ${models[name]} }`;
  gateway = await startGateway(
    providersYaml(providers) +
      `timeouts: { first_content: 3s, answer: 3s }
models:
  - { match: openai-first, to: ${target("openai")}, fallback: [${target("claude")}] }
  - { match: claude-first, to: ${target("claude")}, fallback: [${target("gemini")}] }
  - { match: gemini-first, to: ${target("gemini")}, fallback: [${target("openai")}] }
`,
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});

const never = new Promise(() => {});
/** How a provider is silent, by a word in the request. */
const silences: Record<string, Behaviour> = {
  "no headers": { hold: { headers: never } },
  "headers only": { hold: { firstByte: never } },
  "half an event": { chunkSize: 20, hold: { chunk: { index: 1, until: never } } },
  "only pings": {
    raw: { headers: { "content-type": "text/event-stream" }, body: [": ping\n\n", ": ping\n\n", ""] },
    cut: undefined,
    hold: { chunk: { index: 1, until: never } },
  },
};

test("each kind of silence, whole or streamed, on each protocol: the provider is left, and the next one answers", async () => {
  const asked: Promise<unknown>[] = [];
  const client = gateway.client();
  for (const [index, name] of (["openai", "claude", "gemini"] as const).entries()) {
    const next = (["claude", "gemini", "openai"] as const)[index]!;
    // Silent to those who ask it first; answers those who come from another.
    providers[name].always((request: ReceivedRequest): Behaviour => {
      const word = Object.keys(silences).find((found) => request.body.includes(`${found} at ${name}`));
      return word === undefined ? {} : silences[word]!;
    });
    for (const silence of Object.keys(silences)) {
      for (const stream of [true, false]) {
        if (silence === "only pings" && !stream) continue;
        const content = `${silence} at ${name}`;
        const request = { model: `${name}-first`, messages: [{ role: "user" as const, content }] };
        const answer = stream
          ? client.chat.completions.stream(request).finalContent()
          : client.chat.completions.create(request).then(({ choices }) => choices[0]!.message.content);
        asked.push(
          answer.then(
            (text) => expect(text).toBe(content),
            (error: unknown) => expect.fail(`${content}, streamed ${stream}, then ${next}: ${error}`),
          ),
        );
      }
    }
  }
  await Promise.all(asked);
  expect(asked).toHaveLength(21);
  for (const [name, provider] of Object.entries(providers)) {
    const left = provider.requests.filter((request) => request.body.includes(` at ${name}`));
    expect(left).toHaveLength(7);
    for (const request of left) expect(await request.ended).toBe("aborted");
  }
  expectOnlyGoodRequests(Object.values(providers));
});

test("silence everywhere: 504 in OpenAI's form", async () => {
  for (const provider of Object.values(providers)) provider.always({ hold: { headers: never } });
  const client = gateway.client();
  const errors = await Promise.all(
    [true, false].flatMap((stream) =>
      ["openai/gpt-4o", "claude-first"].map((model) =>
        client.chat.completions.create({ model, stream, messages: [{ role: "user", content: "Hi" }] }).catch((error: unknown) => error),
      ),
    ),
  );
  for (const error of errors) {
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 504, type: expect.stringMatching(/timeout|server_error/) });
    expect((error as APIError).message).toContain("in time");
  }
});
