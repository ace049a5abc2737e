/** Answers of the Messages API become events, however their bytes are cut. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { spoil } from "../../../test/assembly/json.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));
const fixtures = new URL("./fixtures/", import.meta.url);
const fixture = (name: string): Buffer => readFileSync(new URL(name, fixtures));
const streams = readdirSync(fixtures).filter((name) => name.endsWith(".sse"));

/** The events of a stream, read at once. */
const streamed = (text: string | Uint8Array): string => anthropic.text("readStream", text, 0, 0);
const whole = (text: string | Uint8Array): string => anthropic.text("readWhole", text);
const event = (data: object | string): string => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
const incomplete = "failure kind=Provider status=502 message=the provider ended the stream before it was complete\nend\n";

describe.each(streams)("the stream %s", (name) => {
  const bytes = fixture(name);
  const expected = fixture(`${name}.events`).toString();

  test("becomes the events beside it", () => expect(streamed(bytes)).toBe(expected));

  test("becomes the same events in pieces of every size", () => {
    for (let size = 1; size <= 64; size++) expect(anthropic.text("readStream", bytes, size, 0), `pieces of ${size}`).toBe(expected);
  });

  test("becomes the same events cut at each byte", () => {
    for (let cut = 1; cut < bytes.length; cut++) expect(anthropic.text("readStream", bytes, 0, cut), `cut at ${cut}`).toBe(expected);
  });

  test("is incomplete wherever it breaks off before its stop reason", () => {
    const end = bytes.indexOf(
      name === "overloaded.sse" ? "event: error" : bytes.includes("event: message_delta") ? "event: message_delta" : '"stop_reason":"',
    );
    for (let length = 0; length <= end; length++) {
      const events = streamed(bytes.subarray(0, length));
      expect(events.endsWith(incomplete), `broken off at ${length}: ${events}`).toBe(true);
      expect(expected.startsWith(events.slice(0, -incomplete.length)) || events.includes("arguments"), `broken off at ${length}`).toBe(
        true,
      );
    }
  });
});

describe("a stream", () => {
  const start = event({ type: "message_start", message: { id: "m", model: "c", usage: { input_tokens: 3, output_tokens: 1 } } });
  const text = event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } });
  const finish = event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } });
  const stop = event({ type: "message_stop" });
  const begun = "start id=m name=c\nusage in=3 cached=0 written=0 out=1 thinking=0\n";
  const ended = "finish Stop\nusage in=3 cached=0 written=0 out=2 thinking=0\nend\n";

  test.each<[what: string, stream: string, events: string]>([
    ["may lack its last blank line", (start + text + finish + stop).trimEnd(), `${begun}text text=a\n${ended}`],
    ["may lack message_stop", start + text + finish, `${begun}text text=a\n${ended}`],
    ["may lack a stop reason, if message_stop comes", start + text + stop, `${begun}text text=a\nfinish Stop\nend\n`],
    ["may have no content", start + finish + stop, begun + ended],
    ["may lack message_start", text + stop, "start\ntext text=a\nfinish Stop\nend\n"],
    ["ends at message_stop", start + text + finish + stop + text + finish, `${begun}text text=a\n${ended}`],
    [
      "has one stop reason",
      start + finish + finish + stop,
      `${begun}finish Stop\nusage in=3 cached=0 written=0 out=2 thinking=0\nusage in=3 cached=0 written=0 out=2 thinking=0\nend\n`,
    ],
    ["is incomplete without an end", start + text, `${begun}text text=a\n${incomplete}`],
    ["is incomplete if nothing comes", "", incomplete],
    ["is incomplete if only white space comes", " \n\n\r\n", incomplete],
    ["is incomplete if only comments come", ": hi\n\n", incomplete],
    ["is incomplete if it is a web page", "<html><body>502 Bad Gateway</body></html>", incomplete],
    [
      "has an event that is not JSON",
      `${start}data: oops\n\n${text}`,
      `${begun}failure kind=Provider status=502 message=the provider sent an event that is not a JSON object\nend\n`,
    ],
    ["has an event that is cut", start + text.slice(0, -3), `${begun}${incomplete}`],
    [
      "has an event that is no object",
      "data: [1]\n\n",
      "failure kind=Provider status=502 message=the provider sent an event that is not a JSON object\nend\n",
    ],
    ["says [DONE] after its end", `${start}${finish}${stop}data: [DONE]\n\n`, begun + ended],
    ["has an error without a type", event({ error: { message: "boom" } }), "failure kind=Provider status=502 message=boom\nend\n"],
    ["has an error that is a text", event({ type: "error", error: "boom" }), "failure kind=Provider status=502 message=boom\nend\n"],
    [
      "has an error that says nothing",
      event({ type: "error" }),
      "failure kind=Provider status=502 message=the provider reported an error without saying more\nend\n",
    ],
    [
      "is an error as JSON",
      `{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}`,
      "failure kind=RateLimit status=429 code=rate_limit_error message=Slow down\nend\n",
    ],
    [
      "is a whole answer",
      `\n{"type":"message","id":"m","model":"c","content":[{"type":"text","text":"a"}],"stop_reason":"max_tokens"}`,
      "start id=m name=c\ntext text=a\nfinish Length\nend\n",
    ],
    ["is JSON of another kind", `{"ok":true}`, "failure kind=Provider status=502 message=the provider's answer has no content\nend\n"],
  ])("%s", (_what, stream, events) => {
    expect(streamed(stream)).toBe(events);
    expect(anthropic.text("readStream", stream, 1, 0)).toBe(events);
  });

  test.each([
    ["overloaded_error", "Overloaded", 529],
    ["rate_limit_error", "RateLimit", 429],
    ["api_error", "Provider", 500],
    ["invalid_request_error", "InvalidRequest", 400],
    ["authentication_error", "Authentication", 401],
    ["permission_error", "Permission", 403],
    ["not_found_error", "NotFound", 404],
    ["request_too_large", "TooLarge", 413],
    ["billing_error", "InsufficientQuota", 402],
    ["timeout_error", "Timeout", 504],
    ["from_the_future", "Provider", 502],
  ])("fails with %s as %s", (type, kind, status) => {
    const failed = event({ type: "error", error: { type, message: "Told you" } });
    expect(streamed(start + failed + text)).toBe(`${begun}failure kind=${kind} status=${status} code=${type} message=Told you\nend\n`);
  });

  test.each([
    ["end_turn", "Stop"],
    ["max_tokens", "Length"],
    ["model_context_window_exceeded", "ContextWindow"],
    ["tool_use", "ToolCalls"],
    ["refusal", "Refusal"],
    ["pause_turn", "Pause"],
    ["stop_sequence", "StopSequence"],
    ["from_the_future", "Stop"],
  ])("stops for %s as %s", (reason, name) => {
    expect(streamed(start + event({ type: "message_delta", delta: { stop_reason: reason } }) + stop)).toContain(`finish ${name}\n`);
  });

  test.each<[count: string, read: string]>([
    ["-5", "3"],
    ["1.5", "3"],
    ['"9"', "3"],
    ["null", "3"],
    ["7.0", "7"],
    ["1e3", "1000"],
    ["1e999", "9007199254740991"],
    ["99999999999999999999999", "9007199254740991"],
  ])("counts %s input tokens as %s", (count, read) => {
    expect(
      streamed(start + event(`{"type":"message_delta","usage":{"input_tokens":${count}},"delta":{"stop_reason":"end_turn"}}`)),
    ).toContain(`\nusage in=${read} cached=0 written=0 out=1 thinking=0\nend\n`);
  });

  test("counts no more than 2^53 - 1 in all", () => {
    const usage = { input_tokens: 2 ** 53 - 1, cache_read_input_tokens: 2 ** 53 - 1, output_tokens: 1 };
    expect(streamed(event({ type: "message_start", message: { usage } }))).toContain(
      "usage in=9007199254740991 cached=9007199254740991 written=0 out=1",
    );
  });

  test("is read without a trap, whatever is wrong with it, and always ends", () => {
    const random = new Random(printedSeed("anthropic streams"));
    for (let i = caseCount(4000); i > 0; i--) {
      const spoilt = spoil(random, fixture(random.pick(streams)));
      const events = streamed(spoilt);
      expect(events).toMatch(/^(?:[^\n]*\n)*end\n$/);
      expect(events.match(/^(end|failure)/gm)!.length).toBeLessThanOrEqual(2);
      expect(anthropic.text("readStream", spoilt, 1 + random.below(40), random.below(spoilt.length))).toBe(events);
    }
  });
});

describe("a whole answer", () => {
  test("becomes the events beside it", () => expect(whole(fixture("whole.json"))).toBe(fixture("whole.json.events").toString()));

  test.each<[what: string, answer: string, events: string]>([
    ["nothing", "", "failure kind=Provider status=502 message=the provider's answer is empty\nend\n"],
    ["a web page", "<html></html>", "failure kind=Provider status=502 message=the provider's answer is not a JSON object\nend\n"],
    ["an array", "[]", "failure kind=Provider status=502 message=the provider's answer is not a JSON object\nend\n"],
    [
      "cut",
      '{"type":"message","content":[{"type":"text","text":"a"}',
      "failure kind=Provider status=502 message=the provider's answer is not valid JSON\nend\n",
    ],
    ["two", '{"content":[]}{}', "failure kind=Provider status=502 message=the provider's answer is not valid JSON\nend\n"],
    [
      "without content",
      '{"type":"message","stop_reason":"end_turn"}',
      "failure kind=Provider status=502 message=the provider's answer has no content\nend\n",
    ],
    [
      "with content of another type",
      '{"content":"hi"}',
      "failure kind=Provider status=502 message=the provider's answer has no content\nend\n",
    ],
    [
      "an error",
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      "failure kind=Overloaded status=529 code=overloaded_error message=Overloaded\nend\n",
    ],
    ["a null error beside content", '{"error":null,"content":[],"stop_reason":"end_turn"}', "start\nfinish Stop\nend\n"],
    [
      "empty content",
      '{"id":"m","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}',
      "start id=m\nfinish Stop\nusage in=1 cached=0 written=0 out=2 thinking=0\nend\n",
    ],
    [
      "odd blocks",
      '{"content":[1,"a",null,{},{"type":"tool_use","name":"f","input":"no"},{"type":7}]}',
      "start\ncall 0 name=f\narguments 0 text={}\nfinish ToolCalls\nend\n",
    ],
    [
      "a refusal",
      '{"content":[],"stop_reason":"refusal","stop_details":{"explanation":"No."}}',
      "start\nrefusal text=No.\nfinish Refusal\nend\n",
    ],
    ["a stop sequence", '{"content":[],"stop_reason":"stop_sequence","stop_sequence":"###"}', "start\nfinish StopSequence text=###\nend\n"],
  ])("may be %s", (_what, answer, events) => expect(whole(answer)).toBe(events));

  test("is read without a trap, whatever is wrong with it, and says nothing of a broken one", () => {
    const random = new Random(printedSeed("anthropic answers"));
    for (let i = caseCount(3000); i > 0; i--) {
      const spoilt = spoil(random, fixture("whole.json"));
      const events = whole(spoilt);
      expect(events).toMatch(/^(?:[^\n]*\n)*end\n$/);
      if (events.includes("failure")) expect(events).toMatch(/^failure[^\n]*\nend\n$/);
    }
  });
});
