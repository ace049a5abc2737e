/** What Anthropic's clients get: exact bytes, and what Anthropic's own library makes of them. */
import Anthropic from "@anthropic-ai/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";

let client: Assembly;
beforeAll(async () => {
  client = await assembly(new URL("./client.testing.ts", import.meta.url));
}, 60_000);

const [TRANSLATED, RELAYED] = [0, 2];

/** Events as lines, with `|` for tabs. */
const written = (events: string[], stream: boolean, passage = TRANSLATED): string =>
  client.text("writeAnswer", `${events.join("\n").replaceAll("|", "\t")}\n`, stream ? 1 : 0, passage);
const whole = (...events: string[]): Anthropic.Message => JSON.parse(written(["start|msg_1|m", ...events, "end"], false));

/** What Anthropic's library puts together from a stream. */
async function accumulated(body: string): Promise<Anthropic.Message> {
  const sdk = new Anthropic({
    apiKey: "k",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } })),
  });
  const message = await sdk.messages.stream({ model: "m", max_tokens: 1, messages: [] }).finalMessage();
  return JSON.parse(JSON.stringify(message, (name, value: unknown) => (name === "parsed_output" ? undefined : value)));
}
const streamed = (...events: string[]): Promise<Anthropic.Message> => accumulated(written(["start|msg_1|m", ...events, "end"], true));

const ANSWER = [
  "start|msg_1|claude-x",
  "thinking|0|hm",
  "signature|0|sig|anthropic",
  "redacted|0|Em",
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
const USAGE =
  '{"input_tokens":3,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":5,"output_tokens_details":{"thinking_tokens":2}}';
const NO_USAGE = '{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}';

describe("a stream", () => {
  const event = (json: string): string => `event: ${JSON.parse(json).type as string}\ndata: ${json}\n\n`;
  const start = (index: number, block: string): string => event(`{"type":"content_block_start","index":${index},"content_block":${block}}`);
  const delta = (index: number, json: string): string => event(`{"type":"content_block_delta","index":${index},"delta":${json}}`);
  const stop = (index: number): string => event(`{"type":"content_block_stop","index":${index}}`);

  test("is exactly this", () =>
    expect(written(ANSWER, true)).toBe(
      [
        event(
          `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":${NO_USAGE}}}`,
        ),
        start(0, '{"type":"thinking","thinking":"","signature":""}'),
        delta(0, '{"type":"thinking_delta","thinking":"hm"}'),
        delta(0, '{"type":"signature_delta","signature":"sig"}'),
        stop(0),
        start(1, '{"type":"redacted_thinking","data":"Em"}'),
        stop(1),
        start(2, '{"type":"text","text":""}'),
        delta(2, '{"type":"text_delta","text":"Hel"}'),
        delta(2, '{"type":"text_delta","text":"lo \\"you\\"\\n"}'),
        stop(2),
        start(3, '{"type":"tool_use","id":"toolu_1","name":"f","input":{}}'),
        delta(3, '{"type":"input_json_delta","partial_json":"{\\"a\\""}'),
        delta(3, '{"type":"input_json_delta","partial_json":":1}"}'),
        stop(3),
        start(4, '{"type":"thinking","thinking":"","signature":""}'),
        delta(4, '{"type":"signature_delta","signature":"gemini-call:Sig"}'),
        stop(4),
        start(5, '{"type":"tool_use","id":"toolu_2","name":"g","input":{}}'),
        delta(5, '{"type":"input_json_delta","partial_json":"{}"}'),
        stop(5),
        event(`{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":${USAGE}}`),
        event('{"type":"message_stop"}'),
      ].join(""),
    ));
  test("writes nothing before there is content", () => expect(written(["start|x|m", "usage|1|0|0|1|0"], true)).toBe(""));
  test("says what was known of usage before the content at its start", () =>
    expect(written(["start|x|m", "usage|9|0|0|1|0", "text|0|a"], true)).toContain('"usage":{"input_tokens":9,'));
  test("keeps a provider's own id, and makes one where there is none", () => {
    expect(written(["start|chatcmpl-1|m", "text|0|a"], true)).toContain('{"id":"msg_chatcmpl-1",');
    expect(written(["text|0|a"], true)).toContain('{"id":"msg_1700000000","type":"message","role":"assistant","model":"asked-for"');
  });
  test("ends with an error, and without the sign that it is complete", () =>
    expect(written(["start|x|m", "text|0|a", 'failure|overloaded|503|busy|Try "later"', "end"], true).split("\n\n").slice(-2)).toEqual([
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Try \\"later\\""}}',
      "",
    ]));
  test("of the client's own protocol passes: only failures are written", () =>
    expect(written(["start|x|m", "text|0|a", "relay|8|data: 1", "finish|0|stop|", "failure|provider|502||cut", "end"], true, RELAYED)).toBe(
      'data: 1event: error\ndata: {"type":"error","error":{"type":"api_error","message":"cut"}}\n\n',
    ));
  test("raises the library's error", async () => {
    const body = written(["start|x|m", "text|0|a", "failure|overloaded|503||busy", "end"], true);
    await expect(accumulated(body)).rejects.toThrow("busy");
  });
});

describe("calls come one after the other", () => {
  const asked = [
    { type: "tool_use", id: "a", name: "f", input: { x: "}{" } },
    { type: "tool_use", id: "b", name: "g", input: {} },
    { type: "tool_use", id: "c", name: "h", input: { y: [1] } },
  ];
  test.each<[string, string[]]>([
    ["in order", ["call|0|0|a|f|", 'arguments|0|0|{\\"x\\":\\"}{\\"}', "call|0|1|b|g|", "call|0|2|c|h|", 'arguments|0|2|{\\"y\\":[1]}']],
    [
      "interleaved",
      [
        "call|0|0|a|f|",
        "call|0|1|b|g|",
        "call|0|2|c|h|",
        'arguments|0|0|{\\"x\\":',
        'arguments|0|2|{\\"y\\":',
        'arguments|0|0|\\"}{\\"}',
        "arguments|0|1|{}",
        "arguments|0|2|[1]}",
      ],
    ],
    [
      "all begun, then told backwards",
      ["call|0|0|a|f|", "call|0|1|b|g|", "call|0|2|c|h|", 'arguments|0|2|{\\"y\\":[1]}', 'arguments|0|0|{\\"x\\":\\"}{\\"}'],
    ],
  ])("that were told %s", async (_, events) => {
    expect(whole(...events, "finish|0|tool_calls|").content).toEqual(asked);
    expect((await streamed(...events, "finish|0|tool_calls|")).content).toEqual(asked);
  });
  test.each<[string, number]>([
    ["", 0],
    ['{\\"a\\":', 0],
    ['{\\"a\\":{\\"b\\":[', 0],
    ['{\\"a\\":\\"}', 0],
    ['{\\"a\\":\\"\\\\\\"}', 0],
    ['{\\"a\\":\\"\\\\\\\\\\"}', 1],
    ['{\\"a\\":\\"\\\\\\"}\\"}', 1],
    ["\\n {\\t}", 1],
    ['{\\"\\u007d\\":1', 0],
    ['{\\"\\u007d\\":1}', 1],
    ["[]", 1],
  ])("the JSON in %s is whole: %i", (content, isWhole) => expect(client.call("isComplete", content)).toBe(isWhole));
});

describe("a whole answer", () => {
  test("is exactly this", () =>
    expect(written(ANSWER, false)).toBe(
      '{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[' +
        '{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"Em"},{"type":"text","text":"Hello \\"you\\"\\n"},' +
        '{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}},{"type":"thinking","thinking":"","signature":"gemini-call:Sig"},' +
        `{"type":"tool_use","id":"toolu_2","name":"g","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":${USAGE}}`,
    ));
  test("has arguments that are no object as the text that they are", () =>
    expect(whole("call|0|0|a|f|", 'arguments|0|0|{\\"x', "finish|0|tool_calls|").content).toEqual([
      { type: "tool_use", id: "a", name: "f", input: '{"x' },
    ]));
  test("without anything has no content", () => expect(whole("finish|0|stop|")).toMatchObject({ content: [], stop_reason: "end_turn" }));
  test("is the first of several", () =>
    expect(whole("text|1|b", "text|0|a", "finish|0|length|", "finish|1|stop|")).toMatchObject({
      content: [{ type: "text", text: "b" }],
      stop_reason: "end_turn",
    }));
});

test.each<[string, string[], string | null, string | null]>([
  ["stop", ["finish|0|stop|"], "end_turn", null],
  ["stop behind calls", ["call|0|0|a|f|", "arguments|0|0|{}", "finish|0|stop|"], "tool_use", null],
  ["stop behind a refusal", ["refusal|0|no", "finish|0|stop|"], "refusal", null],
  ["a stop sequence", ["finish|0|stop_sequence|E\\n"], "stop_sequence", "E\n"],
  ["length", ["finish|0|length|"], "max_tokens", null],
  ["tool calls", ["finish|0|tool_calls|"], "tool_use", null],
  ["a content filter", ["finish|0|content_filter|"], "refusal", null],
  ["a refusal", ["finish|0|refusal|"], "refusal", null],
  ["a pause", ["finish|0|pause|"], "pause_turn", null],
  ["nothing", [], "end_turn", null],
])("%s is said in Anthropic's word", async (_, events, reason, sequence) => {
  const expected = { stop_reason: reason, stop_sequence: sequence };
  expect(whole(...events)).toMatchObject(expected);
  expect(await streamed(...events)).toMatchObject(expected);
});

test("signatures of other makers are marked", async () => {
  const events = ["thinking|0|a", "signature|0|S|gemini", "signature|0|T|gemini", "redacted|0|R", "finish|0|stop|"];
  const content = [
    { type: "thinking", thinking: "a", signature: "gemini:S" },
    { type: "thinking", thinking: "", signature: "gemini:T" },
    { type: "redacted_thinking", data: "R" },
  ];
  expect(whole(...events).content).toEqual(content);
  expect((await streamed(...events)).content).toEqual(content);
});

test("whatever the events, the stream says what the whole answer says", { timeout: 3_600_000 }, async () => {
  const random = new Random(printedSeed("messages answers"));
  for (let i = caseCount(300); i > 0; i--) {
    const events: string[] = [];
    let calls = 0;
    for (let count = random.below(12); count > 0; count--) {
      const text = random.pick(["a", "\\u00e9\\n", "😀", '\\"']);
      switch (random.below(6)) {
        case 0:
          events.push(`thinking|0|${text}`);
          break;
        case 1:
          events.push(`signature|0|S${count}|${random.pick(["anthropic", "gemini"])}`);
          break;
        case 2:
          events.push(`redacted|0|R${count}`);
          break;
        case 3:
          events.push(
            ...[0, 1].map((step) => `call|0|${calls + step}|id${calls + step}|f|${random.pick(["", "Sig"])}`),
            ...[1, 0, 1].map((step, at) => `arguments|0|${calls + step}|${["{", '{\\"a\\":1}', "}"][at]!}`),
          );
          calls += 2;
          break;
        default:
          events.push(`${random.pick(["text", "text", "refusal"])}|0|${text}`);
      }
    }
    events.push(`finish|0|${random.pick(["stop", "length", "tool_calls", "pause"])}|`, "usage|10|4|3|5|2");
    expect(await streamed(...events), events.join("\n")).toEqual(whole(...events));
  }
});
