import { expect, test } from "vitest";
import { assembly } from "../../test/assembly/compile.ts";

const texts = await assembly(new URL("./answer-text.testing.ts", import.meta.url));

function add(content: string, keeps = false): void {
  texts.call("add", [content], keeps ? 1 : 0);
}

test.each([
  ["", 0, 0],
  ["eight ASCII and more of it", 26, 26],
  ["Köln ☕ 😀", 8, 14],
  ['with \\n \\" \\\\ escapes, more than eight', 35, 35],
  ["\\u00e9\\u0041\\u2615", 3, 6],
  ["\\ud83d\\ude00!", 2, 5],
])("%j has %i code points and %i bytes", (content, points, bytes) => {
  texts.call("begin", []);
  add(content);
  expect([texts.call("points", []), texts.call("bytes", []), texts.call("count", [content])]).toEqual([points, bytes, points]);
});

test("places are counted either way, in text that is kept; without, in ASCII only", () => {
  texts.call("begin", []);
  add("abc");
  expect([texts.call("pointsAt", [], 2), texts.call("bytesAt", [], 2)]).toEqual([2, 2]);
  add("é");
  expect([texts.call("pointsAt", [], 2), texts.call("bytesAt", [], 2)]).toEqual([-1, -1]);

  texts.call("begin", []);
  add("K\\u00f6", true);
  add("ln 😀!", true);
  const text = "Köln 😀!";
  const bytes = [...text].map((_, i) => Buffer.byteLength([...text].slice(0, i).join("")));
  expect([...text].map((_, i) => texts.call("bytesAt", [], i))).toEqual(bytes);
  expect(bytes.map((byte) => texts.call("pointsAt", [], byte))).toEqual([...text].map((_, i) => i));
  expect([
    texts.call("bytesAt", [], 7),
    texts.call("pointsAt", [], 11),
    texts.call("bytesAt", [], 8),
    texts.call("pointsAt", [], 12),
  ]).toEqual([11, 7, -1, -1]);
});
