/** Requests that go on as clients write them: `protocol: original`, and types of which only host and key are known. */
import { describe, expect, test } from "vitest";
import { claudeAnswer, claudeStream, failing, geminiAnswer, openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, factsOf, post, textOf } from "../../test/modules/requests.ts";

const keys = { apiTokens: ["sk-1"] };
const original = { ...keys, protocol: "original" };
/** Printed as nobody else prints it, and with members that no protocol has. */
const oddChat = '{ "messages" : [ {"role":"user","content":"\\u0048i"} ],\t"model":"m", "thing":1.50 }';
const oddMessage = '{ "max_tokens":9 , "messages" : [ {"role":"user","content":"Hi"} ], "model":"m", "thing":[ ] }';
const message = () => post(oddMessage, { "anthropic-version": "2024-01-01" }, "/v1/messages");

forEachPackaging(["ai-proxy"], (start) => {
  describe("protocol: original", () => {
    test("the body goes on byte for byte, to the client's own path, with the provider's host and key", async () => {
      const gateway = await start({ provider: { type: "groq", ...original } });
      const seen = gateway.request({
        ...post(oddChat, { authorization: "Bearer other" }),
        path: "/team/v1/chat/completions?key=secret&api-version=1",
      });
      expect(textOf(seen)).toBe("Hello");
      expect(seen.attempts[0]).toMatchObject({
        path: "/team/v1/chat/completions?api-version=1",
        body: oddChat,
        headers: { ":authority": "api.groq.com", authorization: "Bearer sk-1" },
      });
      expect(seen.body).toBe(openaiAnswer("Hello").body);
      expect(factsOf(seen)).toMatchObject({ input_tokens: 3, output_tokens: 2 });
    });

    test("whichever protocol the client speaks, and whichever the vendor", async () => {
      const gateway = await start({
        provider: { type: "openai", ...original },
        script: (request) => (request.path.includes("messages") ? claudeAnswer("Hello") : geminiAnswer("Hello")),
      });
      const claude = gateway.request(message());
      expect(claude.attempts[0]).toMatchObject({ path: "/v1/messages", body: oddMessage, headers: { "anthropic-version": "2024-01-01" } });
      expect(claude.body).toBe(claudeAnswer("Hello").body);
      const body = '{"contents" : [{"parts":[{"text":"Hi"}]}], "thing" : 1}';
      const gemini = gateway.request(post(body, {}, "/v1beta/models/g-1:generateContent"));
      expect(gemini.attempts[0]).toMatchObject({ path: "/v1beta/models/g-1:generateContent", body });
      expect(factsOf(gemini)).toMatchObject({ input_tokens: 3, output_tokens: 2 });
    });

    test("a stream goes through as it is, and its usage is read", async () => {
      const gateway = await start({ provider: { type: "claude", ...original }, script: () => claudeStream(["Hel", "lo"]) });
      const body = oddMessage.replace("{", '{"stream" :true,');
      const seen = gateway.request(post(body, {}, "/v1/messages"));
      expect(seen.attempts[0]!.body).toBe(body);
      expect(seen.body).toBe(claudeStream(["Hel", "lo"]).chunks!.join(""));
      expect(factsOf(seen)).toMatchObject({ input_tokens: 3, output_tokens: 2 });
    });

    test("no usage is asked for, so that it is estimated where the client doesn't ask for it", async () => {
      const gateway = await start({ provider: { type: "openai", ...original }, script: () => openaiStream(["Hello"]) });
      const body = oddChat.replace("{", '{"stream":true,');
      const seen = gateway.request(post(body));
      expect(seen.attempts[0]!.body).toBe(body);
      expect(factsOf(seen)).toMatchObject({ usage_estimated: true });
    });

    test("modelMapping puts another name over the client's, and nothing else changes", async () => {
      const gateway = await start({
        provider: { type: "openai", ...original, modelMapping: { m: "other" } },
        script: (request) => (request.path.includes("models") ? geminiAnswer("Hello") : openaiAnswer("Hello")),
      });
      expect(gateway.request(post(oddChat)).attempts[0]!.body).toBe(oddChat.replace('"m"', '"other"'));
      const body = '{"contents" : [{"parts":[{"text":"Hi"}]}]}';
      const seen = gateway.request(post(body, {}, "/v1beta/models/m:generateContent"));
      expect(seen.attempts[0]).toMatchObject({ path: "/v1beta/models/other:generateContent", body });
    });

    test("basePath is taken off, or put in front", async () => {
      const fields = { type: "openai", ...original, basePath: "/team" };
      const path = "/team/v1/chat/completions";
      expect((await start({ provider: fields })).request(post(oddChat, {}, path)).attempts[0]!.path).toBe("/v1/chat/completions");
      const prepends = await start({ provider: { ...fields, basePathHandling: "prepend", providerBasePath: "/base" } });
      expect(prepends.request(post(oddChat)).attempts[0]!.path).toBe("/team/base/v1/chat/completions");
    });

    test("subPath is taken off, as a basePath", async () => {
      const provider = { type: "openai", ...original, subPath: "/team" };
      const paths = ["/team/v1/chat/completions", "/teams/v1/chat/completions"];
      const gateway = await start({ provider });
      expect(paths.map((path) => gateway.request(post(oddChat, {}, path)).attempts[0]!.path)).toEqual(["/v1/chat/completions", paths[1]]);
      await expect(start({ provider: { ...provider, subPath: "team" } })).rejects.toThrow('subPath: found "team", expected a path');
    });

    test("customSettings are set all the same", async () => {
      const provider = { type: "openai", ...original, customSettings: [{ name: "seed", value: 7 }] };
      expect(JSON.parse((await start({ provider })).request(post(oddChat)).attempts[0]!.body)).toMatchObject({ thing: 1.5, seed: 7 });
    });

    test("what isn't a conversation passes, too", async () => {
      const gateway = await start({ provider: { type: "mistral", ...original } });
      const body = '{"model":"m", "query":"q","documents":["a"] }';
      expect(gateway.request(post(body, {}, "/v2/rerank")).attempts[0]).toMatchObject({ path: "/v2/rerank", body });
    });

    test.each(["/v1/files", "/v1/batches", "/v1/fine_tuning/jobs", "/v1/responses/resp_1"])("%s stays refused", async (path) => {
      const seen = (await start({ provider: { type: "openai", ...original } })).request(post("{}", {}, path));
      expect(seen).toMatchObject({ status: 403, attempts: [] });
    });

    test("a path that the gateway doesn't know stays a 404", async () => {
      const seen = (await start({ provider: { type: "openai", ...original } })).request(post("{}", {}, "/v1/assistants"));
      expect(seen).toMatchObject({ status: 404, attempts: [] });
    });

    test("an error is the client's, in its own form", async () => {
      const gateway = await start({ provider: { type: "claude", ...original }, script: () => failing(429) });
      const seen = gateway.request(message());
      expect(seen.status).toBe(429);
      expect(JSON.parse(seen.body).type).toBe("error");
    });

    test("another value is refused", async () => {
      await expect(start({ provider: { type: "openai", protocol: "raw" } })).rejects.toThrow(
        'protocol: found "raw", expected one of openai, original',
      );
    });
  });

  describe("type generic:", () => {
    test("genericHost: that host is asked, with the client's path and body, and with the key if there is one", async () => {
      const seen = (await start({ provider: { type: "generic", ...keys, genericHost: "llm.example.com" } })).request(
        post(oddChat, {}, "/x/v1/chat/completions"),
      );
      expect(seen.attempts[0]).toMatchObject({
        path: "/x/v1/chat/completions",
        body: oddChat,
        headers: { ":authority": "llm.example.com", authorization: "Bearer sk-1" },
      });
    });

    test("without genericHost and apiTokens the client's host and key stay", async () => {
      const gateway = await start({ provider: { type: "generic" } });
      const request = post(oddChat, { authorization: "Bearer sk-own", ":authority": "own.example" });
      expect(gateway.request(request).attempts[0]!.headers).toMatchObject({ ":authority": "own.example", authorization: "Bearer sk-own" });
    });

    test("genericHost that is no host is refused", async () => {
      await expect(start({ provider: { type: "generic", genericHost: "a\nb" } })).rejects.toThrow("genericHost: found");
    });
  });
});

describe("protocol: original in a plan", () => {
  test("the next target gets the client's bytes anew, with its own host and key", async () => {
    const gateway = await startPlans({
      providers: {
        one: { type: "openai", protocol: "original", does: () => failing(503) },
        two: { type: "groq", protocol: "original", does: () => openaiAnswer("Hello") },
      },
    });
    const seen = gateway.request(post(oddChat));
    expect(textOf(seen)).toBe("Hello");
    expect(seen.attempts.map(({ body, headers }) => [body, headers[":authority"], headers["authorization"]])).toEqual([
      [oddChat, "api.openai.com", "Bearer sk-one"],
      [oddChat, "api.groq.com", "Bearer sk-two"],
    ]);
  });

  test("a target's model is asked for, and one that translates may follow", async () => {
    const gateway = await startPlans({
      providers: {
        one: { type: "openai", protocol: "original", does: () => failing(503) },
        two: { type: "claude", does: () => claudeAnswer("Hello") },
      },
      plans: [{ targets: ["one/big", "two/claude-1"] }],
    });
    const seen = gateway.request(chat());
    expect(textOf(seen)).toBe("Hello");
    expect(seen.attempts.map(({ body }) => JSON.parse(body).model)).toEqual(["big", "claude-1"]);
  });
});
