import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let store: Assembly;
beforeAll(async () => {
  store = await assembly(new URL("./store.testing.ts", import.meta.url));
}, 60_000);

const PATIENCE = { timeout: 3_600_000 };

type Value = { status: string } | { error: string } | { text: string } | { list: Value[] } | number | null;

/** As Redis writes a value. */
function written(value: Value): string {
  if (value === null) return "$-1\r\n";
  if (typeof value === "number") return `:${value}\r\n`;
  if ("status" in value) return `+${value.status}\r\n`;
  if ("error" in value) return `-${value.error}\r\n`;
  if ("text" in value) return `$${Buffer.byteLength(value.text)}\r\n${value.text}\r\n`;
  return `*${value.list.length}\r\n${value.list.map(written).join("")}`;
}

/** The line for a value, and those for its elements. */
function told(value: Value): string {
  if (value === null) return "null \n";
  if (typeof value === "number") return `number ${value}\n`;
  if ("status" in value) return `status ${value.status}\n`;
  if ("error" in value) return `error ${value.error}\n`;
  if ("text" in value) return `text ${value.text}\n`;
  return `list ${value.list.length}\n${value.list.map(told).join("")}`;
}

const read = (bytes: string, how = "replies"): string => store.text(how, [bytes]);

describe("a command", () => {
  test("is an array of bulk strings, whatever is in its words", () => {
    expect(store.text("command", ["SET", "a key", "x\r\n$1\r\n"], 2, 1800)).toBe(
      "*4\r\n$3\r\nSET\r\n$5\r\na key\r\n$7\r\nx\r\n$1\r\n\r\n$4\r\n1800\r\n",
    );
    expect(store.text("command", ["GET", ""], 1, 0)).toBe("*3\r\n$3\r\nGET\r\n$0\r\n\r\n$1\r\n0\r\n");
  });
});

describe("replies", () => {
  const all: Value[] = [
    { status: "OK" },
    { error: "WRONGTYPE Operation against a key" },
    42,
    -1,
    { text: "" },
    { text: "a\r\n+OK\r\n" },
    null,
    { list: [] },
    { list: [1, { list: [{ text: "in" }, null] }, { status: "OK" }] },
  ];

  test.each(["replies", "repliesByByte"])("of every kind (%s)", (how) => {
    expect(read(all.map(written).join(""), how)).toBe(`${all.map((value) => `reply\n${told(value)}`).join("")}end`);
  });

  test("the largest and the smallest numbers", () => {
    for (const number of ["9223372036854775807", "-9223372036854775808", "999999999999999999"])
      expect(read(`:${number}\r\n`)).toBe(`reply\nnumber ${number}\nend`);
    for (const number of ["9223372036854775808", "-9223372036854775809", "99999999999999999999"])
      expect(read(`:${number}\r\n`)).toBe("failed");
  });

  test("a null list is no list", () => expect(read("*-1\r\n:1\r\n")).toBe("reply\nnull \nreply\nnumber 1\nend"));

  test.each([
    ["another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["RESP3", "%1\r\n+a\r\n:1\r\n"],
    ["a length that is no number", "$x\r\n"],
    ["a negative length", "$-2\r\n"],
    ["a text beyond Redis's limit", "$536870913\r\n"],
    ["a list beyond all use", "*1048577\r\n"],
    ["a length beyond 64 bits", "$99999999999999999999999\r\n"],
    ["a text that is longer than it says", "$1\r\nabc\r\n"],
    ["a line that ends with LF alone", "+OK\n"],
    ["an empty line", "\r\n"],
    ["no number", ":\r\n"],
    ["a sign alone", ":-\r\n"],
    ["a line without end", `+${"x".repeat(70_000)}`],
  ])("%s is nonsense, and nothing is read behind it", (_, bytes) => {
    for (const how of bytes.length > 1000 ? ["replies"] : ["replies", "repliesByByte"])
      expect(read(`+OK\r\n${bytes}+OK\r\n`, how)).toBe("reply\nstatus OK\nfailed");
  });

  test("lists of lists without end are not followed for ever", () => {
    expect(read("*1048576\r\n".repeat(3))).toBe("end");
    expect(read("*1\r\n".repeat(1_200_000))).toBe("failed");
  });

  test("what is cut is waited for, at every byte", () => {
    const bytes = all.map(written).join("");
    for (let cut = 0; cut < bytes.length; cut++) expect(read(bytes.slice(0, cut))).toMatch(/end$/);
  });

  const seed = printedSeed("replies");
  test(`any bytes are read or refused, the same however they come`, PATIENCE, () => {
    const random = new Random(seed);
    const value = (depth: number): Value =>
      random.pick<() => Value>([
        () => ({ status: random.pick(["OK", "QUEUED", ""]) }),
        () => ({ error: "ERR no" }),
        () => random.below(1000) - 500,
        () => ({ text: "x".repeat(random.below(20)) }),
        () => null,
        () => (depth > 3 ? null : { list: Array.from({ length: random.below(4) }, () => value(depth + 1)) }),
      ])();
    for (let i = 0; i < caseCount(2000); i++) {
      const values = Array.from({ length: 1 + random.below(4) }, () => value(0));
      let bytes = values.map(written).join("");
      expect(read(bytes)).toBe(`${values.map((one) => `reply\n${told(one)}`).join("")}end`);
      const letters = [..."+-:$*0123456789\r\nOKx"];
      for (let n = random.below(4); n > 0; n--) {
        const at = random.below(bytes.length + 1);
        bytes = bytes.slice(0, at) + random.pick(letters) + bytes.slice(at + random.below(3));
      }
      expect(read(bytes, "repliesByByte")).toBe(read(bytes));
    }
  });
});
