import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";

const gemini = await assembly(new URL("./gemini.testing.ts", import.meta.url));
const KINDS = [
  "InvalidRequest",
  "Authentication",
  "Permission",
  "NotFound",
  "TooLarge",
  "UnsupportedMediaType",
  "ContextLength",
  "RateLimit",
  "InsufficientQuota",
  "Overloaded",
  "Provider",
  "Unreachable",
  "Timeout",
  "Internal",
];

/** `kind status code retryAfter message` of an error answer. */
const said = (status: number, body: string | Uint8Array): string => gemini.text("readFailure", body, status);
const error = (code: number, status: string, message: string, details: unknown[] = []): string =>
  JSON.stringify({ error: { code, message, status, details } });

describe("an error answer", () => {
  test.each([
    [400, "INVALID_ARGUMENT", "bad", "InvalidRequest 400"],
    [
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "ContextLength 400",
    ],
    [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "Authentication 401"],
    [400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", "Authentication 401"],
    [400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "Permission 400"],
    [401, "UNAUTHENTICATED", "no", "Authentication 401"],
    [403, "PERMISSION_DENIED", "no", "Permission 403"],
    [404, "NOT_FOUND", "models/x is not found", "NotFound 404"],
    [413, "INVALID_ARGUMENT", "Request payload size exceeds the limit", "TooLarge 413"],
    [429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details.", "RateLimit 429"],
    [429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", "InsufficientQuota 429"],
    [499, "CANCELLED", "cancelled", "Provider 499"],
    [500, "INTERNAL", "An internal error has occurred.", "Provider 500"],
    [503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "Overloaded 503"],
    [504, "DEADLINE_EXCEEDED", "slow", "Timeout 504"],
    [418, "TEAPOT", "short and stout", "InvalidRequest 418"],
  ])("%i %s: %s", (status, word, message, expected) => {
    expect(said(status, error(status, word, message))).toBe(`${expected} ${word}  ${message}`);
    expect(said(status, `[${error(status, word, message)}]`)).toBe(`${expected} ${word}  ${message}`);
  });

  test("a key that Google doesn't know is told by the reason, too", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" }];
    expect(said(400, error(400, "INVALID_ARGUMENT", "Nope.", details))).toMatch(/^Authentication 401 /);
  });

  test.each([
    ["17s", "17"],
    ["16.02s", "17"],
    ["0s", "0"],
    ["3.000s", "3"],
    ["-1s", ""],
    ["soon", ""],
    ["s", ""],
    ["99999999999999999999s", ""],
  ])("retryDelay %s", (retryDelay, seconds) => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.Help" },
      7,
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
    ];
    expect(said(429, error(429, "RESOURCE_EXHAUSTED", "m", details))).toBe(`RateLimit 429 RESOURCE_EXHAUSTED ${seconds} m`);
  });

  test("keys that Google repeats don't pass", () => {
    const key = "AIzaSyA1b2C3d4E5f6G7h8I9j0KlMnOpQrStUvW";
    expect(said(403, error(403, "PERMISSION_DENIED", `Permission denied: Consumer 'api_key:${key}' has been suspended.`))).toBe(
      "Permission 403 PERMISSION_DENIED  Permission denied: Consumer 'api_key:***' has been suspended.",
    );
    expect(said(403, error(403, "PERMISSION_DENIED", `Key AQ.Ab8RN6_${"x-".repeat(20)} is blocked.`))).toBe(
      "Permission 403 PERMISSION_DENIED  Key AQ.*** is blocked.",
    );
  });

  test("long messages are cut between two characters", () => {
    const message = said(500, error(500, "INTERNAL", "é".repeat(5000))).split("  ")[1]!;
    expect(message).toBe("é".repeat(2048));
  });

  test.each([
    ["", "no error that can be read"],
    ["<html>Bad Gateway</html>", "no error that can be read"],
    ["{}", "no error that can be read"],
    ['{"error":{"code":502}}', "reported an error without saying more"],
    ['{"error":"upstream"}', "upstream"],
    ['{"error":{"message":"cut"', "no error that can be read"],
  ])("%s", (body, text) => {
    expect(said(502, body)).toMatch(/^Provider 502 /);
    expect(said(502, body)).toContain(text);
  });

  test("a status that is no error's doesn't reach the client", () => {
    expect(said(302, "moved")).toMatch(/^Provider 502 /);
    expect(said(0, "")).toMatch(/^Provider 502 /);
  });

  test("spoilt errors are errors", () => {
    const random = new Random(printedSeed("spoilt Gemini errors"));
    const seed = Buffer.from(error(429, "RESOURCE_EXHAUSTED", "zu schnell: é", [{ "@type": "x", retryDelay: "17s", reason: "R" }]));
    for (let i = 0; i < caseCount(2_000); i++) expect(said(429, spoil(random, seed))).toMatch(/^\w+ [45]\d\d /);
  });
});

describe("a failure for Gemini's clients", () => {
  const words = [
    "INVALID_ARGUMENT",
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
    "NOT_FOUND",
    "INVALID_ARGUMENT",
    "INVALID_ARGUMENT",
    "INVALID_ARGUMENT",
    "RESOURCE_EXHAUSTED",
    "RESOURCE_EXHAUSTED",
    "UNAVAILABLE",
    "INTERNAL",
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "INTERNAL",
  ];
  test.each(KINDS.map((name, kind) => [name, kind, words[kind]] as const))("%s", (_, kind, word) => {
    expect(gemini.text("writeFailure", ['Nö "x"\n', "", ""], kind, 418, 0)).toBe(
      `{"error":{"code":418,"message":"Nö \\"x\\"\\n","status":"${word}"}}`,
    );
  });

  test("with the field at fault, and when to come back", () => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: "contents[0]", description: "m" }] },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" },
    ];
    expect(JSON.parse(gemini.text("writeFailure", ["m", "contents[0]", "7"], 7, 429, 0))).toEqual({
      error: { code: 429, message: "m", status: "RESOURCE_EXHAUSTED", details },
    });
    expect(gemini.text("writeFailure", ["m", "", "Wed, 21 Oct 2015 07:28:00 GMT"], 7, 429, 0)).not.toContain("details");
  });

  test("inside a stream it is an event", () => {
    expect(gemini.text("writeFailure", ["m", "", ""], 9, 503, 1)).toBe(
      'data: {"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}\r\n\r\n',
    );
  });
});
