/** Every code block of the guides is true, as far as that needs no Envoy; test/e2e/docs.test.ts does the rest. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { readGateway } from "../../cli/gateway/read.ts";
import { blocksIn, blocksOf, documents, placeOf, root, type Block } from "./blocks.ts";
import { commandsIn, problemWith } from "./commands.ts";
import { loadPlugin } from "./plugins.ts";
import { pluginConfiguration, type WasmPlugin } from "./higress.ts";

/** What has to hold for a block; a list of what doesn't. Undefined: nobody knows what the block is. */
function checkFor(block: Block): (() => string[] | Promise<string[]>) | undefined {
  const { language, info, text } = block;
  const value = (name: string): string => info.get(name)!;
  if (info.has("from")) return () => missingLines(text, read(value("from")));
  if (info.has("run"))
    return ["sh", "python", "ts"].includes(language) ? () => (language === "sh" ? commandProblems(text) : []) : undefined;
  if (info.has("plugin")) {
    if (language === "json") return () => loadPlugin(value("plugin"), JSON.parse(text));
    if (language === "yaml") return () => loadPlugin(value("plugin"), parse(text));
    return undefined;
  }
  if (language === "ts") return info.has("of") ? () => missingNames(text, read(value("of"))) : undefined;
  switch (`${language} ${[...info.keys()].join(" ")}`.trim()) {
    case "":
    case "text demo":
      return () => [];
    case "yaml":
      return () => gatewayProblems(text);
    case "yaml envoy":
      return () => (parse(text).static_resources === undefined ? ["no bootstrap"] : []);
    case "yaml filters":
      return () => (Array.isArray(parse(text).http_filters) && read(value("filters")) !== "" ? [] : ["no filters"]);
    case "yaml higress":
      return () => higressProblems(text, value("higress"));
    case "json":
      return () => (JSON.parse(text), []);
    case "sh":
      return () => commandProblems(text);
    case "console":
      return () => commandProblems([...text.matchAll(/^\$ (.*)$/gm)].map((match) => match[1]!).join("\n"));
    default:
      return undefined;
  }
}

describe.each(documents())("%s", (file) => {
  const blocks = blocksOf(file);
  test.each(blocks.map((block) => [placeOf(block), block] as const))("%s", async (_, block) => {
    const check = checkFor(block);
    expect(check, `docs/README.md knows no such block: ${block.language} ${[...block.info.keys()].join(" ")}`).toBeDefined();
    expect(await check!()).toEqual([]);
  });
  test("each block ends", () => expect(blocks.length).toBeGreaterThanOrEqual(0));
});

/** A part of a gateway.yaml is completed with the smallest one there is. */
function gatewayProblems(text: string): string[] {
  const part = parse(text) as Record<string, unknown>;
  const providers = (part.providers as object | undefined) ?? { openai: { type: "openai", keys: ["env:OPENAI_API_KEY"] } };
  const models = [{ match: "*", to: Object.keys(providers) }];
  const whole = part.version === undefined ? stringify({ version: 1, providers, models, ...part }) : text;
  return readGateway(whole, root).problems.map(({ message }) => message);
}

async function higressProblems(text: string, plugin: string): Promise<string[]> {
  const problems: string[] = [];
  for (const document of parseAllDocuments(text)) {
    const resource = document.toJS() as WasmPlugin;
    if (resource.kind !== "WasmPlugin") problems.push(`a ${resource.kind} in place of a WasmPlugin`);
    else problems.push(...(await loadPlugin(plugin, pluginConfiguration(resource))));
  }
  return problems;
}

function commandProblems(text: string): string[] {
  return commandsIn(text).flatMap((command) => problemWith(command) ?? []);
}

/** Lines of an excerpt that the file doesn't have, in this order; `…` stands for what is left out. */
function missingLines(excerpt: string, whole: string): string[] {
  const lines = whole.split("\n").map((line) => line.trim());
  let at = 0;
  return excerpt
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(#|\/\/)? ?…$/.test(line))
    .filter((line) => {
      const found = lines.indexOf(line, at);
      if (found >= 0) at = found + 1;
      return found < 0;
    });
}

function missingNames(outline: string, source: string): string[] {
  const code = outline.replaceAll(/\/\/.*$/gm, "");
  const names = [...code.matchAll(/\b([A-Za-z]\w*)(?=[(:])/g)].map((match) => match[1]!);
  return [...new Set(names)].filter((name) => !new RegExp(`\\b${name}\\b`).test(source));
}

function read(path: string): string {
  return readFileSync(root + path, "utf8");
}

describe("the checks find what is wrong", () => {
  const wrong: [name: string, markdown: string][] = [
    ["a gateway.yaml", "```yaml\nversion: 1\nproviders: { a: { type: opnai } }\nmodels: [{ match: x, to: a }]\n```"],
    ["a part of one", "```yaml\ntimeouts: { conect: 5s }\n```"],
    ["a plugin's configuration", '```json plugin=key-auth\n{ "consumers": [{ "name": "alice" }] }\n```'],
    ["a field that is ignored", '```json plugin=model-router\n{ "modelKee": "model" }\n```'],
    ["a WasmPlugin", "```yaml higress=key-auth\nkind: WasmPlugin\nspec: { defaultConfig: { consumers: [] } }\n```"],
    ["a target of make", "```sh\nmake coffee\n```"],
    ["an npm script", "```sh\nnpm run coffee\n```"],
    ["a test", "```sh\nnpm test -- coffee\n```"],
    ["a command", "```sh\nnpx sluice brew gateway.yaml\n```"],
    ["an option", "```sh\nnpx sluice up gateway.yaml --sugar 2\n```"],
    ["an excerpt", "```yaml from=.prettierrc.json\nprintWidth: 7\n```"],
    ["an outline", "```ts of=test/docs/blocks.ts\nbrew(cups: 2)\n```"],
  ];
  test.each(wrong)("%s", async (_, markdown) => {
    const [block] = blocksIn(markdown, "a test");
    expect(await checkFor(block!)!()).not.toEqual([]);
  });
  test.each(["```perl\n1\n```", "```ts\n1\n```", "```yaml plugn=key-auth\na: 1\n```"])("a block of no known kind: %s", (markdown) => {
    expect(checkFor(blocksIn(markdown, "a test")[0]!)).toBeUndefined();
  });
  test("a block without an end", () => expect(() => blocksIn("```sh\nmake", "a test")).toThrow("a test:1"));
});
