import { readFile, readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";

const gemini = await assembly(new URL("./gemini.testing.ts", import.meta.url));
const FIXTURES = new URL("./fixtures/", import.meta.url);
const ALL_AT_ONCE = 1 << 30;
const ID = "mAitaLmkHPPlz7IPvtfUqQ4";
const START = `Start 0 ${ID} gemini-2.5-flash`;

const fixture = (name: string): Promise<Buffer> => readFile(new URL(name, FIXTURES));
const streamed = (answer: Uint8Array | string, first = 0, size = ALL_AT_ONCE): string[] =>
  gemini.text("readAnswer", answer, 1, first, size).trimEnd().split("\n");
const whole = (answer: Uint8Array | string): string[] => gemini.text("readAnswer", answer, 0, 0, ALL_AT_ONCE).trimEnd().split("\n");
/** One event of a stream. */
const event = (response: unknown): string => `data: ${JSON.stringify(response)}\r\n\r\n`;
const candidate = (parts: unknown[], finishReason?: string): unknown => ({
  candidates: [{ content: { parts, role: "model" }, finishReason }],
});

const STREAMS: [string, string[]][] = [
  ["text.sse", [START, "Text 0 Hel", 'Text 0 lo, \\"Wörld\\" 😀\\n', "Text 0 Bye.", "Finish 0 Stop", "Usage 0 9 4 12 0 0 0", "End 0"]],
  [
    "thinking-and-calls.sse",
    [
      `Start 0 ${ID} gemini-3-flash-preview`,
      "Thinking 0 **Thinking**\\n\\nLet me see.",
      `ToolCall 0 0 call_${ID}_0 get_weather CiIBVKhc7vB+vaaq6rA=`,
      'ToolArguments 0 0 {\\"city\\": \\"Zürich \\\\\\"HB\\\\\\"\\",\\"days\\": 3,\\"deep\\": {\\"a\\": [1.0,2000.0]}}',
      `ToolCall 0 1 call_${ID}_1 get_time -`,
      "ToolArguments 0 1 {}",
      "ToolCall 0 2 fc_7 noop -",
      "ToolArguments 0 2 {}",
      "Finish 0 ToolCalls",
      "Usage 0 20 0 74 44 0 0",
      "End 0",
    ],
  ],
  [
    "two-candidates.sse",
    [START, "Text 0 A", "Text 1 B", "Text 1 b", "Text 0 a", "Finish 0 Stop", "Finish 1 Length", "Usage 0 3 0 4 0 0 0", "End 0"],
  ],
  ["blocked-prompt.sse", [START, "Finish 0 ContentFilter", "Usage 0 8 0 0 0 0 0", "End 0"]],
  ["safety.sse", [START, "Text 0 I will", "Finish 0 ContentFilter", "Usage 0 8 0 2 0 0 0", "End 0"]],
  [
    "error-in-stream.sse",
    [
      START,
      "Text 0 One",
      "Usage 0 8 0 2 0 0 0",
      "Failure 0 Overloaded 503 UNAVAILABLE  The model is overloaded. Please try again later.",
      "End 0",
    ],
  ],
  [
    "cut.sse",
    [START, "Text 0 One", "Usage 0 8 0 2 0 0 0", "Failure 0 Provider 502   the provider ended the stream before it was complete", "End 0"],
  ],
  [
    "malformed-call.sse",
    [START, "Usage 0 8 0 0 0 0 0", "Failure 0 Provider 502 MALFORMED_FUNCTION_CALL  Malformed function call: print(x", "End 0"],
  ],
  [
    "code-and-image.sse",
    [
      START,
      "Text 0 \\n```python\\nprint(1)\\n\\n```\\n",
      "Text 0 \\n```\\n1\\n\\n```\\n",
      "Text 0 ![](data:image/png;base64,iVBORw0KGgo=)",
      "Signature 0 CiIBVKhc7vB+vaaq6rA= gemini",
      "Finish 0 Stop",
      "Usage 0 19 0 3 0 0 0",
      "End 0",
    ],
  ],
  ["no-alt.json", [START, 'Text 0 Hel{\\"}]\\\\', "Text 0 lo", "Finish 0 Stop", "Usage 0 9 0 12 0 0 0", "End 0"]],
];

describe("a streamed answer", () => {
  test("each fixture has its row", async () => {
    expect([...STREAMS.map(([name]) => name), "whole.json"].sort()).toEqual((await readdir(FIXTURES)).sort());
  });

  test.each(STREAMS)("%s", async (name, events) => {
    expect(streamed(await fixture(name))).toEqual(events);
  });

  test.each(STREAMS)("%s: the same events for every cut, and one byte at a time", async (name, events) => {
    const answer = await fixture(name);
    for (let cut = 1; cut < answer.length; cut++) expect(streamed(answer, cut)).toEqual(events);
    for (const size of [1, 2, 3, 7, 64]) expect(streamed(answer, 0, size)).toEqual(events);
  });

  test.each(STREAMS)("%s: a stream that breaks off never looks complete", async (name, events) => {
    const answer = await fixture(name);
    for (let length = 0; length < answer.length; length++) {
      const found = streamed(answer.subarray(0, length));
      expect(found.at(-1)).toBe("End 0");
      const isWhole = JSON.stringify(found) === JSON.stringify(events);
      if (!isWhole) expect(found.at(-2)).toMatch(/^Failure 0 /);
      // Only the blank line behind the last event, or white space behind the list, may be missing.
      else if (!events.at(-2)!.startsWith("Failure")) expect(answer.length - length).toBeLessThanOrEqual(4);
    }
  });

  test("a finish reason may come before the last content, and the last one holds", () => {
    const answer = event(candidate([{ text: "a" }], "MAX_TOKENS")) + event(candidate([{ text: "b" }])) + event(candidate([], "STOP"));
    expect(streamed(answer)).toEqual(["Start 0 - -", "Text 0 a", "Text 0 b", "Finish 0 Stop", "End 0"]);
  });

  test.each([
    ["STOP", "Finish 0 Stop"],
    ["MAX_TOKENS", "Finish 0 Length"],
    ["CONTINUATION", "Finish 0 Length"],
    ...[
      "SAFETY",
      "RECITATION",
      "BLOCKLIST",
      "PROHIBITED_CONTENT",
      "SPII",
      "LANGUAGE",
      "IMAGE_SAFETY",
      "IMAGE_PROHIBITED_CONTENT",
      "NO_IMAGE",
      "OTHER",
      "MODEL_ARMOR",
      "SOMETHING_NEW",
    ].map((word) => [word, "Finish 0 ContentFilter"]),
    ...["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"].map((word) => [
      word,
      `Failure 0 Provider 502 ${word}  the model's answer was of no use (${word}): try again, or another model`,
    ]),
    ["FINISH_REASON_UNSPECIFIED", "Failure 0 Provider 502   the provider ended the stream before it was complete"],
  ])("finishReason %s: %s", (word, expected) => {
    expect(streamed(event(candidate([], word))).slice(1)).toEqual([expected, "End 0"]);
  });

  test("with calls, MAX_TOKENS stays a cut and STOP says tool calls", () => {
    const call = { functionCall: { name: "f" } };
    expect(streamed(event(candidate([call], "MAX_TOKENS"))).at(-2)).toBe("Finish 0 Length");
    expect(streamed(event(candidate([call], "STOP"))).at(-2)).toBe("Finish 0 ToolCalls");
  });

  test("call ids: the vendor's own; else from the answer's id, short enough for every client; else from the request", () => {
    const id = (responseId: string | undefined, own?: string): string =>
      streamed(event({ ...(candidate([{ functionCall: { name: "f", id: own } }], "STOP") as object), responseId }) + "")
        .find((line) => line.startsWith("ToolCall"))!
        .split(" ")[3]!;
    expect(id("abc", "own")).toBe("own");
    expect(id("abc")).toBe("call_abc_0");
    expect(id("x".repeat(200))).toMatch(/^call_\d+_0$/);
    expect(id("x".repeat(200)).length).toBeLessThanOrEqual(40);
    expect(id(undefined)).toMatch(/^call_\d+_0$/);
  });

  test("errors inside a 200, alone or in a list, end the answer with their kind", () => {
    const error = { error: { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED" } };
    for (const body of [event(error), JSON.stringify(error), JSON.stringify([error])])
      expect(streamed(body)).toEqual(["Failure 0 RateLimit 429 RESOURCE_EXHAUSTED  slow down", "End 0"]);
    expect(streamed(event({ error: "broken" }))).toEqual(["Failure 0 Provider 502   broken", "End 0"]);
  });

  test.each([
    ["nothing", ""],
    ["white space", " \r\n\n"],
    ["an HTML page", "<html><body>502 Bad Gateway</body></html>"],
    ["data that is no JSON", "data: hello\n\n"],
    ["data that is no object", "data: 12\n\n"],
    ["an empty list", "[]"],
    ["an empty object", "{}"],
    ["comments only", ": ping\n\n: ping\n\n"],
    ["an object with rubbish behind it", '{"candidates":[]} rubbish'],
    ["a list of numbers", "[1,2]"],
    ["an index out of range", event({ candidates: [{ index: 4000000000, finishReason: "STOP" }] })],
    ["a negative index", event({ candidates: [{ index: -1, finishReason: "STOP" }] })],
    ["a second candidate without a first", event({ candidates: [{ index: 1, finishReason: "STOP" }] })],
  ])("%s is a failure", (_, body) => {
    const events = streamed(body);
    expect(events.at(-2)).toMatch(/^Failure 0 Provider 502 /);
    expect(events.at(-1)).toBe("End 0");
    expect(events.filter((line) => line.startsWith("Text"))).toEqual([]);
  });

  test("nothing comes after the end", () => {
    const error = event({ error: { code: 500, status: "INTERNAL", message: "oops" } });
    expect(streamed(error + event(candidate([{ text: "more" }], "STOP")))).toEqual(["Failure 0 Provider 500 INTERNAL  oops", "End 0"]);
  });

  test("what OpenAI-minded proxies add is passed over", () => {
    expect(streamed(`: keep-alive\n\n${event(candidate([{ text: "a" }], "STOP"))}data: [DONE]\n\n`)).toEqual([
      "Start 0 - -",
      "Text 0 a",
      "Finish 0 Stop",
      "End 0",
    ]);
  });

  test("counts that are negative, fractions or beyond 2^53 are bounded or left out", () => {
    const usage = (metadata: string): string =>
      streamed(`data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":${metadata}}\n\n`).find((line) => line.startsWith("Usage")) ??
      "none";
    expect(usage('{"promptTokenCount":-5,"candidatesTokenCount":7}')).toBe("Usage 0 0 0 7 0 0 0");
    expect(usage('{"promptTokenCount":1e400,"candidatesTokenCount":18446744073709551615,"thoughtsTokenCount":18446744073709551615}')).toBe(
      "Usage 0 9007199254740991 0 9007199254740991 9007199254740991 0 0",
    );
    expect(usage('{"promptTokenCount":1.5,"candidatesTokenCount":"9"}')).toBe("none");
    expect(usage("[]")).toBe("none");
    expect(
      usage(
        '{"promptTokenCount":5,"toolUsePromptTokenCount":6,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":3},{"modality":"TEXT","tokenCount":2},7]}',
      ),
    ).toBe("Usage 0 11 0 0 0 3 0");
  });
});

describe("a whole answer", () => {
  test("has the same events", async () => {
    expect(whole(await fixture("whole.json"))).toEqual([
      START,
      "Text 0 Hello!",
      `ToolCall 0 0 call_${ID}_0 f -`,
      'ToolArguments 0 0 {\\"x\\":1}',
      'Logprobs 0 {"content":[{"token":"Hello","logprob":-0.25,"bytes":null,"top_logprobs":[{"token":"Hello","logprob":-0.25,"bytes":null},{"token":"Hi","logprob":-1.5,"bytes":null}]},{"token":"!\\"","logprob":0,"bytes":null,"top_logprobs":[{"token":"!\\"","logprob":0,"bytes":null}]}],"refusal":null}',
      "Finish 0 ToolCalls",
      "Usage 0 9 0 12 0 0 0",
      "End 0",
    ]);
  });

  test("arguments lose their indentation, and nothing else", () => {
    const args = { 'a "b" \\': ["c  d\n", { e: ' \\" ' }] };
    const line = whole(
      JSON.stringify({ candidates: [{ content: { parts: [{ functionCall: { name: "f", args } }] }, finishReason: "STOP" }] }, null, 2),
    ).find((each) => each.startsWith("ToolArguments"))!;
    expect(JSON.parse(JSON.parse(`"${line.slice("ToolArguments 0 0 ".length)}"`))).toEqual(args);
    expect(line).not.toContain("\\n ");
  });

  test.each([
    ["empty", "", "the provider's answer is empty"],
    ["HTML", "<html>", "the provider sent something that is not a JSON object"],
    [
      "cut",
      '{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]',
      "the provider sent something that is not a JSON object",
    ],
    [
      "without a finish reason",
      JSON.stringify(candidate([{ text: "Hi" }])),
      "the provider's answer has no content and no finish reason, or is cut",
    ],
    [
      "without candidates",
      '{"usageMetadata":{"promptTokenCount":3}}',
      "the provider's answer has no content and no finish reason, or is cut",
    ],
    [
      "a list that is cut",
      `[${JSON.stringify(candidate([{ text: "Hi" }], "STOP"))}`,
      "the provider's answer has no content and no finish reason, or is cut",
    ],
  ])("%s: a failure and nothing before it", (_, body, message) => {
    expect(whole(body)).toEqual([`Failure 0 Provider 502   ${message}`, "End 0"]);
  });

  test("an answer that turns out to be of no use has no content either", () => {
    expect(whole(JSON.stringify(candidate([{ text: "Hi" }], "MALFORMED_FUNCTION_CALL")))).toHaveLength(2);
    expect(whole('{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}')).toEqual([
      "Failure 0 NotFound 404 NOT_FOUND  models/x is not found",
      "End 0",
    ]);
  });
});

test("spoilt answers end, whatever they are", { timeout: 600_000 }, async () => {
  const random = new Random(printedSeed("spoilt Gemini answers"));
  const seeds = await Promise.all((await readdir(FIXTURES)).map(fixture));
  for (let i = 0; i < caseCount(5_000); i++) {
    const answer = spoil(random, random.pick(seeds));
    const isStream = !random.once(3);
    const size = random.pick([1, 5, 100, ALL_AT_ONCE]);
    const events = gemini
      .text("readAnswer", answer, isStream ? 1 : 0, 0, isStream ? size : ALL_AT_ONCE)
      .trimEnd()
      .split("\n");
    expect(events.at(-1)).toBe("End 0");
    expect(events.filter((line) => line.startsWith("End "))).toHaveLength(1);
    const failed = events.findIndex((line) => line.startsWith("Failure "));
    if (failed >= 0) expect(failed).toBe(events.length - 2);
    else expect(events.some((line) => line.startsWith("Finish "))).toBe(true);
    if (failed >= 0 && !isStream) expect(failed).toBe(0);
    if (isStream) expect(gemini.text("readAnswer", answer, 1, 0, ALL_AT_ONCE).trimEnd().split("\n")).toEqual(events);
  }
});
