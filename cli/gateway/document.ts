/** A YAML document that remembers where everything stands. */

import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { Position, Problem } from "./problems.ts";

export type Path = readonly (string | number)[];

export class YamlDocument {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly #document: Document;

  constructor(text: string) {
    this.text = text;
    this.#document = parseDocument(text, { prettyErrors: false, lineCounter: new LineCounter() });
    this.problems = this.#document.errors.map((error) => ({
      severity: "error",
      message: `not YAML: ${error.message.replaceAll("\n", " ")}`,
      position: { start: error.pos[0], end: Math.max(error.pos[1], error.pos[0] + 1) },
    }));
  }

  /** Plain values. Only for a document without problems. */
  get value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 });
  }

  /** Where the value at a path stands; what isn't written stands where the nearest thing around it does. */
  valueAt(path: Path): Position {
    const node: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isNode(node) && node.range)
      return isMultiLine(this.text, node.range) && path.length > 0 ? this.keyAt(path) : toPosition(node.range);
    return path.length === 0 ? { start: 0, end: 1 } : this.keyAt(path.slice(0, -1));
  }

  /** Where the key of the value at a path stands (for an item of a list: the item). */
  keyAt(path: Path): Position {
    if (path.length === 0) return { start: 0, end: 1 };
    const parent: unknown = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path.at(-1)));
      if (pair && isScalar(pair.key) && pair.key.range) return toPosition(pair.key.range);
    }
    const node: unknown = this.#document.getIn(path, true);
    if (isNode(node) && node.range) return firstLine(this.text, node.range);
    return this.keyAt(path.slice(0, -1));
  }
}

function toPosition(range: readonly number[]): Position {
  return { start: range[0]!, end: Math.max(range[1]!, range[0]! + 1) };
}

function isMultiLine(text: string, range: readonly number[]): boolean {
  return text.slice(range[0], range[1]).trimEnd().includes("\n");
}

function firstLine(text: string, range: readonly number[]): Position {
  const newline = text.indexOf("\n", range[0]);
  const position = toPosition(range);
  return { start: position.start, end: newline < 0 ? position.end : Math.min(position.end, newline) };
}
