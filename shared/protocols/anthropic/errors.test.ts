/** Errors, read from Anthropic and written as Anthropic's. */
import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));
const read = (status: number, body: string | Uint8Array): string => anthropic.text("readError", body, status).trim();
const error = (type: string, message: string): string => JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });

describe("an error answer", () => {
  test.each<[status: number, type: string, message: string, kind: string]>([
    [400, "invalid_request_error", "messages: at least one message is required", "InvalidRequest"],
    [400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum", "ContextLength"],
    [400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000", "ContextLength"],
    [400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", "InsufficientQuota"],
    [401, "authentication_error", "invalid x-api-key", "Authentication"],
    [402, "billing_error", "Pay first", "InsufficientQuota"],
    [403, "permission_error", "No", "Permission"],
    [404, "not_found_error", "model: claude-0", "NotFound"],
    [413, "request_too_large", "Request exceeds the maximum size", "TooLarge"],
    [429, "rate_limit_error", "This request would exceed your rate limit", "RateLimit"],
    [500, "api_error", "Internal server error", "Provider"],
    [504, "timeout_error", "Too slow", "Timeout"],
    [529, "overloaded_error", "Overloaded", "Overloaded"],
    [409, "conflict_error", "Not now", "Overloaded"],
    [503, "from_the_future", "Later", "Overloaded"],
  ])("of status %d, %s: %s", (status, type, message, kind) => {
    expect(read(status, error(type, message))).toBe(`kind=${kind} status=${status} code=${type} message=${message}`);
  });

  test.each<[what: string, status: number, body: string, kind: string]>([
    ["a web page", 502, "<html><h1>Bad Gateway</h1></html>", "Provider"],
    ["nothing", 503, "", "Overloaded"],
    ["a number", 429, "5", "RateLimit"],
    ["cut", 401, '{"type":"error","error":{"type":"authentication_error","mess', "Authentication"],
    ["JSON without an error", 404, '{"detail":"Not Found"}', "NotFound"],
  ])("may be %s", (_what, status, body, kind) => {
    expect(read(status, body)).toBe(
      `kind=${kind} status=${status} message=the provider answered with status ${status} and no error that can be read`,
    );
  });

  test("is told in UTF-8, cut between characters at 4 KiB, without keys", () => {
    expect(read(400, '{"error":{"type":"t","message":"\\u00e9 \\ud83d\\ude00 \\"q\\""}}')).toBe(
      'kind=InvalidRequest status=400 code=t message=é 😀 "q"',
    );
    const long = read(400, error("t", `a${"é ".repeat(3000)}`)).split("message=")[1]!;
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(long)).toBeGreaterThan(4090);
    expect(long).not.toContain("\ufffd");
    expect(read(401, error("authentication_error", "invalid key sk-ant-api03-AAAABBBBCCCCDDDD"))).toContain("message=invalid key ***");
  });
});

test("an error answer is read without a trap, whatever is wrong with it", () => {
  const random = new Random(printedSeed("anthropic errors"));
  for (let i = caseCount(2000); i > 0; i--) {
    expect(read(400, spoil(random, Buffer.from(error("invalid_request_error", 'Grüße \\ud83d "x"'))))).toMatch(/^kind=\w+ status=400 /);
  }
});

describe("a failure for an Anthropic client", () => {
  const types = [
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "invalid_request_error",
    "invalid_request_error",
    "rate_limit_error",
    "billing_error",
    "overloaded_error",
    "api_error",
    "api_error",
    "timeout_error",
    "api_error",
  ];

  test.each(types.map((type, kind) => [kind, type] as const))("of kind %d is a %s", (kind, type) => {
    expect(anthropic.text("writeError", 'No "é"\n', kind, 0)).toBe(`{"type":"error","error":{"type":"${type}","message":"No \\"é\\"\\n"}}`);
  });

  test("is the last event of a stream that has begun", () => {
    expect(anthropic.text("writeError", "Gone", 10, 1)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Gone"}}\n\n',
    );
  });
});
