/** Who may import whom: the table of docs/architecture.md. */
import { dirname, join } from "node:path";
import ts from "typescript";
import { isAssemblyScript, isTesting, placeOf, walk, type Source } from "./sources.ts";

/** What each part may import, beside itself. JSON, such as the schemas, may be imported by any; tests may import anything. */
const MAY_IMPORT: Record<string, string[]> = {
  "shared/bytes": [],
  "shared/host": ["shared/bytes"],
  "shared/json": ["shared/bytes"],
  "shared/sse": ["shared/bytes"],
  "shared/http": ["shared/bytes"],
  "shared/crypto": ["shared/bytes"],
  "shared/eventstream": ["shared/bytes", "shared/crypto"],
  "shared/regex": ["shared/bytes"],
  "shared/text": ["shared/bytes"],
  "shared/store": ["shared/bytes", "shared/host"],
  "shared/protocols": ["shared/bytes", "shared/json", "shared/sse", "shared/http", "shared/eventstream"],
  "shared/config": ["shared/bytes", "shared/json"],
  "shared/rules": ["shared/bytes", "shared/json", "shared/config"],
  "shared/secrets": ["shared/bytes", "shared/crypto", "shared/config", "shared/host"],
  "shared/pipeline": ["shared/*"],
  "plugins/*": ["shared/*"],
  bundle: ["shared/*", "plugins/*"],
  cli: [],
  console: [],
  scripts: ["cli", "test"],
};

/** Each import that the table forbids. */
export function findForbiddenImports(sources: Source[]): string[] {
  return sources.flatMap((source) =>
    importsOf(source).flatMap(({ node, specifier }) => {
      const reason = reasonAgainst(source.path, specifier);
      return reason === null ? [] : [`${placeOf(source, node)}: ${reason}`];
    }),
  );
}

/** Why the file at `path` may not import `specifier`; null if it may. */
function reasonAgainst(path: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) {
    return isAssemblyScript(path) ? `imports the package ${specifier}: AssemblyScript here stands on nothing but shared` : null;
  }
  const imported = join(dirname(path), specifier);
  if (imported.endsWith(".json")) return null;
  if (isTesting(path)) return null;
  if (isTesting(imported.endsWith(".ts") ? imported : `${imported}.ts`) && partOf(path) !== "scripts")
    return `imports ${imported}, which is for tests`;
  const from = partOf(path);
  const to = partOf(imported);
  if (from === null || from === to) return null;
  if (to === null) return `imports ${imported}, which belongs to no part of the table in scripts/lint/imports.ts`;
  const allowed = MAY_IMPORT[from] ?? MAY_IMPORT[`${from.split("/")[0]}/*`];
  if (allowed === undefined) return `${from} has no line in the table in scripts/lint/imports.ts`;
  if (allowed.includes(to) || allowed.includes(`${to.split("/")[0]}/*`)) return null;
  return `${from} may not import ${to}: it may import ${allowed.length > 0 ? allowed.join(", ") : "nothing but itself"} (docs/architecture.md)`;
}

/** The part of the repository that a path belongs to; null for files in the root. */
function partOf(path: string): string | null {
  const [first, second, third] = path.split("/");
  if (second === undefined) return null;
  if (first !== "shared" && first !== "plugins") return first ?? null;
  return third === undefined && second.includes(".") ? null : `${first}/${second}`;
}

function importsOf(source: Source): { node: ts.Node; specifier: string }[] {
  const found: { node: ts.Node; specifier: string }[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push({ node, specifier: specifier.text });
  };
  walk(source.tree, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node, node.moduleSpecifier);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0]);
  });
  return found;
}
