/** Bedrock's answers become events, however they are cut and whatever is wrong with them. */
import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { errorFrame, eventFrame, exceptionFrame, frame } from "../../../test/providers/bedrock/frames.ts";

const bedrock = await assembly(new URL("./bedrock.testing.ts", import.meta.url));

/** Events as lines, a space in place of each tab. */
const lines = (text: string): string[] => text.trimEnd().replaceAll("\t", " ").split("\n");
const streamed = (...frames: Buffer[]): string[] => lines(bedrock.text("readStream", Buffer.concat(frames), 0, 0));
const whole = (body: unknown): string[] => lines(bedrock.text("readWhole", typeof body === "string" ? body : JSON.stringify(body)));
const answer = (content: unknown, stopReason = "end_turn"): unknown => ({
  metrics: { latencyMs: 1 },
  output: { message: { content, role: "assistant" } },
  stopReason,
  usage: { inputTokens: 3, outputTokens: 4, totalTokens: 22, cacheReadInputTokens: 10, cacheWriteInputTokens: 5 },
});
const start = eventFrame("messageStart", { role: "assistant" });
const delta = (contentBlockIndex: number, delta: unknown): Buffer =>
  eventFrame("contentBlockDelta", { contentBlockIndex, delta, p: "abc" });
const block = (contentBlockIndex: number, start: unknown): Buffer => eventFrame("contentBlockStart", { contentBlockIndex, start });
const stop = (contentBlockIndex: number): Buffer => eventFrame("contentBlockStop", { contentBlockIndex });
const end = (stopReason: string, more = {}): Buffer => eventFrame("messageStop", { stopReason, ...more });
const metadata = eventFrame("metadata", { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 }, metrics: { latencyMs: 1 } });

describe("whole answers", () => {
  test("text, reasoning, calls, usage", () => {
    const content = [
      { reasoningContent: { reasoningText: { text: "Hm\n", signature: "sig" } } },
      { reasoningContent: { redactedContent: "AAEC" } },
      { text: "é" },
      { toolUse: { input: { a: [1.5, "x\ty"] }, name: "f", toolUseId: "t1" } },
      { toolUse: { name: "g", toolUseId: "t2" } },
      { citationsContent: { content: [{ text: "cited" }], citations: [{ title: "t" }] } },
      { somethingNew: {} },
    ];
    expect(whole(answer(content, "tool_use"))).toEqual([
      "start  ",
      "thinking 0 Hm\\n",
      "signature 0 sig anthropic",
      "redacted 0 AAEC",
      "text 0 é",
      "call 0 0 t1 f ",
      'arguments 0 0 {\\"a\\":[1.5,\\"x\\\\ty\\"]}',
      "call 0 1 t2 g ",
      "arguments 0 1 {}",
      "text 0 cited",
      'citation 0 {"kind":1,"start":1,"end":6,"title":"t"}',
      "finish 0 tool_calls ",
      "usage 18 10 5 4 0",
      "end",
    ]);
  });

  test.each([
    ["end_turn", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "context_window"],
    ["stop_sequence", "stop_sequence"],
    ["guardrail_intervened", "content_filter"],
    ["content_filtered", "content_filter"],
    ["something_new", "stop"],
  ])("%s", (word, reason) => expect(whole(answer([{ text: "a" }], word))).toContain(`finish 0 ${reason} `));

  test.each([
    ["no JSON", "{", "is not valid JSON"],
    ["an array", "[]", "is not a JSON object"],
    ["no content", '{"output":{"message":{}},"stopReason":"end_turn"}', "has no content"],
    ["a malformed answer", JSON.stringify(answer([], "malformed_model_output")), "was malformed (malformed_model_output)"],
    ["a malformed call", JSON.stringify(answer([{ text: "a" }], "malformed_tool_use")), "was malformed (malformed_tool_use)"],
    ["nothing", "", "is empty"],
  ])("%s is a failure, and nothing else", (_, body, words) => {
    const said = whole(body);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^failure provider 502/);
    expect(said[0]).toContain(words);
  });
});

describe("streams", () => {
  test("blocks may come interleaved, and calls keep their numbers", () => {
    const frames = [
      start,
      delta(0, { text: "a" }),
      block(1, { toolUse: { toolUseId: "t1", name: "f" } }),
      block(2, { toolUse: { toolUseId: "t2", name: "g" } }),
      delta(2, { toolUse: { input: '{"b":' } }),
      delta(1, { toolUse: { input: "{}" } }),
      delta(2, { toolUse: { input: "2}" } }),
      stop(2),
      stop(1),
      block(3, { toolUse: { toolUseId: "t3", name: "h" } }),
      end("tool_use"),
      metadata,
    ];
    expect(streamed(...frames)).toEqual([
      "start  ",
      "text 0 a",
      "call 0 0 t1 f ",
      "call 0 1 t2 g ",
      'arguments 0 1 {\\"b\\":',
      "arguments 0 0 {}",
      "arguments 0 1 2}",
      "call 0 2 t3 h ",
      "arguments 0 2 {}",
      "finish 0 tool_calls ",
      "usage 3 0 0 4 0",
      "end",
    ]);
  });

  test("redacted thinking in pieces is one, whatever the pieces' lengths", () => {
    const bytes = Buffer.from("opaque bytes of a length");
    const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 6), bytes.subarray(6)].map((piece) =>
      delta(0, { reasoningContent: { redactedContent: piece.toString("base64") } }),
    );
    expect(streamed(start, ...pieces, stop(0), end("end_turn"), metadata)).toContain(`redacted 0 ${bytes.toString("base64")}`);
  });

  test("which stop sequence ended the answer", () =>
    expect(
      streamed(start, delta(0, { text: "a" }), end("stop_sequence", { additionalModelResponseFields: { stop_sequence: "END" } })),
    ).toContain("finish 0 stop_sequence END"));

  test("tools that AWS runs, and events, deltas and messages of the future, are passed over", () =>
    expect(
      streamed(
        start,
        block(0, { toolUse: { toolUseId: "s", name: "search", type: "server_tool_use" } }),
        delta(0, { toolUse: { input: "{}" } }),
        stop(0),
        block(1, { toolResult: { toolUseId: "s" } }),
        delta(1, { somethingNew: { title: "t" } }),
        eventFrame("somethingNew", { a: 1 }),
        frame({ ":message-type": "somethingNew" }, "x"),
        delta(2, { text: "a" }),
        end("end_turn"),
        metadata,
      ),
    ).toEqual(["start  ", "text 0 a", "finish 0 stop ", "usage 3 0 0 4 0", "end"]));

  test("sources stand behind the text of their block, with its place in all of the text", () => {
    const page = { title: "t", sourceContent: [{ text: "words" }], location: { documentPage: { documentIndex: 1, start: 2, end: 3 } } };
    const web = { source: "s", location: { web: { url: "https://x.test/7", domain: "x.test" } } };
    expect(
      streamed(
        start,
        delta(0, { text: "é😀. " }),
        stop(0),
        delta(1, { text: "Ci" }),
        delta(1, { citation: page }),
        delta(1, { text: "ted" }),
        delta(1, { citation: web }),
        stop(1),
        delta(2, { text: "!" }),
        end("end_turn"),
        metadata,
      ),
    ).toEqual([
      "start  ",
      "text 0 é😀. ",
      "text 0 Ci",
      "text 0 ted",
      'citation 0 {"kind":1,"start":4,"end":9,"title":"t","quote":"words","document":1,"unit":2,"from":2,"to":3}',
      'citation 0 {"kind":0,"start":4,"end":9,"url":"https://x.test/7"}',
      "text 0 !",
      "finish 0 stop ",
      "usage 3 0 0 4 0",
      "end",
    ]);
  });

  test("a stream without its metadata is complete, one without its stop reason isn't", () => {
    expect(streamed(start, delta(0, { text: "a" }), end("end_turn")).at(-1)).toBe("end");
    expect(streamed(start, delta(0, { text: "a" }), metadata).at(-2)).toMatch(
      /^failure provider 502 {2}the provider ended the stream before/,
    );
    expect(streamed().at(-2)).toMatch(/^failure provider 502/);
  });

  test.each([
    ["throttlingException", "rate_limit 429"],
    ["validationException", "invalid_request 400"],
    ["modelStreamErrorException", "provider 424"],
    ["serviceUnavailableException", "overloaded 503"],
    ["internalServerException", "provider 500"],
    ["modelTimeoutException", "timeout 408"],
    ["somethingNew", "provider 502"],
  ])("the exception %s", (type, kind) => {
    const said = streamed(start, exceptionFrame(type, "Words\nof AWS"), delta(0, { text: "late" }));
    expect(said.slice(0, 1)).toEqual(["start  "]);
    expect(said[1]).toBe(`failure ${kind} ${type} Words`);
    expect(said.at(-1)).toBe("end");
  });

  test("an input that is too long", () =>
    expect(streamed(exceptionFrame("validationException", "Input is too long for requested model."))[0]).toBe(
      "failure context_length 400  Input is too long for requested model.",
    ));

  test("an error that the service has no model of", () =>
    expect(streamed(start, errorFrame("InternalError", 'An "internal" error'))[1]).toBe(
      'failure provider 502 InternalError An "internal" error',
    ));

  test.each([
    ["no JSON", eventFrame("contentBlockDelta", "{"), "not a JSON object"],
    ["a list", eventFrame("contentBlockDelta", "[]"), "not a JSON object"],
    ["a bad checksum", Buffer.concat([start.subarray(0, -1), Buffer.from([0])]), "checksum is wrong"],
    ["a text in place of frames", Buffer.from("data: {}\n\ndata: [DONE]\n\n"), "checksum is wrong"],
  ])("%s ends the stream", (_, bytes, words) => {
    const said = streamed(start, delta(0, { text: "a" }), bytes, delta(0, { text: "b" }), end("end_turn"));
    expect(said.slice(0, 2)).toEqual(["start  ", "text 0 a"]);
    expect(said[2]).toContain(words);
    expect(said.slice(3)).toEqual(["end"]);
  });

  test("a stream with any fault ends, and traps nothing", () => {
    const random = new Random(printedSeed("spoilt streams"));
    const payloads: [string, unknown][] = [
      ["contentBlockStart", { contentBlockIndex: 1, start: { toolUse: { toolUseId: "t1", name: "f" } } }],
      ["contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input: '{"b":' } } }],
      ["contentBlockDelta", { contentBlockIndex: 2, delta: { reasoningContent: { text: "a", signature: "b", redactedContent: "AAEC" } } }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "é" } }],
      ["contentBlockStop", { contentBlockIndex: 1 }],
      ["messageStop", { stopReason: "end_turn", additionalModelResponseFields: { stop_sequence: "x" } }],
      ["metadata", { usage: { inputTokens: 3, outputTokens: 4 } }],
    ];
    for (let i = caseCount(2000); i > 0; i--) {
      const frames = Array.from({ length: 1 + random.below(8) }, () => {
        const [type, payload] = random.pick(payloads);
        const bytes = Buffer.from(JSON.stringify(payload));
        return frame({ ":message-type": "event", ":event-type": type }, random.once(2) ? spoil(random, bytes) : bytes);
      });
      const bytes = Buffer.concat(frames);
      const said = bedrock.text("readStream", bytes, 0, 0);
      expect(said.endsWith("end\n")).toBe(true);
      expect(bedrock.text("readStream", bytes, 1 + random.below(40), random.below(bytes.length))).toBe(said);
    }
  });
});

describe("errors", () => {
  const error = (status: number, type: string, body: string): string =>
    bedrock.text("readError", [body, type], status).trimStart().replaceAll("\t", " ");
  test.each([
    [429, "ThrottlingException", "rate_limit 429"],
    [400, "ValidationException", "invalid_request 400"],
    [400, "ServiceQuotaExceededException", "insufficient_quota 400"],
    [403, "AccessDeniedException", "permission 403"],
    [403, "UnrecognizedClientException", "authentication 403"],
    [403, "InvalidSignatureException", "authentication 403"],
    [403, "ExpiredTokenException", "authentication 403"],
    [404, "ResourceNotFoundException", "not_found 404"],
    [408, "ModelTimeoutException", "timeout 408"],
    [424, "ModelErrorException", "provider 424"],
    [429, "ModelNotReadyException", "overloaded 429"],
    [500, "InternalServerException", "provider 500"],
    [503, "ServiceUnavailableException", "overloaded 503"],
    [418, "SomethingNewException", "invalid_request 418"],
  ])("%i %s", (status, type, kind) => {
    const expected = `${kind} ${type} Words`;
    expect(error(status, `${type}:http://internal.amazon.com/coral/`, '{"message":"Words"}')).toBe(expected);
    expect(error(status, type, '{"Message":"Words"}')).toBe(expected);
    expect(error(status, "", `{"__type":"com.amazon.coral.service#${type}","message":"Words"}`)).toBe(expected);
  });

  test.each([
    "The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum",
    "Input is too long for requested model.",
    "The model returned the following errors: This model's maximum context length is 131072 tokens.",
  ])("a conversation that is too long: %s", (words) =>
    expect(error(400, "ValidationException", JSON.stringify({ message: words }))).toBe(`context_length 400  ${words}`),
  );

  test.each([
    ["", "", "the provider answered with status 500 and no error that can be read"],
    ["", "<html>", "the provider answered with status 500 and no error that can be read"],
    ["InternalServerException", "", "the provider reported an error without saying more"],
    ["", "{}", "the provider answered with status 500 and no error that can be read"],
  ])("without words: %s %s", (type, body, words) => expect(error(500, type, body)).toContain(words));
});

test.each([
  ["anthropic.claude-3-sonnet-20240229-v1:0", "/model/anthropic.claude-3-sonnet-20240229-v1%3A0/converse"],
  [
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-pro-v1%3A0/converse",
  ],
  ["a/../b?c=d#e%41", "/model/a%2F..%2Fb%3Fc%3Dd%23e%2541/converse"],
])("the path of %s", (model, path) => {
  expect(bedrock.text("path", [model, "{}"], 0)).toBe(path);
  expect(bedrock.text("path", [model, "{}"], 1)).toBe(`${path}-stream`);
});
