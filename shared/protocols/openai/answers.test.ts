import { readFile, readdir } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await assembly(new URL("./openai.testing.ts", import.meta.url));
}, 60_000);

const PATIENCE = { timeout: 3_600_000 };
const FIXTURES = new URL("./fixtures/", import.meta.url);
const STREAM = 1;
/** The client asked for usage, so that nothing has to be taken out. */
const ASKED = 2;
const EMBEDDINGS = 4;

const fixture = (name: string): Promise<Buffer> => readFile(new URL(name, FIXTURES));
/** The events of an answer, a line each, with spaces for tabs. */
const events = (answer: Uint8Array | string, flags: number, cuts: Uint8Array = new Uint8Array()): string[] =>
  openai
    .text("readAnswer", [answer, cuts], flags)
    .trimEnd()
    .split("\n")
    .map((line) => line.replaceAll("\t", " ").trimEnd());
const streamed = (answer: Uint8Array | string): string[] => events(answer, STREAM | ASKED);
const whole = (answer: unknown): string[] => events(typeof answer === "string" ? answer : JSON.stringify(answer), ASKED);
const chunk = (delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: "x", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const INCOMPLETE = "failure provider 502  the provider ended the stream before it was complete";
const STREAMS: [string, string[]][] = [
  [
    "openai-tools.sse",
    [
      "start chatcmpl-BxT1 gpt-4o-2024-08-06",
      "call 0 0 call_DdmO9pD3xa9XTPNJ32zg2hcA get_weather",
      'arguments 0 0 {\\"',
      'arguments 0 0 city\\":\\"Zürich 😀\\"}',
      "call 0 1 call_2 get_time",
      "arguments 0 1 {}",
      "finish 0 tool_calls",
      "usage 81 64 0 39 7",
      "end",
    ],
  ],
  [
    "openai-logprobs-two-choices.sse",
    [
      "start chatcmpl-N gpt-4o",
      'logprobs 1 {"content":[{"token":"B","logprob":-0.10,"bytes":[66],"top_logprobs":[]}],"refusal":null}',
      "text 1 B",
      'logprobs 0 {"content":[{"token":"A","logprob":-1e-7,"bytes":[65],"top_logprobs":[]}],"refusal":null}',
      "text 0 A",
      "finish 1 length",
      "finish 0 stop",
      "end",
    ],
  ],
  ["openai-refusal.sse", ["start chatcmpl-R gpt-4o", "refusal 0 I'm", "refusal 0  sorry", "finish 0 stop", "end"]],
  [
    "openai-function-call.sse",
    [
      "start chatcmpl-F gpt-3.5-turbo-0613",
      "call 0 0 call_chatcmpl-F_0_0 get_weather",
      'arguments 0 0 { \\"city\\"',
      'arguments 0 0 : \\"Rome\\" }',
      "finish 0 tool_calls",
      "end",
    ],
  ],
  ["azure-filter-first.sse", ["start chatcmpl-AZ gpt-4o-2024-11-20", "text 0 Hi", "finish 0 content_filter", "usage 8 0 0 2 0", "end"]],
  ["deepseek-reasoning.sse", ["start f0b3 deepseek-reasoner", "thinking 0 Hm", "text 0 2", "finish 0 stop", "usage 16 10 0 9 5", "end"]],
  ["moonshot-usage-in-choice.sse", ["start chatcmpl-M moonshot-v1-8k", "text 0 你好", "finish 0 stop", "usage 19 3 0 13 0", "end"]],
  [
    "qwen-choices-first.sse",
    ["start chatcmpl-e30f5ae7 qwen-plus", "text 0 我是", "text 0 通义", "finish 0 stop", "usage 22 0 0 17 0", "end"],
  ],
  ["groq-usage-in-x-groq.sse", ["start chatcmpl-G llama-3.3-70b-versatile", "text 0 Hi", "finish 0 stop", "usage 36 0 0 2 0", "end"]],
  [
    "mistral-thinking-parts.sse",
    [
      "start cmpl-m1 magistral-medium-2507",
      "thinking 0 Let",
      "thinking 0  me",
      "text 0 2",
      "text 0 !",
      "finish 0 length",
      "usage 10 0 0 4 0",
      "end",
    ],
  ],
  [
    "openrouter-reasoning-details.sse",
    [
      "start gen-1 anthropic/claude-sonnet-4",
      "thinking 0 Think",
      "signature 0 ErUBCkY anthropic",
      "text 0 4",
      "finish 0 stop",
      "usage 41 0 12 30 21",
      "end",
    ],
  ],
  ["openrouter-error.sse", ["start gen-2 m", "text 0 Hel", "failure provider 502 502 Provider disconnected unexpectedly", "end"]],
  [
    "ollama-calls-without-index.sse",
    [
      "start chatcmpl-9 qwen3",
      "call 0 0 call_chatcmpl-9_0_0 a",
      'arguments 0 0 {\\"x\\":1}',
      "call 0 1 call_chatcmpl-9_0_1 b",
      'arguments 0 1 {\\"y\\":[1, 2.0]}',
      "finish 0 stop",
      "end",
    ],
  ],
  [
    "new-id-for-each-piece.sse",
    ["start chat-v vllm", "call 0 0 chatcmpl-tool-1 a", "arguments 0 0 {", "arguments 0 0 }", "finish 0 tool_calls", "end"],
  ],
  [
    "every-call-has-index-0.sse",
    [
      "start g gemini-2.5-flash",
      "call 0 0 function-call-1 a Sig+1=",
      "arguments 0 0 {}",
      "call 0 1 function-call-2 b",
      "arguments 0 1 {}",
      "finish 0 tool_calls",
      "usage 5 0 0 6 0",
      "end",
    ],
  ],
  ["no-done-crlf.sse", ["start x", "text 0 a", "text 0 b", "finish 0 stop", "end"]],
  ["no-last-blank-line.sse", ["start x", "text 0 a", "finish 0 stop", "end"]],
  ["cut.sse", ["start x m", "text 0 a", INCOMPLETE, "end"]],
  ["done-without-finish.sse", ["start x m", "text 0 a", INCOMPLETE, "end"]],
  ["one-choice-of-two-unfinished.sse", ["start x m", "text 0 a", "finish 0 stop", "text 1 b", INCOMPLETE, "end"]],
  [
    "error-in-stream.sse",
    ["start x m", "text 0 a", "failure provider 502 server_error The server had an error processing your request.", "end"],
  ],
  ["error-without-error.sse", ["failure provider 502 500 Internal server error", "end"]],
  ["spark-code-0.sse", ["start cha000b", "text 0 Hi", "finish 0 stop", "usage 6 0 0 7 0", "end"]],
  ["minimax-base-resp.sse", ["failure authentication 401 1004 login fail: Please carry the API secret key", "end"]],
  [
    "deepseek-out-of-resources.sse",
    ["start x m", "text 0 a", "failure overloaded 503 insufficient_system_resource the provider broke off the answer", "end"],
  ],
  ["not-json.sse", ["start x m", "text 0 a", "failure provider 502  the provider sent an event that is not a JSON object", "end"]],
];

test("every fixture has its events here", async () => {
  expect(STREAMS.map(([name]) => name).sort()).toEqual((await readdir(FIXTURES)).sort());
});

test.each(STREAMS)("%s", async (name, expected) => expect(streamed(await fixture(name))).toEqual(expected));

test.each([
  ["relayed", STREAM],
  ["read", STREAM | ASKED],
])("a stream that is %s says the same however it is cut", PATIENCE, async (_, flags) => {
  for (const [name] of STREAMS) {
    const answer = await fixture(name);
    const expected = apart(answer, flags);
    expect(apart(answer, flags, new Uint8Array(answer.length).fill(1))).toEqual(expected);
    for (let at = 1; at < answer.length; at++) {
      const cuts = Uint8Array.from([...new Array<number>(Math.floor(at / 255)).fill(255), at % 255]);
      const found = apart(answer, flags, cuts);
      if (found.said !== expected.said || found.relayed !== expected.relayed)
        expect.fail(`${name}, cut at ${at}: ${JSON.stringify(found)}`);
    }
  }
});

/** An answer's events, and the bytes that are relayed, whose pieces depend on how the stream was cut. */
function apart(answer: Uint8Array | string, flags: number, cuts: Uint8Array = new Uint8Array()): { said: string; relayed: string } {
  openai.call("readAnswer", [answer, cuts], flags);
  const said: Buffer[] = [];
  const relayed: Buffer[] = [];
  for (let rest = openai.output; rest.length > 0;) {
    const line = rest.subarray(0, rest.indexOf(0x0a) + 1);
    const relay = /^relay\t(\d+)\t/.exec(line.toString("latin1"));
    const [from, length] = relay ? [relay[0].length, Number(relay[1])] : [0, line.length];
    (relay ? relayed : said).push(rest.subarray(from, from + length));
    rest = rest.subarray(from + length + (relay ? 1 : 0));
  }
  return { said: Buffer.concat(said).toString(), relayed: Buffer.concat(relayed).toString() };
}

describe("what a stream may be instead", () => {
  test.each([
    ["nothing", "", INCOMPLETE],
    ["white space", " \r\n\r\n", INCOMPLETE],
    ["comments", ": ping\n\n: ping\n\n", INCOMPLETE],
    ["a page", "<!doctype html><h1>502</h1>", "failure provider 502  the provider's answer is not a stream of events"],
    ["a whole answer", '{"id":"x","choices":[]}', "failure provider 502  the provider's answer is not a stream of events"],
    [
      "an error",
      ' {"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}',
      "failure rate_limit 429 rate_limit_exceeded Rate limit reached",
    ],
    [
      "an error in an array",
      '[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]',
      "failure overloaded 503 503 The model is overloaded.",
    ],
    ["only the end", "data: [DONE]\n\n", INCOMPLETE],
    ["an array", "data: []\n\n", "failure provider 502  the provider sent an event that is not a JSON object"],
    ["text behind the object", 'data: {"id":"x"} x\n\n', "failure provider 502  the provider sent an event that is not a JSON object"],
  ])("%s", (_, answer, failure) => expect(streamed(answer)).toEqual([failure, "end"]));

  test("an error by its event's name", () =>
    expect(streamed('event: error\ndata: {"message":"no","code":"1302"}\n\n')).toEqual(["failure rate_limit 429 1302 no", "end"]));
  test("empty data, pings and unknown objects are passed over", () => {
    expect(streamed(`data:\n\ndata: {}\n\ndata: {"type":"ping"}\n\n${chunk({ content: "a" }, "stop")}`)).toEqual([
      "start x",
      "text 0 a",
      "finish 0 stop",
      "end",
    ]);
  });
  test("what comes behind the end is not read", () =>
    expect(streamed(`${chunk({ content: "a" }, "stop")}data: [DONE]\n\n${chunk({ content: "b" })}`)).toEqual([
      "start x",
      "text 0 a",
      "finish 0 stop",
      "end",
    ]));
  test("the last usage holds, and nonsense is none", () => {
    const usage = (value: string) => `data: {"choices":[],"usage":${value}}\n\n`;
    const answer =
      chunk({ content: "a" }, "stop") +
      usage('{"prompt_tokens":1,"completion_tokens":1}') +
      usage('{"prompt_tokens":2,"completion_tokens":3}') +
      usage("7") +
      usage("{}") +
      usage('{"prompt_tokens":-4}');
    expect(streamed(answer).filter((line) => line.startsWith("usage"))).toEqual(["usage 1 0 0 1 0", "usage 2 0 0 3 0"]);
  });
  test.each([
    ["bounded", '{"prompt_tokens":1e30,"completion_tokens":99999999999999999999}', "usage 9007199254740991 0 0 9007199254740991 0"],
    [
      "thinking beside the completion, as xAI counts",
      '{"prompt_tokens":10,"completion_tokens":5,"total_tokens":22,"completion_tokens_details":{"reasoning_tokens":7}}',
      "usage 10 0 0 12 7",
    ],
    [
      "more read from the cache than there was",
      '{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":99}}',
      "usage 10 10 0 5 0",
    ],
    ["a fraction", '{"prompt_tokens":1.5,"completion_tokens":5}', "usage 0 0 0 5 0"],
    [
      "LiteLLM's names",
      '{"prompt_tokens":10,"completion_tokens":5,"cache_read_input_tokens":4,"cache_creation_input_tokens":3}',
      "usage 10 4 3 5 0",
    ],
  ])("usage: %s", (_, usage, expected) =>
    expect(streamed(`${chunk({ content: "a" }, "stop")}data: {"choices":[],"usage":${usage}}\n\n`)).toContain(expected),
  );
  test("values of other types say nothing", () => {
    const odd =
      '{"id":5,"model":[],"choices":[{"index":"1","delta":{"content":7,"tool_calls":[1,{"index":-1,"id":{},"function":"f"}],"reasoning_content":[],"refusal":{}},"logprobs":[],"finish_reason":4},null,7]}';
    expect(streamed(`data: ${odd}\n\n${chunk({}, "stop")}`)).toEqual(["start", "finish 0 stop", "end"]);
  });
});

describe("a relayed stream", () => {
  const relayed = (answer: string): string => apart(answer, STREAM).relayed;
  const begin = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]';
  const usageOnly = 'data: {"id":"x","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n';

  test.each([
    ["last", `${begin},"usage":null}\n\n`, `${begin}}\n\n`],
    ["last, with white space", `${begin} , "usage" : null }\n\n`, `${begin}  }\n\n`],
    ["first", `data: {"usage":null,${begin.slice(7)}}\n\n`, `data: {${begin.slice(7)}}\n\n`],
    ["in the middle", `${begin},"usage":null,"obfuscation":"x"}\n\n`, `${begin},"obfuscation":"x"}\n\n`],
    ["in the middle, with white space", `${begin}, "usage": null, "obfuscation": "x"}\n\n`, `${begin}, "obfuscation": "x"}\n\n`],
    ["in text, which stays", `${begin},"x":"\\"usage\\":null"}\n\n`, `${begin},"x":"\\"usage\\":null"}\n\n`],
    ["with an escape in its name", `${begin},"us\\u0061ge":null}\n\n`, `${begin}}\n\n`],
  ])("loses a null usage that stands %s", (_, answer, expected) =>
    expect(relayed(`${answer}data: [DONE]\n\n`)).toBe(`${expected}data: [DONE]\n\n`),
  );

  test("loses the chunk with nothing but usage", () =>
    expect(relayed(`${begin}}\n\n${usageOnly}data: [DONE]\n\n`)).toBe(`${begin}}\n\ndata: [DONE]\n\n`));
  test("keeps usage that comes with a choice, which nobody asked for", () => {
    const answer = `${begin},"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\ndata: [DONE]\n\n`;
    expect(relayed(answer)).toBe(answer);
  });
  test.each([
    "openai-refusal.sse",
    "moonshot-usage-in-choice.sse",
    "openrouter-reasoning-details.sse",
    "no-done-crlf.sse",
    "no-last-blank-line.sse",
    "spark-code-0.sse",
  ])("%s is relayed byte for byte", async (name) => {
    const answer = (await fixture(name)).toString();
    expect(relayed(answer)).toBe(answer);
  });
  test("a last event that was cut isn't relayed", async () => {
    const answer = (await fixture("cut.sse")).toString();
    expect(relayed(answer)).toBe(answer.slice(0, answer.lastIndexOf("data: ")));
  });
  test("an error isn't relayed: it is written anew", async () => {
    const answer = (await fixture("error-in-stream.sse")).toString();
    expect(relayed(answer)).toBe(answer.slice(0, answer.indexOf('data: {"error"')));
  });
});

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
        '{"object":"list","data":[{"object":"embedding","embedding":[0.1],"index":0}],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}',
        EMBEDDINGS,
      ),
    ).toEqual(["start  e", "usage 8 0 0 0 0", "end"]);
    expect(events('{"object":"list","data":{}}', EMBEDDINGS)).toEqual(["failure provider 502  the provider's answer has no `data`", "end"]);
    expect(events('{"error":{"message":"no","code":"invalid_api_key"}}', EMBEDDINGS)).toEqual([
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

test("spoilt answers end, with a failure or without, and never trap", PATIENCE, async () => {
  const random = new Random(printedSeed("openai answers"));
  const answers = await Promise.all(STREAMS.map(([name]) => fixture(name)));
  const wholes = [
    '{"id":"c","choices":[{"index":0,"message":{"content":"Hi","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}',
    '{"error":{"message":"m","type":"t","param":"p","code":429}}',
  ].map((text) => Buffer.from(text));
  for (let i = 0; i < caseCount(3000); i++) {
    const isStream = random.below(3) > 0;
    const answer = spoil(random, random.pick(isStream ? answers : wholes));
    const flags = isStream ? STREAM | (random.once(2) ? ASKED : 0) : random.once(4) ? EMBEDDINGS : 0;
    const lines = openai
      .text("readAnswer", [answer, random.bytes(random.below(20))], flags)
      .split("\n")
      .map((line) => line.split("\t")[0]);
    expect(lines.at(-2)).toBe("end");
    expect(lines.filter((kind) => kind === "end").length).toBe(1);
    const failure = lines.indexOf("failure");
    if (failure >= 0 && !isStream) expect(failure).toBe(0);
    openai.call("readFailure", answer, 400 + random.below(200));
  }
});
