import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";

let shared: Assembly;
beforeAll(async () => {
  shared = await assembly(new URL("./shared.testing.ts", import.meta.url));
}, 60_000);

describe("arguments of tool calls", () => {
  const [JSON_FORM, ESCAPED] = [0, 1];
  const object = (text: string, form: number): string | undefined =>
    shared.call("asObject", text, form) ? shared.output.toString() : undefined;

  test.each([
    ['{\\"a\\":\\"x\\\\ny\\",\\"b\\":1.0}', '[1,{"a":"x\\ny","b":1.0}]'],
    ["", "[1,{}]"],
    [" \\n", "[1,{}]"],
    [' {\\"a\\": [1]} ', '[1, {"a": [1]} ]'],
    ['{\\"\\u00e9\\":\\"\\ud83d\\ude00\\"}', '[1,{"é":"😀"}]'],
    ['{\\"a\\":\\"\\\\ud800\\"}', '[1,{"a":"\\ud800"}]'],
    ['{\\"a\\":', undefined],
    ["[1]", undefined],
    ["null", undefined],
    ["plain words", undefined],
    ["{}x", undefined],
  ])("the text %s as an object", (text, expected) => expect(object(text, ESCAPED)).toBe(expected));
  test.each([
    ['{"a": 1}', '[1,{"a": 1}]'],
    ["[]", undefined],
  ])("the value %s as an object", (json, expected) => expect(object(json, JSON_FORM)).toBe(expected));
  test("a value as text, and text as it is", () => {
    expect(shared.text("asText", '{"a":"\\n\\u0041"}', JSON_FORM)).toBe('"{\\"a\\":\\"\\\\n\\\\u0041\\"}"');
    expect(shared.text("asText", '{\\"a\\"', ESCAPED)).toBe('"{\\"a\\""');
    expect(shared.text("asText", "", ESCAPED)).toBe('"{}"');
    expect(shared.text("asPiece", '{"a":"\n"}')).toBe('{\\"a\\":\\"\\n\\"}');
  });
});

describe("data URLs", () => {
  test.each([
    ["data:image/png;base64,iVBORw0KGgo=", "image/png iVBORw0KGgo="],
    ["data:image/png;charset=utf-8;base64,AA", "image/png AA"],
    ["DATA:Image/PNG;BASE64,AA", "Image/PNG AA"],
    ["data:image\\/png;base64,A\\/A", "image/png A\\/A"],
    ["d\\u0061ta:image/png;base64,AA", "image/png AA"],
    ["data\\u003aimage/png\\u003bbase64\\u002cAA", "image/png AA"],
    ["data:;base64,AA", "data:;base64,AA"],
    ["data:text/plain,hello", "data:text/plain,hello"],
    ["data:image/png;base64", "data:image/png;base64"],
    ["https://x/y?data:image/png;base64,AA", "https://x/y?data:image/png;base64,AA"],
    ["", ""],
    ["d\\u0061", "d\\u0061"],
    [`data:image/png;${"x".repeat(300)};base64,AA`, `data:image/png;${"x".repeat(300)};base64,AA`],
  ])("%s", (url, expected) => expect(shared.text("splitUrl", url).split("\n")[0]).toBe(expected));
  test("are put together again", () => {
    expect(shared.text("splitUrl", "data:image/png;x=1;base64,AA").split("\n")[1]).toBe('"data:image/png;base64,AA"');
    expect(shared.text("splitUrl", "https:\\/\\/x").split("\n")[1]).toBe('"https:\\/\\/x"');
  });
});

describe("texts of providers", () => {
  test.each([
    ["Incorrect API key provided: sk-proj-abcDEF123456. Find", "Incorrect API key provided: ***. Find"],
    ["key sk-****************1234!", "key ***!"],
    ["abcd****************wxyz", "***"],
    ["AIzaSyA1234567890abcdefghij", "***"],
    ["(gsk_abcdefghijklmnop)", "(***)"],
    ["0123456789abcdef0123456789abcdef", "***"],
    ["gpt-4o-2024-08-06 and req_011CSHoEeqs5C35K2UUqR7Fy and sk-short", "gpt-4o-2024-08-06 and req_011CSHoEeqs5C35K2UUqR7Fy and sk-short"],
    ["f47ac10b-58cc-4372-a567-0e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d479"],
    ["Sluice: ключ, 鍵", "Sluice: ключ, 鍵"],
    ["", ""],
  ])("%s without keys", (text, expected) => expect(shared.text("mask", text)).toBe(expected));
  test("are decoded, and cut between two characters", () => {
    expect(shared.text("fromProvider", 'a\\n\\"\\u00e9\\ud83d\\ude00')).toBe('a\n"é😀');
    expect(shared.text("fromProvider", `x${"😀".repeat(2000)}`)).toBe(`x${"😀".repeat(1023)}`);
  });
  test("quotes are short", () => {
    expect(shared.text("quote", "a\\u00e9")).toBe("it is „aé“, -3");
    expect(shared.text("quote", `x${"é".repeat(100)}`)).toBe(`it is „x${"é".repeat(39)}…“, -3`);
  });
});
