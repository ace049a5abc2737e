/** Fenced code blocks of Markdown files. docs/README.md says what their info strings mean. */

import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The files whose blocks and links are checked, from the root. */
export function documents(): string[] {
  return globSync(["README.md", "CHANGELOG.md", "docs/**/*.md", "plugins/**/*.md"], { cwd: root }).sort();
}

export interface Block {
  readonly file: string;
  /** Of the fence, from 1. */
  readonly line: number;
  /** "" if the fence names none. */
  readonly language: string;
  /** The words behind the language: `run` is a flag, `plugin=key-auth` has a value. */
  readonly info: ReadonlyMap<string, string>;
  readonly text: string;
}

export function blocksOf(file: string): Block[] {
  return blocksIn(readFileSync(root + file, "utf8"), file);
}

/** https://spec.commonmark.org/0.31.2/#fenced-code-blocks, as far as our files use it: backticks, perhaps indented. */
export function blocksIn(text: string, file: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const open = /^( *)(`{3,})([^`]*)$/.exec(lines[at]!);
    if (open === null) continue;
    const [, indent, fence, info] = open as unknown as [string, string, string, string];
    const start = at;
    const content: string[] = [];
    for (at++; at < lines.length && lines[at]!.trim() !== fence; at++)
      content.push(lines[at]!.slice(Math.min(indent.length, leading(lines[at]!))));
    if (at === lines.length) throw new Error(`${file}:${start + 1}: the block doesn't end`);
    const [language = "", ...words] = info.trim().split(/\s+/);
    blocks.push({
      file,
      line: start + 1,
      language,
      info: new Map(words.map((word) => [word.split("=", 1)[0]!, word.includes("=") ? word.slice(word.indexOf("=") + 1) : ""])),
      text: content.join("\n") + "\n",
    });
  }
  return blocks;
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

/** "docs/errors.md:12", for messages. */
export function placeOf({ file, line }: Block): string {
  return `${file}:${line}`;
}
