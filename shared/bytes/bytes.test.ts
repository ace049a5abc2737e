import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let bytes: Assembly;
beforeAll(async () => {
  bytes = await assembly(new URL("./bytes.testing.ts", import.meta.url));
}, 60_000);

/** The view under test lies between two neighbours that must not be seen. */
const among = (text: string | Uint8Array) => Buffer.concat([Buffer.from("x"), Buffer.from(text), Buffer.from("x")]);

describe("a view", () => {
  test("has no bytes outside itself", () => {
    expect([-1, 0, 2, 3, 1_000_000, -1_000_000].map((index) => bytes.call("at", among("abc"), index))).toEqual([0, 97, 99, 0, 0, 0]);
  });

  test("has words of four and eight bytes only where they are whole", () => {
    expect(bytes.call("words", [], 0xfedcba98, 0x0123456789abcdefn)).toBe(1);
    expect(bytes.output.toString("hex")).toBe("98badcfeefcdab8967452301");
  });

  test.each([
    [0, 3, "abc"],
    [1, 2, "b"],
    [-5, 2, "ab"],
    [2, 100, "c"],
    [3, 3, ""],
    [2, 1, ""],
    [100, 200, ""],
    [0, -1, ""],
    [0, 0x7fffffff, "abc"],
  ])("of abc, sliced from %i to %i, is %j", (from, to, expected) => {
    expect(bytes.call("slice", among("abc"), from, to)).toBe(1);
    expect(bytes.output.toString()).toBe(expected);
  });

  test.each([
    [0, 3, "abc"],
    [-1, 2, "ab"],
    [2, 9, "c"],
    [9, 1, ""],
    [1, -1, ""],
    [1, 0x7fffffff, "bc"],
    [0x7fffffff, 0x7fffffff, ""],
  ])("set to %i, %i long, is cut to %j", (start, length, expected) => {
    expect(bytes.text("setTo", "abc", start, length)).toBe(expected);
  });

  test("can be copied into a buffer of its own", () => {
    expect(bytes.call("copyOf", among("abc"))).toBe(1);
    expect(bytes.output.toString()).toBe("abc");
  });

  test("answers questions as Node's buffers do", () => {
    const random = new Random(printedSeed("views"));
    const letter = () => random.pick(["a", "b", "A", "B", "@", "[", "`", "{", "\u007f"]);
    for (let i = caseCount(20_000) / 10; i > 0; i--) {
      const text = Array.from({ length: random.below(20) }, letter).join("");
      const from = random.below(text.length + 1);
      const other = random.pick([
        text,
        text.slice(0, from),
        text.slice(from),
        text.slice(from, from + 2),
        text.toLowerCase(),
        Array.from({ length: random.below(3) }, letter).join(""),
      ]);
      const shown = `${text} and ${other}`;
      const [mine, theirs] = [Buffer.from(text), Buffer.from(other)];
      const inputs = [among(text), theirs];
      const asks = [
        text === other,
        text.toLowerCase() === other.toLowerCase(),
        text.startsWith(other),
        text.endsWith(other),
        text.includes(other),
      ];
      expect(bytes.call("ascii", inputs), shown).toBe(asks.reduce((sum, yes, bit) => sum + (yes ? 1 << bit : 0), 0));
      expect(bytes.call("equals", inputs), shown).toBe(Number(mine.equals(theirs)));
      expect(Math.sign(bytes.call("compare", inputs)), shown).toBe(mine.compare(theirs));
      expect(bytes.call("startsWithBytes", inputs), shown).toBe(Number(text.startsWith(other)));
      expect(bytes.call("endsWithBytes", inputs), shown).toBe(Number(text.endsWith(other)));
      expect(bytes.call("indexOf", inputs, 0x61, from - 3), shown).toBe(mine.indexOf(0x61, Math.max(from - 3, 0)));
      expect(bytes.text("toLowerCase", inputs), shown).toBe(text.toLowerCase());
    }
  });

  test("is ordered by bytes, not by signed ones", () => {
    expect(bytes.call("compare", [among(Uint8Array.of(0x80)), Uint8Array.of(0x7f)])).toBeGreaterThan(0);
  });

  test.each([
    ["", 0xcbf29ce484222325n],
    ["a", 0xaf63dc4c8601ec8cn],
    ["foobar", 0x85944171f73967e8n],
  ])("hashes %j as the authors of FNV-1a do", (text, expected) => {
    bytes.call("at", among(text), 0);
    expect(BigInt.asUintN(64, bytes.export("hash")() as bigint)).toBe(expected);
  });

  test("goes through a string and back, ill-formed bytes as browsers mend them", () => {
    const random = new Random(printedSeed("strings"));
    const pieces = ["a", "é", "日", "😀", "\0", "\uffff", "\u{10ffff}"].map((text) => [...Buffer.from(text)]);
    for (let i = caseCount(20_000) / 10; i > 0; i--) {
      const text = Uint8Array.from(
        Array.from({ length: random.below(12) }, () => (random.once(4) ? [random.below(256)] : random.pick(pieces))).flat(),
      );
      const expected = new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
      expect(bytes.text("throughString", among(text)), Buffer.from(text).toString("hex")).toBe(expected);
    }
  });

  test("of a string has no half of a surrogate pair", () => {
    expect(bytes.text("halfAPair")).toBe("\ufffd!");
  });
});

describe("a writer", () => {
  test("holds what was written, in any pieces", () => {
    const random = new Random(printedSeed("pieces"));
    for (let i = caseCount(20_000) / 20; i > 0; i--) {
      const text = Array.from({ length: random.below(500) }, () => String.fromCharCode(random.below(128))).join("");
      expect(bytes.call("writePieces", [random.bytes(random.below(30)), text])).toBe(0);
    }
  });

  test.each([0n, 7n, 9n, 10n, 99n, 100n, 10n ** 19n, 2n ** 64n - 1n])("writes %i in decimal", (value) => {
    expect(bytes.text("unsigned", [], BigInt.asIntN(64, value))).toBe(String(value));
  });

  test.each([0n, 1n, -1n, -10n, 2n ** 63n - 1n, -(2n ** 63n)])("writes %i in decimal, with its sign", (value) => {
    expect(bytes.text("signed", [], value)).toBe(String(value));
  });

  test.each([0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff])("writes U+%i in UTF-8", (value) => {
    expect(bytes.text("codePoint", [], value)).toBe(String.fromCodePoint(value));
  });

  test.each([0xd800, 0xdfff, 0x110000, 0xffffffff])("writes U+FFFD for %i, which is no character", (value) => {
    expect(bytes.text("codePoint", [], value)).toBe("\ufffd");
  });

  test.each([
    [0, 3, "abc"],
    [1, 100, "bc"],
    [3, 1, ""],
    [4, 1, ""],
    [-1, 2, ""],
    [0, -1, ""],
    [1, 0x7fffffff, "bc"],
  ])("cuts a range from %i, %i long, to %j", (start, length, expected) => {
    expect(bytes.text("range", "abc", start, length)).toBe(expected);
  });

  test("may write what it holds behind itself", () => {
    expect(bytes.text("doubled", "abc", 10)).toBe("abc".repeat(1024));
  });

  test("keeps its buffer when it is cleared, unless it has grown large", () => {
    expect(bytes.call("keptAfter", [], 1000)).toBeGreaterThanOrEqual(1000);
    expect(bytes.call("keptAfter", [], 60_000)).toBeGreaterThanOrEqual(60_000);
    expect(bytes.call("keptAfter", [], 70_000)).toBe(0);
  });

  test.each([
    [2, "ab|b|"],
    [0, "|"],
    [3, "abc|bc|"],
    [9, "abc|bc|"],
    [-1, "abc|bc|"],
  ])("is cut back to %i and goes on", (length, expected) => {
    expect(bytes.text("cutTo", "abc", length)).toBe(expected);
  });
});

test("spans point into the body and the arena, and absent or impossible ones at nothing", () => {
  expect(bytes.call("spans", among("body"))).toBe(127);
  expect(bytes.output.toString()).toBe("bodliteralsince");
});

describe("copying and comparing", () => {
  const lengths = Array.from({ length: 70 }, (_, length) => length);
  const numbered = (length: number) => among(Uint8Array.from({ length }, (_, index) => (index * 7 + 1) & 0xff));

  test.each(lengths)("%i bytes are copied, and nothing beside them", (length) => {
    expect(bytes.call("copiesExactly", numbered(length))).toBe(1);
  });

  test.each(lengths.filter((length) => length > 0))("of %i bytes each one counts", (length) => {
    for (let at = 0; at < length; at++) expect(bytes.call("seesDifference", numbered(length), at)).toBe(1);
  });
});

describe("encodings", () => {
  const lengths = Array.from({ length: 70 }, (_, length) => length);

  test.each(lengths)("%i bytes in base64 are Node's, in both alphabets", (length) => {
    const data = Buffer.from(Uint8Array.from({ length }, (_, index) => index * 89 + length));
    expect(bytes.text("base64", among(data))).toBe(data.toString("base64"));
    expect(bytes.text("base64Url", among(data))).toBe(data.toString("base64url"));
  });

  test("percent-encoding leaves RFC 3986's unreserved characters, and nothing else", () => {
    const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    const expected = [...all].map((byte) =>
      /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte)) && byte < 128
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    );
    expect(bytes.text("percentEncode", among(all))).toBe(expected.join(""));
    expect(bytes.bytes("percentDecode", among(expected.join("")))).toEqual(all);
  });

  test.each([
    ["plain", "plain"],
    ["%41%4a%4A", "AJJ"],
    ["%4", "%4"],
    ["%", "%"],
    ["%%41", "%A"],
    ["%g1%1g", "%g1%1g"],
    ["a%20b+c", "a b+c"],
  ])("%j is percent-decoded to %j", (text, expected) => {
    expect(bytes.text("percentDecode", among(text))).toBe(expected);
  });
});
