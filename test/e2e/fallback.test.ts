/** A provider fails before the first content, and the next one answers in its own protocol. The client notices nothing, or, if none is left, gets the last failure in its own form. */

import { APIError } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../cli/testing/sluice.ts";
import type { Behaviour } from "../providers/provider.ts";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const orders: ProviderName[][] = [
  ["openai", "claude", "gemini"],
  ["openai", "gemini", "claude"],
  ["claude", "openai", "gemini"],
  ["claude", "gemini", "openai"],
  ["gemini", "openai", "claude"],
  ["gemini", "claude", "openai"],
];
const kinds = [
  ["whole", false],
  ["streamed", true],
] as const;

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  const entry = (match: string, [first, ...rest]: string[]): string => {
    const target = (name: string): string => (name in models ? `{ provider: ${name}, model: ${models[name as ProviderName]} }` : name);
    return `  - { match: ${match}, to: ${target(first!)}, fallback: [${rest.map(target).join(", ")}] }\n`;
  };
  gateway = await startGateway(
    providersYaml(
      providers,
      `refusing: { type: openai, url: "http://127.0.0.1:${await freePort()}", keys: [env:OPENAI_KEY] }`,
      `nameless: { type: openai, url: "http://does-not-exist.invalid:80", keys: [env:OPENAI_KEY] }`,
    ) +
      "models:\n" +
      orders.map((order) => entry(order.join("-"), order)).join("") +
      entry("refusing-first", ["refusing", "claude"]) +
      entry("refusing-last", ["claude", "refusing"]) +
      entry("nameless-first", ["nameless", "claude"]) +
      entry("nameless-between", ["openai", "nameless", "gemini"]) +
      entry("nameless-only", ["nameless"]) +
      entry("refusing-only", ["refusing"]),
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

/** The text of the answer, whole or streamed, through the SDK. */
async function ask(model: string, stream: boolean): Promise<string> {
  const request = { model, messages: [{ role: "user" as const, content: "The answer" }] };
  const client = gateway.client();
  if (!stream) return (await client.chat.completions.create(request)).choices[0]!.message.content!;
  return (await client.chat.completions.stream(request).finalContent())!;
}

async function failureOf(model: string, stream: boolean): Promise<APIError> {
  const error = await ask(model, stream).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(APIError);
  return error as APIError;
}

function counts(): Record<ProviderName, number> {
  const { openai, claude, gemini } = providers;
  return { openai: openai.requests.length, claude: claude.requests.length, gemini: gemini.requests.length };
}

describe.each(orders.map((order) => [order.join(" → "), order] as const))("%s", (_, order) => {
  const model = order.join("-");
  const [first, second, third] = order as [ProviderName, ProviderName, ProviderName];

  test.each(kinds)("401, 429, 500, 503 and 529 move on to the last provider (%s)", async (_kind, stream) => {
    for (const status of [401, 429, 500, 503, 529]) {
      Object.values(providers).forEach((provider) => provider.reset());
      providers[first].next({ error: { status } });
      providers[second].next({ error: { status } });
      expect(await ask(model, stream)).toBe("The answer");
      expect(counts()).toEqual({ openai: 1, claude: 1, gemini: 1 });
      expectOnlyGoodRequests(Object.values(providers));
    }
  });

  test("an error event inside a 200 moves on, too", async () => {
    providers[first].next({ errorEvent: { status: 529 } });
    providers[second].next({ errorEvent: { status: 500 } });
    expect(await ask(model, true)).toBe("The answer");
    expect(counts()).toEqual({ openai: 1, claude: 1, gemini: 1 });
  });

  test.each(kinds)("the last failure is the client's: status, message and retry-after (%s)", async (_kind, stream) => {
    providers[first].next({ error: { status: 503, message: "the first is busy", retryAfter: 3 } });
    providers[second].next({ error: { status: 500, message: "the second broke" } });
    providers[third].next({ error: { status: 429, message: "the third has enough", retryAfter: 9 } });
    const error = await failureOf(model, stream);
    expect(error.status).toBe(429);
    expect(error.message).toContain("the third has enough");
    expect(error.headers!.get("retry-after")).toBe("9");
    expect(error.headers!.get("content-type")).toBe("application/json");
    expect(counts()).toEqual({ openai: 1, claude: 1, gemini: 1 });
  });

  test.each(kinds)("a client's error is not asked again elsewhere (%s)", async (_kind, stream) => {
    for (const status of [400, 404, 413, 422]) {
      providers[first].next({ error: { status, message: `no good: ${status}` } });
      const error = await failureOf(model, stream);
      expect(error).toMatchObject({ status, type: "invalid_request_error" });
      expect(error.message).toContain(`no good: ${status}`);
    }
    expect(counts()).toEqual({ openai: 0, claude: 0, gemini: 0, [first]: 4 });
  });
});

/** Answers that are none. `stream`: what was asked for. */
const html = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>";
const garbage: [string, Behaviour][] = [
  ["an HTML page with status 200", { raw: { status: 200, headers: { "content-type": "text/html" }, body: html } }],
  ["an HTML page said to be JSON", { raw: { status: 200, headers: { "content-type": "application/json" }, body: html } }],
  ["an HTML page said to be a stream", { raw: { status: 200, headers: { "content-type": "text/event-stream" }, body: html } }],
  ["an HTML page with status 502", { raw: { status: 502, headers: { "content-type": "text/html" }, body: html } }],
  ["nothing, said to be JSON", { raw: { status: 200, headers: { "content-type": "application/json" }, body: "" } }],
  ["nothing, said to be a stream", { raw: { status: 200, headers: { "content-type": "text/event-stream" }, body: "" } }],
  ["status 204", { raw: { status: 204, headers: {}, body: "" } }],
  ["an answer without content type", { raw: { status: 200, headers: {}, body: "{}" } }],
  ["an empty object", { raw: { status: 200, headers: { "content-type": "application/json" }, body: "{}" } }],
  ["half an object", { raw: { status: 200, headers: { "content-type": "application/json" }, body: '{"id":"x","choices":[{"mess' } }],
  ["random bytes", { raw: { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("00ff80fe7b22", "hex") } }],
  ["a redirect", { raw: { status: 307, headers: { location: "http://127.0.0.1:1/" }, body: "" } }],
  ["an answer that is compressed", { gzip: true }],
  ["an answer of the wrong type", { contentType: "text/plain" }],
  ["a reset before the first byte", { cut: { after: 0, how: "reset" } }],
  ["a reset inside the first event", { cut: { after: 20, how: "reset" } }],
  ["an end inside the first event", { cut: { after: 20, how: "end" } }],
];

describe.each(kinds)("garbage in place of an answer (%s)", (_kind, stream) => {
  test.each(garbage)("%s: the next provider answers", async (_name, behaviour) => {
    for (const order of [orders[0]!, orders[3]!, orders[4]!]) {
      providers[order[0]!].next(behaviour);
      expect(await ask(order.join("-"), stream)).toBe("The answer");
    }
    expect(counts()).toEqual({ openai: 2, claude: 2, gemini: 2 });
  });

  test.each(garbage)(
    "%s from the only one: 502, or 503 for a broken connection, in OpenAI's form, and nothing of it",
    async (name, behaviour) => {
      for (const provider of orders[0]!) {
        providers[provider].next(behaviour);
        const error = await failureOf(`${provider}/${models[provider]}`, stream);
        expect(error).toMatchObject({ status: name.startsWith("a reset") ? 503 : 502, type: "server_error" });
        expect(error.message).toMatch(/\w{4}/);
        expect(error.message).not.toContain("<h1>");
        expect(error.headers!.get("content-type")).toBe("application/json");
        for (const header of ["content-encoding", "location"]) expect(error.headers!.has(header)).toBe(false);
      }
    },
  );
});

describe.each(kinds)("a provider that isn't there (%s)", (_kind, stream) => {
  test("refused connections: the next provider answers", async () => {
    expect(await ask("refusing-first", stream)).toBe("The answer");
    expect(counts()).toEqual({ openai: 0, claude: 1, gemini: 0 });
  });

  test("a name that isn't found is passed over", async () => {
    expect(await ask("nameless-first", stream)).toBe("The answer");
    providers.openai.next({ error: { status: 429 } });
    expect(await ask("nameless-between", stream)).toBe("The answer");
    expect(counts()).toEqual({ openai: 1, claude: 1, gemini: 1 });
  });

  test.each(["nameless-only", "refusing-only"])("%s: 503 in OpenAI's form", async (model) => {
    const error = await failureOf(model, stream);
    expect(error).toMatchObject({ status: 503, type: "server_error" });
    expect(error.message).toMatch(/provider .*could not be reached/i);
  });

  test("the last one: the client is told what the one before it said, since that says more", async () => {
    providers.claude.next({ error: { status: 429, message: "enough", retryAfter: 4 } });
    const error = await failureOf("refusing-last", stream);
    expect(error).toMatchObject({ status: 429, type: "requests" });
    expect(error.message).toContain("enough");
    expect(error.headers!.get("retry-after")).toBe("4");
  });
});

test("a provider that itself stands behind an Envoy can't keep the next one from being asked", async () => {
  const headers = { "x-envoy-ratelimited": "true", "x-envoy-overloaded": "true", "x-envoy-immediate-health-check-fail": "true" };
  for (let round = 0; round < 3; round++) {
    providers.openai.next({ error: { status: 429, headers } });
    expect(await ask("openai-claude-gemini", round % 2 === 0)).toBe("The answer");
  }
  expect(counts()).toEqual({ openai: 3, claude: 3, gemini: 0 });
});

test("the access log counts the attempts and names who answered", async () => {
  await gateway.newLines();
  providers.openai.next({ error: { status: 500 } });
  providers.claude.next({ errorEvent: { status: 529 } });
  expect(await ask("openai-claude-gemini", true)).toBe("The answer");
  const [line] = await gateway.newLines();
  expect(line).toMatchObject({
    status: 200,
    attempts: 3,
    facts: { attempts: 3, provider: "gemini", upstream_model: "gemini-2.5-flash", model: "openai-claude-gemini", stream: true },
  });
});
