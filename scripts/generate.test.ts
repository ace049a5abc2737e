import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, describe, expect, test } from "vitest";
import { generate, staleFiles } from "./generate.ts";
import { readPlugin, type Schema } from "./generate/model.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The smallest plugin there can be, with `properties` as its fields. */
function sample(properties: Record<string, Schema>, more: Schema = {}): Schema {
  return { title: "sample", description: "A sample.", "x-class": "SampleFields", type: "object", properties, ...more };
}

describe("a schema that the generator can't turn into a parser is refused with the place", () => {
  test.each<[string, Schema, string]>([
    [
      "an unknown keyword",
      sample({ a: { description: "A.", type: "string", maxLength: 3 } as Schema }),
      "sample.a: the generator knows no keyword maxLength",
    ],
    ["no description", sample({ a: { type: "string" } }), "sample.a: needs a description"],
    ["no range", sample({ a: { description: "A.", type: "integer", default: 1 } }), "sample.a: needs a minimum and a maximum"],
    [
      "no default",
      sample({ a: { description: "A.", type: "integer", minimum: 0, maximum: 9 } }),
      "sample.a: needs a default, or must be required",
    ],
    ["an unknown reference", sample({ a: { description: "A.", $ref: "#/$defs/b" } }), "sample.a: #/$defs/b is not defined"],
    [
      "an unknown kind",
      sample({ a: { description: "A.", type: "array", items: { type: "integer" } } }),
      "sample.a: the generator knows no such field",
    ],
    ["a required field that isn't there", sample({}, { required: ["a"] }), "sample: requires a, which it doesn't have"],
    ["another title", { ...sample({}), title: "other" }, "sample: the title must be the plugin's name"],
  ])("%s", (_, schema, message) => {
    expect(() => readPlugin("sample", schema)).toThrow(message);
  });
});

describe("generated files", () => {
  let folder: string | undefined;
  afterEach(() => folder && rmSync(folder, { recursive: true }));

  test("in the repository are what their sources say", async () => {
    expect(await staleFiles(ROOT)).toEqual([]);
  });

  test("that differ from their source are found", async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-generate-"));
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(folder!, path)), { recursive: true });
      writeFileSync(join(folder!, path), text);
    };
    const schema = sample({ limit: { description: "A limit.", type: "integer", minimum: 1, maximum: 9, default: 3 } });
    put("plugins/sample/config.schema.json", JSON.stringify(schema));
    put("plugins/sample/README.md", "# sample\n\n<!-- fields:begin -->\n<!-- fields:end -->\n\nThe end.\n");
    for (const [path, text] of await generate(folder)) put(path, text);
    expect(await staleFiles(folder)).toEqual([]);
    expect(readFileSync(join(folder, "plugins/sample/README.md"), "utf8")).toMatch(
      /\| `limit` .*\| `3` .*A limit\. From 1 to 9\.[^]*The end\./,
    );

    put("plugins/sample/config.schema.json", JSON.stringify(schema).replace('"default":3', '"default":4'));
    expect(await staleFiles(folder)).toEqual([
      "plugins/sample/config.generated.ts",
      "plugins/sample/README.md",
      "docs/schema/plugins.schema.json",
    ]);
  });

  test("are stale once something else has been measured", async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-generate-"));
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(folder!, path)), { recursive: true });
      writeFileSync(join(folder!, path), text);
    };
    for (const name of ["results", "fuzz"]) put(`bench/${name}.json`, readFileSync(join(ROOT, `bench/${name}.json`), "utf8"));
    for (const [path, text] of await generate(folder)) put(path, text);
    expect(await staleFiles(folder)).toEqual([]);
    rmSync(join(folder, "bench/fuzz.json"));
    expect(await staleFiles(folder)).toEqual(["docs/performance.md"]);
  });

  test("need their marks in the README", async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-generate-"));
    mkdirSync(join(folder, "plugins/sample"), { recursive: true });
    writeFileSync(join(folder, "plugins/sample/config.schema.json"), JSON.stringify(sample({})));
    writeFileSync(join(folder, "plugins/sample/README.md"), "# sample\n");
    await expect(generate(folder)).rejects.toThrow("plugins/sample/README.md has no <!-- fields:begin --> … <!-- fields:end -->");
  });
});

describe("the schema of all plugins", () => {
  const schema = JSON.parse(readFileSync(join(ROOT, "docs/schema/plugins.schema.json"), "utf8")) as Schema;
  const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);

  test.each<[string, unknown]>([
    [
      "key-auth as Higress has it",
      {
        "key-auth": {
          consumers: [{ name: "a", credential: "k" }],
          keys: ["authorization"],
          global_auth: false,
          _rules_: [{ _match_route_: ["r"], allow: ["a"] }],
        },
      },
    ],
    [
      "ai-proxy with a provider for each route",
      {
        "ai-proxy": {
          providers: [{ id: "o", type: "openai", apiTokens: ["env:K"] }],
          _rules_: [{ _match_service_: ["o.dns"], activeProviderId: "o" }],
        },
      },
    ],
    ["a field that isn't supported yet, whatever it is", { "ai-proxy": { provider: { type: "openai", failover: { enabled: true } } } }],
    ["a rule that switches the plugin off", { "model-router": { _rules_: [{ _match_domain_: ["*.example.com"], _disable_: true }] } }],
    ["the examples of every field", examples(schema)],
  ])("accepts %s", (_, config) => {
    validate(config);
    expect(validate.errors).toBeNull();
  });

  test.each<[string, unknown]>([
    ["a number for a name", { "key-auth": { consumers: [{ name: 17 }] } }],
    ["an unknown type of provider", { "ai-proxy": { providers: [{ type: "opanai" }] } }],
    ["a rule without a match key", { "key-auth": { _rules_: [{ allow: ["a"] }] } }],
    ["a header's name with a space", { "model-router": { modelToHeader: "x model" } }],
    ["a plan without targets", { "ai-proxy": { plans: [{ cluster: "c", targets: [] }] } }],
    ["a time limit of a year", { "ai-proxy": { answerTimeout: 31536000000 } }],
  ])("refuses %s", (_, config) => {
    expect(validate(config)).toBe(false);
  });

  function examples(combined: Schema): unknown {
    return Object.fromEntries(
      Object.keys(combined.properties ?? {}).map((plugin) => {
        const fields = Object.entries(combined.$defs?.[plugin]?.properties ?? {});
        return [plugin, Object.fromEntries(fields.flatMap(([name, field]) => (field.examples ?? []).map((value) => [name, value])))];
      }),
    );
  }
});
