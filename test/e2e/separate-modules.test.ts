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
      providers: names.map((name) => ({ id: name, type: types[name], apiTokens: [tokenOf(name)] })),
      _rules_: names.map((name) => ({ _match_route_: [name], activeProviderId: name })),
    },
  ],
  [
    "`provider`",
    { _rules_: names.map((name) => ({ _match_route_: [name], provider: { id: name, type: types[name], apiTokens: [tokenOf(name)] } })) },
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
