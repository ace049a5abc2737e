/** What a client may not say, and what nobody may learn: internal headers, cookies, keys. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  models,
  providerKeys,
  providersYaml,
  startGateway,
  startProviders,
  type ProviderName,
  type Providers,
  type TestGateway,
} from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const consumerKeys = { ALICE_KEY: "sk-alice-7c1e9b20", BOB_KEY: "sk-bob-51d3f8aa" } as const;
const secrets = [...Object.values(providerKeys), ...Object.values(consumerKeys)];

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers) +
      `models:
  - { match: gpt-*, names: [gpt-4o], to: openai, fallback: [] }
  - { match: claude-*, names: [claude-sonnet-4-5], to: claude }
  - { match: gemini-*, names: [gemini-2.5-flash], to: gemini }
consumers:
  - { name: alice, keys: [env:ALICE_KEY] }
  - { name: bob, keys: [env:BOB_KEY] }
`,
    { environment: consumerKeys },
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => {
  expectOnlyGoodRequests(Object.values(providers));
  for (const provider of Object.values(providers)) {
    for (const request of provider.requests) {
      const sent = `${request.target}\n${request.rawHeaders.join("\n")}\n${request.body.toString("latin1")}`;
      for (const key of Object.values(consumerKeys)) expect(sent).not.toContain(key);
    }
  }
});

const alice = { authorization: `Bearer ${consumerKeys.ALICE_KEY}` };
const request = (model: string, more: object = {}): object => ({ model, messages: [{ role: "user", content: "Hi" }], ...more });

/** Everything that the gateway, its routes or Envoy's router would go by, if a client could say it. */
const forged: Record<string, string> = {
  "x-sluice-cluster": "provider:claude",
  "x-sluice-id": "1.2.3",
  "x-sluice-anything": "x",
  "x-higress-llm-model": "claude-sonnet-4-5",
  "x-higress-llm-provider": "claude",
  "x-mse-consumer": "bob",
  "x-envoy-max-retries": "9",
  "x-envoy-retry-on": "5xx,retriable-4xx",
  "x-envoy-retriable-status-codes": "400",
  "x-envoy-upstream-rq-timeout-ms": "1",
  "x-envoy-upstream-rq-per-try-timeout-ms": "1",
  "x-envoy-upstream-alt-stat-name": "forged",
  "x-envoy-original-path": "/forged",
  "x-envoy-original-dst-host": "127.0.0.1:1",
  "x-envoy-decorator-operation": "forged",
  "x-envoy-force-trace": "true",
  "x-envoy-external-address": "10.0.0.1",
  "x-envoy-internal": "true",
  "x-envoy-ip-tags": "forged",
  "x-envoy-hedge-on-per-try-timeout": "true",
};

describe("internal headers that a client sends", () => {
  test.each(Object.entries(models) as [ProviderName, string][])(
    "change nothing in a request to %s, and don't reach it",
    async (name, model) => {
      for (const headers of [{}, forged, Object.fromEntries(Object.entries(forged).map(([key, value]) => [key.toUpperCase(), value]))]) {
        const answer = await gateway.post("/v1/chat/completions", request(model), { ...alice, ...headers });
        expect(answer.status).toBe(200);
        expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "Hi" } }] });
      }
      // Once each, with the same headers.
      expect(providers[name].requests).toHaveLength(3);
      const [plain, lower, upper] = providers[name].requests.map(({ headers }) => Object.keys(headers).sort());
      expect(lower).toEqual(plain);
      expect(upper).toEqual(plain);
    },
  );

  test("can't make Envoy try again", async () => {
    providers.openai.always({ error: { status: 500 } });
    const answer = await gateway.post("/v1/chat/completions", request("gpt-4o"), { ...alice, ...forged });
    expect(answer.status).toBe(500);
    expect(providers.openai.requests).toHaveLength(1);
  });

  test("can't name a consumer, or stand for a key", async () => {
    await gateway.newLines();
    expect((await gateway.post("/v1/chat/completions", request("gpt-4o"), forged)).status).toBe(401);
    expect((await gateway.post("/v1/chat/completions", request("gpt-4o"), { ...alice, ...forged })).status).toBe(200);
    const lines = await gateway.newLines();
    expect(lines.map(({ status, facts }) => [status, facts["consumer"]])).toEqual([
      [401, undefined],
      [200, "alice"],
    ]);
  });

  test.each(["/", "/nowhere", "/v1/models", "/v1/messages/batches", "/sluice/x", "/v1/vector_stores", "/v1/files"])(
    "don't find a route for %s",
    async (path) => {
      for (const method of ["GET", "POST"]) {
        const answer = await fetch(gateway.url + path, {
          method,
          headers: { ...alice, ...forged, "content-type": "text/plain" },
          ...(method === "POST" && { body: "x" }),
        });
        // No provider of this gateway keeps files.
        const expected = { "/v1/models": method === "GET" ? 200 : 405, "/v1/files": 403 }[path] ?? 404;
        expect(answer.status).toBe(expected);
      }
      for (const provider of Object.values(providers)) expect(provider.requests).toHaveLength(0);
    },
  );

  test("with underscores in place of dashes are dropped, too", async () => {
    const underscored = Object.fromEntries(Object.entries(forged).map(([key, value]) => [key.replaceAll("-", "_"), value]));
    const answer = await gateway.post("/v1/chat/completions", request("gpt-4o"), { ...alice, ...underscored });
    expect(answer.status).toBe(200);
    expect(Object.keys(providers.openai.requests[0]!.headers).filter((name) => name.includes("_"))).toEqual([]);
  });
});

describe("the way to a provider", () => {
  test.each(Object.entries(models) as [ProviderName, string][])(
    "no cookie, no other credential, no query of the client's reaches %s",
    async (name, model) => {
      for (const stream of [false, true]) {
        const answer = await gateway.post(`/v1/chat/completions?key=sk-in-the-query&api_key=two`, request(model, { stream }), {
          ...alice,
          cookie: "session=secret-cookie",
          "x-goog-api-key": "AIza-of-the-client",
          "api-key": "azure-of-the-client",
          "proxy-authorization": "Basic c2VjcmV0",
          "x-forwarded-for": "10.1.2.3",
          "x-forwarded-host": "internal.example.com",
          forwarded: "for=10.1.2.3",
          "x-real-ip": "10.1.2.3",
          "x-custom": "mine",
          referer: "https://internal.example.com/secret",
          origin: "https://internal.example.com",
          "openai-organization": "org-of-the-client",
          te: "trailers",
        });
        expect(answer.status).toBe(200);
        await answer.text();
      }
      for (const received of providers[name].requests) {
        const sent = `${received.target}\n${received.rawHeaders.join("\n")}`;
        for (const secret of ["secret-cookie", "in-the-query", "of-the-client", "c2VjcmV0", "10.1.2.3", "internal.example.com", "two"]) {
          expect(sent).not.toContain(secret);
        }
      }
      expect(providers[name].requests).toHaveLength(2);
    },
  );

  test("the consumer's key in x-api-key doesn't reach Claude, which looks for its own there", async () => {
    const answer = await gateway.post("/v1/chat/completions", request(models.claude), { "x-api-key": consumerKeys.BOB_KEY });
    expect(answer.status).toBe(200);
    expect(providers.claude.requests[0]!.headers["x-api-key"]).toBe(providerKeys.CLAUDE_KEY);
  });

  test("accept-encoding is not passed on, so that answers come readable", async () => {
    const answer = await gateway.post("/v1/chat/completions", request("gpt-4o"), { ...alice, "accept-encoding": "gzip, br" });
    expect(answer.headers.has("content-encoding")).toBe(false);
    expect(providers.openai.requests[0]!.headers).not.toHaveProperty("accept-encoding");
  });
});

describe("the way back", () => {
  test.each(Object.entries(models) as [ProviderName, string][])(
    "cookies of %s and headers about its connection don't reach the client",
    async (name, model) => {
      for (const stream of [false, true]) {
        providers[name].next({
          headers: {
            "set-cookie": ["__cf_bm=tracking", "other=1"],
            "alt-svc": 'h3=":443"',
            "strict-transport-security": "max-age=1",
            "x-envoy-upstream-service-time": "5",
          },
        });
        const answer = await gateway.post("/v1/chat/completions", request(model, { stream }), alice);
        expect(answer.status).toBe(200);
        const names = [...answer.headers.keys()];
        expect(
          names.filter((header) => /^(set-cookie|alt-svc|strict-transport-security|x-envoy-.*|x-sluice-cluster|x-mse-.*)$/.test(header)),
        ).toEqual([]);
        await answer.text();
      }
    },
  );

  test.each(Object.entries(models) as [ProviderName, string][])(
    "a provider that says its key in an error doesn't say it to the client (%s)",
    async (name, model) => {
      const key = providerKeys[`${name.toUpperCase()}_KEY` as keyof typeof providerKeys];
      const message = `Incorrect API key provided: ${key}. You can find your API key elsewhere.`;
      for (const behaviour of [
        { error: { status: 401, message } },
        { error: { status: 400, message } },
        { errorEvent: { status: 500, message } },
        { errorEvent: { status: 500, message, after: 2 } },
      ]) {
        for (const stream of [true, false]) {
          if ("errorEvent" in behaviour && !stream) continue;
          providers[name].next({ text: ["one ", "two ", "three "], ...behaviour });
          const answer = await gateway.post("/v1/chat/completions", request(model, { stream }), alice);
          const text = await answer.text();
          expect(text).toContain("Incorrect API key provided");
          expect(text).not.toContain(key);
        }
      }
    },
  );

  test("refusals of a wrong key don't repeat it", async () => {
    const wrong: Record<string, string>[] = [
      { authorization: "Bearer sk-wrong-key" },
      { "x-api-key": "sk-wrong-key" },
      { authorization: "sk-wrong-key" },
    ];
    for (const headers of wrong) {
      const answer = await gateway.post("/v1/chat/completions", request("gpt-4o"), headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain("sk-wrong-key");
    }
  });
});

test("who has no key learns nothing: neither models nor paths", async () => {
  expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401);
  expect((await gateway.post("/v1/chat/completions", request("none"))).status).toBe(401);
  expect((await gateway.post("/nowhere", "x")).status).toBe(401);
  expect(await (await gateway.post("/v1/messages", "x")).json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  expect(await (await gateway.post("/v1beta/models/x:generateContent", "x")).json()).toMatchObject({
    error: { code: 401, status: "UNAUTHENTICATED" },
  });
});

test("no key is in a log line, a configuration dump or a statistic", async () => {
  providers.openai.next({ error: { status: 401 } }, { cut: { after: 0, how: "reset" } }, {});
  for (let index = 0; index < 3; index++) {
    await (
      await gateway.post(`/v1/chat/completions?key=${consumerKeys.BOB_KEY}`, request("gpt-4o"), {
        ...alice,
        "x-api-key": consumerKeys.BOB_KEY,
      })
    ).text();
  }
  await (await gateway.post(`/nowhere/${encodeURIComponent("path")}?api_key=${consumerKeys.ALICE_KEY}`, "x", alice)).text();
  await (await gateway.post("/v1/messages", "not json", { "x-api-key": consumerKeys.ALICE_KEY })).text();
  await gateway.newLines();
  const places: Record<string, string> = { log: gateway.output };
  for (const path of [
    "/config_dump?include_eds",
    "/stats",
    "/stats/prometheus",
    "/clusters",
    "/listeners",
    "/server_info",
    "/runtime",
    "/init_dump",
  ]) {
    places[path] = await gateway.admin(path);
  }
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(1);
    for (const secret of secrets) expect(text.includes(secret), `${place} has ${secret}`).toBe(false);
  }
  expect(places["/config_dump?include_eds"]).toContain("env:OPENAI_KEY");
});
