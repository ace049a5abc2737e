/** Answers in Gemini's form, whole and streamed, from events. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";
import { readEvents } from "../../../test/fixtures/events.ts";

let client: Assembly;
beforeAll(async () => {
  client = await assembly(new URL("./client.testing.ts", import.meta.url));
}, 300_000);

const [WHOLE, EVENTS, ARRAY] = [0, 1, 2];
const script = (...lines: string[]): string => lines.map((line) => line.replaceAll(" | ", "\t")).join("\n");

function whole(lines: string[], thoughts = false): any {
  return JSON.parse(client.text("writeAnswer", script(...lines), WHOLE, thoughts ? 1 : 0));
}

/** The responses of both streams, which have to be the same. */
function streamed(lines: string[], thoughts = false): any[] {
  const events = readEvents(client.text("writeAnswer", script(...lines), EVENTS, thoughts ? 1 : 0)).map(({ data }) => JSON.parse(data));
  const array = JSON.parse(client.text("writeAnswer", script(...lines), ARRAY, thoughts ? 1 : 0));
  expect(array).toEqual(events);
  return events;
}

const start = "start | id-1 | model-1";
const usage = "usage | 10 | 4 | 0 | 9 | 3";
const end = ["finish | 0 | stop | ", usage, "end"];
const partsOf = (answers: any[]): any[] =>
  answers.flatMap(({ candidates }) => candidates.flatMap((candidate: any) => candidate.content?.parts ?? []));

describe("what is said", () => {
  test("text, usage, and who says it", () => {
    const lines = [start, "text | 0 | Hel", "text | 0 | lo", ...end];
    const usageMetadata = {
      promptTokenCount: 10,
      candidatesTokenCount: 6,
      totalTokenCount: 19,
      cachedContentTokenCount: 4,
      thoughtsTokenCount: 3,
    };
    const tail = { modelVersion: "model-1", responseId: "id-1" };
    expect(whole(lines)).toEqual({
      candidates: [{ content: { parts: [{ text: "Hello" }], role: "model" }, finishReason: "STOP", index: 0 }],
      usageMetadata,
      ...tail,
    });
    const piece = (text: string): object => ({ candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0 }], ...tail });
    expect(streamed(lines)).toEqual([
      piece("Hel"),
      piece("lo"),
      { candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "STOP", index: 0 }], usageMetadata, ...tail },
    ]);
  });

  test("without a name the model is the one that was asked for", () => {
    expect(whole(["text | 0 | a", "finish | 0 | stop | ", "end"])).toEqual({
      candidates: [{ content: { parts: [{ text: "a" }], role: "model" }, finishReason: "STOP", index: 0 }],
      modelVersion: "asked-for",
    });
  });

  test("thoughts come only if they were asked for, with their signatures in base64", () => {
    const lines = [
      start,
      "thinking | 0 | hm",
      "signature | 0 | c2ln | anthropic",
      "redacted | 0 | ZGF0 | anthropic",
      "text | 0 | a",
      ...end,
    ];
    expect(partsOf([whole(lines)])).toEqual([{ text: "a" }]);
    expect(partsOf(streamed(lines))).toEqual([{ text: "a" }, { text: "" }]);
    const shown = partsOf([whole(lines, true)]);
    expect(shown).toEqual([
      { text: "hm", thought: true, thoughtSignature: "YW50aHJvcGljc2ln" },
      { text: "", thought: true, thoughtSignature: "cmVkYWN0ZWQ6ZGF0" },
      { text: "a" },
    ]);
    expect(Buffer.from(shown[0].thoughtSignature, "base64").toString()).toBe("anthropicsig");
    expect(partsOf(streamed(lines, true)).slice(0, 3)).toEqual([
      { text: "hm", thought: true },
      { text: "", thought: true, thoughtSignature: "YW50aHJvcGljc2ln" },
      { text: "", thought: true, thoughtSignature: "cmVkYWN0ZWQ6ZGF0" },
    ]);
  });

  test("Gemini's own signatures stay as they are, thoughts or not", () => {
    const lines = [start, "text | 0 | a", "signature | 0 | sig== | gemini", ...end];
    expect(partsOf([whole(lines)])).toEqual([{ text: "a", thoughtSignature: "sig==" }]);
    expect(partsOf(streamed(lines))).toEqual([{ text: "a" }, { text: "", thoughtSignature: "sig==" }, { text: "" }]);
  });

  test("calls are written whole, however their arguments came; one without a signature says that there is none", () => {
    const lines = [
      start,
      "call | 0 | 0 | c0 | f | ",
      'arguments | 0 | 0 | {\\"a\\":',
      "call | 0 | 1 | c1 | g | own",
      "arguments | 0 | 1 | ",
      "arguments | 0 | 0 | 1}",
      "finish | 0 | tool_calls | ",
      "end",
    ];
    const calls = [
      { functionCall: { id: "c0", name: "f", args: { a: 1 } }, thoughtSignature: "skip_thought_signature_validator" },
      { functionCall: { id: "c1", name: "g", args: {} }, thoughtSignature: "own" },
    ];
    expect(partsOf([whole(lines)])).toEqual(calls);
    const answers = streamed(lines);
    expect(answers).toHaveLength(2);
    expect(partsOf(answers)).toEqual([...calls, { text: "" }]);
    expect(answers[1].candidates[0].finishReason).toBe("STOP");
  });

  test.each(['{\\"a\\":', "[1]", "nonsense"])("arguments that are no JSON object are said so: %s", (argument) => {
    const lines = [start, "call | 0 | 0 | c0 | f | ", `arguments | 0 | 0 | ${argument}`, "finish | 0 | tool_calls | ", "end"];
    for (const answer of [whole(lines), streamed(lines).at(-1)])
      expect(answer.candidates[0]).toMatchObject({ finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: expect.stringContaining("f") });
  });

  test.each([
    ["stop", "STOP"],
    ["stop_sequence", "STOP"],
    ["tool_calls", "STOP"],
    ["length", "MAX_TOKENS"],
    ["content_filter", "SAFETY"],
    ["refusal", "SAFETY"],
    ["pause", "OTHER"],
    ["none", "OTHER"],
  ])("%s is %s", (reason, word) => {
    const lines = [start, "text | 0 | a", `finish | 0 | ${reason} | `, "end"];
    expect(whole(lines).candidates[0].finishReason).toBe(word);
    expect(streamed(lines).at(-1).candidates[0].finishReason).toBe(word);
  });

  test("each answer is a candidate of its own", () => {
    const lines = [start, "text | 0 | a", "text | 1 | b", "refusal | 1 | no", "finish | 1 | stop | ", "finish | 0 | length | ", "end"];
    const ends = [
      ["MAX_TOKENS", 0],
      ["SAFETY", 1],
    ];
    const said = whole(lines).candidates;
    expect(said.map((candidate: any) => candidate.content.parts)).toEqual([[{ text: "a" }], [{ text: "bno" }]]);
    expect(said.map(({ finishReason, index }: any) => [finishReason, index])).toEqual(ends);
    expect(
      streamed(lines)
        .at(-1)
        .candidates.map(({ finishReason, index }: any) => [finishReason, index]),
    ).toEqual(ends);
  });

  test("log probabilities", () => {
    const raw =
      '{"content":[{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"a","logprob":-0.5}]},{"token":"b","logprob":null}]}';
    const result = {
      topCandidates: [{ candidates: [{ token: "a", logProbability: -0.5 }] }, { candidates: [] }],
      chosenCandidates: [
        { token: "a", logProbability: -0.5 },
        { token: "b", logProbability: 0 },
      ],
    };
    const lines = [start, `logprobs | 0 | ${raw}`, "text | 0 | ab", ...end];
    expect(whole(lines).candidates[0].logprobsResult).toEqual(result);
    expect(streamed(lines)[0].candidates[0].logprobsResult).toEqual(result);
  });
});

describe("failures", () => {
  const failure = "failure | overloaded |  |  | too busy";
  const error = { error: { code: 503, message: "too busy", status: "UNAVAILABLE" } };

  test("a whole answer is the error", () => {
    expect(whole([start, failure, "end"])).toEqual(error);
  });

  test("a stream ends with it, and the array is closed", () => {
    const answers = streamed([start, "text | 0 | a", failure, "end"]);
    expect(answers).toHaveLength(2);
    expect(answers[1]).toEqual(error);
    expect(streamed([failure, "end"])).toEqual([error]);
  });
});
