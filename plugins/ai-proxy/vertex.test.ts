import { beforeAll, describe, expect, test } from "vitest";
import type { CalloutScript } from "../../test/host/callout.ts";
import { type Gateway } from "../../test/host/gateway.ts";
import { module } from "../../test/host/modules.ts";
import type { ProviderScript } from "../../test/host/provider.ts";
import { Envoy } from "../../test/host/worker.ts";
import { claudeAnswer, claudeStream, failing, geminiAnswer, geminiStream, openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging, type Setup } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, post, textOf } from "../../test/modules/requests.ts";
import { tokenEndpoint } from "../../test/modules/service-account.ts";
import { ServiceAccount, type TokenServer } from "../../test/providers/vertex/token-server.ts";

const TOKEN_URI = "https://oauth2.example.com/token";
const account = new ServiceAccount(TOKEN_URI);
const secretLine = account.file().split("\\n")[2]!;

const message = (body: object = {}) =>
  post(
    JSON.stringify({ model: "claude-sonnet-4-5@20250929", max_tokens: 9, messages: [{ role: "user", content: "Hello" }], ...body }),
    {},
    "/v1/messages",
  );
const gemini = (body: object = {}) => chat({ model: "gemini-2.5-flash", ...body });
const claude = (body: object = {}) => chat({ model: "claude-sonnet-4-5@20250929", ...body });

const endpoint = (envoy: Envoy) => tokenEndpoint(envoy, account);

const fields = {
  type: "vertex",
  vertexRegion: "us-east5",
  vertexAuthKey: "env:SERVICE_ACCOUNT",
  vertexAuthServiceName: "oauth2",
};

function setup(envoy: Envoy, oauth2: CalloutScript, more: { provider?: object; script?: ProviderScript } = {}): Setup {
  return {
    provider: { ...fields, ...more.provider },
    env: { SERVICE_ACCOUNT: account.file() },
    script: more.script ?? ((request) => (request.path.includes("anthropic") ? claudeAnswer("Hello") : geminiAnswer("Hello"))),
    host: { envoy, callouts: { oauth2 } },
  };
}

forEachPackaging(["ai-proxy"], (start) => {
  describe("Vertex AI", () => {
    test("vertexAuthKey, vertexRegion: Gemini is asked in Gemini's protocol, with a token that the service account got", async () => {
      const envoy = new Envoy();
      const { server, script } = endpoint(envoy);
      const gateway = await start(setup(envoy, script));
      const seen = gateway.request(gemini());
      expect(textOf(seen)).toBe("Hello");
      expect(seen.attempts[0]).toMatchObject({
        path: "/v1/projects/project-1/locations/us-east5/publishers/google/models/gemini-2.5-flash:generateContent",
        headers: { ":authority": "us-east5-aiplatform.googleapis.com", authorization: "Bearer ya29.c.token-1" },
      });
      expect(JSON.parse(seen.attempts[0]!.body)).toEqual({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
      expect(server.tokens).toHaveLength(1);
      expect(JSON.stringify(seen)).not.toContain(secretLine);
      expect(gateway.request(gemini()).attempts[0]!.headers["authorization"]).toBe("Bearer ya29.c.token-1");
      expect(server.tokens).toHaveLength(1);
    });

    test("streams go to the streaming method", async () => {
      const envoy = new Envoy();
      const script: ProviderScript = (request) =>
        request.path.includes("anthropic") ? claudeStream(["a", "b"]) : geminiStream(["a", "b"]);
      const gateway = await start(setup(envoy, endpoint(envoy).script, { script }));
      const paths = [gemini({ stream: true }), claude({ stream: true })].map((request) => {
        const seen = gateway.request(request);
        expect(textOf(seen)).toBe("ab");
        return seen.attempts[0]!.path.replace(/.*publishers/, "");
      });
      expect(paths).toEqual([
        "/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        "/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict",
      ]);
    });

    test("Claude is asked in Anthropic's protocol: the version in the body, the model in the path alone", async () => {
      const envoy = new Envoy();
      const gateway = await start(setup(envoy, endpoint(envoy).script));
      const seen = gateway.request(claude());
      expect(textOf(seen)).toBe("Hello");
      expect(seen.attempts[0]!.path).toBe(
        "/v1/projects/project-1/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict",
      );
      expect(seen.attempts[0]!.headers).not.toHaveProperty("anthropic-version");
      const body = JSON.parse(seen.attempts[0]!.body);
      expect(body).toMatchObject({ anthropic_version: "vertex-2023-10-16", messages: [{ role: "user" }] });
      expect(body).not.toHaveProperty("model");
    });

    test.each([
      ['{"model":"claude-x","max_tokens":9,"messages":[]}', '{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"messages":[]}'],
      [
        '{ "max_tokens" : 9,\n "messages":[], "mod\\u0065l" : "claude-x" }',
        '{ "max_tokens" : 9,\n "messages":[], "anthropic_version":"vertex-2023-10-16" }',
      ],
      [
        '{"anthropic_version":"v","model":"claude-x","messages":[],"max_tokens":9}',
        '{"anthropic_version":"v","messages":[],"max_tokens":9}',
      ],
      [
        '{"messages":[],"max_tokens":9,"anthropic_version":"v" , "model":"claude-x" }',
        '{"messages":[],"max_tokens":9,"anthropic_version":"v" }',
      ],
    ])("of an Anthropic client's own body %s nothing else changes", async (body, expected) => {
      const envoy = new Envoy();
      const gateway = await start(setup(envoy, endpoint(envoy).script));
      const filled = (text: string) => text.replace("[]", '[ {"role":"user","content":"\\u0048i"} ]');
      const seen = gateway.request(post(filled(body), { "anthropic-beta": "b" }, "/v1/messages"));
      expect(seen.status).toBe(200);
      expect(seen.attempts[0]!.body).toBe(filled(expected));
      expect(seen.attempts[0]!.headers["anthropic-beta"]).toBe("b");
      expect(seen.body).toBe(claudeAnswer("Hello").body);
    });

    test("calls and their results go to Gemini without ids, which Vertex refused until late in 2026", async () => {
      const envoy = new Envoy();
      const gateway = await start(setup(envoy, endpoint(envoy).script));
      const messages = [
        { role: "user", content: "Hi" },
        { role: "assistant", tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }] },
        { role: "tool", tool_call_id: "call_1", content: "1" },
      ];
      const { contents } = JSON.parse(gateway.request(gemini({ messages })).attempts[0]!.body);
      expect(contents[1].parts).toEqual([{ functionCall: { name: "f", args: {} } }]);
      expect(contents[2].parts).toEqual([{ functionResponse: { name: "f", response: { result: "1" } } }]);
    });

    test("vertexOpenAICompatible: an OpenAI-compatible endpoint takes all but Claude", async () => {
      const envoy = new Envoy();
      const more = { provider: { vertexOpenAICompatible: true, vertexRegion: "global" }, script: () => openaiAnswer("Hello") };
      const gateway = await start(setup(envoy, endpoint(envoy).script, more));
      const [attempt] = gateway.request(gemini()).attempts;
      expect(attempt).toMatchObject({
        path: "/v1/projects/project-1/locations/global/endpoints/openapi/chat/completions",
        headers: { ":authority": "aiplatform.googleapis.com" },
      });
      expect(JSON.parse(attempt!.body).model).toBe("google/gemini-2.5-flash");
      expect(gateway.request(claude()).attempts[0]!.path).toContain("/publishers/anthropic/models/");
    });

    test("express mode has a key and no project", async () => {
      const gateway = await start({ provider: { type: "vertex", apiTokens: ["express-key"] }, script: () => geminiAnswer("Hello") });
      const [attempt] = gateway.request(gemini()).attempts;
      expect(attempt).toMatchObject({
        path: "/v1/publishers/google/models/gemini-2.5-flash:generateContent",
        headers: { ":authority": "aiplatform.googleapis.com", "x-goog-api-key": "express-key" },
      });
      expect(attempt!.headers).not.toHaveProperty("authorization");
    });

    test("a model's name stays in its place in the path", async () => {
      const envoy = new Envoy();
      const gateway = await start(setup(envoy, endpoint(envoy).script));
      expect(gateway.request(gemini({ model: "../x?y@1" })).attempts[0]!.path).toMatch(/\/google\/models\/\.\.%2Fx%3Fy@1:generateContent$/);
    });

    test("a token that the provider quotes is taken out of its error", async () => {
      const envoy = new Envoy();
      const gateway = await start(setup(envoy, endpoint(envoy).script, { script: () => failing(400, "bad token ya29.c.token-1") }));
      const seen = gateway.request(gemini());
      expect(seen.body).toContain("bad token ***");
      expect(JSON.stringify([seen.body, seen.facts, seen.log])).not.toContain("ya29");
    });
  });

  describe("a configuration of Vertex AI's is refused", () => {
    const file = (changes: object) => account.file(changes as Record<string, unknown>);
    test.each<[string, object, string]>([
      ["without a key", { vertexAuthKey: undefined }, "vertexAuthKey: found nothing, expected the key file of a service account"],
      ["with an unset variable", { vertexAuthKey: "env:NOWHERE" }, "vertexAuthKey: the environment variable NOWHERE is not set"],
      ["with no JSON", { vertexAuthKey: "{" }, "vertexAuthKey: is no JSON object, expected the key file of a service account"],
      ["with another kind of account", { vertexAuthKey: file({ type: "authorized_user" }) }, "vertexAuthKey: is the file of another kind"],
      ["without an e-mail address", { vertexAuthKey: file({ client_email: undefined }) }, "vertexAuthKey: has no `client_email`"],
      ["without a private key", { vertexAuthKey: file({ private_key: undefined }) }, "vertexAuthKey: has no `private_key`"],
      ["with a spoilt key", { vertexAuthKey: file({ private_key: "x" }) }, "vertexAuthKey: has a `private_key` that is not in PEM"],
      ["with a strange token_uri", { vertexAuthKey: file({ token_uri: "ftp://x" }) }, "vertexAuthKey: has a `token_uri` that is no http"],
      ["without a region", { vertexRegion: undefined }, "vertexRegion: found nothing"],
      ["without a cluster for tokens", { vertexAuthServiceName: undefined }, "vertexAuthServiceName: found nothing"],
      ["without a project", { vertexAuthKey: file({ project_id: undefined }) }, "vertexProjectId: found nothing"],
    ])("%s", async (_how, provider, problem) => {
      const envoy = new Envoy();
      const started = start(setup(envoy, endpoint(envoy).script, { provider }));
      const text = await started.then(
        () => "",
        (error: Error) => error.message,
      );
      expect(text).toContain(problem);
      expect(text).not.toContain(secretLine);
    });
  });
});

describe("access tokens", () => {
  beforeAll(() => module("bundle"));

  interface Worker {
    gateway: Gateway;
    server: TokenServer;
    calls: number[];
  }

  /** A worker with Vertex first, and OpenAI behind it where `fallback` says so. */
  async function worker(envoy: Envoy, options: { fallback?: boolean; oauth2?: CalloutScript; ahead?: number } = {}): Promise<Worker> {
    const { server, script } = endpoint(envoy);
    const calls: number[] = [];
    const counted: CalloutScript = (call) => {
      calls.push(envoy.clock.now);
      return (options.oauth2 ?? script)(call);
    };
    const gateway = await startPlans({
      providers: {
        vertex: { ...fields, apiTokens: [], vertexTokenRefreshAhead: options.ahead ?? 60, does: () => geminiAnswer("from Vertex") },
        ...(options.fallback === true && { openai: { does: () => openaiAnswer("from OpenAI") } }),
      },
      // As the CLI writes them: one that stands in where the first is struck.
      ...(options.fallback === true && { plans: [{ targets: ["vertex", "openai"] }, { weight: 0, targets: ["openai"] }] }),
      env: { SERVICE_ACCOUNT: account.file() },
      host: { envoy, callouts: { oauth2: counted } },
    });
    return { gateway, server, calls };
  }

  test("requests that come while one is fetched wait for that one", async () => {
    const { gateway, calls } = await worker(new Envoy());
    const streams = [gemini(), gemini(), gemini()].map((request) => gateway.open(request));
    expect(streams.map((stream) => gateway.answer(stream).attempts.length)).toEqual([0, 0, 0]);
    gateway.advance(100);
    expect(streams.map((stream) => textOf(gateway.answer(stream)))).toEqual(Array(3).fill("from Vertex"));
    expect(calls).toHaveLength(1);
  });

  test("a client that hangs up meanwhile takes nobody's token away", async () => {
    const { gateway, calls } = await worker(new Envoy());
    const [first, second] = [gateway.open(gemini()), gateway.open(gemini())];
    gateway.hangUp(first);
    gateway.advance(100);
    expect(textOf(gateway.answer(second))).toBe("from Vertex");
    expect(calls).toHaveLength(1);
  });

  test("all workers share one", async () => {
    const envoy = new Envoy();
    const [one, two] = [await worker(envoy), await worker(envoy)];
    const streams = [one.gateway.open(gemini()), two.gateway.open(gemini())] as const;
    one.gateway.advance(100);
    expect(textOf(one.gateway.answer(streams[0]))).toBe("from Vertex");
    expect(textOf(two.gateway.answer(streams[1]))).toBe("from Vertex");
    expect(one.calls.length + two.calls.length).toBe(1);
  });

  test("vertexTokenRefreshAhead: one is renewed ahead of its end, while the old one still serves", async () => {
    const envoy = new Envoy();
    const { gateway, calls } = await worker(envoy);
    gateway.request(gemini());
    envoy.clock.now += 3_530_000;
    expect(gateway.request(gemini()).attempts[0]!.headers["authorization"]).toBe("Bearer ya29.c.token-1");
    expect(calls).toHaveLength(1);
    envoy.clock.now += 15_000;
    const before = envoy.clock.now;
    expect(gateway.request(gemini()).attempts[0]!.headers["authorization"]).toBe("Bearer ya29.c.token-1");
    expect(calls.slice(1)).toEqual([before]);
    gateway.advance(100);
    expect(gateway.request(gemini()).attempts[0]!.headers["authorization"]).toBe("Bearer ya29.c.token-2");
    expect(calls).toHaveLength(2);
  });

  test("of a life shorter than the time ahead are renewed at half of it", async () => {
    const envoy = new Envoy();
    const { gateway, calls, server } = await worker(envoy, { ahead: 3000 });
    server.lifetime = 100;
    gateway.request(gemini());
    envoy.clock.now += 40_000;
    gateway.request(gemini());
    expect(calls).toHaveLength(1);
    envoy.clock.now += 20_000;
    gateway.request(gemini());
    expect(calls).toHaveLength(2);
  });

  test("that are refused strike the provider, and the next one answers", async () => {
    const oauth2: CalloutScript = () => ({
      status: 400,
      headers: { "content-type": "application/json" },
      body: '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}',
      after: 10,
    });
    const { gateway, calls } = await worker(new Envoy(), { fallback: true, oauth2 });
    expect(textOf(gateway.request(gemini()))).toBe("from OpenAI");
    expect(textOf(gateway.request(gemini()))).toBe("from OpenAI");
    expect(calls).toHaveLength(1);
    gateway.advance(5100);
    gateway.request(gemini());
    expect(calls).toHaveLength(2);
  });

  test.each<[string, CalloutScript, string]>([
    [
      "refused",
      () => ({ status: 401, headers: { "content-type": "application/json" }, body: '{"error":"invalid_client"}' }),
      "the token endpoint answered 401 invalid_client",
    ],
    ["not JSON", () => ({ status: 502, body: `<html>${secretLine}` }), "the token endpoint answered 502"],
    [
      "empty",
      () => ({ status: 200, headers: { "content-type": "application/json" }, body: "{}" }),
      "the token endpoint gave no usable token",
    ],
    [
      "not fit for a header",
      () => ({ status: 200, body: '{"access_token":"a\\nb","expires_in":9}' }),
      "the token endpoint gave no usable token",
    ],
    ["cut off", () => ({ reset: "midway" }), "the token endpoint broke off"],
    ["too late", () => ({ stall: true }), "the token endpoint answered 504"],
  ])("that are %s are told the client, and nothing secret", async (_how, oauth2, why) => {
    const { gateway } = await worker(new Envoy(), { oauth2 });
    for (const request of [gemini(), message({ model: "gemini-2.5-flash" })]) {
      const seen = gateway.request(request);
      expect(seen).toMatchObject({ status: 502, attempts: [] });
      expect(errorOf(seen).message).toContain(`Provider "vertex" can't be asked: the gateway got no access token for it (${why})`);
      expect(JSON.stringify([seen.body, seen.facts, gateway.logLines])).not.toContain(secretLine);
    }
    expect(gateway.logLines.map((line) => line.message).join()).toContain(`provider "vertex": no access token: ${why}`);
  });

  test("without a cluster for them are told, too", async () => {
    const envoy = new Envoy();
    const gateway = await startPlans({
      providers: { vertex: { ...fields, apiTokens: [], vertexAuthServiceName: "nowhere", does: () => geminiAnswer("x") } },
      env: { SERVICE_ACCOUNT: account.file() },
      host: { envoy },
    });
    expect(errorOf(gateway.request(gemini())).message).toContain('there is no cluster "nowhere" that could be called');
  });

  test("vertexAuthServiceName: they come through the cluster that Higress has for a DNS service", async () => {
    const envoy = new Envoy();
    const gateway = await startPlans({
      providers: { vertex: { ...fields, apiTokens: [], does: () => geminiAnswer("Hello") } },
      env: { SERVICE_ACCOUNT: account.file() },
      host: { envoy, callouts: { "outbound|443||oauth2.dns": endpoint(envoy).script } },
    });
    expect(textOf(gateway.request(gemini()))).toBe("Hello");
  });
});
