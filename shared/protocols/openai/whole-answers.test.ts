import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { EMBEDDING_ANSWER, TRANSLATED, compiled, events } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

const whole = (answer: unknown): string[] => events(openai, typeof answer === "string" ? answer : JSON.stringify(answer), TRANSLATED);

describe("whole answers", () => {
  const message = (more: object, finish: string | null = "stop") => ({
    id: "chatcmpl-1",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", ...more }, finish_reason: finish }],
  });

  test("text, logprobs and usage", () => {
    const answer = {
      ...message({ content: "Hi\n", refusal: null }),
      usage: { prompt_tokens: 3, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
    };
    expect(whole(answer)).toEqual(["start chatcmpl-1 m", "text 0 Hi\\n", "finish 0 stop", "usage 3 2 0 1 0", "end"]);
  });
  test("calls, also with one id and without any", () => {
    const call = (id: string | undefined, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } });
    expect(whole(message({ content: null, tool_calls: [call("a", "f"), call("a", "g"), call(undefined, "h")] }, "tool_calls"))).toEqual([
      "start chatcmpl-1 m",
      "call 0 0 a f",
      "arguments 0 0 {}",
      "call 0 1 a g",
      "arguments 0 1 {}",
      "call 0 2 call_chatcmpl-1_0_2 h",
      "arguments 0 2 {}",
      "finish 0 tool_calls",
      "end",
    ]);
  });
  test("signed and redacted thinking", () => {
    const blocks = [
      { type: "thinking", thinking: "Hm", signature: "sig", format: "anthropic" },
      { type: "redacted_thinking", data: "xyz" },
    ];
    expect(whole(message({ content: "2", reasoning_content: "Hm", thinking_blocks: blocks }))).toEqual([
      "start chatcmpl-1 m",
      "thinking 0 Hm",
      "signature 0 sig anthropic",
      "redacted 0 xyz",
      "text 0 2",
      "finish 0 stop",
      "end",
    ]);
  });
  test.each([
    ["no reason", null, "finish 0 stop"],
    ["a reason of the future", "because", "finish 0 stop"],
    ["Zhipu's filter", "sensitive", "finish 0 content_filter"],
  ])("%s", (_, reason, expected) => expect(whole(message({ content: "a" }, reason))).toContain(expected));

  test.each([
    ["nothing", "", "failure provider 502  the provider's answer is empty"],
    ["a page", "<html>", "failure provider 502  the provider's answer is not a JSON object"],
    [
      "a cut answer",
      JSON.stringify(message({ content: "a" })).slice(0, -3),
      "failure provider 502  the provider's answer is not a JSON object",
    ],
    ["no choices", '{"id":"x","choices":[]}', "failure provider 502  the provider's answer has no message"],
    [
      "a choice without message",
      '{"choices":[{"index":0,"finish_reason":"stop"}]}',
      "failure provider 502  the provider's answer has no message",
    ],
    ["another object", '{"ok":true}', "failure provider 502  the provider's answer has no message"],
    [
      "an error",
      '{"error":{"message":"The engine is currently overloaded","type":"engine_overloaded_error"}}',
      "failure overloaded 503 engine_overloaded_error The engine is currently overloaded",
    ],
    ["an error in words", '{"error":"model not found"}', "failure provider 502  model not found"],
    ["an error that says nothing", '{"error":{}}', "failure provider 502  the provider reported an error without saying more"],
    [
      "an error beside choices",
      '{"error":{"code":429,"message":"slow down"},"choices":[{"message":{"content":"a"}}]}',
      "failure rate_limit 429 429 slow down",
    ],
    [
      "an answer that was broken off",
      JSON.stringify(message({ content: "a" }, "error")),
      "failure provider 502 error the provider broke off the answer",
    ],
    [
      "MiniMax's refusal",
      '{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}',
      "failure insufficient_quota 429 1008 insufficient balance",
    ],
  ])("instead: %s", (_, answer, failure) => expect(whole(answer)).toEqual([failure, "end"]));

  test("embeddings: only usage is told", () => {
    expect(
      events(
        openai,
        '{"object":"list","data":[{"object":"embedding","embedding":[0.1],"index":0}],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}',
        EMBEDDING_ANSWER,
      ),
    ).toEqual(["start  e", "usage 8 0 0 0 0", "end"]);
    expect(events(openai, '{"object":"list","data":{}}', EMBEDDING_ANSWER)).toEqual([
      "failure provider 502  the provider's answer has no `data`",
      "end",
    ]);
    expect(events(openai, '{"error":{"message":"no","code":"invalid_api_key"}}', EMBEDDING_ANSWER)).toEqual([
      "failure authentication 401 invalid_api_key no",
      "end",
    ]);
  });
});

describe("error answers", () => {
  const failure = (status: number, body: string): string => openai.text("readFailure", body, status).replaceAll("\t", " ").trim();

  test.each([
    [
      "OpenAI's",
      429,
      '{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}',
      "insufficient_quota 429 insufficient_quota You exceeded your current quota",
    ],
    [
      "a key, which is masked",
      401,
      '{"error":{"message":"Incorrect API key provided: sk-proj-********abcd. See https://platform.openai.com","type":"invalid_request_error","code":"invalid_api_key"}}',
      "authentication 401 invalid_api_key Incorrect API key provided: ***. See https://platform.openai.com",
    ],
    [
      "too long",
      400,
      '{"error":{"message":"This model\'s maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}',
      "context_length 400 context_length_exceeded This model's maximum context length is 8192 tokens.",
    ],
    [
      "vLLM's too long",
      400,
      '{"object":"error","message":"This model\'s maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}',
      "context_length 400 400 This model's maximum context length is 4096 tokens.",
    ],
    [
      "DeepSeek's empty account",
      402,
      '{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}',
      "insufficient_quota 402 invalid_request_error Insufficient Balance",
    ],
    [
      "Qwen's empty account",
      400,
      '{"error":{"message":"Access denied","type":"Arrearage","code":"Arrearage"}}',
      "insufficient_quota 400 Arrearage Access denied",
    ],
    [
      "Qwen's throttling",
      429,
      '{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded","request_id":"x"}',
      "rate_limit 429 Throttling.RateQuota Requests rate limit exceeded",
    ],
    ["Zhipu's limit", 429, '{"error":{"code":"1302","message":"您的账户已达到速率限制"}}', "rate_limit 429 1302 您的账户已达到速率限制"],
    [
      "Moonshot's quota",
      429,
      '{"error":{"type":"exceeded_current_quota_error","message":"suspended"}}',
      "insufficient_quota 429 exceeded_current_quota_error suspended",
    ],
    [
      "Mistral's list",
      422,
      '{"object":"error","message":{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required"}]},"type":"invalid_request_error","code":null}',
      "invalid_request 422 invalid_request_error Field required",
    ],
    [
      "FastAPI's list",
      422,
      '{"detail":[{"loc":["body"],"msg":"field required","type":"value_error.missing"}]}',
      "invalid_request 422  field required",
    ],
    ["a detail", 404, '{"detail":"Not Found"}', "not_found 404  Not Found"],
    ["a code and a msg", 500, '{"code":50505,"msg":"Model service overloaded"}', "provider 500 50505 Model service overloaded"],
    [
      "Cloudflare's list",
      400,
      '{"errors":[{"code":7003,"message":"Could not route"}],"success":false,"messages":[]}',
      "invalid_request 400 7003 Could not route",
    ],
    ["Google's array", 400, '[{"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT"}}]', "invalid_request 400 400 Bad"],
    ["escapes, decoded", 400, '{"error":{"message":"a \\"b\\" \\u00e9\\n\\ud83d\\ude00"}}', 'invalid_request 400  a "b" é\n😀'],
    [
      "a page",
      502,
      "<html><h1>Bad Gateway</h1></html>",
      "provider 502  the provider answered with status 502 and no error that can be read",
    ],
    ["nothing", 503, "", "overloaded 503  the provider answered with status 503 and no error that can be read"],
    ["no error", 500, "{}", "provider 500  the provider answered with status 500 and no error that can be read"],
    [
      "an answer",
      500,
      '{"choices":[{"message":{"content":"x"}}]}',
      "provider 500  the provider answered with status 500 and no error that can be read",
    ],
  ])("%s", (_, status, body, expected) => expect(failure(status, body)).toBe(expected));

  test("a long text is cut between two characters", () => {
    const [, , , text] = openai
      .text("readFailure", JSON.stringify({ error: { message: `x${"é".repeat(5000)}` } }), 400)
      .trim()
      .split("\t");
    expect(text).toBe(`x${"é".repeat(2047)}`);
  });
});
