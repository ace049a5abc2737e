/** Makes JSON texts, and spoils them. */
import type { Random } from "./random.ts";

const LITERALS = ["true", "false", "null"];
const NUMBERS = [
  "0",
  "-0",
  "1",
  "-1",
  "1.5",
  "1e3",
  "1E-7",
  "0.1e+2",
  "1e999",
  "-1e-999",
  "9007199254740993",
  "18446744073709551615",
  "123456789012345678901234567890",
  "4.9e-324",
  "5e-324",
  "2.2250738585072011e-308",
  "1.7976931348623159e308",
];
const KEYS = ["", "model", "messages", "mod\\u0065l", "role", "content", "a", "b", "__proto__", "ключ", '\\"quoted\\"', "0"];
const STRING_PARTS = [
  "a",
  "text ",
  "longer text that fills a vector and goes on ",
  "\\n",
  '\\"',
  "\\\\",
  "\\/",
  "\\b\\f\\r\\t",
  "\\u0000",
  "\\u00e9",
  "\\ud83d\\ude00",
  "\\ud800",
  "\\uDC00",
  "é",
  "日本語",
  "😀",
  "日本語の文章は続く。そして続く",
  "ßéß😀ü",
  "\u007f",
  "\u2028",
  "{",
  "[1,2]",
  ",",
  ":",
];
const SPACES = ["", "", "", "", " ", "\n", "\t", "\r\n", "    ", "\n                    "];
/** Bytes that mean something to a JSON or UTF-8 reader. */
const LOADED = [...'{}[]",:\\/0123456789.eE+-tfnu \n\t\r\0\x1f\x7f']
  .map((character) => character.charCodeAt(0))
  .concat([0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xa0, 0x9f, 0xed, 0xef, 0xbb, 0xf0, 0x8f, 0x90, 0xf4, 0xf5, 0xff]);

/** A text that is JSON, with all kinds of values, white space and escapes. */
export function jsonText(random: Random, depth = 4): string {
  const space = () => random.pick(SPACES);
  const kind = depth === 0 ? random.below(3) : random.below(5);
  if (kind === 0) return random.pick(LITERALS);
  if (kind === 1) return random.once(2) ? random.pick(NUMBERS) : JSON.stringify((random.next() - 0.5) * 10 ** (random.below(40) - 20));
  if (kind === 2) return jsonString(random);
  const count = random.below(5);
  const members = Array.from({ length: count }, () => {
    const value = `${space()}${jsonText(random, depth - 1)}${space()}`;
    return kind === 3 ? value : `${space()}"${random.pick(KEYS)}"${space()}:${value}`;
  });
  return kind === 3 ? `[${members.join(",") || space()}]` : `{${members.join(",") || space()}}`;
}

/** A JSON string with its quotes. */
export function jsonString(random: Random): string {
  return `"${Array.from({ length: random.below(6) }, () => random.pick(STRING_PARTS)).join("")}"`;
}

/** A text with one to three faults: often, but not always, no JSON any more. */
export function spoil(random: Random, text: Uint8Array): Uint8Array {
  let bytes = [...text];
  for (let faults = 1 + random.below(3); faults > 0; faults--) {
    const at = random.below(bytes.length + 1);
    const count = 1 + random.below(4);
    switch (random.below(6)) {
      case 0:
        bytes[at] = random.pick(LOADED);
        break;
      case 1:
        bytes.splice(at, 0, random.pick(LOADED));
        break;
      case 2:
        bytes.splice(at, count);
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4:
        bytes.splice(at, 0, ...bytes.slice(at, at + count));
        break;
      default:
        bytes.splice(random.below(bytes.length + 1), 0, ...bytes.splice(at, count));
    }
  }
  return Uint8Array.from(bytes, (byte) => byte ?? 0);
}
