import { describe, expect, test } from "vitest";
import { Body } from "./body.ts";
import { byteString, text } from "./bytes.ts";
import { Clock } from "./clock.ts";
import { Clusters } from "./cluster.ts";
import { HeaderMap, packPairs, unpackPairs } from "./headers.ts";
import { eventsOf } from "./provider.ts";

describe("a body", () => {
  test("grows, and is edited at its ends", () => {
    const body = new Body();
    for (let i = 0; i < 1000; i++) body.add(Buffer.from(`${i},`));
    expect(text(body.view())).toBe(Array.from({ length: 1000 }, (_, i) => `${i},`).join(""));
    body.replaceStart(2, Buffer.from("<"));
    expect(text(body.view()).slice(0, 6)).toBe("<1,2,3");
    body.replaceStart(1e9, Buffer.from("all"));
    expect(text(body.view())).toBe("all");
  });

  test("moves its bytes, and copies stay as they were", () => {
    const from = new Body(Buffer.from("from"));
    const to = new Body(Buffer.from("to "));
    const copy = from.copy();
    to.move(from);
    to.move(to);
    expect([text(to.view()), from.length, text(copy)]).toEqual(["to from", 0, "from"]);
    const taken = new Body();
    taken.move(to);
    taken.add(Buffer.from("!"));
    expect([text(taken.view()), to.length]).toEqual(["to from!", 0]);
  });
});

describe("headers", () => {
  test("survive the way into a module and back", () => {
    const pairs: [string, string][] = [
      [":path", "/"],
      ["x-empty", ""],
      ["x-bytes", "\xff\0\x80"],
    ];
    expect(unpackPairs(packPairs(pairs))).toEqual(pairs);
    expect(packPairs([])).toHaveLength(0);
    expect(unpackPairs(new Uint8Array(0))).toEqual([]);
  });

  test("packed with sizes that leave the buffer are refused", () => {
    expect(unpackPairs(Uint8Array.of(1, 0))).toBeNull();
    expect(unpackPairs(Uint8Array.of(255, 255, 255, 255))).toBeNull();
    const cut = packPairs([["name", "value"]]);
    for (let length = 1; length < cut.length; length++) expect(unpackPairs(cut.subarray(0, length))).toBeNull();
  });

  test("given as text become UTF-8", () => {
    expect(byteString("caf\xe9")).toBe("caf\xe9");
    expect(text(Buffer.from(byteString("日本"), "latin1"))).toBe("日本");
    expect(HeaderMap.from({ "X-Two": ["1", "2"] }).all("x-two")).toEqual(["1", "2"]);
  });
});

test("a clock runs what is due, in order of time and then of planning, and forgets what was cancelled", () => {
  const clock = new Clock();
  const ran: string[] = [];
  const start = clock.now;
  clock.after(20, () => ran.push("c"));
  clock.after(10, () => ran.push("a"));
  clock.after(10, () => clock.after(5, () => ran.push("b")));
  clock.cancel(clock.after(1, () => ran.push("never")));
  expect(clock.busy).toBe(true);
  while (clock.next !== null) clock.step();
  expect([ran, clock.now - start]).toEqual([["a", "b", "c"], 20]);
});

test("a composite cluster passes over members without hosts and ends with its last", () => {
  const clusters = new Clusters({ a: () => "stall", b: () => "stall", c: () => "stall", none: null }, { plan: ["a", "none", "c", "b"] });
  const picked = [1, 2, 3, 4, 5].map((attempt) => clusters.pick("plan", attempt)?.provider ?? null);
  expect(picked).toEqual(["a", "c", "c", "b", null]);
  expect([clusters.has("plan"), clusters.has("none"), clusters.has("nowhere"), clusters.has("constructor")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe("the events of an answer", () => {
  const kinds = (...answer: Parameters<typeof eventsOf>): string[] =>
    eventsOf(...answer).map((event) => ("end" in event && event.end ? `${event.kind} end` : event.kind));

  test("without a body are its headers", () => {
    expect(kinds({ status: 204 })).toEqual(["headers end"]);
    expect(kinds({ status: 200, body: "" })).toEqual(["headers end"]);
  });

  test("end by themselves, or as they are told", () => {
    expect(kinds({ body: "x" })).toEqual(["headers", "data", "data end"]);
    expect(kinds({ body: "x", endWithLastChunk: true })).toEqual(["headers", "data end"]);
    expect(kinds({ chunks: ["x", 5, "y"], then: "reset" })).toEqual(["headers", "data", "wait", "data", "reset"]);
    expect(kinds({ chunks: ["x"], then: "stall" })).toEqual(["headers", "data"]);
    expect(kinds({ chunks: [], then: "stall" })).toEqual(["headers"]);
    expect(kinds({ body: "x", trailers: { "x-t": "1" } })).toEqual(["headers", "data", "trailers"]);
    expect(kinds({ after: 5, body: "x" })).toEqual(["wait", "headers", "data", "data end"]);
  });

  test("of a provider that fails", () => {
    expect([kinds("stall"), kinds("reset"), kinds("refuse")]).toEqual([[], ["reset"], ["reset"]]);
  });
});
