import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { jsonString, jsonText, spoil } from "../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

/** In the order of errors.ts. */
const ERRORS = [
  "accepted",
  "UnexpectedEnd",
  "UnexpectedByte",
  "ControlCharacter",
  "BadEscape",
  "BadUtf8",
  "BadNumber",
  "TooDeep",
  "TrailingBytes",
  "OutOfPlace",
];

/** As long as a million cases may take. */
const PATIENCE = { timeout: 3_600_000 };

let json: Assembly;
beforeAll(async () => {
  json = await assembly(new URL("./json.testing.ts", import.meta.url));
}, 60_000);

/** The bytes that a cell of the README's table means. */
function bytesOf(cell: string): Buffer {
  const parts = cell.split(/«([^»]*)»/).map((part, index) => {
    if (index % 2 === 0) return Buffer.from(part);
    const runs = [...part.matchAll(/([0-9A-F]{2})(?: × (\d+))?/g)];
    return Buffer.concat(runs.map(([, byte, times]) => Buffer.alloc(Number(times ?? 1), parseInt(byte!, 16))));
  });
  return Buffer.concat(parts);
}

/** What Node makes of the bytes; undefined where it refuses them. */
function parsedByNode(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

describe("verdicts", async () => {
  const readme = await readFile(new URL("./README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `(.*)` *\| (accepted|[A-Z]\w+) *\| *(\d*) *\|/gm)];

  test("the table has all of its rows", () => {
    const written = readme.slice(readme.indexOf("## Verdicts")).match(/^\| `/gm);
    expect(rows.length).toBe(written?.length);
    expect(rows.length).toBeGreaterThan(70);
  });

  test.each(rows.map(([, cell, verdict, at]) => [cell!, verdict!, at!]))("%s: %s %s", (cell, verdict, at) => {
    const bytes = bytesOf(cell);
    expect(ERRORS[json.call("validate", bytes)]).toBe(verdict);
    if (at !== "") expect(json.call("errorOffset")).toBe(Number(at));
    if (verdict !== "TooDeep") expect(parsedByNode(bytes) !== undefined).toBe(verdict === "accepted");
  });

  test("every error has words", () => {
    const words = rows.map(([, cell]) => {
      json.call("validate", bytesOf(cell!));
      return json.text("errorText");
    });
    // OutOfPlace is no text's fault.
    expect(new Set(words).size).toBe(ERRORS.length - 1);
  });
});

describe("reading", () => {
  test("nothing is consumed when another type is asked for", () => {
    expect(json.text("wrongTypes", '{"o":{"x":[1]},"a":[[]],"s":"","n":-1,"t":true,"f":false,"z":null}')).toBe(
      "o=object a=array s=string n=number t=bool f=bool z=null finished",
    );
  });

  test("what is left unread is skipped, and validated", () => {
    const read = (text: string) => json.text("partly", text);
    expect(read('{"a":[{}],"items":[1,{"x":{},"name":"one","rest":[[[]]]},{"name":"two"},{}],"z":{"b":1}}')).toBe("one two finished");
    expect(read('{"items":[{"name":"one","rest":[[[]}},{"name":"two"}]}')).toBe("one failed");
    expect(read('{"a":[}]}')).toBe("failed");
  });

  test.each([
    ['{"model":1}', "model", 1],
    ['{"mod\\u0065l":1}', "model", 1],
    ['{"\\u006d\\u006f\\u0064\\u0065\\u006c":1}', "model", 1],
    ['{"models":1}', "model", 0],
    ['{"mode":1}', "model", 0],
    ['{"mode\\u006c\\u006c":1}', "model", 0],
    ['{"mode\\u006":1}', "model", 0],
    ['{"":1}', "", 1],
    ['{"\\"\\\\\\/\\b\\f\\n\\r\\t":1}', '"\\/\b\f\n\r\t', 1],
    ['{"\\u0000":1}', "\0", 1],
    ['{"\\ud83d\\ude00":1}', "=", 0],
  ])("the key of %s is %j: %i", (text, key, expected) => {
    expect(json.call("keyIs", [text, key])).toBe(expected);
  });

  test.each([
    ['{"a":1,"b":2}', 0],
    ['{"a":1,"b":2,"\\u0061":3}', 1],
    ['{"c":1,"c":2}', 0],
    ['{"b":{"a":1},"a":2}', 0],
  ])("duplicate keys in %s: %i", (text, expected) => {
    expect(json.call("hasDuplicate", text)).toBe(expected);
  });
});

describe("paths", () => {
  const text = '{"usage":{"x":1,"input":{"tokens": 12 }},"choices":[{"delta":{}},{"delta":{"content":"a\\n"}}],"a":null,"a":1}';

  test.each([
    ["usage.input.tokens", "12"],
    ["usage.input", '{"tokens": 12 }'],
    ["choices.1.delta.content", '"a\\n"'],
    ["choices.0", '{"delta":{}}'],
    ["a", "null"],
  ])("%s leads to %s", (path, expected) => {
    expect(json.text("pathIn", [text, path])).toBe(expected);
  });

  test.each(["b", "usage.y", "usage.x.y", "choices.2", "choices.", "choices.x", "choices.-1", "choices.99999999999", "usage..x", "", "."])(
    "%j leads nowhere",
    (path) => {
      expect(json.call("pathIn", [text, path])).toBe(0);
      expect(json.call("findAndFinish", [text, path])).toBe(0);
    },
  );

  test("a text that is broken in front of the place has no places", () => {
    expect(json.call("pathIn", ['{"a":[1,],"b":1}', "b"])).toBe(0);
    expect(json.call("pathIn", ["", "b"])).toBe(0);
  });

  test("whole texts are checked whole", () => {
    expect(json.call("isValid", "[1]")).toBe(1);
    expect(json.call("isValid", "[1]]")).toBe(0);
    expect(json.call("isObject", '{"a":1}')).toBe(1);
    expect(json.call("isObject", "[1]")).toBe(0);
    expect(json.call("isObject", "{")).toBe(0);
  });
});

describe("numbers", () => {
  test.each([
    ["0", "0 0 whole fits"],
    ["-0", "0 0 whole fits"],
    ["42", "42 42 whole fits"],
    ["-42", "0 -42 whole fits"],
    ["1.9", "1 1 fraction fits"],
    ["-1.9", "0 -1 fraction fits"],
    ["1.0", "1 1 whole fits"],
    ["1e3", "1000 1000 whole fits"],
    ["1.5e3", "1500 1500 whole fits"],
    ["1500e-2", "15 15 whole fits"],
    ["1501e-2", "15 15 fraction fits"],
    ["0.001e3", "1 1 whole fits"],
    ["1e-400", "0 0 fraction fits"],
    ["0e999999999999", "0 0 whole fits"],
    ["9223372036854775807", "9223372036854775807 9223372036854775807 whole fits"],
    ["-9223372036854775808", "0 -9223372036854775808 whole fits"],
    ["18446744073709551615", "18446744073709551615 9223372036854775807 whole fits"],
    ["18446744073709551616", "18446744073709551615 9223372036854775807 whole clamped"],
    ["-18446744073709551616", "0 -9223372036854775808 whole clamped"],
    ["1e999", "18446744073709551615 9223372036854775807 whole clamped"],
    ["1e99999999999999999999", "18446744073709551615 9223372036854775807 whole clamped"],
    ["-1e999", "0 -9223372036854775808 whole clamped"],
    ["1e-99999999999999999999", "0 0 fraction fits"],
  ])("%s is %s", (text, expected) => {
    expect(json.call("number", text)).toBe(1);
    expect(json.output.toString()).toBe(expected);
  });

  test.each(["", "-", "01", "1 ", " 1", "1x", "0x1", "NaN", "1.", "--1", "true", "1e", "\0"])("%j is no number", (text) => {
    expect(json.call("number", text)).toBe(0);
    expect(json.output.toString()).toBe("0 0 whole fits");
    expect(json.call("double", text)).toBe(0);
  });

  const middle = (2n ** 53n + 1n).toString();
  test.each([
    "0",
    "-0",
    "0.1",
    "123456.789e3",
    "1e22",
    "1e23",
    "9007199254740993",
    "9007199254740995",
    `${middle}.${"0".repeat(900)}`,
    `${middle}.${"0".repeat(900)}1`,
    `${middle}${"0".repeat(900)}e-900`,
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623159e308",
    "1e309",
    "-1e999",
    "2.2250738585072014e-308",
    "2.2250738585072011e-308",
    "5e-324",
    "4.9e-324",
    "2.4703282292062328e-324",
    "2.4703282292062327e-324",
    "1e-325",
    "1e-99999999999",
    `0.${"0".repeat(400)}1e400`,
    `1${"0".repeat(1000)}e-1000`,
    `${"9".repeat(2000)}e-2000`,
    `0.${"3".repeat(2000)}`,
  ])("%s is the same double as Node's", (text) => {
    expect(json.call("double", text)).toBe(Number(text));
  });

  test("the middle between two tiny doubles, 767 digits and more, goes to the even one, its neighbours to the nearest", () => {
    for (const below of [0n, 1n, 2n, 12345n, 2n ** 52n - 1n, 2n ** 52n, 2n ** 53n - 1n]) {
      // Halfway from below · 2^-1074 to the next.
      const digits = (2n * below + 1n) * 5n ** 1075n;
      for (const text of [
        `${digits}e-1075`,
        `${digits}${"0".repeat(100)}e-1175`,
        `${digits}${"0".repeat(100)}1e-1176`,
        `${digits * 10n - 1n}e-1076`,
      ]) {
        expect(json.call("double", text), text).toBe(Number(text));
      }
    }
  });

  test("any double comes back as it was written", PATIENCE, () => {
    const random = new Random(printedSeed("doubles"));
    for (let i = caseCount(20_000) / 4; i > 0; i--) {
      const value = new DataView(random.bytes(8).buffer).getFloat64(0);
      if (!Number.isFinite(value)) continue;
      // One digit less or more than needed comes near the middle between two doubles.
      const text = random.once(3) ? JSON.stringify(value) : value.toExponential(random.pick([14, 15, 16, 17, 18, 30]));
      const ours = json.call("double", text);
      if (!Object.is(ours, Number(text))) expect.fail(`${text} is ${ours}`);
    }
  });
});

describe("writing", () => {
  test("one of everything, twice", () => {
    const text = 'é "quoted"\n';
    const value = '{"n":1.50,"s":"\\u00e9\\ud800"}';
    const event = {
      text,
      literal: "literal",
      [text]: ["u64", "i64", 0, true, false, null, {}, [], "value", "value"],
      parts: `at 1 of -2${text}\n`,
      e: "e",
      arguments: value,
      span: "in the arena",
      count: 0,
    };
    const line = JSON.stringify(event)
      .replace('"u64"', "18446744073709551615")
      .replace('"i64"', "-9223372036854775808")
      .replaceAll('"value"', value)
      .replace('"e":"e"', '"\\u0065":"\\u0065"');
    expect(json.text("writeAll", [text, value])).toBe(`data: ${line}\n\n`.repeat(2));
  });

  test.each(["{}", '{"city":"Z\\u00fcrich","n":1.0,"q":"\\"","half":"\\ud800"}', '"\\\\"', "[]"])(
    "%s goes into a string and comes out the same",
    (text) => {
      expect(json.text("embedAndBack", text)).toBe(`[1,${text}]`);
    },
  );

  test("text that is not UTF-8 is mended as browsers do", PATIENCE, () => {
    const random = new Random(printedSeed("mended"));
    const bytes = [
      0x22, 0x5c, 0x0a, 0x1f, 0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe6, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ];
    const characters = [
      "a",
      '"',
      "\n",
      "\0",
      "é",
      "ß",
      "日",
      "\uffff",
      "\ue000",
      "😀",
      "\u{10ffff}",
      "text that is longer than a vector",
    ].map((character) => [...Buffer.from(character)]);
    for (let i = caseCount(20_000) / 2; i > 0; i--) {
      const rarely = random.pick([1, 3, 20, 1000]);
      const text = Uint8Array.from(
        Array.from({ length: random.below(60) }, () => (random.once(rarely) ? [random.pick(bytes)] : random.pick(characters))).flat(),
      );
      const expected = JSON.stringify(new TextDecoder("utf-8", { ignoreBOM: true }).decode(text)).slice(1, -1);
      const ours = json.text("encode", text);
      if (ours !== expected) expect.fail(`${Buffer.from(text).toString("hex")} became ${ours}`);
    }
  });

  test.each([
    ["\\ud83d\\ude00", "😀"],
    ["\\uD83D\\uDE00", "😀"],
    ["\\ud800", "\ufffd"],
    ["\\udc00", "\ufffd"],
    ["\\ud83d\\udbff", "\ufffd\ufffd"],
    ["\\ud83d\\ud83d\\ude00", "\ufffd😀"],
    ["\\ud83d\\ue000", "\ufffd\ue000"],
    ["\\ud83dx", "\ufffdx"],
    ["\\ud83d😀", "\ufffd😀"],
  ])("%s stands for %s: half a pair for U+FFFD", (content, expected) => {
    expect(json.text("decodeContent", content)).toBe(expected);
  });

  test.each(["\\", "\\u", "\\u12", "\\x", "a\\", "\\ud83d\\", "\\ud83d\\u", "\\ud83d\\u12", "\\ud83d\\u0041", "\\ud83d\\ud83d"])(
    "content that nobody validated, as %j, is survived",
    (content) => {
      expect(json.text("decodeContent", content).length).toBeGreaterThan(0);
    },
  );
});

/** Bytes around a text that would change the verdict if they were read. */
const NEIGHBOURS = ["", '"', "}", "]", "0", "\\", '"]}', "e5", ' "', "\u00e9".repeat(8)];

function among(random: Random, text: Uint8Array): { bytes: Buffer; from: number; to: number } {
  const before = Buffer.from(random.pick(NEIGHBOURS));
  return {
    bytes: Buffer.concat([before, text, Buffer.from(random.pick(NEIGHBOURS))]),
    from: before.length,
    to: before.length + text.length,
  };
}

describe("against Node", () => {
  test("every beginning of a UTF-8 sequence, in front of and behind any character", PATIENCE, () => {
    const random = new Random(printedSeed("utf-8"));
    const characters = ["", "a", "é", "日", "😀", "日本語日本語", "aaaaaaaaaaaaaa"].map((text) => Buffer.from(text));
    for (let first = 0x80; first < 0x100; first++)
      for (let second = 0; second < 0x100; second++)
        for (const third of [0x61, 0x80, 0xbf])
          for (const fourth of [0x61, 0x80, 0xc3]) {
            const text = Buffer.concat([
              random.pick(characters),
              random.pick(characters),
              random.pick(characters),
              Buffer.of(first, second, third, fourth),
              random.pick(characters),
              random.pick(characters),
            ]);
            if (text.includes(0x22) || text.includes(0x5c) || second < 0x20) continue;
            const verdict = ERRORS[json.call("validate", Buffer.concat([Buffer.of(0x22), text, Buffer.of(0x22)]))];
            if (verdict !== (isUtf8(text) ? "accepted" : "BadUtf8")) expect.fail(`${text.toString("hex")}: ${verdict}`);
          }
  });

  test("generated and spoiled texts get the same verdict, have the same values, and no order of questions matters", PATIENCE, () => {
    const random = new Random(printedSeed("json"));
    const count = caseCount(20_000);
    let accepted = 0;
    for (let i = 0; i < count; i++) {
      let text: Uint8Array = Buffer.from(jsonText(random));
      if (!random.once(4)) text = spoil(random, text);
      const node = parsedByNode(text);
      const { bytes, from, to } = among(random, text);
      const verdict = json.call("validatePart", bytes, from, to);
      const shown = () => `${JSON.stringify(Buffer.from(text).toString())} (${Buffer.from(text).toString("hex")})`;
      if ((verdict === 0) !== (node !== undefined)) expect.fail(`${shown()}: ${ERRORS[verdict]}`);
      const copied = json.call("copyPart", bytes, from, to);
      if (copied !== verdict) expect.fail(`${shown()}: ${ERRORS[verdict]} when skipped, ${ERRORS[copied]} when read`);
      if (node !== undefined) {
        accepted++;
        const copy = json.output.toString();
        if (JSON.stringify(JSON.parse(copy)) !== JSON.stringify(node.value)) expect.fail(`${shown()} was copied as ${copy}`);
      }
      const driven = json.call("drive", [bytes, random.bytes(random.below(40))], from, to);
      if (driven !== verdict && ERRORS[driven] !== "OutOfPlace")
        expect.fail(`${shown()}: ${ERRORS[verdict]} when skipped, ${ERRORS[driven] ?? driven} when asked at random`);
    }
    // Both verdicts must have been put to the test.
    expect(accepted).toBeGreaterThan(count / 5);
    expect(accepted).toBeLessThan(count * 0.8);
  });

  test("strings are decoded to the same text", PATIENCE, () => {
    const random = new Random(printedSeed("strings"));
    for (let i = caseCount(20_000) / 4; i > 0; i--) {
      const text = jsonString(random);
      const expected = Buffer.from(JSON.parse(text) as string);
      const ours = json.bytes("decode", text);
      if (!ours.equals(expected)) expect.fail(`${text} became ${ours.toString()}`);
    }
  });
});
