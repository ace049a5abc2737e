/** What a provider's configuration sets in its requests, field by field. */
import { describe, expect, test } from "vitest";
import { claudeAnswer, geminiAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post } from "../../test/modules/requests.ts";

type Json = Record<string, unknown>;
const answers: Record<string, () => ReturnType<typeof openaiAnswer>> = {
  claude: () => claudeAnswer("Hello"),
  gemini: () => geminiAnswer("Hello"),
};
const messages = [{ role: "user", content: "Hi" }];

forEachPackaging(["ai-proxy"], (start) => {
  /** What a provider of a type is sent. */
  async function sent(
    type: string,
    fields: Json,
    request = chat(),
  ): Promise<{ body: Json; headers: Record<string, string>; path: string }> {
    const gateway = await start({
      provider: { type, apiTokens: ["sk-12345"], ...fields },
      script: answers[type] ?? (() => openaiAnswer("Hello")),
    });
    const seen = gateway.request(request);
    expect(seen.status, seen.body).toBe(200);
    const attempt = seen.attempts[0]!;
    return { body: JSON.parse(attempt.body), headers: attempt.headers, path: attempt.path };
  }
  const toGemini = (body: Json) =>
    post(
      JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }], ...body }),
      {},
      "/v1beta/models/gemini-2.5-flash:generateContent",
    );
  const toClaude = (body: Json) => post(JSON.stringify({ model: "claude-x", max_tokens: 9, messages, ...body }), {}, "/v1/messages");

  describe("geminiSafetySetting:", () => {
    const geminiSafetySetting = { HARM_CATEGORY_HARASSMENT: "BLOCK_NONE" };
    const expected = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];

    test("stands in every request, unless the client has its own", async () => {
      const own = [{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "OFF" }];
      expect((await sent("gemini", { geminiSafetySetting })).body).toMatchObject({ safetySettings: expected });
      expect((await sent("gemini", { geminiSafetySetting }, toGemini({}))).body).toMatchObject({ safetySettings: expected });
      expect((await sent("gemini", { geminiSafetySetting }, toGemini({ safetySettings: own }))).body).toMatchObject({
        safetySettings: own,
      });
    });

    test.each([
      [{ HARASSMENT: "BLOCK_NONE" }, 'found "HARASSMENT", expected a category'],
      [{ HARM_CATEGORY_HARASSMENT: "NONE" }, 'found "NONE", expected one of'],
    ])("%j is refused", async (setting, message) => {
      await expect(start({ provider: { type: "gemini", apiTokens: ["k"], geminiSafetySetting: setting } })).rejects.toThrow(message);
    });
  });

  describe("geminiThinkingBudget:", () => {
    const asked = (fields: Json, request: ReturnType<typeof chat>) =>
      sent("gemini", fields, request).then(({ body }) => (body["generationConfig"] as Json | undefined)?.["thinkingConfig"]);
    const flash = (body: Json = {}) => chat({ model: "gemini-2.5-flash", ...body });

    test("holds where the client says nothing about thinking", async () => {
      const fields = { geminiThinkingBudget: 512 };
      expect(await asked(fields, flash())).toEqual({ thinkingBudget: 512, includeThoughts: true });
      expect(await asked(fields, toGemini({}))).toEqual({ thinkingBudget: 512 });
      expect(await asked(fields, toGemini({ generationConfig: { thinkingConfig: { includeThoughts: true } } }))).toEqual({
        includeThoughts: true,
        thinkingBudget: 512,
      });
      expect(await asked(fields, flash({ reasoning_effort: "low" }))).not.toMatchObject({ thinkingBudget: 512 });
      expect(await asked(fields, toGemini({ generationConfig: { thinkingConfig: { thinkingBudget: 7 } } }))).toEqual({ thinkingBudget: 7 });
    });

    test("0 switches thinking off, -1 says nothing, and a model that doesn't think isn't told", async () => {
      expect(await asked({ geminiThinkingBudget: 0 }, flash())).toEqual({ thinkingBudget: 0 });
      expect(await asked({ geminiThinkingBudget: -1 }, flash())).toBeUndefined();
      expect(await asked({ geminiThinkingBudget: 512 }, chat({ model: "gemini-2.0-flash" }))).toBeUndefined();
    });
  });

  describe("claudeCodeMode:", () => {
    const words = { type: "text", text: "You are Claude Code, Anthropic's official CLI for Claude." };
    const systemOf = async (request: ReturnType<typeof chat>) => (await sent("claude", { claudeCodeMode: true }, request)).body["system"];

    test("asks with Claude Code's headers and path, and its key as a bearer's", async () => {
      const { headers, path } = await sent(
        "claude",
        { claudeCodeMode: true },
        {
          ...toClaude({}),
          headers: { "content-type": "application/json", "anthropic-beta": "mine-1", "user-agent": "mine/1" },
        },
      );
      expect(path).toBe("/v1/messages?beta=true");
      expect(headers).toMatchObject({ authorization: "Bearer sk-12345", "x-app": "cli" });
      expect(headers["anthropic-beta"]).toBe("claude-code-20250219,oauth-2025-04-20,mine-1");
      expect(headers["user-agent"]).toMatch(/^claude-cli\//);
      expect(headers).not.toHaveProperty("x-api-key");
    });

    test("puts Claude Code's words in front of the system texts", async () => {
      const own = { type: "text", text: "Be brief." };
      expect(await systemOf(chat())).toEqual([words]);
      expect(await systemOf(chat({ messages: [{ role: "system", content: "Be brief." }, ...messages] }))).toEqual([words, own]);
      expect(await systemOf(toClaude({}))).toEqual([words]);
      expect(await systemOf(toClaude({ system: "Be brief." }))).toEqual([words, own]);
      expect(await systemOf(toClaude({ system: [own] }))).toEqual([words, own]);
      expect(await systemOf(toClaude({ system: [] }))).toEqual([words]);
      expect(await systemOf(toClaude({ system: [words, own] }))).toEqual([words, own]);
    });
  });

  describe("responseJsonSchema:", () => {
    const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
    const named = { name: "answer", strict: true, schema };

    test.each([
      ["a schema", schema, { name: "answer", schema }],
      ["with a name", named, named],
      ["as response_format", { type: "json_schema", json_schema: named }, named],
    ])("%s is asked for in place of what the client asks for", async (_, responseJsonSchema, expected) => {
      const { body } = await sent("openai", { responseJsonSchema }, chat({ response_format: { type: "json_object" } }));
      expect(body["response_format"]).toEqual({ type: "json_schema", json_schema: expected });
    });

    test("in the words of each protocol", async () => {
      const fields = { responseJsonSchema: named };
      expect((await sent("claude", fields)).body).toMatchObject({ output_config: { format: { type: "json_schema", schema } } });
      expect((await sent("claude", fields, toClaude({}))).body).toMatchObject({
        output_config: { format: { type: "json_schema", schema } },
      });
      const gemini = { generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema } };
      expect((await sent("gemini", fields)).body).toMatchObject(gemini);
      expect((await sent("gemini", fields, toGemini({}))).body).toMatchObject(gemini);
    });

    test("without a schema is refused", async () => {
      const responseJsonSchema = { type: "json_schema", json_schema: { name: "a" } };
      await expect(start({ provider: { type: "openai", responseJsonSchema } })).rejects.toThrow("json_schema.schema: found nothing");
    });
  });

  describe("customSettings:", () => {
    const set = (name: string, value: unknown, rest: Json = {}) => ({ customSettings: [{ name, value, ...rest }] });

    test.each<[string, string, unknown, Json]>([
      ["openai", "max_tokens", 9, { max_completion_tokens: 9 }],
      ["openai", "temperature", 0.5, { temperature: 0.5 }],
      ["openai", "seed", 1, { seed: 1 }],
      ["deepseek", "max_tokens", 9, { max_tokens: 9 }],
      ["claude", "max_tokens", 9, { max_tokens: 9 }],
      ["claude", "top_k", 3, { top_k: 3 }],
      ["gemini", "max_tokens", 9, { generationConfig: { maxOutputTokens: 9 } }],
      ["gemini", "top_p", 0.5, { generationConfig: { topP: 0.5 } }],
      ["gemini", "top_k", 3, { generationConfig: { topK: 3 } }],
      ["qwen", "seed", 1, { seed: 1 }],
    ])("%s gets %s in its own words", async (type, name, value, expected) => {
      expect((await sent(type, set(name, value))).body).toMatchObject(expected);
    });

    test("wins over the client's, unless overwrite is false", async () => {
      expect((await sent("openai", set("temperature", 0.5), chat({ temperature: 1 }))).body["temperature"]).toBe(0.5);
      expect((await sent("openai", set("temperature", 0.5, { overwrite: false }), chat({ temperature: 1 }))).body["temperature"]).toBe(1);
      expect((await sent("openai", set("temperature", 0.5, { overwrite: false }))).body["temperature"]).toBe(0.5);
      expect((await sent("openai", set("temperature", 0.5, { overwrite: false }), chat({ temperature: null }))).body["temperature"]).toBe(
        0.5,
      );
    });

    test("one limit in two spellings stays one", async () => {
      const { body } = await sent("openai", set("max_tokens", 9), chat({ max_tokens: 100 }));
      expect(body).toMatchObject({ max_tokens: 9 });
      expect(body).not.toHaveProperty("max_completion_tokens");
    });

    test("raw: any member, and members within members", async () => {
      expect((await sent("openai", set("metadata.team", "a", { mode: "raw" }), chat({ metadata: { b: "c" } }))).body["metadata"]).toEqual({
        b: "c",
        team: "a",
      });
      expect((await sent("openai", set("service_tier", "flex", { mode: "raw" }))).body["service_tier"]).toBe("flex");
      expect((await sent("gemini", set("responseLogprobs", true, { mode: "raw" }))).body).toMatchObject({
        generationConfig: { responseLogprobs: true },
      });
    });

    test.each<[string, Json, string]>([
      [
        "openai",
        set("top_k", 1),
        'customSettings[0].name: found "top_k", expected one of max_tokens, temperature, top_p, seed, or mode raw',
      ],
      ["openai", set("topp", 1), 'found "topp"'],
      ["spark", set("top_p", 1), 'found "top_p"'],
      ["dify", set("temperature", 1), "expected mode raw: this vendor has none of them"],
      ["openai", set("temperature", "warm"), 'customSettings[0].value: found "warm", expected a number'],
      ["openai", set("stream", true, { mode: "raw" }), "which the gateway itself goes by"],
      ["openai", set("a..b", true, { mode: "raw" }), "expected names of members"],
      ["openai", set("messages.0.role", "user", { mode: "raw" }), "expected names of members"],
      ["openai", { customSettings: [{ name: "temperature" }] }, "value"],
    ])("%s: %j is refused", async (type, fields, message) => {
      await expect(start({ provider: { type, apiTokens: ["sk-12345"], ...fields } })).rejects.toThrow(message);
    });
  });

  describe("promptCacheRetention:", () => {
    test("openai: is asked for where the client asks for none", async () => {
      const fields = { promptCacheRetention: "24h" };
      expect((await sent("openai", fields)).body["prompt_cache_retention"]).toBe("24h");
      expect((await sent("openai", fields, chat({ prompt_cache_retention: "in_memory" }))).body["prompt_cache_retention"]).toBe(
        "in_memory",
      );
    });

    test("anything else is refused", async () => {
      await expect(start({ provider: { type: "openai", promptCacheRetention: "1h" } })).rejects.toThrow("expected in_memory or 24h");
    });
  });

  describe("promptCache: auto for a client of Anthropic's own protocol", () => {
    const fields = { promptCache: "auto" };

    test("asks Anthropic to find the places itself", async () => {
      expect((await sent("claude", fields, toClaude({}))).body["cache_control"]).toEqual({ type: "ephemeral" });
    });

    test("leaves a request alone that marks something itself", async () => {
      const content = [{ type: "text", text: "Hi", cache_control: { type: "ephemeral", ttl: "1h" } }];
      expect((await sent("claude", fields, toClaude({ messages: [{ role: "user", content }] }))).body).not.toHaveProperty("cache_control");
      const own = { type: "ephemeral", ttl: "1h" };
      expect((await sent("claude", fields, toClaude({ cache_control: own }))).body["cache_control"]).toEqual(own);
      expect((await sent("claude", {}, toClaude({}))).body).not.toHaveProperty("cache_control");
    });
  });

  test("what a vendor can't be told of it is refused", async () => {
    const gateway = await start({ provider: { type: "dify", apiTokens: ["sk-12345"], responseJsonSchema: { type: "object" } } });
    const seen = gateway.request(chat());
    expect(seen).toMatchObject({ status: 400, attempts: [] });
    expect(errorOf(seen).param).toBe("response_format");
  });
});
