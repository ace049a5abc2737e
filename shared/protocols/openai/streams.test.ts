import { readdir } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { FIXTURES, PATIENCE, STREAM, TRANSLATED, apart, compiled, events, fixture } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

const streamed = (answer: Uint8Array | string): string[] => events(openai, answer, STREAM | TRANSLATED);
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
  ["read", STREAM | TRANSLATED],
])("a stream that is %s says the same however it is cut", PATIENCE, async (_, flags) => {
  for (const [name] of STREAMS) {
    const answer = await fixture(name);
    const expected = apart(openai, answer, flags);
    expect(apart(openai, answer, flags, new Uint8Array(answer.length).fill(1))).toEqual(expected);
    for (let at = 1; at < answer.length; at++) {
      const cuts = Uint8Array.from([...new Array<number>(Math.floor(at / 255)).fill(255), at % 255]);
      const found = apart(openai, answer, flags, cuts);
      if (found.said !== expected.said || found.relayed !== expected.relayed)
        expect.fail(`${name}, cut at ${at}: ${JSON.stringify(found)}`);
    }
  }
});

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
