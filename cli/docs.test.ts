/** What the guides say about gateway.yaml is true. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { describeProblem } from "./gateway/problems.ts";
import { readGateway } from "./gateway/read.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const guide = read("docs/gateway-yaml.md");
const schema = JSON.parse(read("cli/schema/gateway.schema.json"));
const commands = read("docs/cli.md");

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);

describe("every example in docs/gateway-yaml.md is valid", () => {
  const whole = {
    version: 1,
    providers: { openai: { type: "openai", keys: ["env:OPENAI_API_KEY"] } },
    models: [{ match: "gpt-*", to: "openai" }],
  };
  const examples = blocks(guide, "yaml");
  // A part is an example of its fields: the rest is the smallest gateway there is, or a model for the providers that it shows.
  const complete = (part: Record<string, unknown>): Record<string, unknown> => ({
    ...whole,
    ...(part.providers !== undefined && { models: [{ match: "*", to: Object.keys(part.providers as object) }] }),
    ...part,
  });
  test.each(examples.map((example) => [example.split("\n").find((line) => !line.startsWith("#"))!, example]))("%s", (_, example) => {
    expect(readGateway(stringify(complete(parse(example))), "/").problems).toEqual([]);
  });
  test("there are some", () => expect(examples.length).toBeGreaterThan(4));
});

describe("every field of the schema is in a table of the guide, with its default", () => {
  const fields = (at: any, prefix = ""): [string, any][] =>
    Object.entries(at.properties as object).map(([name, field]) => [prefix + name, field]);
  const nested = [
    ...fields(schema),
    ...fields(schema.properties.timeouts, "timeouts."),
    ...fields(schema.properties.limits, "limits."),
    ...["provider", "model", "target", "consumer"].flatMap((definition) => fields(schema.$defs[definition])),
  ];
  test.each(nested)("%s", (name, field) => {
    const isDefault = (line: string): boolean =>
      !["string", "number"].includes(typeof field.default) || line.includes(`\`${field.default}\``);
    const row = guide.split("\n").find((line) => line.replace(/ +\|/, " |").startsWith(`| \`${name}\` |`) && isDefault(line));
    expect(row).toBeDefined();
  });
  test("and every provider type", () => {
    for (const type of schema.$defs.provider.properties.type.enum) expect(read("docs/providers.md")).toContain(`\`${type}\``);
  });
});

test("the error that docs/cli.md shows is the one that check prints", () => {
  const source =
    "version: 1\nproviders:\n  openai:\n    { type: openai, keys: [env:OPENAI_API_KEY] }\nmodels:\n  - match: gpt-*\n    to: [opnai]\n";
  const { problems } = readGateway(source, "/");
  const shown = blocks(commands, "console")[0]!.split("\n");
  expect(shown.slice(1, 4).join("\n")).toBe(describeProblem(problems[0]!, "gateway.yaml", source));
  expect(shown[4]).toBe(`${problems.length} error in gateway.yaml.`);
});
