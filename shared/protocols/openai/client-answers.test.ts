/** What clients get: exact bytes, and what OpenAI's own library makes of them. */
import OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { compiled } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

const STREAM = 1;
const USAGE = 2;
const LEGACY = 4;
const [TRANSLATED, RELAYED] = [0, 2];

/** Events as lines, with `|` for tabs. */
const written = (events: string[], flags: number, passage = TRANSLATED): string =>
  openai.text("writeAnswer", `${events.join("\n").replaceAll("|", "\t")}\n`, flags, passage);
const chunks = (events: string[], flags = STREAM): unknown[] =>
  written(events, flags)
    .split("\n\n")
    .filter((event) => event !== "" && event !== "data: [DONE]")
    .map((event) => JSON.parse(event.replace("data: ", "")));
const ANSWER = [
  "start|msg_1|claude-x",
  "thinking|0|hm",
  "signature|0|sig|anthropic",
  "text|0|Hel",
  'text|0|lo \\"you\\"\\n',
  "call|0|0|toolu_1|f|",
  'arguments|0|0|{\\"a\\"',
  "arguments|0|0|:1}",
  "call|0|1|toolu_2|g|Sig",
  "arguments|0|1|{}",
  "finish|0|tool_calls|",
  "usage|10|4|3|5|2",
  "end",
];
const HEAD = '"id":"chatcmpl-msg_1","object":"chat.completion.chunk","created":1700000000,"model":"claude-x"';
const USAGE_JSON =
  '{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":3,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0}}';

describe("a stream", () => {
  const event = (choice: string, more = ""): string => `data: {${HEAD}${more},"choices":[${choice}]}\n\n`;
  const role = '{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}';
  const delta = (json: string): string => `{"index":0,"delta":${json},"finish_reason":null}`;
  const deltas = [
    role,
    delta('{"reasoning_content":"hm"}'),
    delta('{"thinking_blocks":[{"index":0,"type":"thinking","signature":"sig","format":"anthropic"}]}'),
    delta('{"content":"Hel"}'),
    delta('{"content":"lo \\"you\\"\\n"}'),
    delta('{"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"f","arguments":""}}]}'),
    delta('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\""}}]}'),
    delta('{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}'),
    delta(
      '{"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"g","arguments":""},"extra_content":{"google":{"thought_signature":"Sig"}}}]}',
    ),
    delta('{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}'),
    '{"index":0,"delta":{},"finish_reason":"tool_calls"}',
  ];

  test("is exactly this", () => expect(written(ANSWER, STREAM)).toBe(`${deltas.map((choice) => event(choice)).join("")}data: [DONE]\n\n`));
  test("has usage if it was asked for, and then a null usage before", () => {
    const usage = `data: {${HEAD},"choices":[],"usage":${USAGE_JSON}}\n\n`;
    expect(written(ANSWER, STREAM | USAGE)).toBe(
      `${deltas.map((choice) => event(choice, ',"usage":null')).join("")}${usage}data: [DONE]\n\n`,
    );
  });
  test("says a call in the old form to who asked in it", () => {
    const found = chunks(["start|chatcmpl-1|m", "call|0|0|c|f|", "arguments|0|0|{}", "finish|0|tool_calls|", "end"], STREAM | LEGACY) as {
      choices: { delta: unknown; finish_reason: unknown }[];
    }[];
    expect(found.map(({ choices }) => choices[0]!.delta).slice(1)).toEqual([
      { function_call: { name: "f", arguments: "" } },
      { function_call: { arguments: "{}" } },
      {},
    ]);
    expect(found.at(-1)!.choices[0]!.finish_reason).toBe("function_call");
  });
  test("begins each choice with its role, and puts log probabilities beside their text", () => {
    const found = chunks([
      "start|chatcmpl-1|m",
      'logprobs|1|{"content":[]}',
      "text|1|B",
      "text|0|A",
      "refusal|0|no",
      "finish|1|length|",
      'logprobs|0|{"content":[1]}',
      "finish|0|stop|",
      "end",
    ]);
    const choices = found.map((chunk) => (chunk as { choices: unknown[] }).choices[0]);
    const begin = (index: number) => ({
      index,
      delta: { role: "assistant", content: "", refusal: null },
      logprobs: null,
      finish_reason: null,
    });
    expect(choices).toEqual([
      begin(1),
      { index: 1, delta: { content: "B" }, logprobs: { content: [] }, finish_reason: null },
      begin(0),
      { index: 0, delta: { content: "A" }, finish_reason: null },
      { index: 0, delta: { refusal: "no" }, finish_reason: null },
      { index: 1, delta: {}, finish_reason: "length" },
      { index: 0, delta: {}, logprobs: { content: [1] }, finish_reason: "stop" },
    ]);
  });
  test("keeps a provider's own id, and makes one where there is none", () => {
    expect(written(["start|chatcmpl-1|m", "text|0|a", "end"], STREAM)).toContain('{"id":"chatcmpl-1",');
    expect(written(["text|0|a", "end"], STREAM)).toContain(
      '{"id":"chatcmpl-1700000000","object":"chat.completion.chunk","created":1700000000,"model":"asked-for"',
    );
  });
  test("writes nothing before there is content", () => expect(written(["start|x|m", "usage|1|0|0|1|0"], STREAM | USAGE)).toBe(""));
  test("ends with an error, and without the sign that it is complete", () => {
    expect(
      written(["start|chatcmpl-1|m", "text|0|a", 'failure|overloaded|503|busy|Try "later"', "end"], STREAM).split("\n\n").slice(-2),
    ).toEqual(['data: {"error":{"message":"Try \\"later\\"","type":"server_error","param":null,"code":"busy"}}', ""]);
  });
  test("of the client's own protocol passes: only failures are written", () => {
    const failure = 'data: {"error":{"message":"cut","type":"server_error","param":null,"code":"provider_error"}}\n\n';
    const events = ["start|x|m", "text|0|a", "relay|8|data: 1", "finish|0|stop|", "failure|provider|502||cut", "end"];
    expect(written(events, STREAM, RELAYED)).toBe(`data: 1\n\n${failure}`);
  });
});

describe("a whole answer", () => {
  test("is exactly this", () => {
    const message =
      '{"role":"assistant","content":"Hello \\"you\\"\\n","refusal":null,"reasoning_content":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"sig","format":"anthropic"}],' +
      '"tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}},' +
      '{"id":"toolu_2","type":"function","function":{"name":"g","arguments":"{}"},"extra_content":{"google":{"thought_signature":"Sig"}}}]}';
    expect(written(ANSWER, 0)).toBe(
      `{"id":"chatcmpl-msg_1","object":"chat.completion","created":1700000000,"model":"claude-x","choices":[{"index":0,"message":${message},"logprobs":null,"finish_reason":"tool_calls"}],"usage":${USAGE_JSON}}`,
    );
  });
  const messages = (events: string[], flags = 0): unknown[] =>
    JSON.parse(written(["start|x|m", ...events, "end"], flags)).choices.map(({ message }: { message: unknown }) => message);
  test("of several choices has them by their numbers", () =>
    expect(messages(["text|1|B", "text|0|A", "finish|1|stop|", "finish|0|stop|"])).toEqual([
      { role: "assistant", content: "A", refusal: null },
      { role: "assistant", content: "B", refusal: null },
    ]));
  test("with a refusal has no content", () =>
    expect(messages(["refusal|0|no", "finish|0|refusal|"])).toEqual([{ role: "assistant", content: null, refusal: "no" }]));
  test("without anything has empty content", () =>
    expect(messages(["finish|0|stop|"])).toEqual([{ role: "assistant", content: "", refusal: null }]));
  test("has each signed block with its own thinking", () => {
    const [message] = messages([
      "thinking|0|a",
      "signature|0|s1|",
      "redacted|0|zz",
      "thinking|0|b",
      "signature|0|s2|",
      "finish|0|stop|",
    ]) as [{ thinking_blocks: unknown }];
    expect(message.thinking_blocks).toEqual([
      { type: "thinking", thinking: "a", signature: "s1" },
      { type: "redacted_thinking", data: "zz" },
      { type: "thinking", thinking: "b", signature: "s2" },
    ]);
  });
  test("says a call in the old form to who asked in it", () =>
    expect(messages(["call|0|0|c|f|", "arguments|0|0|{}", "finish|0|tool_calls|"], LEGACY)).toEqual([
      { role: "assistant", content: null, refusal: null, function_call: { name: "f", arguments: "{}" } },
    ]));
  test("that failed is an error", () =>
    expect(written(["start|x|m", "text|0|a", "failure|provider|502||broken", "end"], 0)).toBe(
      '{"error":{"message":"broken","type":"server_error","param":null,"code":"provider_error"}}',
    ));
});

test.each([
  ["stop", "stop"],
  ["stop_sequence", "stop"],
  ["pause", "stop"],
  ["length", "length"],
  ["tool_calls", "tool_calls"],
  ["content_filter", "content_filter"],
  ["refusal", "content_filter"],
])("the reason %s is %s", (reason, word) =>
  expect(JSON.parse(written(["start|x|m", `finish|0|${reason}|`, "end"], 0)).choices[0].finish_reason).toBe(word),
);

test.each([
  ["invalid_request", "invalid_request_error", null],
  ["authentication", "invalid_request_error", "invalid_api_key"],
  ["permission", "invalid_request_error", "permission_denied"],
  ["not_found", "invalid_request_error", null],
  ["too_large", "invalid_request_error", "request_too_large"],
  ["unsupported_media_type", "invalid_request_error", "unsupported_media_type"],
  ["context_length", "invalid_request_error", "context_length_exceeded"],
  ["rate_limit", "requests", "rate_limit_exceeded"],
  ["insufficient_quota", "insufficient_quota", "insufficient_quota"],
  ["overloaded", "server_error", "overloaded"],
  ["provider", "server_error", "provider_error"],
  ["unreachable", "server_error", "provider_unreachable"],
  ["timeout", "timeout", "timeout"],
  ["internal", "server_error", null],
])("the error %s", (kind, type, code) => {
  expect(JSON.parse(written([`failure|${kind}|400||why`, "end"], 0))).toEqual({ error: { message: "why", type, param: null, code } });
});

describe("OpenAI's own library", () => {
  const client = (body: string, type: string): OpenAI =>
    new OpenAI({ apiKey: "k", maxRetries: 0, fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": type } })) });
  const request = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };

  test("puts a stream together", async () => {
    const stream = client(written(ANSWER, STREAM | USAGE), "text/event-stream").chat.completions.stream(request);
    const { choices, usage, id } = await stream.finalChatCompletion();
    expect(id).toBe("chatcmpl-msg_1");
    expect(choices[0]!.finish_reason).toBe("tool_calls");
    expect(choices[0]!.message.content).toBe('Hello "you"\n');
    expect(choices[0]!.message.tool_calls).toMatchObject([
      { id: "toolu_1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
      { id: "toolu_2", type: "function", function: { name: "g", arguments: "{}" } },
    ]);
    expect(usage).toEqual(JSON.parse(USAGE_JSON));
  });
  test("reads a whole answer", async () => {
    const { choices } = await client(written(ANSWER, 0), "application/json").chat.completions.create(request);
    expect(choices[0]!.message.tool_calls!.length).toBe(2);
  });
  test("raises an error that comes inside a stream, after what came before it", async () => {
    const body = written(["start|x|m", "text|0|Hel", "failure|overloaded|503||Try later", "end"], STREAM);
    let text = "";
    const reading = async (): Promise<void> => {
      for await (const chunk of await client(body, "text/event-stream").chat.completions.create({ ...request, stream: true }))
        text += chunk.choices[0]?.delta.content ?? "";
    };
    await expect(reading()).rejects.toMatchObject({ message: "Try later", type: "server_error", code: "overloaded" });
    expect(text).toBe("Hel");
  });
});
