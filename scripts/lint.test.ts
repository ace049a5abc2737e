import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findForbiddenImports } from "./lint/imports.ts";
import { findRawMemory } from "./lint/memory.ts";
import { isAssemblyScript, parseSource, readSources } from "./lint/sources.ts";
import { checkFormat, checkStyle, checkTypes, complaintsOf } from "./lint/tools.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** The tools start processes that read their whole configuration. */
const TOOL_TIMEOUT = 120_000;

describe("imports against the direction", () => {
  const complaints = (path: string, text: string) => findForbiddenImports([parseSource(path, text)]);

  test.each([
    [
      "shared/bytes/bytes.ts",
      "../json/reader",
      "shared/bytes may not import shared/json: it may import nothing but itself (docs/architecture.md)",
    ],
    ["shared/json/reader.ts", "../host/log", "shared/json may not import shared/host: it may import shared/bytes (docs/architecture.md)"],
    ["shared/protocols/openai/request.ts", "../../host/log", "shared/protocols may not import shared/host"],
    ["shared/protocols/openai/request.ts", "../../pipeline/exchange", "shared/protocols may not import shared/pipeline"],
    ["shared/config/reader.ts", "../../plugins/key-auth/config", "shared/config may not import plugins/key-auth"],
    ["plugins/key-auth/index.ts", "../model-router/index", "plugins/key-auth may not import plugins/model-router"],
    ["plugins/key-auth/index.ts", "../../bundle/index", "plugins/key-auth may not import bundle"],
    ["cli/main.ts", "../console/state.ts", "cli may not import console"],
    ["console/main.ts", "../cli/main.ts", "console may not import cli"],
    ["cli/main.ts", "../shared/bytes/bytes.ts", "cli may not import shared/bytes"],
    ["shared/new/thing.ts", "../bytes/bytes", "shared/new has no line in the table"],
    ["plugins/key-auth/index.ts", "../../tools/thing", "plugins/key-auth may not import tools"],
    ["plugins/key-auth/index.ts", "../../test/assembly/io", "imports test/assembly/io, which is for tests"],
    ["shared/json/reader.ts", "./json.testing", "imports shared/json/json.testing, which is for tests"],
    ["shared/json/reader.ts", "json-as", "imports the package json-as: AssemblyScript here stands on nothing but shared"],
  ])("%s importing %s is found", (path, specifier, message) => {
    const found = complaints(path, `\nimport { thing } from "${specifier}";\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${path}:2: ${message}`);
  });

  test.each([
    ["an export", 'export * from "../model-router/index";'],
    ["a side effect", 'import "../model-router/index";'],
    ["a dynamic import", 'const router = await import("../model-router/index");'],
    ["an import over lines", 'import {\n  thing,\n} from "../model-router/index";'],
  ])("in every form: %s", (_, text) => {
    expect(complaints("plugins/key-auth/index.ts", text)).toHaveLength(1);
  });

  test.each([
    ["shared/protocols/openai/request.ts", "../../json/reader"],
    ["shared/protocols/openai/request.ts", "../failure"],
    ["plugins/key-auth/index.ts", "../../shared/pipeline/stage"],
    ["bundle/index.ts", "../plugins/key-auth/index"],
    ["cli/main.ts", "../docs/schema/plugins.schema.json"],
    ["cli/main.ts", "commander"],
    ["shared/config/config.testing.ts", "../../plugins/key-auth/config.generated"],
    ["shared/json/json.test.ts", "../../test/assembly/compile.ts"],
    ["scripts/demo.ts", "../test/providers/index.ts"],
  ])("%s may import %s", (path, specifier) => {
    expect(complaints(path, `import { thing } from "${specifier}";`)).toEqual([]);
  });

  test("a comment or a text imports nothing", () => {
    expect(
      complaints("shared/bytes/bytes.ts", '// import { a } from "../json/reader";\nconst text = \'import { a } from "../json/reader"\';'),
    ).toEqual([]);
  });
});

describe("raw memory outside the folders that own it", () => {
  const complaints = (path: string, text: string) => findRawMemory([parseSource(path, text)]);

  test.each([
    ["load<u8>(at)", "load"],
    ["store<u32>(at, 1)", "store"],
    ["changetype<usize>(bytes)", "changetype"],
    ["memory.copy(to, from, 8)", "memory.copy"],
    ["heap.alloc(8)", "heap.alloc"],
    ["v128.load(at)", "v128.load"],
    ["v128.store64_lane(at, lane, 0)", "v128.store64_lane"],
    ["i32.load8_u(at)", "i32.load8_u"],
    ["__new(8, 0)", "__new"],
    ["String.UTF8.decodeUnsafe(at, 8)", "decodeUnsafe"],
  ])("%s is found", (expression, name) => {
    const text = `\nexport function read(at: usize): void {\n  ${expression};\n}\n`;
    for (const path of ["shared/pipeline/exchange.ts", "plugins/key-auth/index.ts", "bundle/index.ts"]) {
      expect(complaints(path, text)).toEqual([expect.stringContaining(`${path}:3: ${name} is for shared/host/`)]);
    }
    for (const path of [
      "shared/bytes/bytes.ts",
      "shared/host/memory.ts",
      "shared/json/tokens.ts",
      "shared/sse/reader.ts",
      "shared/crypto/hash.ts",
    ]) {
      expect(complaints(path, text)).toEqual([]);
    }
  });

  test("functions of our own may be called load, and comments may speak of memory", () => {
    const text = "// memory.copy(a, b)\nexport function load(): void {}\nload();\nrules.store(1);\nconst text = `load<u8>(0)`;\n";
    expect(complaints("plugins/key-auth/index.ts", text)).toEqual([]);
  });

  test("a decorator on a function hides nothing behind it", () => {
    const text = "// @ts-ignore: decorator\n@inline\nexport function first(at: usize): u8 {\n  return load<u8>(at);\n}\n";
    expect(complaints("shared/rules/rules.ts", text)).toEqual([expect.stringContaining("shared/rules/rules.ts:4: load")]);
  });
});

test("AssemblyScript and TypeScript are told apart", () => {
  for (const path of [
    "shared/bytes/bytes.ts",
    "shared/config/config.testing.ts",
    "plugins/key-auth/index.ts",
    "bundle/index.ts",
    "test/assembly/io.ts",
  ]) {
    expect(isAssemblyScript(path), path).toBe(true);
  }
  for (const path of ["shared/config/config.test.ts", "scripts/lint.ts", "cli/main.ts", "test/assembly/compile.ts"])
    expect(isAssemblyScript(path), path).toBe(false);
});

test("the repository's own sources are read", () => {
  const paths = readSources(ROOT).map(({ path }) => path);
  expect(paths).toContain("scripts/lint.test.ts");
  expect(paths).toContain("shared/config/reader.ts");
  expect(paths.filter((path) => path.startsWith("node_modules/"))).toEqual([]);
});

describe("a sample repository", () => {
  let sample: string;
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(sample, path)), { recursive: true });
    writeFileSync(join(sample, path), text);
  };

  beforeAll(() => {
    sample = mkdtempSync(join(tmpdir(), "sluice-lint-"));
    for (const path of [
      ".prettierrc.json",
      "eslint.config.js",
      "tsconfig.json",
      "package.json",
      "scripts/lint/prettier-assemblyscript.js",
    ]) {
      mkdirSync(dirname(join(sample, path)), { recursive: true });
      cpSync(join(ROOT, path), join(sample, path));
    }
    symlinkSync(join(ROOT, "node_modules"), join(sample, "node_modules"));
    put("shared/config/good.ts", "// @ts-ignore: decorator\n@inline\nexport function half(value: i32): i32 {\n  return value >> 1;\n}\n");
    put("cli/good.ts", "export const answer: number = 42;\n");
    put("shared/config/spread.ts", "// @ts-ignore: decorator\n@inline export function half( value: i32 ): i32 { return value >> 1 }\n");
    put("shared/config/unused.ts", 'import { Bytes } from "../bytes/bytes";\n\nexport const ONE = 1;\n');
    put("shared/config/talks.ts", 'export function talk(): void {\n  console.log("talk");\n}\n');
    put("shared/config/throws.ts", 'export function fail(): void {\n  throw new Error("trap");\n}\n');
    put("shared/config/asserts.ts", "export function first(text: string | null): i32 {\n  return text!.length;\n}\n");
    put("shared/config/lets.ts", "export function one(): i32 {\n  let one = 1;\n  return one;\n}\n");
    put("cli/floating.ts", "async function later(): Promise<void> {}\n\nexport function now(): void {\n  later();\n}\n");
    put("cli/mistyped.ts", 'export const answer: number = "42";\n');
    put("cli/enums.ts", "export enum Color {\n  Red,\n}\n");
    put("cli/extensionless.ts", 'export { answer } from "./good";\n');
  });
  afterAll(() => rmSync(sample, { recursive: true }));

  test("badly formatted: only the file that is", { timeout: TOOL_TIMEOUT }, async () => {
    const complaints = (await checkFormat(sample)).join("\n");
    expect(complaints).toContain("shared/config/spread.ts");
    expect(complaints).not.toContain("good.ts");
    await complaintsOf(sample, "prettier", "--write", "shared/config/spread.ts");
    expect((await checkFormat(sample)).join("\n")).not.toContain("shared/config/spread.ts");
  });

  test("in bad style: each rule that matters, and not what is good", { timeout: TOOL_TIMEOUT }, async () => {
    const complaints = (await checkStyle(sample)).join("\n");
    const of = (file: string) => complaints.split(join(sample, file))[1]?.split(join(sample, ""))[0] ?? "";
    expect(of("shared/config/unused.ts")).toContain("no-unused-vars");
    expect(of("shared/config/talks.ts")).toContain("no-console");
    expect(of("shared/config/throws.ts")).toContain("A throw traps the VM");
    expect(of("shared/config/asserts.ts")).toContain("`!` on null traps the VM");
    expect(of("shared/config/lets.ts")).toContain("prefer-const");
    expect(of("cli/floating.ts")).toContain("no-floating-promises");
    expect(complaints).not.toContain("good.ts");
  });

  test("badly typed: each mistake, and not what is good", { timeout: TOOL_TIMEOUT }, async () => {
    const complaints = (await checkTypes(sample)).join("\n");
    expect(complaints).toMatch(/cli\/mistyped\.ts\(1,14\): error TS2322/);
    expect(complaints).toMatch(/cli\/enums\.ts\(1,13\): error TS1294/);
    expect(complaints).toMatch(/cli\/extensionless\.ts\(1,24\): error TS2835/);
    expect(complaints).not.toContain("good.ts(");
  });

  test("with a tool that isn't there: the check fails, and doesn't pass in silence", async () => {
    expect(await complaintsOf(sample, "no-such-tool")).not.toEqual([]);
  });
});
