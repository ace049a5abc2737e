import { describe, expect, test } from "vitest";
import type { ClientRequest } from "../../test/host/gateway.ts";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging, type Setup } from "../../test/modules/packagings.ts";
import { chat, errorOf, factsOf, post } from "../../test/modules/requests.ts";

/** The provider sees requests as model-router leaves them. */
const inert = { inert: true };
const MODEL = "x-higress-llm-model";
const PROVIDER_HEADER = "x-higress-llm-provider";

/** A route table by model: the cluster says which route a request took. */
function byModel(header: string, models: readonly string[]): Setup["host"] {
  const clusters = ["elsewhere", ...models];
  return {
    providers: Object.fromEntries(clusters.map((name) => [name, () => openaiAnswer(name)])),
    routes: [
      ...models.map((name) => ({ name, match: { headers: { [header]: name } }, cluster: name })),
      { name: "elsewhere", cluster: "elsewhere" },
    ],
  };
}

forEachPackaging(["model-router"], (start) => {
  describe("the model's name", () => {
    test("goes into a header, and the route is picked by it", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert, host: byModel(MODEL, ["gpt-4o", "claude"])! });
      for (const model of ["gpt-4o", "claude"]) {
        const [attempt] = gateway.request(chat({ model })).attempts;
        expect(attempt).toMatchObject({ provider: model, headers: { [MODEL]: model } });
      }
      expect(gateway.request(chat({ model: "another" })).attempts[0]!.provider).toBe("elsewhere");
    });

    test("leaves the body as it is", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const body = '{ "messages":[],\n "mod\\u0065l" : "gpt-4o", "unknown":1e999 }';
      const [attempt] = gateway.request(post(body)).attempts;
      expect(attempt).toMatchObject({ body, headers: { [MODEL]: "gpt-4o", "content-length": String(body.length) } });
    });

    test("may stand in another field", async () => {
      const gateway = await start({ "model-router": { modelKey: "deployment", modelToHeader: MODEL }, ...inert });
      const [attempt] = gateway.request(chat({ deployment: "mine" })).attempts;
      expect(attempt!.headers[MODEL]).toBe("mine");
      const without = gateway.request(chat());
      expect(without.status).toBe(400);
      expect(errorOf(without)).toMatchObject({ param: "deployment", message: expect.stringContaining("`deployment`") });
    });

    test.each([
      ["with characters of every plane", "模型-🙂-é"],
      ["with what JSON escapes", 'a"b\\c/d'],
      ["of 256 bytes", "m".repeat(256)],
      ["with blanks", " a b "],
      ["like a path", "../../etc/passwd"],
    ])("may be a name %s", async (_, model) => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const answer = gateway.request(chat({ model }));
      expect(answer.status).toBe(200);
      expect(Buffer.from(answer.attempts[0]!.headers[MODEL]!, "latin1").toString()).toBe(model);
      expect(factsOf(answer)["model"]).toBe(model);
    });

    test.each([
      ["is too long", JSON.stringify({ model: "m".repeat(257) }), 404],
      ["is too long in UTF-8", JSON.stringify({ model: "é".repeat(129) }), 404],
      ["has a line end", '{"model":"a\\r\\nx-mse-consumer: root"}', 404],
      ["has a NUL", '{"model":"a\\u0000b"}', 404],
      ["has a DEL", '{"model":"a\\u007fb"}', 404],
      ["is empty", '{"model":""}', 400],
      ["is missing", '{"messages":[]}', 400],
      ["is null", '{"model":null}', 400],
      ["is a number", '{"model":4}', 400],
      ["is a list", '{"model":["gpt-4o"]}', 400],
      ["stands deeper", '{"request":{"model":"gpt-4o"}}', 400],
      ["comes twice", '{"model":"gpt-4o","model":"gpt-4o"}', 400],
      ["comes twice, once escaped", '{"model":"gpt-4o","mod\\u0065l":"o3"}', 400],
    ])("refuses the request where it %s", async (_, body, status) => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const answer = gateway.request(post(body));
      expect(answer).toMatchObject({ status, attempts: [], ended: "complete" });
      expect(errorOf(answer)).toMatchObject({ param: "model", type: "invalid_request_error" });
    });
  });

  describe("a body", () => {
    test.each([
      ["that is empty", "", 400],
      ["that isn't JSON", "model=gpt-4o", 400],
      ["that is cut", '{"model":"gpt-4o"', 400],
      ["that goes on", '{"model":"gpt-4o"}{}', 400],
      ["that is a list", '[{"model":"gpt-4o"}]', 400],
      ["that is a string", '"gpt-4o"', 400],
      ["with broken UTF-8", Buffer.from('{"model":"gpt-4o","a":"\xff"}', "latin1"), 400],
      ["that is nested too deep", `{"model":"gpt-4o","a":${"[".repeat(600)}${"]".repeat(600)}}`, 400],
    ])("%s is refused", async (_, body, status) => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const answer = gateway.request({ ...post(body), method: "POST" });
      expect(answer).toMatchObject({ status, attempts: [], ended: "complete" });
      expect(errorOf(answer).type).toBe("invalid_request_error");
    });

    test.each([
      [{ "content-type": "text/plain" }, 415],
      [{ "content-type": "multipart/form-data; boundary=x" }, 415],
      [{ "content-type": "application/json", "content-encoding": "gzip" }, 415],
      [{ "content-type": "application/json", "content-encoding": "identity" }, 200],
      [{ "content-type": "Application/JSON ; charset=utf-8" }, 200],
    ])("of the type %j", async (headers, status) => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const answer = gateway.request({ ...chat(), headers });
      expect(answer.status).toBe(status);
      expect(answer.attempts.length).toBe(status === 200 ? 1 : 0);
    });

    test("of no type is refused", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      expect(gateway.request({ ...chat(), headers: {} })).toMatchObject({ status: 415, attempts: [] });
    });

    test("may come in pieces, and with trailers", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "é🙂" }] });
      const bytes = Buffer.from(body);
      const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte));
      const { method, path, headers } = chat();
      for (const rest of [{}, { endWithLastChunk: true }, { trailers: { "x-trailer": "1" } }]) {
        const answer = gateway.request({ method: method!, path: path!, headers: headers!, chunks, ...rest });
        expect(answer.attempts[0]).toMatchObject({ body, headers: { [MODEL]: "gpt-4o" } });
      }
    });
  });

  describe("paths", () => {
    const other: ClientRequest = { ...post("no JSON at all", { "content-type": "text/plain" }), path: "/upload" };

    test("that end otherwise pass untouched", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      const answer = gateway.request(other);
      expect(answer.status).toBe(200);
      expect(answer.attempts[0]!.body).toBe("no JSON at all");
      expect(answer.attempts[0]!.headers).not.toHaveProperty(MODEL);
    });

    test.each([
      "/v1/completions",
      "/v1/embeddings",
      "/v1/images/generations",
      "/v1/audio/speech",
      "/v1/fine_tuning/jobs",
      "/v1/moderations",
      "/v1/rerank",
      "/v1/messages",
      "/v1/responses",
      "/team/openai/v1/chat/completions?api-version=1",
    ])("%s is read", async (path) => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      expect(gateway.request({ ...chat(), path }).attempts[0]!.headers[MODEL]).toBe("gpt-4o");
    });

    test("are those configured, and no others", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL, enableOnPathSuffix: ["/ask"] }, ...inert });
      expect(gateway.request({ ...chat(), path: "/v9/ask?x" }).attempts[0]!.headers[MODEL]).toBe("gpt-4o");
      expect(gateway.request(chat()).attempts[0]!.headers).not.toHaveProperty(MODEL);
    });

    test("are all with `*`, where they bring JSON", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL, enableOnPathSuffix: ["*"] }, ...inert });
      expect(gateway.request({ ...chat(), path: "/x" }).attempts[0]!.headers[MODEL]).toBe("gpt-4o");
      expect(gateway.request(other).attempts[0]!.body).toBe("no JSON at all");
      expect(gateway.request({ ...chat({ model: "" }), path: "/x" }).status).toBe(400);
    });

    test.each(["GET", "HEAD", "OPTIONS", "DELETE"])("are nobody's business with %s", async (method) => {
      for (const enableOnPathSuffix of [["*"], ["/completions"]]) {
        const gateway = await start({ "model-router": { modelToHeader: MODEL, enableOnPathSuffix }, ...inert });
        expect(gateway.request({ method, path: "/v1/chat/completions" }).attempts).toHaveLength(1);
      }
    });
  });

  describe("provider/model", () => {
    test("is split at the first slash", async () => {
      const gateway = await start({ "model-router": { addProviderHeader: PROVIDER_HEADER, modelToHeader: MODEL }, ...inert });
      const [attempt] = gateway.request(post('{"a": 1,"model" : "meta/llama/3" ,"b":"é"}')).attempts;
      expect(attempt).toMatchObject({
        body: '{"a": 1,"model" : "llama/3" ,"b":"é"}',
        headers: { [PROVIDER_HEADER]: "meta", [MODEL]: "meta/llama/3" },
      });
      expect(attempt!.headers["content-length"] ?? "40").toBe("40");
    });

    test("keeps the rest as it was escaped, or escapes it", async () => {
      const gateway = await start({ "model-router": { addProviderHeader: PROVIDER_HEADER }, ...inert });
      const [attempt] = gateway.request(post('{"model":"meta\\/a\\"b\\\\\\u00e9"}')).attempts;
      expect(JSON.parse(attempt!.body)).toEqual({ model: 'a"b\\é' });
      expect(attempt!.headers[PROVIDER_HEADER]).toBe("meta");
    });

    test.each(["llama", "/llama", "meta/", "/"])("isn't %s", async (model) => {
      const gateway = await start({ "model-router": { addProviderHeader: PROVIDER_HEADER }, ...inert });
      const [attempt] = gateway.request(chat({ model })).attempts;
      expect(JSON.parse(attempt!.body).model).toBe(model);
      expect(attempt!.headers).not.toHaveProperty(PROVIDER_HEADER);
    });

    test("names one of the providers listed, and other slashes are a name's own", async () => {
      const gateway = await start({ "model-router": { addProviderHeader: PROVIDER_HEADER, providers: ["openai", "qwen"] }, ...inert });
      const sent = (model: string) => gateway.request(chat({ model })).attempts[0]!;
      expect(sent("qwen/qwen3")).toMatchObject({ headers: { [PROVIDER_HEADER]: "qwen" }, body: expect.stringContaining('"qwen3"') });
      expect(sent("meta-llama/llama-3").headers).not.toHaveProperty(PROVIDER_HEADER);
      expect(sent("Qwen/qwen3").headers).not.toHaveProperty(PROVIDER_HEADER);
    });

    test("isn't split without the header's name", async () => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert });
      expect(JSON.parse(gateway.request(chat({ model: "a/b" })).attempts[0]!.body).model).toBe("a/b");
    });
  });

  describe("a client's own headers", () => {
    test.each([MODEL, PROVIDER_HEADER, "x-sluice-cluster", "x-higress-llm-anything"])("%s is gone on every path", async (name) => {
      const gateway = await start({ "model-router": { modelToHeader: MODEL }, ...inert, host: byModel(name, ["forged"])! });
      for (const path of ["/v1/chat/completions", "/upload"]) {
        const [attempt] = gateway.request({ ...chat({}, { [name]: "forged" }), path }).attempts;
        expect(attempt!.provider).toBe("elsewhere");
        expect(Object.values(attempt!.headers)).not.toContain("forged");
      }
    });

    test("are gone under names of one's own too", async () => {
      const fields = { modelToHeader: "X-My-Model", addProviderHeader: "X-My-Provider" };
      const gateway = await start({ "model-router": fields, ...inert, host: byModel("x-my-model", ["forged", "gpt-4o"])! });
      const forged = chat({}, { "x-my-model": "forged", "x-my-provider": "forged" });
      expect(gateway.request(forged).attempts[0]).toMatchObject({ provider: "gpt-4o", headers: { "x-my-model": "gpt-4o" } });
      const [attempt] = gateway.request({ ...forged, path: "/upload" }).attempts;
      expect(attempt!.provider).toBe("elsewhere");
      expect(Object.values(attempt!.headers)).not.toContain("forged");
    });
  });

  describe("models that are listed", () => {
    const models = [
      { match: "gpt-4o" },
      { match: "gpt-*", names: ["gpt-5"] },
      { match: "*-mini", names: ["o4-mini"] },
      { match: "claude-*-thinking" },
    ];

    test.each([
      ["gpt-4o", 200],
      ["gpt-4o-mini", 200],
      ["gpt-", 200],
      ["o4-mini", 200],
      ["-mini", 200],
      ["claude-3-thinking", 200],
      ["claude--thinking", 200],
      ["claude-thinking", 404],
      ["o4", 404],
      ["GPT-4o", 404],
      ["xgpt-4o", 404],
    ])("%s: %d", async (model, status) => {
      const gateway = await start({ "model-router": { models } });
      const answer = gateway.request(chat({ model }));
      expect(answer.status).toBe(status);
      expect(answer.attempts.length).toBe(status === 200 ? 1 : 0);
    });

    test("are refused with the names that are near", async () => {
      const gateway = await start({ "model-router": { models } });
      const answer = gateway.request(chat({ model: "gtp-5" }));
      expect(answer.status).toBe(404);
      expect(errorOf(answer)).toMatchObject({
        param: "model",
        code: "model_not_found",
        message: expect.stringMatching(/"gtp-5" is not served here\. Near: .*gpt-5.*GET \/v1\/models/),
      });
    });

    test("are refused with some that are served, where none is near", async () => {
      const gateway = await start({ "model-router": { models } });
      expect(errorOf(gateway.request(chat({ model: "something-else-entirely" }))).message).toContain(
        "Served, among others: gpt-4o, gpt-5, o4-mini",
      );
      expect(errorOf(gateway.request(chat({ model: "é".repeat(100) }))).message).toContain("…");
    });

    test("are told at /v1/models, by name, without asking a provider", async () => {
      const gateway = await start({ "model-router": { models } });
      const answer = gateway.request({ method: "GET", path: "/v1/models?x=1" });
      expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" }, attempts: [] });
      const list = JSON.parse(answer.body);
      expect(list.object).toBe("list");
      expect(list.data.map(({ id }: { id: string }) => id)).toEqual(["gpt-4o", "gpt-5", "o4-mini"]);
      expect(list.data[0]).toEqual({ id: "gpt-4o", object: "model", created: 0, owned_by: "sluice" });
    });

    test("are told only by GET, and only if there are any", async () => {
      const gateway = await start({ "model-router": { models } });
      expect(gateway.request({ ...chat(), path: "/v1/models" })).toMatchObject({ status: 405, attempts: [] });
      const without = await start({ "model-router": {} });
      expect(without.request({ method: "GET", path: "/v1/models" })).toMatchObject({ status: 404, attempts: [] });
    });

    test("may be none", async () => {
      const gateway = await start({ "model-router": { models: [] } });
      expect(gateway.request(chat()).status).toBe(404);
      expect(JSON.parse(gateway.request({ method: "GET", path: "/v1/models" }).body).data).toEqual([]);
    });
  });

  test("a rule holds on its route alone, and inherits nothing", async () => {
    const gateway = await start({
      "model-router": {
        modelToHeader: MODEL,
        _rules_: [
          { _match_route_: ["other"], addProviderHeader: PROVIDER_HEADER },
          { _match_route_: ["off"], _disable_: true },
        ],
      },
      routes: ["other", "off"],
      ...inert,
    });
    const on = (route: string) => gateway.request({ ...chat({ model: "a/b" }), path: `/${route}/v1/chat/completions` }).attempts[0]!;
    expect(on("any").headers).toMatchObject({ [MODEL]: "a/b" });
    expect(on("other").headers).toMatchObject({ [PROVIDER_HEADER]: "a" });
    expect(on("other").headers).not.toHaveProperty(MODEL);
    expect(on("off").headers).not.toHaveProperty(MODEL);
  });

  test("the route stays the model's where ai-proxy has written the provider's request", async () => {
    for (const header of [MODEL, "x-my-model"]) {
      const gateway = await start({
        "model-router": { modelToHeader: header },
        // A separate ai-proxy knows only the names that every module of ours guards.
        provider: { type: "claude", apiTokens: ["k"], passHeaders: ["x-my-model"] },
        host: byModel(header, ["claude"])!,
      });
      const answer = gateway.request(chat({ model: "claude" }));
      expect(answer.attempts[0]).toMatchObject({ provider: "claude", path: "/v1/messages" });
    }
  });
});
