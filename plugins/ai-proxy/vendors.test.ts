import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import {
  claudeAnswer,
  claudeStream,
  cohereAnswer,
  cohereStream,
  geminiAnswer,
  geminiStream,
  openaiAnswer,
  openaiStream,
} from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post, textOf } from "../../test/modules/requests.ts";

const jsonOf = (body: unknown): ProviderAnswer => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const eventsOf = (...events: unknown[]): ProviderAnswer => ({
  headers: { "content-type": "text/event-stream" },
  chunks: events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
});

interface Row {
  type: string;
  fields?: Record<string, unknown>;
  host: string;
  path: string;
  key: [header: string, value: string];
  answer?: ProviderAnswer;
  stream?: ProviderAnswer;
  embeddings?: string;
  /** An embeddings answer with the vector [0.1], where the vendor has a form of its own. */
  vector?: string;
}

const bearer: [string, string] = ["authorization", "Bearer sk-1"];
const claude = { key: ["x-api-key", "sk-1"] as [string, string], answer: claudeAnswer("Hello"), stream: claudeStream(["Hel", "lo"]) };
const gemini = { key: ["x-goog-api-key", "sk-1"] as [string, string], answer: geminiAnswer("Hello"), stream: geminiStream(["Hel", "lo"]) };
const openaiPath = "/v1/chat/completions";
const openaiEmbeddings = "/v1/embeddings";

/** A vendor whose paths end as OpenAI's do. */
function compatible(host: string, base: string, embeds: boolean): Omit<Row, "type"> {
  return { host, path: `${base}/chat/completions`, key: bearer, ...(embeds && { embeddings: `${base}/embeddings` }) };
}

const rows: Row[] = [
  { type: "openai", host: "api.openai.com", path: openaiPath, key: bearer, embeddings: openaiEmbeddings },
  { type: "claude", host: "api.anthropic.com", path: "/v1/messages", ...claude },
  { type: "gemini", host: "generativelanguage.googleapis.com", path: "/v1beta/models/gpt-4o:generateContent", ...gemini },
  {
    type: "gemini",
    fields: { apiVersion: "v1" },
    host: "generativelanguage.googleapis.com",
    path: "/v1/models/gpt-4o:generateContent",
    ...gemini,
  },
  { type: "deepseek", host: "api.deepseek.com", path: openaiPath, key: bearer },
  { type: "moonshot", host: "api.moonshot.cn", path: openaiPath, key: bearer },
  {
    type: "qwen",
    host: "dashscope.aliyuncs.com",
    path: "/compatible-mode/v1/chat/completions",
    key: bearer,
    embeddings: "/compatible-mode/v1/embeddings",
  },
  {
    type: "qwen",
    fields: { qwenDomain: "dashscope-intl.aliyuncs.com" },
    host: "dashscope-intl.aliyuncs.com",
    path: "/compatible-mode/v1/chat/completions",
    key: bearer,
    embeddings: "/compatible-mode/v1/embeddings",
  },
  { type: "zhipuai", host: "open.bigmodel.cn", path: "/api/paas/v4/chat/completions", key: bearer, embeddings: "/api/paas/v4/embeddings" },
  {
    type: "zhipuai",
    fields: { zhipuDomain: "api.z.ai" },
    host: "api.z.ai",
    path: "/api/paas/v4/chat/completions",
    key: bearer,
    embeddings: "/api/paas/v4/embeddings",
  },
  { type: "mistral", host: "api.mistral.ai", path: openaiPath, key: bearer, embeddings: openaiEmbeddings },
  { type: "groq", host: "api.groq.com", path: "/openai/v1/chat/completions", key: bearer },
  { type: "openrouter", host: "openrouter.ai", path: "/api/v1/chat/completions", key: bearer, embeddings: "/api/v1/embeddings" },
  {
    type: "ollama",
    fields: { ollamaServerHost: "ollama.local" },
    host: "ollama.local:11434",
    path: openaiPath,
    key: bearer,
    embeddings: openaiEmbeddings,
  },
  {
    type: "ollama",
    fields: { ollamaServerHost: "ollama.local", ollamaServerPort: 80 },
    host: "ollama.local:80",
    path: openaiPath,
    key: bearer,
    embeddings: openaiEmbeddings,
  },
  {
    type: "cohere",
    host: "api.cohere.com",
    path: "/v2/chat",
    key: bearer,
    answer: cohereAnswer("Hello"),
    stream: cohereStream(["Hel", "lo"]),
    embeddings: "/v2/embed",
    vector: '{"id":"e1","embeddings":{"float":[[0.1]]},"meta":{"billed_units":{"input_tokens":1}}}',
  },
  {
    type: "dify",
    host: "api.dify.ai",
    path: "/v1/chat-messages",
    key: bearer,
    answer: jsonOf({ event: "message", message_id: "m", answer: "Hello" }),
    stream: eventsOf({ event: "message", answer: "Hel" }, { event: "message", answer: "lo" }, { event: "message_end" }),
  },
  {
    type: "deepl",
    fields: { targetLang: "DE" },
    host: "api.deepl.com",
    path: "/v2/translate",
    key: ["authorization", "DeepL-Auth-Key sk-1"],
    answer: jsonOf({ translations: [{ text: "Hello" }] }),
    // It doesn't stream: the client gets the whole answer as a stream.
    stream: jsonOf({ translations: [{ text: "Hello" }] }),
  },
  {
    type: "triton",
    fields: { tritonDomain: "triton.local:8000" },
    host: "triton.local:8000",
    path: "/v2/models/gpt-4o/generate",
    key: bearer,
    answer: jsonOf({ model_name: "m", text_output: "Hello" }),
    stream: eventsOf({ model_name: "m", text_output: "Hel" }, { model_name: "m", text_output: "lo" }),
  },
  { type: "vllm", host: "vllm-service.cluster.local", path: openaiPath, key: bearer, embeddings: openaiEmbeddings },
  { type: "vllm", fields: { vllmServerHost: "gpu.local" }, host: "gpu.local", path: openaiPath, key: bearer, embeddings: openaiEmbeddings },
  { type: "doubao", fields: { doubaoDomain: "ark.eu.local" }, ...compatible("ark.eu.local", "/api/v3", true) },
  {
    type: "cloudflare",
    fields: { cloudflareAccountId: "acc-1" },
    ...compatible("api.cloudflare.com", "/client/v4/accounts/acc-1/ai/v1", true),
  },
  { type: "ai360", ...compatible("api.360.cn", "/v1", true), key: ["authorization", "sk-1"] },
  { type: "minimax", host: "api.minimax.chat", path: "/v1/text/chatcompletion_v2", key: bearer },
  { type: "perplexity", ...compatible("api.perplexity.ai", "", false) },
  ...["databricks", "lmstudio", "llamacpp", "xinference"].map((type) => ({
    type,
    fields: { providerDomain: "mine.example" },
    ...compatible("mine.example", type === "databricks" ? "/serving-endpoints" : "/v1", true),
  })),
  ...(
    [
      ["grok", "api.x.ai", "/v1", false],
      ["doubao", "ark.cn-beijing.volces.com", "/api/v3", true],
      ["hunyuan", "api.hunyuan.cloud.tencent.com", "/v1", true],
      ["baidu", "qianfan.baidubce.com", "/v2", true],
      ["spark", "spark-api-open.xf-yun.com", "/v1", false],
      ["yi", "api.lingyiwanwu.com", "/v1", false],
      ["baichuan", "api.baichuan-ai.com", "/v1", true],
      ["stepfun", "api.stepfun.com", "/v1", false],
      ["github", "models.github.ai", "/inference", true],
      ["fireworks", "api.fireworks.ai", "/inference/v1", true],
      ["together-ai", "api.together.xyz", "/v1", true],
      ["longcat", "api.longcat.chat", "/openai/v1", false],
      ["huggingface", "router.huggingface.co", "/v1", false],
      ["nvidia", "integrate.api.nvidia.com", "/v1", true],
      ["sambanova", "api.sambanova.ai", "/v1", true],
      ["cerebras", "api.cerebras.ai", "/v1", false],
      ["deepinfra", "api.deepinfra.com", "/v1/openai", true],
      ["hyperbolic", "api.hyperbolic.xyz", "/v1", false],
      ["novita", "api.novita.ai", "/v3/openai", true],
      ["siliconflow", "api.siliconflow.cn", "/v1", true],
      ["modelscope", "api-inference.modelscope.cn", "/v1", false],
      ["lkeap", "api.lkeap.cloud.tencent.com", "/v1", false],
      ["ai21", "api.ai21.com", "/studio/v1", false],
    ] as const
  ).map(([type, host, base, embeds]) => ({ type, ...compatible(host, base, embeds) })),
];

/** Vendors that have no chat. */
const withoutChat: Row[] = [
  { type: "voyage", ...compatible("api.voyageai.com", "/v1", true) },
  { type: "jina", ...compatible("api.jina.ai", "/v1", true) },
];

const everyKey = ["authorization", "x-api-key", "x-goog-api-key"];

test("every vendor of the table stands here, too", () => {
  const table = JSON.parse(readFileSync(new URL("vendors.json", import.meta.url), "utf8")) as { vendors: { type: string }[] };
  // Their hosts and paths depend on more than the vendor: azure.test.ts, original.test.ts, bedrock.test.ts, vertex.test.ts.
  const types = new Set(["azure", "bedrock", "vertex", "generic", ...[...rows, ...withoutChat].map(({ type }) => type)]);
  expect(table.vendors.map(({ type }) => type).filter((type) => !types.has(type))).toEqual([]);
});

forEachPackaging(["ai-proxy"], (start) => {
  describe.each(rows)("$type $fields", ({ type, fields, host, path, key, answer, stream, embeddings, vector: ownVector }) => {
    test("is asked at its host and path, with its key and no other", async () => {
      const gateway = await start({ provider: { type, apiTokens: ["sk-1"], ...fields }, script: () => answer ?? openaiAnswer("Hello") });
      const seen = gateway.request(chat({}, { "x-api-key": "mine", authorization: "Bearer mine", "x-goog-api-key": "mine" }));
      const [attempt] = seen.attempts;
      expect(attempt).toMatchObject({ method: "POST", path, headers: { ":authority": host, [key[0]]: key[1] } });
      for (const name of everyKey) if (name !== key[0]) expect(attempt!.headers).not.toHaveProperty(name);
      expect(textOf(seen)).toBe("Hello");
    });

    test("may be asked elsewhere", async () => {
      const gateway = await start({
        provider: { type, apiTokens: ["sk-1"], ...fields, providerDomain: "proxy.example:8443", providerBasePath: "/base" },
        script: () => answer ?? openaiAnswer("Hello"),
      });
      expect(gateway.request(chat()).attempts[0]).toMatchObject({ path: `/base${path}`, headers: { ":authority": "proxy.example:8443" } });
    });

    test("streams", async () => {
      const gateway = await start({
        provider: { type, apiTokens: ["sk-1"], ...fields },
        script: () => stream ?? openaiStream(["Hel", "lo"]),
      });
      const seen = gateway.request(chat({ stream: true }));
      expect(seen.headers["content-type"]).toMatch(/^text\/event-stream/);
      expect(textOf(seen)).toBe("Hello");
      expect(seen.body).toMatch(/data: \[DONE\]\n\n$/);
    });

    const ownEmbeddings = type === "gemini";
    test.runIf(ownEmbeddings)("embeds in its own protocol", async () => {
      const gateway = await start({
        provider: { type, apiTokens: ["sk-1"], ...fields },
        script: () => ({ headers: { "content-type": "application/json" }, body: '{"embeddings":[{"values":[0.1]}]}' }),
      });
      const seen = gateway.request(post('{"model":"e","input":"a"}', {}, "/v1/embeddings"));
      expect(seen.attempts[0]!.path).toMatch(/\/models\/e:batchEmbedContents$/);
      expect(JSON.parse(seen.body)).toMatchObject({ object: "list", model: "e", data: [{ index: 0, embedding: [0.1] }] });
    });

    test.runIf(!ownEmbeddings)(embeddings === undefined ? "has no embeddings" : "embeds", async () => {
      const vector =
        '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]}],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}';
      const gateway = await start({
        provider: { type, apiTokens: ["sk-1"], ...fields },
        script: () => ({ headers: { "content-type": "application/json" }, body: ownVector ?? vector }),
      });
      const seen = gateway.request(post('{"model":"e","input":"a"}', {}, "/v1/embeddings"));
      if (embeddings === undefined) {
        expect(seen).toMatchObject({ status: 400, attempts: [] });
        expect(errorOf(seen).message).toContain("does not serve embeddings");
      } else {
        expect(seen).toMatchObject({ status: 200, body: vector });
        expect(seen.attempts[0]).toMatchObject({ path: embeddings, headers: { ":authority": host } });
        if (ownVector === undefined) expect(seen.attempts[0]!.body).toBe('{"model":"e","input":"a"}');
      }
    });
  });

  test.each([
    ["deepseek", "/anthropic/v1/messages"],
    ["moonshot", "/anthropic/v1/messages"],
    ["qwen", "/apps/anthropic/v1/messages"],
    ["zhipuai", "/api/anthropic/v1/messages"],
    ["openrouter", "/api/v1/messages"],
    ["longcat", "/anthropic/v1/messages"],
    ["siliconflow", "/v1/messages"],
    ["lkeap", "/api/anthropic/v1/messages"],
    ["llamacpp", "/v1/messages"],
  ])("%s is asked by Anthropic's clients in their own words at %s", async (type, path) => {
    const body = '{"model": "m",  "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}';
    const gateway = await start({
      provider: { type, apiTokens: ["sk-1"], ...(type === "llamacpp" && { providerDomain: "mine.example" }) },
      script: () => claudeAnswer("Hello"),
    });
    const seen = gateway.request(post(body, { "anthropic-version": "2031-01-01" }, "/v1/messages"));
    expect(seen).toMatchObject({ status: 200 });
    expect(seen.attempts[0]).toMatchObject({
      path,
      body,
      headers: { authorization: "Bearer sk-1", "anthropic-version": "2031-01-01" },
    });
  });

  test.each(withoutChat)("$type embeds, and has no chat", async ({ type, host, embeddings }) => {
    const vector =
      '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]}],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}';
    const gateway = await start({
      provider: { type, apiTokens: ["sk-1"] },
      script: () => ({ headers: { "content-type": "application/json" }, body: vector }),
    });
    const [attempt] = gateway.request(post('{"model":"e","input":"a"}', {}, "/v1/embeddings")).attempts;
    expect(attempt).toMatchObject({ path: embeddings, headers: { ":authority": host, authorization: "Bearer sk-1" } });
    const seen = gateway.request(chat());
    expect(seen).toMatchObject({ status: 400, attempts: [] });
    expect(errorOf(seen).message).toBe('Provider "provider" does not serve chat. Ask for a model of another provider.');
  });

  test.each([
    ["cloudflare", "provider.cloudflareAccountId: found nothing, expected a string: type cloudflare needs it"],
    ["ollama", "provider.ollamaServerHost: found nothing, expected the host of the server (or providerDomain)"],
    ["lmstudio", "provider.providerDomain: found nothing, expected the host of the server"],
  ])("%s is refused without what it needs", async (type, message) => {
    await expect(start({ provider: { type } })).rejects.toThrow(message.replace(/^provider\./, ""));
  });

  test.each([
    [{}, "2023-06-01"],
    [{ claudeVersion: "2030-01-01" }, "2030-01-01"],
    [{ apiVersion: "2031-01-01" }, "2031-01-01"],
    [{ apiVersion: "2031-01-01", claudeVersion: "2030-01-01" }, "2030-01-01"],
  ])("claude is asked in the version of %j", async (fields, version) => {
    const gateway = await start({ provider: { type: "claude", apiTokens: ["k"], ...fields }, script: () => claudeAnswer("Hello") });
    expect(gateway.request(chat()).attempts[0]!.headers["anthropic-version"]).toBe(version);
  });

  describe("keys", () => {
    test("are drawn from those configured", async () => {
      const apiTokens = ["sk-1", "sk-2", "env:THIRD"];
      const gateway = await start({ provider: { type: "openai", apiTokens }, env: { THIRD: "sk-3" } });
      const used = new Set(Array.from({ length: 100 }, () => gateway.request(chat()).attempts[0]!.headers["authorization"]));
      expect([...used].sort()).toEqual(["Bearer sk-1", "Bearer sk-2", "Bearer sk-3"]);
    });

    test("may be none: then nobody's goes to the provider", async () => {
      for (const type of ["claude", "gemini", "deepseek", "vllm"]) {
        const gateway = await start({ provider: { type } });
        const [attempt] = gateway.request(
          chat({}, { authorization: "Bearer mine", "x-api-key": "mine", "x-goog-api-key": "mine" }),
        ).attempts;
        expect(JSON.stringify(attempt)).not.toContain("mine");
      }
    });

    test("may be the caller's own, to type openai without keys", async () => {
      const gateway = await start({ provider: { type: "openai" } });
      const own = gateway.request(chat({}, { authorization: "Bearer sk-own", "x-api-key": "mine" }));
      expect(own.attempts[0]!.headers["authorization"]).toBe("Bearer sk-own");
      expect(own.attempts[0]!.headers).not.toHaveProperty("x-api-key");
      expect(gateway.request(chat()).attempts[0]!.headers).not.toHaveProperty("authorization");
    });

    test("never stay behind for the log", async () => {
      for (const provider of [
        { type: "openai", apiTokens: ["sk-p"] },
        { type: "claude", apiTokens: ["sk-p"] },
        { type: "gemini", apiTokens: ["sk-p"] },
      ]) {
        const gateway = await start({ provider, script: () => ({ status: 500, body: "no" }) });
        const answer = gateway.request(chat());
        expect(JSON.stringify([answer.facts, answer.log, answer.headers, answer.body])).not.toContain("sk-p");
      }
    });
  });
});

forEachPackaging(["key-auth", "ai-proxy"], (start) => {
  test("a key that key-auth has accepted isn't the caller's own for the provider", async () => {
    const gateway = await start({
      "key-auth": { consumers: [{ name: "a", credential: "sk-a" }], global_auth: false },
      provider: { type: "openai" },
    });
    expect(gateway.request(chat({}, { authorization: "Bearer sk-a" })).attempts[0]!.headers).not.toHaveProperty("authorization");
    expect(gateway.request(chat({}, { authorization: "Bearer sk-own" })).attempts[0]!.headers["authorization"]).toBe("Bearer sk-own");
    const both = gateway.request(chat({}, { authorization: "Bearer sk-own", "x-api-key": "sk-a" })).attempts[0]!.headers;
    expect(both).toMatchObject({ authorization: "Bearer sk-own" });
    expect(JSON.stringify(both)).not.toContain("sk-a");
  });
});
