import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { assembly, type Assembly } from "../../test/assembly/compile.ts";
import { jsonText, spoil } from "../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../test/assembly/random.ts";

let wasm: Assembly;
beforeAll(async () => {
  wasm = await assembly(new URL("./config.testing.ts", import.meta.url));
});

type Parser = "keyAuth" | "modelRouter" | "aiProxy";

/** Every type of provider, as messages list them. */
const types = (
  JSON.parse(readFileSync(new URL("../../plugins/ai-proxy/vendors.json", import.meta.url), "utf8")) as { vendors: { type: string }[] }
).vendors
  .map(({ type }) => type)
  .join(", ");

/** What was refused or warned of, and what was read, a line each. */
function parse(parser: Parser, config: unknown, isRule = false): string[] {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return linesOf(wasm.text(parser, text, ...(parser === "keyAuth" ? [Number(isRule)] : [])));
}

function linesOf(output: string): string[] {
  return output.split("\n").slice(0, -1);
}

describe("a field is read", () => {
  test("with every kind of value", () => {
    const provider = {
      id: "main",
      type: "claude",
      apiTokens: ["env:KEY", "sk-2"],
      modelMapping: { "gpt-4o": "claude-sonnet-4-5", "gpt-*": "", "*": "claude-haiku-4-5" },
      providerDomain: "eu.example.com",
      timeout: 5000,
      ollamaServerPort: 8080,
    };
    const plans = [
      { cluster: "plan:a", weight: 95, targets: [{ provider: "main", model: "sonnet" }, { provider: "other" }] },
      { cluster: "plan:b", targets: [{ provider: "main" }] },
    ];
    expect(
      parse("aiProxy", {
        providers: [provider],
        activeProviderId: "main",
        plans,
        answerTimeout: 1,
        firstContentTimeout: 2,
        answerLimit: 4096,
      }),
    ).toEqual([
      "providers: main",
      "type: claude",
      "apiTokens: env:KEY",
      "apiTokens: sk-2",
      "from: gpt-4o",
      "to: claude-sonnet-4-5",
      "from: gpt-*",
      "to: ",
      "from: *",
      "to: claude-haiku-4-5",
      "providerDomain: eu.example.com",
      "timeout: 5000, ollamaServerPort: 8080",
      "activeProviderId: main",
      "plan: plan:a",
      "weight: 95",
      "target: main",
      "model: sonnet",
      "target: other",
      "model: ",
      "plan: plan:b",
      "weight: 1",
      "target: main",
      "model: ",
      "answerTimeout: 1, firstContentTimeout: 2, answerLimit: 4096",
    ]);
  });

  test("with its default if it isn't given, or null", () => {
    const defaults = ["in_header: true, in_query: true, global_auth: not given, compat: false", "realm: MSE Gateway", "allow: not given"];
    expect(parse("keyAuth", {})).toEqual(defaults);
    expect(parse("keyAuth", { keys: null, in_header: null, global_auth: null, realm: null, allow: null })).toEqual(defaults);
  });

  test("and a boolean that may be left open tells false from not given", () => {
    expect(parse("keyAuth", { global_auth: false })[0]).toContain("global_auth: false");
    expect(parse("keyAuth", { global_auth: true })[0]).toContain("global_auth: true");
  });

  test("and an empty list may differ from none", () => {
    expect(parse("keyAuth", { allow: [] }, true)).not.toContain("allow: not given");
    expect(parse("keyAuth", {}, true)).toContain("allow: not given");
    expect(parse("modelRouter", { models: [] })).not.toContain("models: not given");
    expect(parse("modelRouter", {})).toContain("models: not given");
  });

  test("with escapes taken off, in names too", () => {
    expect(parse("keyAuth", String.raw`{"k\u0065ys":["x-\u0061pi-key","\ud83d\ude00"]}`)).toContain("keys: x-api-key");
    expect(parse("keyAuth", String.raw`{"k\u0065ys":["\ud83d\ude00"]}`)).toContain("keys: 😀");
    expect(parse("aiProxy", String.raw`{"provider":{"type":"openai","modelMapping":{"\u0061\"":"b\n"}}}`)).toContain('from: a"');
  });

  test("with the last value if it comes twice, in a map at the first place", () => {
    expect(parse("keyAuth", '{"realm":"one","realm":"two"}')).toContain("realm: two");
    const lines = parse("aiProxy", '{"provider":{"type":"openai","modelMapping":{"a":"1","b":"2","a":"3"}}}');
    expect(lines.filter((line) => /^(from|to)/.test(line))).toEqual(["from: a", "to: 3", "from: b", "to: 2"]);
  });

  test.each([
    ["60000", true],
    ["6e4", true],
    ["60000.0", true],
    ["600000e-1", true],
    ["0.5", false],
    ["0", false],
    ["-1", false],
    ["86400000", true],
    ["86400001", false],
    ["1e999", false],
    ["99999999999999999999999", false],
    ["1e-999", false],
  ])("whole numbers however they are written: %s", (number, isGood) => {
    const [line] = parse("aiProxy", `{"answerTimeout":${number}}`);
    if (!isGood) expect(line).toBe(`ai-proxy: answerTimeout: found number ${number}, expected a whole number from 1 to 86400000`);
    else expect(parse("aiProxy", `{"answerTimeout":${number}}`).at(-1)).toContain(`answerTimeout: ${Number(number)},`);
  });
});

describe("a refusal names the field, what was found and what was expected", () => {
  test.each<[Parser, unknown, string]>([
    [
      "keyAuth",
      { consumers: [{ name: "a" }, { name: 17 }] },
      "key-auth: consumers[1].name: found number 17, expected a string without control characters, or spaces at its ends",
    ],
    ["keyAuth", { keys: ["a", 17] }, "key-auth: keys[1]: found number 17, expected a string"],
    ["keyAuth", { keys: [""] }, "key-auth: keys[0]: found an empty string, expected a string that is not empty"],
    ["keyAuth", { keys: "authorization" }, "key-auth: keys: found a string, expected a list"],
    ["keyAuth", { in_header: "true" }, 'key-auth: in_header: found "true", expected true or false'],
    ["keyAuth", { global_auth: 0 }, "key-auth: global_auth: found number 0, expected true or false"],
    ["keyAuth", { consumers: {} }, "key-auth: consumers: found an object, expected a list"],
    ["keyAuth", { consumers: [null] }, "key-auth: consumers[0]: found null, expected an object"],
    ["keyAuth", { consumers: [{ credential: "x" }] }, "key-auth: consumers[0].name: found nothing, expected a string"],
    [
      "keyAuth",
      { realm: "a\nb" },
      String.raw`key-auth: realm: found "a\nb", expected a string without control characters, or spaces at its ends`,
    ],
    ["keyAuth", [], "key-auth: found a list, expected an object"],
    ["keyAuth", "", "key-auth: the configuration is not valid JSON: it ends in the middle of a value at byte 0"],
    ["keyAuth", "{]", "key-auth: the configuration is not valid JSON: unexpected character at byte 1"],
    ["modelRouter", { modelToHeader: "x model" }, 'model-router: modelToHeader: found "x model", expected the name of a header'],
    ["modelRouter", { modelToHeader: true }, "model-router: modelToHeader: found true, expected the name of a header"],
    ["modelRouter", { models: [{}] }, "model-router: models[0].match: found nothing, expected a string"],
    [
      "aiProxy",
      { providers: [{ type: "opanai" }] },
      'ai-proxy: providers[0].type: found "opanai", expected one of the names in the documentation; did you mean "openai"?',
    ],
    ["aiProxy", { providers: [{ id: "a" }] }, `ai-proxy: providers[0].type: found nothing, expected one of ${types}`],
    [
      "aiProxy",
      { provider: { type: "openai", modelMapping: { "gpt-*": 4 } } },
      "ai-proxy: provider.modelMapping.gpt-*: found number 4, expected a string",
    ],
    [
      "aiProxy",
      { provider: { type: "openai", providerBasePath: "api" } },
      'ai-proxy: provider.providerBasePath: found "api", expected a path that starts with / and has no query',
    ],
    [
      "aiProxy",
      { provider: { type: "gemini", apiVersion: "v1/../v2" } },
      'ai-proxy: provider.apiVersion: found "v1/../v2", expected one segment of a path',
    ],
    ["aiProxy", { plans: [{ cluster: "a", targets: [] }] }, "ai-proxy: plans[0].targets: found 0 items, expected at least 1"],
    [
      "aiProxy",
      { plans: [{ cluster: "a", weight: 1.5, targets: [] }] },
      "ai-proxy: plans[0].weight: found number 1.5, expected a whole number from 0 to 1000000",
    ],
    ["aiProxy", { provider: { type: "x".repeat(100) } }, `ai-proxy: provider.type: found "${"x".repeat(60)}…", expected one of ${types}`],
  ])("%s %j", (parser, config, refusal) => {
    expect(parse(parser, config)).toEqual([refusal]);
  });

  test.each<[Parser, unknown, string]>([
    ["keyAuth", { consumer: [] }, 'key-auth: found unknown field "consumer", expected one of consumers, credentials, keys'],
    ["keyAuth", { globalAuth: true }, 'key-auth: found unknown field "globalAuth", expected one of consumers, credentials, keys'],
    [
      "keyAuth",
      { consumers: [{ name: "a", credentail: "x" }] },
      'key-auth: consumers[0]: found unknown field "credentail", expected one of name, credential, credentials, keys, in_header, in_query, data; did you mean "credential"?',
    ],
    ["modelRouter", { model: [] }, 'model-router: found unknown field "model", expected one of modelKey'],
    ["aiProxy", { provider: { type: "openai", apiToken: "x" } }, 'ai-proxy: provider: found unknown field "apiToken", expected one of id'],
  ])("also of a field that is nearly one there is: %s %j", (parser, config, refusal) => {
    const lines = parse(parser, config);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(refusal);
    expect(lines[0]).toMatch(/; did you mean "\w+"\?$/);
  });

  test("and every field of Higress's is supported", () => {
    const schema = JSON.parse(readFileSync(new URL("../../plugins/ai-proxy/config.schema.json", import.meta.url), "utf8"));
    const fields = schema.$defs.provider.properties as Record<string, { "x-not-yet"?: boolean }>;
    const notYet = Object.keys(fields).filter((name) => fields[name]!["x-not-yet"]);
    expect(notYet).toEqual([]);
  });

  test("and of several only the first", () => {
    expect(parse("keyAuth", { keys: 1, realm: 2 })).toEqual(["key-auth: keys: found a number, expected a list"]);
  });

  test("cuts a long value between characters", () => {
    const [line] = parse("modelRouter", { modelToHeader: "é".repeat(100) });
    expect(line).toContain(`found "${"é".repeat(30)}…"`);
  });
});

describe("a warning", () => {
  test("tells of a name that nobody knows", () => {
    expect(parse("keyAuth", { something: 1 })[0]).toBe('warning: key-auth: unknown field "something": ignored');
    expect(parse("keyAuth", { consumers: [{ name: "a", disable: true }] })[0]).toBe(
      'warning: key-auth: consumers[0]: unknown field "disable": ignored',
    );
  });

  test("tells of a field that isn't supported yet, unless it changes nothing", () => {
    const provider = (fields: object) =>
      parse("aiProxy", { provider: { type: "openai", ...fields } }).filter((line) => line.startsWith("warning"));
    expect(
      provider({
        protocol: "openai",
        failover: { enabled: false },
        hiclawMode: false,
        customSettings: [],
        capabilities: {},
        basePath: "",
        qwenEnableCompatible: true,
      }),
    ).toEqual([]);
    expect(parse("modelRouter", { autoRouting: { enable: true } })[0]).toBe(
      "warning: model-router: autoRouting: is not supported yet: ignored",
    );
  });

  test("tells of a field in the wrong part", () => {
    expect(parse("keyAuth", { allow: ["a"] })).toContain("warning: key-auth: allow: only a rule has it: ignored");
    expect(parse("keyAuth", { allow: ["a"] })).toContain("allow: not given");
    expect(parse("keyAuth", { global_auth: true }, true)).toContain("warning: key-auth: global_auth: only the global part has it: ignored");
  });

  test("does not come a thousand times", () => {
    const consumers = Array.from({ length: 1000 }, (_, index) => ({ name: `c${index}`, colour: "x" }));
    const warnings = parse("keyAuth", { consumers }).filter((line) => line.startsWith("warning"));
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)).toBe("warning: key-auth: more warnings are left out");
  });
});

describe("a rule that inherits", () => {
  const inherit = (parser: "keyAuthRule" | "aiProxyRule", base: object, rule: object) =>
    linesOf(wasm.text(parser, [JSON.stringify(base), JSON.stringify(rule)]));

  test("starts with the global part, and replaces what it gives itself", () => {
    const base = { consumers: [{ name: "a", credential: "x" }], keys: ["k"], in_query: false, realm: "R", global_auth: true };
    const lines = inherit("keyAuthRule", base, { allow: ["a"], keys: ["other"] });
    expect(lines).toContain("consumer: a");
    expect(lines).toContain("keys: other");
    expect(lines).not.toContain("keys: k");
    expect(lines).toContain("realm: R");
    expect(lines).toContain("in_header: true, in_query: false, global_auth: not given, compat: false");
    expect(lines).toContain("allow: a");
  });

  test("does not inherit what is each rule's own", () => {
    const base = {
      providers: [{ id: "p", type: "openai" }],
      provider: { id: "legacy", type: "claude" },
      activeProviderId: "p",
      answerTimeout: 7,
    };
    const lines = inherit("aiProxyRule", base, {});
    expect(lines).toContain("providers: p");
    expect(lines).toContain("activeProviderId: ");
    expect(lines).not.toContain("provider: legacy");
    expect(lines.at(-1)).toContain("answerTimeout: 7,");
  });

  test("is refused with the rule's place", () => {
    expect(inherit("keyAuthRule", {}, { allow: 1 })).toEqual(["key-auth: _rules_[0].allow: found a number, expected a list"]);
  });
});

describe("a secret", () => {
  const SECRET = "s3cr3t";
  const inPlaceOf: [Parser, (value: unknown) => object][] = [
    ["keyAuth", (value) => ({ consumers: [{ name: "a", credential: value }] })],
    ["keyAuth", (value) => ({ consumers: [{ name: "a", credentials: value }] })],
    ["keyAuth", (value) => ({ consumers: [{ name: "a", credentials: [value] }] })],
    ["keyAuth", (value) => ({ credentials: value })],
    ["keyAuth", (value) => ({ credentials: [value] })],
    ["keyAuth", (value) => ({ credential: value })],
    ["keyAuth", (value) => ({ consumers: value })],
    ["keyAuth", (value) => ({ consumers: [value] })],
    ["aiProxy", (value) => ({ provider: { type: "openai", apiTokens: value } })],
    ["aiProxy", (value) => ({ provider: { type: "openai", apiTokens: [value] } })],
    ["aiProxy", (value) => ({ provider: { type: "openai", awsSecretKey: value } })],
    ["aiProxy", (value) => ({ provider: value })],
    ["aiProxy", (value) => ({ providers: [value] })],
  ];
  const wrong: unknown[] = [SECRET, `${SECRET}\n`, 90210773, true, [SECRET], [90210773], [`${SECRET}\n`]];

  test.each(inPlaceOf.flatMap(([parser, config]) => wrong.map((value) => [parser, config(value)] as const)))(
    "never stands in a message: %s %j",
    (parser, config) => {
      const messages = parse(parser, config).filter((line) => /^(warning|key-auth|ai-proxy)/.test(line));
      expect(messages.join("\n")).not.toMatch(/s3cr3t|90210773/);
    },
  );

  test("is called by its type", () => {
    expect(parse("keyAuth", { consumers: [{ name: "a", credential: 17 }] })).toEqual([
      "key-auth: consumers[0].credential: found a number, expected a string",
    ]);
    expect(parse("keyAuth", { credentials: SECRET })).toEqual(["key-auth: credentials: found a string, expected a list"]);
    expect(parse("aiProxy", { provider: { type: "openai", apiTokens: ["a\nb"] } })).toEqual([
      "ai-proxy: provider.apiTokens[0]: found a string, expected a string without control characters, or spaces at its ends",
    ]);
  });
});

describe("no bytes trap a parser", () => {
  const parsers: Parser[] = ["keyAuth", "modelRouter", "aiProxy"];
  const samples = parsers.flatMap((parser) => samplesOf(parser).map((sample) => [parser, sample] as const));

  test("mutated configurations are read or refused with one line", () => {
    const random = new Random(printedSeed("mutated configurations"));
    for (let cases = caseCount(20_000); cases > 0; cases--) {
      const [parser, sample] = random.pick(samples);
      expectOneRefusalAtMost(wasm.bytes(parser, spoil(random, Buffer.from(sample)), 0));
    }
  });

  test("any JSON in place of any value is read or refused with one line", () => {
    const random = new Random(printedSeed("values of any type"));
    for (let cases = caseCount(20_000); cases > 0; cases--) {
      const [parser, sample] = random.pick(samples);
      const places = [...sample.matchAll(/"[^"]*"(?!:)|\d+|true|false|[[{](?=[\]}])/g)];
      const place = random.pick(places);
      const mutated = sample.slice(0, place.index) + jsonText(random) + sample.slice(place.index + place[0].length);
      expectOneRefusalAtMost(wasm.bytes(parser, mutated, 0));
    }
  });

  function expectOneRefusalAtMost(output: Buffer): void {
    const refusals = linesOf(output.toString()).filter((line) => /^(key-auth|model-router|ai-proxy): /.test(line));
    if (refusals.length === 0) return;
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatch(/found .*, expected |is not valid JSON: .* at byte \d+$/s);
  }

  /** The examples of a plugin's fields, put together. */
  function samplesOf(parser: Parser): string[] {
    const name = { keyAuth: "key-auth", modelRouter: "model-router", aiProxy: "ai-proxy" }[parser];
    const schema = JSON.parse(readFileSync(new URL(`../../plugins/${name}/config.schema.json`, import.meta.url), "utf8")) as {
      properties: Record<string, { examples?: unknown[]; default?: unknown }>;
    };
    const given = Object.entries(schema.properties).flatMap(([field, { examples, default: usual }]) =>
      (examples ?? (usual === undefined ? [] : [usual])).map((value) => [field, value] as const),
    );
    return [JSON.stringify(Object.fromEntries(given)), ...given.map(([field, value]) => JSON.stringify({ [field]: value }))];
  }
});

describe("the parts", () => {
  test("a table numbers its keys in their order, however many", () => {
    const keys = Array.from({ length: 3000 }, (_, index) => `key-${index % 1000}`);
    const numbers = linesOf(wasm.text("byteTable", [keys.join("\n"), "key-999"]));
    expect(numbers).toEqual(keys.map((_, index) => String(index % 1000)));
    expect(wasm.call("byteTable", [keys.join("\n"), "key-999"])).toBe(999);
    expect(wasm.call("byteTable", [keys.join("\n"), "key-1000"])).toBe(-1);
    expect(wasm.call("byteTable", ["", ""])).toBe(-1);
  });

  test.each([
    ["", "", 0],
    ["abc", "", 3],
    ["openai", "opanai", 1],
    ["openai", "OpenAI", 0],
    ["openai", "oepnai", 1],
    ["credential", "credentials", 1],
    ["kitten", "sitting", 3],
    ["a".repeat(65), "a", 2 ** 31 - 1],
  ])("from %j to %j it is %d edits", (one, other, distance) => {
    expect(wasm.call("distance", [one, other])).toBe(distance);
    expect(wasm.call("distance", [other, one])).toBe(distance);
  });
});
