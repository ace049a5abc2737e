/** Which files there are, and which of them are AssemblyScript. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import ts from "typescript";

/** AssemblyScript and TypeScript share their ending; these are AssemblyScript, unless they end with `.test.ts`. eslint, prettier and the tsconfigs say the same. */
export const ASSEMBLYSCRIPT = ["shared/**/*.ts", "plugins/**/*.ts", "bundle/**/*.ts", "test/assembly/io.ts", "test/host/probes/*.ts"];

/** What only tests import. */
const TESTING = ["**/*.test.ts", "**/*.testing.ts", "**/testing/**/*.ts", "test/**/*.ts"];

/** A source file: its path from the repository's root, and its syntax. */
export interface Source {
  path: string;
  tree: ts.SourceFile;
}

export function isAssemblyScript(path: string): boolean {
  return !path.endsWith(".test.ts") && matchesAny(path, ASSEMBLYSCRIPT);
}

export function isTesting(path: string): boolean {
  return matchesAny(path, TESTING);
}

/** Every TypeScript and AssemblyScript file under `root` that git knows or would add. */
export function listSources(root: string): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  const deleted = new Set(execFileSync("git", ["ls-files", "--deleted", "*.ts"], { cwd: root, encoding: "utf8" }).split("\n"));
  return listed.split("\n").filter((path) => path !== "" && !deleted.has(path));
}

export function readSources(root: string): Source[] {
  return listSources(root).map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

/** AssemblyScript parses as TypeScript: what TypeScript refuses in it, such as decorators on functions, it refuses only after parsing. */
export function parseSource(path: string, text: string): Source {
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** `path:line`, for a message about a node. */
export function placeOf(source: Source, node: ts.Node): string {
  return `${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1}`;
}

/** Visits a node and all that is in it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function matchesAny(path: string, globs: string[]): boolean {
  return globs.some((glob) => matchesGlob(path, glob));
}
