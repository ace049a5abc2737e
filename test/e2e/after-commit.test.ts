/** After the first content the answer is the client's. What breaks off then is seen to have broken off: never a truncation that looks complete. */

import { APIError, APIUserAbortError } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Behaviour } from "../providers/provider.ts";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { askOverHttp2 } from "./http2-client.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers) +
      // A fallback, so that a second attempt after the commit point would be seen.
      `models:
  - { match: gpt-*, to: openai, fallback: [{ provider: claude, model: ${models.claude} }] }
  - { match: claude-*, to: claude, fallback: [{ provider: openai, model: ${models.openai} }] }
  - { match: gemini-*, to: gemini, fallback: [{ provider: openai, model: ${models.openai} }] }
`,
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const words = Array.from({ length: 100 }, (_, index) => `word${index} `);
const said = words.join("");

interface Streamed {
  readonly text: string;
  readonly finish: (string | null)[];
  readonly error: unknown;
}

/** Reads a stream through the SDK to its end, whatever that is; `onText` is called at each piece. */
async function read(model: string, onText: () => void = () => {}): Promise<Streamed> {
  let text = "";
  const finish: (string | null)[] = [];
  try {
    const stream = await gateway.client().chat.completions.create({ model, stream: true, messages: [{ role: "user", content: "Hi" }] });
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      if (choices[0]?.finish_reason) finish.push(choices[0].finish_reason);
      if (text !== "") onText();
    }
  } catch (error) {
    return { text, finish, error };
  }
  return { text, finish, error: undefined };
}

/** Words of which all but the first chunks wait until the client has seen some, so that what comes then comes after the commit point. */
function afterFirstWords(behaviour: Behaviour): { script: Behaviour; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { script: { text: words, hold: { chunk: { index: 6, until: promise } }, ...behaviour }, release: resolve };
}

function noOtherWasAsked(name: ProviderName): void {
  for (const [other, provider] of Object.entries(providers)) expect(provider.requests).toHaveLength(other === name ? 1 : 0);
}

describe.each(Object.entries(models) as [ProviderName, string][])("%s", (name, model) => {
  test("a reset: the client has what came, and an error", async () => {
    const { script, release } = afterFirstWords({ cut: { after: 4000, how: "reset" } });
    providers[name].next(script);
    const { text, finish, error } = await read(model, release);
    expect(said.startsWith(text) && text.length > 0 && text.length < said.length).toBe(true);
    expect(finish).toEqual([]);
    expect(error).toBeInstanceOf(Error);
    noOtherWasAsked(name);
  });

  test("a reset, as the wire has it: a body without end, no [DONE], over HTTP/2 a reset stream", async () => {
    const request = { model, stream: true, messages: [{ role: "user", content: "Hi" }] };
    const first = afterFirstWords({ cut: { after: 4000, how: "reset" } });
    providers[name].next(first.script);
    const answer = await gateway.post("/v1/chat/completions", request);
    expect(answer.status).toBe(200);
    let body = "";
    const reading = (async () => {
      for await (const chunk of answer.body!) {
        body += Buffer.from(chunk).toString();
        if (body.includes("word")) first.release();
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(body).not.toContain("[DONE]");

    const second = afterFirstWords({ cut: { after: 4000, how: "reset" } });
    providers[name].next(second.script);
    const over2 = await askOverHttp2(gateway.url, "/v1/chat/completions", request, {
      onData: (text) => text.includes("word") && second.release(),
    });
    expect(over2).toMatchObject({ status: 200, reset: "INTERNAL_ERROR" });
    expect(over2.body).not.toContain("[DONE]");
  });

  const incomplete: [string, Behaviour][] = [
    ["a clean end without finish reason", { withoutFinish: true }],
    ["a clean end inside an event", { cut: { after: 4000, how: "end" } }],
    ["a clean end inside an event, by closing the connection", { cut: { after: 4000, how: "end" }, framing: "close" }],
  ];
  test.each(incomplete)("%s: an error event, and an end", async (_, behaviour) => {
    const { script, release } = afterFirstWords(behaviour);
    providers[name].always(script);
    const { text, finish, error } = await read(model, release);
    expect(said.startsWith(text) && text.length > 0).toBe(true);
    expect(finish).toEqual([]);
    expect(error).toBeInstanceOf(APIError);
    expect((error as APIError).message).toMatch(/ended|complete|end of/i);
    const answer = await gateway.post("/v1/chat/completions", { model, stream: true, messages: [{ role: "user", content: "Hi" }] });
    const events = (await answer.text()).trimEnd().split("\n\n");
    expect(events.at(-1)).toMatch(/^(event: error\n)?data: \{"error":\{/);
    expect(events).not.toContain("data: [DONE]");
    for (const [other, provider] of Object.entries(providers)) expect(provider.requests).toHaveLength(other === name ? 2 : 0);
  });

  test("an error event in mid-stream: the same error to the client, with the provider's words", async () => {
    const { script, release } = afterFirstWords({ errorEvent: { status: 529, message: "too much at once", after: 20 } });
    providers[name].next(script);
    const { text, finish, error } = await read(model, release);
    // Whether the start of a block counts is the vendor's matter.
    expect([19, 20].map((count) => words.slice(0, count).join(""))).toContain(text);
    expect(finish).toEqual([]);
    expect(error).toBeInstanceOf(APIError);
    expect((error as APIError).message).toContain("too much at once");
    noOtherWasAsked(name);
  });

  test("a client that hangs up, before or after the first content: the provider's request is reset, and the access log knows what happened", async () => {
    const request = { model, messages: [{ role: "user" as const, content: "Hi" }] };
    for (const stream of [true, false]) {
      providers[name].reset();
      providers[name].next({ hold: { headers: new Promise(() => {}) } });
      const hangUp = new AbortController();
      const asked = gateway.client().chat.completions.create({ ...request, stream }, { signal: hangUp.signal });
      const received = await providers[name].received(0);
      hangUp.abort();
      await expect(asked).rejects.toThrow(APIUserAbortError);
      expect(await received.ended).toBe("aborted");
    }
    providers[name].reset();
    providers[name].next(afterFirstWords({}).script);
    const stream = await gateway.client().chat.completions.create({ ...request, stream: true });
    for await (const { choices } of stream) if (choices[0]?.delta.content) break;
    expect(await providers[name].requests[0]!.ended).toBe("aborted");
    noOtherWasAsked(name);

    const lines = (await gateway.newLines()).filter(({ flags }) => flags === "DC");
    expect(lines.map(({ status }) => status).sort()).toEqual([0, 0, 200]);
    for (const line of lines) expect(line.facts).toMatchObject({ model, attempts: 1 });
    expect(lines.find(({ status }) => status === 200)!.facts).toMatchObject({ provider: name, upstream_model: model, stream: true });
  });
});
