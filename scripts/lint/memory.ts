/** Raw memory stands only in the folders whose work it is; everybody else uses what they offer. */
import ts from "typescript";
import { isAssemblyScript, isTesting, placeOf, walk, type Source } from "./sources.ts";

const OWNERS = ["host", "bytes", "json", "sse", "regex", "crypto", "text"].map((folder) => `shared/${folder}/`);

/** Functions that read, write or reinterpret memory, or allocate past the collector. */
const FUNCTIONS = new Set([
  "load",
  "store",
  "changetype",
  "offsetof",
  "__new",
  "__renew",
  "__pin",
  "__unpin",
  "__alloc",
  "__realloc",
  "__free",
]);
/** Namespaces whose every member does. */
const NAMESPACES = new Set(["memory", "heap", "atomic"]);
/** Members that do, of anything. */
const MEMBERS = new Set(["encodeUnsafe", "decodeUnsafe"]);
/** Types whose loads and stores do: `v128.load`, `i32.store8`. */
const NUMBER_TYPE = /^(?:[iuf](?:8|16|32|64)|v128|usize|isize)$/;

/** Each use of raw memory outside the folders that own it. */
export function findRawMemory(sources: Source[]): string[] {
  const others = sources.filter(
    ({ path }) => isAssemblyScript(path) && !isTesting(path) && !OWNERS.some((owner) => path.startsWith(owner)),
  );
  return others.flatMap((source) => {
    const found: string[] = [];
    walk(source.tree, (node) => {
      const name = rawMemoryIn(node);
      if (name !== null) found.push(`${placeOf(source, node)}: ${name} is for ${OWNERS.join(", ")} only`);
    });
    return found;
  });
}

/** The name of the raw access that a node is; null if it is none. */
function rawMemoryIn(node: ts.Node): string | null {
  // A method or function of ours may be called `load`; the one that takes a type doesn't.
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const name = node.expression.text;
    return FUNCTIONS.has(name) && (name.startsWith("__") || node.typeArguments !== undefined) ? name : null;
  }
  if (!ts.isPropertyAccessExpression(node)) return null;
  const member = node.name.text;
  if (MEMBERS.has(member)) return member;
  if (!ts.isIdentifier(node.expression)) return null;
  const object = node.expression.text;
  return NAMESPACES.has(object) || (NUMBER_TYPE.test(object) && /^(?:load|store)/.test(member)) ? `${object}.${member}` : null;
}
