import { readFile, readdir } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let sse: Assembly;
beforeAll(async () => {
  sse = await assembly(new URL("./sse.testing.ts", import.meta.url));
}, 60_000);

const PATIENCE = { timeout: 3_600_000 };

interface Block {
  isEvent: boolean;
  event: string;
  data: string;
  id: string;
  retry: string;
  raw: string;
}

interface Reading {
  blocks: Block[];
  /** What came behind the last block. */
  end: { isEvent: boolean; event: string; data: string; raw: string };
}

/** The specification's algorithm, word by word, over a whole stream (a character is a byte here). */
function specified(stream: string): Reading {
  const blocks: Block[] = [];
  let id = "";
  const fresh = (): Block => ({ isEvent: false, event: "", data: "", id: "", retry: "", raw: "" });
  let block = fresh();
  const line = (text: string) => {
    if (text.startsWith(":")) return;
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") block.event = value;
    if (field === "data") {
      block.data += `${value}\n`;
      block.isEvent = true;
    }
    if (field === "id" && !value.includes("\0")) id = value;
    if (field === "retry" && /^[0-9]+$/.test(value)) block.retry = String(Math.min(Number(value), 0xffffffff));
  };
  const finish = (): Block => ({ ...block, id, data: block.data.replace(/\n$/, "") });
  let rest = stream;
  while (rest !== "") {
    const mark = rest === stream && rest.startsWith("\xef\xbb\xbf") ? 3 : 0;
    const match = /\r\n|\n|\r/.exec(rest);
    const text = rest.slice(mark, match?.index);
    const length = match ? match.index + match[0].length : rest.length;
    block.raw += rest.slice(0, length);
    rest = rest.slice(length);
    if (text !== "") line(text);
    else if (match) {
      blocks.push(finish());
      block = fresh();
    }
  }
  const { isEvent, event, data, raw } = finish();
  return { blocks, end: { isEvent, event, data, raw } };
}

/** What sse.testing.ts wrote. */
function written(output: Buffer): Reading {
  const text = output.toString("latin1");
  let at = 0;
  const until = (mark: string) => {
    const from = at;
    at = text.indexOf(mark, from) + 1;
    return text.slice(from, at - 1);
  };
  const part = () => {
    const length = Number(until(":"));
    at += length;
    return text.slice(at - length, at);
  };
  const blocks: Block[] = [];
  for (;;) {
    const kind = text[at++]!;
    const event = part();
    const data = part();
    if (kind === "P" || kind === "N") return { blocks, end: { isEvent: kind === "P", event, data, raw: part() } };
    blocks.push({ isEvent: kind === "E", event, data, id: part(), retry: until(";"), raw: part() });
  }
}

/** A reading without what depends on how the stream is cut: where a CRLF behind a blank line is cut, the raw bytes of two blocks share it. */
function meaning({ blocks, end }: Reading) {
  return {
    events: blocks.filter(({ isEvent }) => isEvent).map(({ raw: _raw, ...event }) => event),
    end: { isEvent: end.isEvent, event: end.event, data: end.data },
  };
}

const all = ({ blocks, end }: Reading) => blocks.map(({ raw }) => raw).join("") + end.raw;

const folder = new URL("./fixtures/", import.meta.url);
const fixtures = (await readdir(folder)).filter((name) => name.endsWith(".txt"));

describe.each(fixtures)("%s", async (name) => {
  const stream = await readFile(new URL(name, folder));
  const expected = specified(stream.toString("latin1"));

  test("is read as the specification says", () => {
    expect(written(sse.bytes("blocks", stream))).toEqual(expected);
    expect(all(expected)).toBe(stream.toString("latin1"));
  });

  test("means the same, cut at any byte", () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(meaning(written(sse.bytes("eventsCutAt", stream, cut))), `cut at ${cut}`).toEqual(meaning(expected));
      const blocks = written(sse.bytes("blocks", [stream, Uint8Array.of(cut & 0xff)]));
      expect(all(blocks), `cut at ${cut}`).toBe(stream.toString("latin1"));
    }
  });

  test("means the same, a byte at a time", () => {
    expect(meaning(written(sse.bytes("eventsByByte", stream)))).toEqual(meaning(expected));
    const ones = new Uint8Array(stream.length).fill(1);
    expect(all(written(sse.bytes("blocks", [stream, ones])))).toBe(stream.toString("latin1"));
  });
});

test("the WHATWG's examples say what its text says", async () => {
  const events = async (name: string) => meaning(written(sse.bytes("events", await readFile(new URL(name, folder))))).events;
  expect((await events("whatwg-ids.txt")).map(({ data, id }) => [data, id])).toEqual([
    ["first event", "1"],
    ["second event", ""],
    [" third event", ""],
  ]);
  expect((await events("whatwg-empty-data.txt")).map(({ data }) => data)).toEqual(["", "\n"]);
  expect((await events("whatwg-lines.txt")).map(({ data }) => data)).toEqual(["YHOO\n+2\n10"]);
  expect((await events("whatwg-space.txt")).map(({ data }) => data)).toEqual(["test", "test"]);
});

const PIECES = [
  "data: x\n",
  "data:\n",
  "data\n",
  "data: a line that is longer than one vector of sixteen bytes\n",
  "event: name\n",
  "id: 7\n",
  "id\n",
  "retry: 10\n",
  ": comment\n",
  "\n",
  "\n",
  "\n",
  "\r",
  "\r\n",
  "\r\n\r\n",
  "data: é\r\n",
  "data: r\r",
  "\xef\xbb\xbf",
  "\xef",
  "unknown: x\n",
  "event\n",
  "data: cut",
];

test("generated streams mean the same however they are cut", PATIENCE, () => {
  const random = new Random(printedSeed("sse"));
  let events = 0;
  for (let i = caseCount(20_000) / 2; i > 0; i--) {
    const text = (random.once(5) ? "\xef\xbb\xbf" : "") + Array.from({ length: random.below(16) }, () => random.pick(PIECES)).join("");
    const stream = Buffer.from(text, "latin1");
    const cuts = Uint8Array.from({ length: random.below(12) }, () => random.pick([0, 1, 1, 2, 3, 5, 17, 40]));
    const expected = specified(text);
    const blocks = written(sse.bytes("blocks", [stream, cuts]));
    const shown = `${JSON.stringify(text)} cut by ${cuts.join()}`;
    expect(meaning(blocks), shown).toEqual(meaning(expected));
    expect(all(blocks), shown).toBe(text);
    expect(meaning(written(sse.bytes("events", [stream, cuts]))), shown).toEqual(meaning(expected));
    expect(meaning({ ...written(sse.bytes("eventsFedAtOnce", [stream, cuts])) }).events, shown).toEqual(meaning(expected).events);
    events += meaning(expected).events.length;
  }
  expect(events).toBeGreaterThan(caseCount(20_000) / 4);
});

test("an event that lies in one chunk is not copied", () => {
  expect(sse.call("uncopied", "data: one\n\nevent: x\ndata: two\n\n: c\n\ndata: a\ndata: b\n\ndata: cut")).toBe(2);
});

test("an event in pieces is bounded, a long event in one chunk is not", () => {
  const long = `data: ${"x".repeat(100)}\n\n`;
  expect(sse.call("tooLong", [long, Uint8Array.of()])).toBe(0);
  expect(sse.call("tooLong", [long, Uint8Array.of(10)])).toBe(1);
  expect(sse.call("tooLong", [long, new Uint8Array(200).fill(1)])).toBe(1);
  const short = `data: ${"x".repeat(56)}\n\n`.repeat(100);
  expect(sse.call("tooLong", [short, new Uint8Array(7000).fill(1)])).toBe(0);
  expect(sse.call("tooLong", [`data: 1\n\n${long}data: 2\n\n`, Uint8Array.of(30)])).toBe(1);
  expect(meaning(written(sse.output)).events.map(({ data }) => data)).toEqual(["1"]);
});

test.each([
  ["", 0],
  ["data: x\n\n", 0],
  ["data: x\r\n\r", 0],
  ["data: x\r\n\r\n", 0],
  ["data: x\n", 1],
  ["data: x\n\nd", 1],
  [": c", 1],
])("%j leaves a block unfinished: %i", (stream, expected) => {
  expect(sse.call("hasPartial", stream)).toBe(expected);
});

test.each([
  ["one line", ["one line"]],
  ["", [""]],
  ["two\nlines", ["two", "lines"]],
  ["a\r\nb\rc\n", ["a", "b", "c", ""]],
  ["\n\n", ["", "", ""]],
])("%j is written so that it is read again", (data, lines) => {
  const stream = sse.bytes("written", data);
  const fields = lines.map((line) => `data: ${line}\n`).join("");
  expect(stream.toString()).toBe(`${fields}\n: keep-alive\n\nevent: named\n${fields}\nevent: ping\ndata: {}\n\n`);
  const events = meaning(written(sse.bytes("events", stream))).events.map((event) => [event.event, event.data]);
  expect(events).toEqual([
    ["", lines.join("\n")],
    ["named", lines.join("\n")],
    ["ping", "{}"],
  ]);
});
