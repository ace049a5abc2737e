import { describe, expect, test } from "vitest";
import { isPrivate, parseAddress } from "./addresses.ts";
import type { ModelEntry } from "./gateway.ts";
import { globCovers, globMatches } from "./globs.ts";
import { nearest } from "./nearest.ts";
import { plansFor } from "./plans.ts";
import { describeProblem } from "./problems.ts";
import { describeSize, durationInMilliseconds, sizeInBytes } from "./units.ts";

describe("plans", () => {
  const entry = (to: [string, number][], fallback: string[], othersJoin = true): ModelEntry => ({
    match: "m",
    names: [],
    to: to.map(([provider, weight]) => ({ provider, weight })),
    fallback: fallback.map((provider) => ({ provider })),
    othersJoin,
    sticky: null,
    fallbackOn: null,
  });
  const orders = (model: ModelEntry): string[] =>
    plansFor(model).map(({ weight, targets }) => `${weight} ${targets.map(({ provider }) => provider).join("")}`);

  test("each weighted order, then what striking targets leaves of each", () => {
    const all = orders(
      entry(
        [
          ["A", 95],
          ["B", 5],
        ],
        ["C"],
      ),
    );
    expect(all.slice(0, 2)).toEqual(["95 ACB", "5 BCA"]);
    expect(all.slice(2).toSorted()).toEqual(["0 A", "0 AB", "0 AC", "0 B", "0 BA", "0 BC", "0 C", "0 CA", "0 CB"]);
  });
  test("a provider with several keys stands there several times, first of all also less often", () => {
    const plans = plansFor(entry([["A", 1]], ["B"]), (provider) => (provider === "A" ? 3 : 2));
    expect(plans.map(({ weight, targets }) => `${weight} ${targets.map(({ provider }) => provider).join("")}`)).toEqual([
      "1 AAABB",
      "0 AABB",
      "0 ABB",
      "0 BB",
      "0 B",
      "0 AAA",
      "0 AA",
      "0 A",
    ]);
  });
  test("with more than four targets only those that begin later in the list", () => {
    expect(orders(entry([["A", 1]], ["B", "C", "D", "E"]))).toEqual(["1 ABCDE", "0 BCDE", "0 CDE", "0 DE", "0 E"]);
  });
  test("an order of each weight", () => {
    expect(
      orders(
        entry(
          [
            ["A", 95],
            ["B", 5],
          ],
          ["C", "D"],
        ),
      ),
    ).toEqual(expect.arrayContaining(["95 ACDB", "5 BCDA", "0 CDB", "0 DB", "0 B", "0 CDA", "0 DA", "0 A", "0 AD"]));
  });
  test("one target, no fallback", () => expect(orders(entry([["A", 1]], []))).toEqual(["1 A"]));
  test("an empty fallback keeps the others out", () =>
    expect(
      orders(
        entry(
          [
            ["A", 1],
            ["B", 1],
          ],
          [],
          false,
        ),
      ),
    ).toEqual(["1 A", "1 B"]));
  test("without fallback the others are each other's", () =>
    expect(
      orders(
        entry(
          [
            ["A", 1],
            ["B", 1],
          ],
          [],
        ),
      ),
    ).toEqual(["1 AB", "1 BA", "0 B", "0 A"]));
  test("an other that is a fallback already doesn't come twice", () =>
    expect(
      orders(
        entry(
          [
            ["A", 1],
            ["B", 1],
          ],
          ["B", "C"],
        ),
      ),
    ).toEqual(["1 ABC", "1 BBCA", "0 BC", "0 AC", "0 AB", "0 C", "0 B", "0 A", "0 BCA", "0 BBA", "0 BBC", "0 CA", "0 BA", "0 BB"]));
  test("the same target may be tried again", () =>
    expect(orders(entry([["A", 1]], ["A", "B"]))).toEqual(["1 AAB", "0 AB", "0 AA", "0 B", "0 A"]));
  test("a target with weight 0 is never drawn, and joins", () =>
    expect(
      orders(
        entry(
          [
            ["A", 1],
            ["B", 0],
          ],
          ["C"],
        ),
      ),
    ).toEqual(["1 ACB", "0 CB", "0 AB", "0 AC", "0 B", "0 C", "0 A"]));
  test("targets of one provider differ by model", () => {
    const plans = plansFor({
      match: "m",
      names: [],
      to: [
        { provider: "A", weight: 95 },
        { provider: "A", model: "next", weight: 5 },
      ],
      fallback: [],
      othersJoin: true,
      sticky: null,
      fallbackOn: null,
    });
    expect(plans.slice(0, 2)).toEqual([
      { weight: 95, targets: [{ provider: "A" }, { provider: "A", model: "next" }] },
      { weight: 5, targets: [{ provider: "A", model: "next" }, { provider: "A" }] },
    ]);
  });
});

test.each([
  ["opnai", "openai"],
  ["Claude", "claude"],
  ["deepseek-ai", "deepseek"],
  ["wieght", "weight"],
  ["x", null],
])("nearest to %s is %s", (name, expected) => expect(nearest(name, ["openai", "claude", "deepseek", "weight"])).toBe(expected));

test.each([
  ["gpt-*", "gpt-4o", true],
  ["gpt-*", "gpt-", true],
  ["gpt-*", "a-gpt-4", false],
  ["*-mini", "gpt-mini", true],
  ["g*4*i", "gpt-4o-mini", true],
  ["gpt.4", "gptx4", false],
  ["a+(b)[c]", "a+(b)[c]", true],
  ["*", "anything/at all", true],
])("%s on %s: %s", (pattern, name, expected) => expect(globMatches(pattern, name)).toBe(expected));

test.each([
  ["*", "gpt-*", true],
  ["gpt-*", "gpt-4*", true],
  ["gpt-*", "gpt-4o", true],
  ["gpt-4o", "gpt-4*", false],
  ["*-mini", "gpt-*", false],
  ["a*b*", "ab*c*", true],
])("%s covers %s: %s", (outer, inner, expected) => expect(globCovers(outer, inner)).toBe(expected));

test.each([
  ["127.0.0.1:8080", { host: "127.0.0.1", port: 8080 }],
  ["localhost:80", { host: "127.0.0.1", port: 80 }],
  ["[::1]:8080", { host: "::1", port: 8080 }],
  ["0.0.0.0:65535", { host: "0.0.0.0", port: 65535 }],
  ["0.0.0.0:65536", null],
  ["0.0.0.0:0", null],
  ["256.0.0.1:80", null],
  ["example.com:80", null],
  ["::1:80", null],
  ["8080", null],
])("address %s", (text, expected) => expect(parseAddress(text)).toEqual(expected));

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.31.0.1", true],
  ["172.32.0.1", false],
  ["fd00::1", true],
  ["vllm", true],
  ["vllm.llm.svc.cluster.local", true],
  ["api.openai.com", false],
])("private: %s", (host, expected) => expect(isPrivate(host)).toBe(expected));

test("durations and sizes", () => {
  expect(["300ms", "1.5s", "10m", "2h"].map(durationInMilliseconds)).toEqual([300, 1500, 600_000, 7_200_000]);
  expect(["100B", "64KiB", "1.5MiB", 77].map(sizeInBytes)).toEqual([100, 65_536, 1_572_864, 77]);
  expect([33_554_432, 65_536, 1_000].map(describeSize)).toEqual(["32 MiB", "64 KiB", "1000 bytes"]);
});

describe("a problem is shown where it is", () => {
  const show = (text: string, what: string): string => {
    const start = text.indexOf(what);
    return describeProblem({ severity: "error", message: "wrong", position: { start, end: start + what.length } }, "f.yaml", text);
  };
  test("line, column, carets", () =>
    expect(show("a: 1\n  b: xyz\n", "xyz")).toBe("f.yaml:2:6: error: wrong\n    2 |   b: xyz\n      |      ^^^"));
  test("columns count characters, not UTF-16 units", () =>
    expect(show('a: "😀" # xyz', "xyz")).toBe('f.yaml:1:10: error: wrong\n    1 | a: "😀" # xyz\n      |          ^^^'));
  test("tabs stay tabs", () => expect(show("\tb: xyz", "xyz")).toBe("f.yaml:1:5: error: wrong\n    1 | \tb: xyz\n      | \t   ^^^"));
  test("Windows line ends aren't shown", () =>
    expect(show("a: xyz\r\nb: 1\r\n", "xyz")).toBe("f.yaml:1:4: error: wrong\n    1 | a: xyz\n      |    ^^^"));
});
