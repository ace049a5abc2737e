import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";

let regex: Assembly;
beforeAll(async () => {
  regex = await assembly(new URL("./regex.testing.ts", import.meta.url));
}, 60_000);

/** The groups of the first match, as Node numbers them; null where there is none. */
function search(pattern: string, text: string, from = 0): (string | undefined)[] | null {
  expect(regex.text("compile", pattern), pattern).toBe("");
  const positions = regex.text("search", text, from).trim();
  if (positions === "") return null;
  const bytes = Buffer.from(text);
  const numbers = positions.split(" ").map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, i) =>
    numbers[2 * i]! < 0 || numbers[2 * i + 1]! < 0 ? undefined : bytes.subarray(numbers[2 * i]!, numbers[2 * i + 1]!).toString(),
  );
}

/** A pattern of what is known, in which nothing that may be empty is repeated. */
function patternOf(random: Random, depth: number): string {
  const solid = (): string => {
    switch (random.below(depth > 0 ? 8 : 5)) {
      case 0:
        return random.pick(["a", "b", "c", "-", "é", "\\.", "\\$"]);
      case 1:
        return random.pick([".", "\\d", "\\w", "\\S", "\\D"]);
      case 2:
        return random.pick(["[ab]", "[^a]", "[a-c\\d]", "[^\\w.]", "[-b]", "[é-ü]"]);
      case 3:
      case 4:
        return random.pick(["a", "b", "ab", "1"]);
      default:
        return `${random.pick(["(", "(?:"])}${Array.from({ length: 1 + random.below(3) }, solidSequence).join("|")})`;
    }
  };
  const solidSequence = (): string => {
    depth--;
    const text = Array.from({ length: 1 + random.below(2) }, () => solid() + (random.once(4) ? "+" : "")).join("");
    depth++;
    return text;
  };
  const piece = (): string => {
    const atom = solid();
    if (/^(?:ab)$/.test(atom)) return atom;
    return atom + random.pick(["", "", "*", "+", "?"]);
  };
  const sequence = (): string => Array.from({ length: 1 + random.below(4) }, piece).join("");
  const whole = Array.from({ length: 1 + random.below(2) }, sequence).join("|");
  return `${random.once(5) ? "^" : ""}${whole}${random.once(5) ? "$" : ""}`;
}

test("generated patterns match what Node's match", () => {
  const random = new Random(printedSeed("regex"));
  let matches = 0;
  const cases = caseCount(3000);
  for (let i = 0; i < cases; i++) {
    const pattern = patternOf(random, 2);
    if (Buffer.byteLength(pattern) > 256) continue;
    const text = Array.from({ length: random.below(12) }, () => random.pick(["a", "b", "c", "1", "-", ".", "é", "𝒳", "$"])).join("");
    const expected = new RegExp(pattern, "u").exec(text);
    if (expected) matches++;
    expect(search(pattern, text), `/${pattern}/ on ${text}`).toEqual(expected && [...expected]);
  }
  expect(matches).toBeGreaterThan(cases / 4);
});

test("a search goes on from where it is told", () => {
  expect(search("a(.)", "abac", 1)).toEqual(["ac", "c"]);
  expect(search("^a", "aa", 1)).toBeNull();
});

describe("what isn't known is refused by its name:", () => {
  test.each([
    ["a{2}", "`{`, a counted repetition"],
    ["{2}", "`{`, a counted repetition"],
    ["a*?", "a lazy repetition"],
    ["a**", "a repetition of a repetition"],
    ["*a", "a repetition of nothing"],
    ["(a*)*", "a repetition of what can match nothing"],
    ["^*", "a repetition of what can match nothing"],
    ["(?=a)", "no lookaround, named groups or flags"],
    ["(?<a>b)", "no lookaround, named groups or flags"],
    ["(?i)a", "no lookaround, named groups or flags"],
    ["(a)\\1", "`\\1`: only"],
    ["\\bgpt", "`\\b`: only"],
    ["[a", "a `[` without its `]`"],
    ["[]", "an empty class"],
    ["[b-a]", "a range in a class that runs backwards"],
    ["[\\d-a]", "a range in a class"],
    ["[[:alpha:]]", "a `[` within a class"],
    ["[\\D]", "`\\D` in a class"],
    ["a)", "a `)` without its `(`"],
    ["(a", "a `(` without its `)`"],
    ["a]", "a `]` that closes nothing"],
    ["a\\", "a `\\` at the end"],
    ["(".repeat(40), "more than 32 groups within each other"],
    ["a".repeat(257), "a pattern of more than 256 bytes"],
  ])("%s", (pattern, problem) => {
    expect(regex.text("compile", pattern)).toContain(problem);
  });
});

test("no pattern makes a text slow", () => {
  const text = "a".repeat(20_000);
  const began = performance.now();
  expect(search("(a|aa|a+)+b", text)).toBeNull();
  expect(performance.now() - began).toBeLessThan(2000);
});

test("no bytes trap it", () => {
  const random = new Random(printedSeed("regex"));
  for (let i = 0; i < caseCount(3000); i++) {
    const pattern = random.once(2)
      ? random.bytes(random.below(20))
      : Buffer.from(Array.from({ length: random.below(20) }, () => random.pick([..."ab()[]|*+?^$\\.-{}"])).join(""));
    regex.call("compile", pattern);
    regex.call("search", random.bytes(random.below(20)), 0);
  }
});

describe("a replacement", () => {
  const replace = (pattern: string, text: string, by: string): string => {
    expect(regex.text("compile", pattern)).toBe("");
    return regex.text("replace", [text, by]);
  };

  test.each([
    ["^gpt-(.*)$", "gpt-4o", "openai/$1", "openai/4o"],
    ["gpt", "my-gpt-gpt", "x", "my-x-x"],
    ["(a)(b)?", "ab-a", `$\{2}1$1`, "b1a-1a"],
    ["a", "a", "$$1", "$1"],
    ["b*", "abc", "x", "xaxcx"],
    ["é|", "éa", "x", "xax"],
  ])("%s in %s by %s is %s", (pattern, text, by, expected) => {
    expect(replace(pattern, text, by)).toBe(expected);
  });

  test.each([
    ["$2", "!`$2`: the pattern has 1 groups"],
    ["$x", "!a `$` without a number"],
    ["${1", "!a `$` without a number"],
    ["$", "!a `$` without a number"],
    ["$1x", "!a number with a letter behind it"],
  ])("%s is refused", (by, problem) => {
    expect(replace("(a)", "a", by)).toContain(problem);
  });
});
