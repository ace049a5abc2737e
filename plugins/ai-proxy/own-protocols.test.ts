/** The fields of vendors whose protocol hangs on the configuration: each does what it says. What goes over the wire in full is in test/fixtures. */
import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post, textOf } from "../../test/modules/requests.ts";

const json = (body: unknown): ProviderAnswer => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const generation = json({
  output: { choices: [{ finish_reason: "stop", message: { role: "assistant", content: "Hello" } }] },
  request_id: "r",
});
const tencent = json({ Response: { Choices: [{ Message: { Role: "assistant", Content: "Hello" }, FinishReason: "stop" }], Id: "h" } });
const dify = json({ event: "message", message_id: "m", conversation_id: "c-1", answer: "Hello", metadata: {} });
const workflow = json({ workflow_run_id: "w", data: { status: "succeeded", outputs: { text: "Text", result: "Hello" } } });
const translation = json({ translations: [{ text: "Hello" }] });
const triton = json({ model_name: "m", text_output: "Hello" });
const pro = json({
  choices: [{ finish_reason: "stop", messages: [{ sender_type: "BOT", text: "Hello" }] }],
  base_resp: { status_code: 0 },
});

interface Case {
  fields: Record<string, unknown>;
  answer: ProviderAnswer;
  host: string;
  path: string;
  key?: string;
  /** Of the request's body. */
  body?: Record<string, unknown>;
}

const qwen = { type: "qwen", apiTokens: ["sk-1"] };
const generationPath = "/api/v1/services/aigc/text-generation/generation";
const cases: Record<string, Case> = {
  "qwenEnableCompatible: true": {
    fields: { ...qwen, qwenEnableCompatible: true },
    answer: openaiAnswer("Hello"),
    host: "dashscope.aliyuncs.com",
    path: "/compatible-mode/v1/chat/completions",
  },
  "qwenEnableCompatible: false": {
    fields: { ...qwen, qwenEnableCompatible: false },
    answer: generation,
    host: "dashscope.aliyuncs.com",
    path: generationPath,
  },
  "qwenDomain, of DashScope's own protocol": {
    fields: { ...qwen, qwenEnableCompatible: false, qwenDomain: "dashscope-intl.aliyuncs.com" },
    answer: generation,
    host: "dashscope-intl.aliyuncs.com",
    path: generationPath,
  },
  qwenEnableSearch: {
    fields: { ...qwen, qwenEnableSearch: true },
    answer: openaiAnswer("Hello"),
    host: "dashscope.aliyuncs.com",
    path: "/compatible-mode/v1/chat/completions",
    body: { enable_search: true },
  },
  "qwenEnableSearch, of DashScope's own protocol": {
    fields: { ...qwen, qwenEnableCompatible: false, qwenEnableSearch: true },
    answer: generation,
    host: "dashscope.aliyuncs.com",
    path: generationPath,
    body: { parameters: { result_format: "message", enable_search: true } },
  },
  qwenFileIds: {
    fields: { ...qwen, qwenFileIds: ["f-1", "f-2"] },
    answer: openaiAnswer("Hello"),
    host: "dashscope.aliyuncs.com",
    path: "/compatible-mode/v1/chat/completions",
    body: {
      messages: [
        { role: "system", content: "fileid://f-1,fileid://f-2" },
        { role: "user", content: "Hi" },
      ],
    },
  },
  "minimaxApiType: v2": {
    fields: { type: "minimax", apiTokens: ["sk-1"] },
    answer: openaiAnswer("Hello"),
    host: "api.minimax.chat",
    path: "/v1/text/chatcompletion_v2",
  },
  "minimaxApiType: pro, minimaxGroupId": {
    fields: { type: "minimax", apiTokens: ["sk-1"], minimaxApiType: "pro", minimaxGroupId: "1684" },
    answer: pro,
    host: "api.minimax.chat",
    path: "/v1/text/chatcompletion_pro?GroupId=1684",
  },
  difyApiUrl: {
    fields: { type: "dify", apiTokens: ["sk-1"], difyApiUrl: "http://dify.test:8080/apps/v1/" },
    answer: dify,
    host: "dify.test:8080",
    path: "/apps/v1/chat-messages",
    body: { query: "Hi", response_mode: "blocking" },
  },
  "botType: Completion": {
    fields: { type: "dify", apiTokens: ["sk-1"], botType: "Completion" },
    answer: dify,
    host: "api.dify.ai",
    path: "/v1/completion-messages",
    body: { inputs: { query: "Hi" } },
  },
  "botType: Workflow, inputVariable, outputVariable": {
    fields: { type: "dify", apiTokens: ["sk-1"], botType: "Workflow", inputVariable: "question", outputVariable: "result" },
    answer: workflow,
    host: "api.dify.ai",
    path: "/v1/workflows/run",
    body: { inputs: { question: "Hi" } },
  },
  targetLang: {
    fields: { type: "deepl", apiTokens: ["sk-1"], targetLang: "PT-BR" },
    answer: translation,
    host: "api.deepl.com",
    path: "/v2/translate",
    key: "DeepL-Auth-Key sk-1",
    body: { text: ["Hi"], target_lang: "PT-BR" },
  },
  "targetLang, with a free key": {
    fields: { type: "deepl", apiTokens: ["sk-1:fx"], targetLang: "DE" },
    answer: translation,
    host: "api-free.deepl.com",
    path: "/v2/translate",
    key: "DeepL-Auth-Key sk-1:fx",
  },
  tritonDomain: {
    fields: { type: "triton", apiTokens: ["sk-1"], tritonDomain: "triton.test:8000" },
    answer: triton,
    host: "triton.test:8000",
    path: "/v2/models/gpt-4o/generate",
    body: { text_input: "Hi" },
  },
  tritonModelVersion: {
    fields: { type: "triton", apiTokens: ["sk-1"], tritonDomain: "triton.test:8000", tritonModelVersion: "3" },
    answer: triton,
    host: "triton.test:8000",
    path: "/v2/models/gpt-4o/versions/3/generate",
  },
  "spark, whose key is id and secret": {
    fields: { type: "spark", apiTokens: ["id:secret"] },
    answer: openaiAnswer("Hello"),
    host: "spark-api-open.xf-yun.com",
    path: "/v1/chat/completions",
    key: "Bearer id:secret",
  },
};

/** The signature as Tencent documents it: https://cloud.tencent.com/document/api/1729/101843 */
function signatureOf(id: string, key: string, host: string, timestamp: string, type: string, body: string): string {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const hmac = (secret: string | Buffer, text: string): Buffer => createHmac("sha256", secret).update(text).digest();
  const headers = `content-type:${type.toLowerCase()}\nhost:${host}\nx-tc-action:chatcompletions\n`;
  const signed = "content-type;host;x-tc-action";
  const canonical = ["POST", "/", "", headers, signed, hash(body)].join("\n");
  const date = new Date(Number(timestamp) * 1000).toISOString().slice(0, 10);
  const scope = `${date}/hunyuan/tc3_request`;
  const toSign = ["TC3-HMAC-SHA256", timestamp, scope, hash(canonical)].join("\n");
  const signing = hmac(hmac(hmac(`TC3${key}`, date), "hunyuan"), "tc3_request");
  return `TC3-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${signed}, Signature=${hmac(signing, toSign).toString("hex")}`;
}

forEachPackaging(["ai-proxy"], (start) => {
  test.each(Object.entries(cases))("%s", async (_, { fields, answer, host, path, key, body }) => {
    const gateway = await start({ provider: fields, script: () => answer });
    const seen = gateway.request(chat({ messages: [{ role: "user", content: "Hi" }] }));
    expect(textOf(seen)).toBe("Hello");
    const [attempt] = seen.attempts;
    expect(attempt).toMatchObject({ method: "POST", path, headers: { ":authority": host, authorization: key ?? "Bearer sk-1" } });
    if (body) expect(JSON.parse(attempt!.body)).toMatchObject(body);
  });

  test("botType: Agent is asked for a stream also where the client wants a whole answer", async () => {
    const events = [
      { event: "agent_message", message_id: "m", conversation_id: "c-1", answer: "Hel" },
      { event: "agent_message", message_id: "m", conversation_id: "c-1", answer: "lo" },
      { event: "message_end", metadata: { usage: { prompt_tokens: 1, completion_tokens: 2 } } },
    ];
    const script = (): ProviderAnswer => ({
      headers: { "content-type": "text/event-stream" },
      chunks: events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
    });
    const gateway = await start({ provider: { type: "dify", apiTokens: ["k"], botType: "Agent" }, script });
    const seen = gateway.request(chat());
    expect(seen.headers["content-type"]).toBe("application/json");
    expect(textOf(seen)).toBe("Hello");
    expect(JSON.parse(seen.attempts[0]!.body)).toMatchObject({ response_mode: "streaming" });
  });

  test("a conversation that Dify keeps goes by the header conversationid, there and back", async () => {
    const gateway = await start({ provider: { type: "dify", apiTokens: ["k"] }, script: () => dify });
    const first = gateway.request(chat());
    expect(first.headers["conversationid"]).toBe("c-1");
    const next = gateway.request(
      chat(
        {
          messages: [
            { role: "user", content: "a" },
            { role: "user", content: "b" },
          ],
        },
        { conversationid: "c-1" },
      ),
    );
    expect(JSON.parse(next.attempts[0]!.body)).toMatchObject({ query: "b", conversation_id: "c-1" });
    expect(next.attempts[0]!.headers).not.toHaveProperty("conversationid");
  });

  test("hunyuanAuthId and hunyuanAuthKey sign the request, and the key is nowhere", async () => {
    const [id, key] = ["AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"];
    const provider = { type: "hunyuan", hunyuanAuthId: id, hunyuanAuthKey: "env:TENCENT_KEY" };
    const gateway = await start({ provider, env: { TENCENT_KEY: key }, script: () => tencent });
    const seen = gateway.request(chat({}, { authorization: "Bearer mine", "content-type": "application/json; charset=UTF-8" }));
    expect(textOf(seen)).toBe("Hello");
    const { headers, path, body } = seen.attempts[0]!;
    expect(path).toBe("/");
    expect(headers).toMatchObject({
      ":authority": "hunyuan.tencentcloudapi.com",
      "x-tc-version": "2023-09-01",
    });
    expect(headers["authorization"]).toBe(
      signatureOf(id, key, headers[":authority"]!, headers["x-tc-timestamp"]!, headers["content-type"]!, body),
    );
    expect(JSON.stringify([seen.attempts, seen.log, seen.facts])).not.toContain(key);
  });

  test("hunyuan without an id speaks OpenAI's form", async () => {
    const gateway = await start({ provider: { type: "hunyuan", apiTokens: ["sk-1"] } });
    expect(gateway.request(chat()).attempts[0]).toMatchObject({
      path: "/v1/chat/completions",
      headers: { ":authority": "api.hunyuan.cloud.tencent.com", authorization: "Bearer sk-1" },
    });
  });

  test("triton passes the caller's authorization on where it has no key", async () => {
    const gateway = await start({ provider: { type: "triton", tritonDomain: "triton.test" }, script: () => triton });
    expect(gateway.request(chat({}, { authorization: "Bearer mine" })).attempts[0]!.headers["authorization"]).toBe("Bearer mine");
  });

  describe("reasoningContentMode", () => {
    const message = { role: "assistant", reasoning_content: "Hm.", content: "4" };
    const script = (): ProviderAnswer => json({ id: "d", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] });
    test.each([
      ["passthrough", { content: "4", reasoning_content: "Hm." }],
      ["ignore", { content: "4" }],
      ["concat", { content: "<think>Hm.</think>\n\n4" }],
    ])("%s", async (reasoningContentMode, expected) => {
      const gateway = await start({ provider: { type: "deepseek", apiTokens: ["k"], reasoningContentMode }, script });
      const [choice] = (JSON.parse(gateway.request(chat()).body) as { choices: [{ message: Record<string, unknown> }] }).choices;
      expect(choice.message).toMatchObject(expected);
      expect("reasoning_content" in choice.message).toBe("reasoning_content" in expected);
    });
  });

  test("reasoningContentMode leaves the kind of an error alone, which Bedrock names in a header", async () => {
    const error: ProviderAnswer = {
      status: 400,
      headers: { "content-type": "application/json", "x-amzn-errortype": "ServiceQuotaExceededException" },
      body: '{"message":"no more today"}',
    };
    const bedrock = { type: "bedrock", apiTokens: ["bedrock-key"], awsRegion: "us-east-1" };
    const asked = async (more: Record<string, unknown>): Promise<unknown> => {
      const gateway = await start({ provider: { ...bedrock, ...more }, script: () => error });
      return errorOf(gateway.request(chat({ model: "anthropic.claude-sonnet-4-5" })));
    };
    expect(await asked({})).toMatchObject({ type: "insufficient_quota" });
    expect(await asked({ reasoningContentMode: "ignore" })).toEqual(await asked({}));
  });

  test("DashScope's vectors have the dimensions that a Gemini client wants", async () => {
    const provider = { type: "qwen", apiTokens: ["k"], qwenEnableCompatible: false };
    const answer = json({ output: { embeddings: [{ text_index: 0, embedding: [0.5] }] }, usage: { total_tokens: 1 }, request_id: "r" });
    const gateway = await start({ provider, script: () => answer });
    const body = JSON.stringify({ content: { parts: [{ text: "a" }] }, outputDimensionality: 64 });
    const seen = gateway.request(post(body, {}, "/v1beta/models/text-embedding-v4:embedContent"));
    expect(JSON.parse(seen.attempts[0]!.body)).toMatchObject({ parameters: { dimension: 64 } });
  });

  test("an error of a vendor that signs is told without its key", async () => {
    const key = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
    const provider = { type: "hunyuan", hunyuanAuthId: "AKID", hunyuanAuthKey: key };
    const error = json({ Response: { Error: { Code: "AuthFailure", Message: `the key ${key} is wrong` }, RequestId: "r" } });
    const gateway = await start({ provider, script: () => error });
    const seen = gateway.request(chat());
    expect(seen.status).toBe(401);
    expect(errorOf(seen).message).not.toContain(key);
  });
});

forEachPackaging(["key-auth", "ai-proxy"], (start) => {
  test("a conversation that Dify keeps is that of the caller who began it", async () => {
    const gateway = await start({
      provider: { type: "dify", apiTokens: ["k"] },
      script: () => dify,
      "key-auth": {
        consumers: ["alice", "bob:x", "bob"].map((name) => ({ name, credential: `key-of-${name}-1234` })),
        global_auth: false,
      },
    });
    const userOf = (consumer: string | null, user?: string): string => {
      const headers = { conversationid: "c-1", ...(consumer === null ? {} : { authorization: `Bearer key-of-${consumer}-1234` }) };
      return JSON.parse(gateway.request(chat(user === undefined ? {} : { user }, headers)).attempts[0]!.body).user;
    };
    expect([userOf(null), userOf(null, "u"), userOf(null, "alice:u")]).toEqual(["gateway", "u", ":alice:u"]);
    expect([userOf("alice"), userOf("alice", "u"), userOf("alice", "bob:")]).toEqual(["alice:", "alice:u", "alice:bob:"]);
    expect([userOf("bob:x"), userOf("bob", "x:")]).toEqual(["bob%3Ax:", "bob:x:"]);
  });
});
