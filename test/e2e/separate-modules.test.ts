/** The modules as filters of their own, configured as in Higress, say to a client what the bundle says. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Message } from "../../cli/envoy/protobuf.ts";
import type { Scripted } from "../providers/provider.ts";
import { startChain, type Chain } from "./chain.ts";
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
import { downstreamHeaders, expectOnlyGoodRequests } from "./received.ts";

const alice = "sk-alice-e2e";
const bob = "sk-bob-e2e";
const types = { openai: "openai", claude: "claude", gemini: "gemini" } as const;
const names = Object.keys(models) as ProviderName[];
const tokenOf = (name: ProviderName): string => providerKeys[`${name.toUpperCase()}_KEY` as keyof typeof providerKeys];

let providers: Providers;
let bundle: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  bundle = await startGateway(
    providersYaml(providers) +
      `models:
  - { match: gpt-*, to: openai }
  - { match: claude-*, to: claude }
  - { match: gemini-*, to: gemini }
consumers:
  - { name: alice, keys: [env:ALICE] }
`,
    { environment: { ALICE: alice } },
  );
});
afterAll(async () => {
  await bundle?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));

const ports = (): Record<string, number> => Object.fromEntries(names.map((name) => [name, providers[name].port]));

/** Routes named as the providers are, by the model in the header that model-router writes. */
function routesByModel(): Message[] {
  const prefixes = { openai: "gpt-", claude: "claude-", gemini: "gemini-" };
  return [
    ...names.map((name) => ({
      name,
      match: { prefix: "/", headers: [{ name: "x-higress-llm-model", string_match: { prefix: prefixes[name] } }] },
      route: { cluster: name, timeout: "0s" },
    })),
    // Higress picks a route before any filter has read the model.
    { name: "default", match: { prefix: "/" }, route: { cluster: "openai", timeout: "0s" } },
  ];
}

const keyAuth = {
  module: "key-auth",
  configuration: {
    consumers: [
      { name: "alice", credential: alice },
      { name: "bob", credential: bob },
    ],
    keys: ["authorization", "x-api-key"],
    in_header: true,
    global_auth: true,
    _rules_: [
      { _match_route_: ["openai"], allow: ["alice", "bob"] },
      { _match_route_: ["claude", "gemini"], allow: ["alice"] },
    ],
  },
} as const;
const modelRouter = {
  module: "model-router",
  configuration: { modelToHeader: "x-higress-llm-model", addProviderHeader: "x-higress-llm-provider" },
} as const;

const forms: [string, object][] = [
  [
    "`providers` and `activeProviderId`",
    {
      providers: names.map((name) => ({ id: name, type: types[name], apiTokens: [tokenOf(name)], rememberFailures: false })),
      _rules_: names.map((name) => ({ _match_route_: [name], activeProviderId: name })),
    },
  ],
  [
    "`provider`",
    {
      _rules_: names.map((name) => ({
        _match_route_: [name],
        provider: { id: name, type: types[name], apiTokens: [tokenOf(name)], rememberFailures: false },
      })),
    },
  ],
];

/** What differs from request to request. */
function normalised(text: string): string {
  return text
    .replaceAll(/"(id|tool_call_id)": ?"[^"]*"/g, '"$1":"…"')
    .replaceAll(/"created": ?\d+/g, '"created":0')
    .replaceAll(/,?"obfuscation":"[^"]*"/g, "")
    .replaceAll(/"system_fingerprint": ?"[^"]*"/g, '"system_fingerprint":"…"');
}

interface Case {
  readonly body?: object;
  readonly script?: Scripted;
  readonly text?: string;
}

const tools = [
  {
    type: "function",
    function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } },
  },
  { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } },
];
const cases: Record<string, Case> = {
  text: {},
  "text with characters of all kinds": { text: 'Grüße \u{1F30D} "quoted" \\ \n\t' },
  "parallel tool calls": { text: 'use the tool get_weather with {"city":"Rome"} and use the tool get_time', body: { tools } },
  "a schema": {
    body: {
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "a",
          strict: true,
          schema: { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false },
        },
      },
    },
  },
  "a token limit": { text: "one two three", body: { max_completion_tokens: 2 } },
  "a refused request": { script: { error: { status: 400, message: "no good" } } },
  "a rate limit": { script: { error: { status: 429, message: "enough", retryAfter: 6 } } },
  "an overloaded provider": { script: { error: { status: 529 } } },
  "an HTML page": { script: { raw: { status: 200, headers: { "content-type": "text/html" }, body: "<html>" } } },
  "nothing at all": { script: { raw: { status: 200, headers: { "content-type": "application/json" }, body: "" } } },
  "a compressed answer": { script: { gzip: true } },
  "an error inside a 200": { script: { errorEvent: { status: 529 } } },
  "an error after content": { script: { text: ["a ", "b ", "c "], errorEvent: { status: 500, after: 2 } } },
  "an end without finish reason": { script: { text: ["a ", "b "], withoutFinish: true } },
  "an unknown field's value": { body: { tool_choice: 7 } },
  "no messages": { body: { messages: undefined } },
};

describe.each(forms)("model-router, key-auth and ai-proxy with %s", (_, configuration) => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({
      links: [modelRouter, "repick", keyAuth, { module: "ai-proxy", configuration }],
      routes: routesByModel(),
      providers: ports(),
    });
  });
  afterAll(() => chain?.stop());
  afterEach(() => expectOnlyGoodRequests(Object.values(providers), downstreamHeaders));

  describe.each(names)("%s", (name) => {
    test.each(Object.entries(cases))(
      "%s: the client gets what the bundle gives, whole and streamed",
      async (_name, { body, script, text }) => {
        for (const stream of [false, true]) {
          const request = {
            model: models[name],
            stream,
            messages: [{ role: "user", content: text ?? "Say it again" }],
            ...(stream && { stream_options: { include_usage: true } }),
            ...body,
          };
          const told: object[] = [];
          for (const gateway of [bundle, chain]) {
            if (script !== undefined) providers[name].next(script);
            const answer = await gateway.post("/v1/chat/completions", request, { authorization: `Bearer ${alice}` });
            const answered = normalised(await answer.text());
            told.push({
              status: answer.status,
              type: answer.headers.get("content-type"),
              retryAfter: answer.headers.get("retry-after"),
              answered,
            });
            if (script !== undefined) providers[name].reset();
          }
          expect(told[1]).toEqual(told[0]);
        }
      },
    );
  });

  test("rights: who isn't on the route's list is refused in OpenAI's form", async () => {
    const ask = (model: string, key: string): Promise<Response> =>
      chain.post("/v1/chat/completions", { model, messages: [{ role: "user", content: "Hi" }] }, { "x-api-key": key });
    expect((await ask(models.openai, bob)).status).toBe(200);
    for (const name of ["claude", "gemini"] as const) {
      const refused = await ask(models[name], bob);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({
        error: { type: "invalid_request_error", message: expect.stringMatching(/not be used here/) },
      });
      expect((await ask(models[name], alice)).status).toBe(200);
    }
    expect((await ask(models.openai, "sk-nobody")).status).toBe(401);
  });
});

describe("ai-proxy in both positions, with plans", () => {
  let chain: Chain;
  beforeAll(async () => {
    const target = (name: ProviderName): object => ({ provider: name, model: models[name] });
    const orders: Record<string, ProviderName[]> = { first: ["openai", "claude", "gemini"], second: ["gemini", "openai"] };
    chain = await startChain({
      links: [
        {
          module: "ai-proxy",
          configuration: {
            providers: names.map((name) => ({
              id: name,
              type: types[name],
              apiTokens: [`env:${name.toUpperCase()}_KEY`],
              rememberFailures: false,
            })),
            _rules_: Object.entries(orders).map(([route, order]) => ({
              _match_route_: [route],
              plans: [{ cluster: `plan-${route}`, targets: order.map(target) }],
            })),
          },
        },
      ],
      routes: Object.keys(orders).map((route) => ({
        name: route,
        match: { prefix: `/${route}/` },
        route: {
          cluster_header: "x-sluice-cluster",
          timeout: "0s",
          retry_policy: {
            retry_on: "5xx,reset,connect-failure,retriable-status-codes",
            retriable_status_codes: [401, 429],
            num_retries: 0,
          },
        },
      })),
      providers: ports(),
      plans: { module: "ai-proxy", clusters: Object.fromEntries(Object.entries(orders).map(([route, order]) => [`plan-${route}`, order])) },
      environment: providerKeys,
    });
  });
  afterAll(() => chain?.stop());
  afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

  const ask = async (route: string, stream: boolean): Promise<{ status: number; body: string; retryAfter: string | null }> => {
    const answer = await chain.post(`/${route}/v1/chat/completions`, {
      model: "anything",
      stream,
      messages: [{ role: "user", content: "Hi" }],
    });
    return { status: answer.status, body: await answer.text(), retryAfter: answer.headers.get("retry-after") };
  };

  test.each([false, true])("the first provider answers, and when it fails the next, in its own protocol (streamed: %s)", async (stream) => {
    for (const failing of [0, 1, 2]) {
      for (const name of names.slice(0, failing)) providers[name].next({ error: { status: 429 } });
      const { status, body } = await ask("first", stream);
      expect(status).toBe(200);
      expect(body).toMatch(/"content": ?"Hi"/);
    }
    expect(names.map((name) => providers[name].requests.length)).toEqual([3, 2, 1]);
    providers.gemini.next({ error: { status: 503 } });
    expect((await ask("second", stream)).status).toBe(200);
    expect(names.map((name) => providers[name].requests.length)).toEqual([4, 2, 2]);
  });

  test.each([false, true])("the last failure is the client's (streamed: %s)", async (stream) => {
    providers.gemini.next({ error: { status: 500 } });
    providers.openai.next({ error: { status: 429, message: "enough", retryAfter: 8 } });
    const { status, body, retryAfter } = await ask("second", stream);
    expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: "8" });
    expect(JSON.parse(body)).toMatchObject({ error: { type: "requests", message: expect.stringContaining("enough") } });
  });
});

describe("key-auth alone, with `compat`", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({
      links: [
        {
          module: "key-auth",
          configuration: {
            consumers: [
              { name: "alice", credential: alice },
              { name: "bob", credential: bob },
            ],
            keys: ["x-key", "authorization", "key"],
            in_header: true,
            in_query: true,
            global_auth: false,
            compat: true,
            _rules_: [{ _match_domain_: ["127.0.0.1"], allow: ["alice"] }],
          },
        },
      ],
      routes: [{ name: "all", match: { prefix: "/" }, route: { cluster: "openai" } }],
      providers: ports(),
    });
  });
  afterAll(() => chain?.stop());

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(chain.url + path, { headers });

  test.each([
    ["no key", "/x", {}, 401, "Request denied by Key Auth check. Invalid API key", "Key realm=MSE Gateway"],
    ["a wrong key", "/x", { "x-key": "sk-wrong" }, 401, "Request denied by Key Auth check. Invalid API key", "Key realm=MSE Gateway"],
    [
      "a consumer that isn't on the list",
      "/x",
      { "x-key": bob },
      403,
      "Request denied by Key Auth check. Unauthorized consumer",
      "Basic realm=MSE Gateway",
    ],
  ] as const)("%s: Higress's plain text", async (_, path, headers, status, body, authenticate) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("text/plain");
    expect(answer.headers.get("www-authenticate")).toBe(authenticate);
    expect(await answer.text()).toBe(body);
    expect(providers.openai.requests).toHaveLength(0);
  });

  test("what is let in goes on without the key, wherever it stood, and without headers that only the gateway may set", async () => {
    const forged = { "x-sluice-x": "1", "x-higress-llm-model": "forged", "x-mse-consumer": "bob", "x-envoy-retry-on": "5xx" };
    await get("/x?a=1&b=two", { "x-key": alice, ...forged });
    await get(`/x?a=1&key=${alice}&b=two`, forged);
    await get("/x?a=1&b=two", { authorization: `Bearer ${alice}`, ...forged });
    const requests = providers.openai.requests;
    expect(requests.map(({ headers }) => headers["x-mse-consumer"])).toEqual(["alice", "alice", "alice"]);
    for (const { target, rawHeaders } of requests) {
      expect(target).toMatch(/^\/x\?a=1&b=two$/);
      expect(rawHeaders.join("\n")).not.toMatch(/forged|x-sluice|x-higress|retry-on/);
      expect(rawHeaders.join("\n")).not.toContain(alice);
    }
    expect(chain.output).not.toContain(alice);
  });
});

describe("routes that a client could choose by headers that are the gateway's own", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({
      links: [
        {
          module: "key-auth",
          configuration: {
            consumers: [
              { name: "alice", credential: alice },
              { name: "bob", credential: bob },
            ],
            keys: ["x-key"],
            global_auth: false,
            _rules_: [{ _match_route_: ["private"], allow: ["alice"] }],
          },
        },
      ],
      routes: [
        {
          name: "of-vip",
          match: { prefix: "/", headers: [{ name: "x-mse-consumer", string_match: { exact: "vip" } }] },
          route: { cluster: "claude" },
        },
        {
          name: "of-model",
          match: { prefix: "/", headers: [{ name: "x-higress-llm-model", present_match: true }] },
          route: { cluster: "gemini" },
        },
        { name: "private", match: { prefix: "/" }, route: { cluster: "openai" } },
      ],
      providers: ports(),
    });
  });
  afterAll(() => chain?.stop());

  // Envoy picks a route by what the client sent, and another one once that is taken out.
  test.each([{ "x-mse-consumer": "vip" }, { "x-higress-llm-model": "gpt-4o" }, { "x-mse-consumer": "vip", "x-key": bob }] as Record<
    string,
    string
  >[])("%o opens no other one", async (headers) => {
    const answer = await fetch(`${chain.url}/x`, { headers });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { type: "invalid_request_error", message: expect.stringMatching(/only the gateway may set/) },
    });
    for (const provider of Object.values(providers)) expect(provider.requests).toHaveLength(0);
  });

  test("without them rights are as configured, and Envoy's own headers are only taken out", async () => {
    const get = async (headers: Record<string, string>): Promise<number> => (await fetch(`${chain.url}/x`, { headers })).status;
    expect(await get({})).toBe(401);
    expect(await get({ "x-key": bob })).toBe(403);
    expect(providers.openai.requests).toHaveLength(0);
    await get({ "x-key": alice, "x-envoy-attempt-count": "1" });
    expect(providers.openai.requests).toHaveLength(1);
  });
});
