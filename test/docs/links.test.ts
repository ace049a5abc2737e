/** Links between the repository's Markdown files lead somewhere. */

import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { documents, root } from "./blocks.ts";

const files = [
  ...new Set([
    ...documents(),
    ...globSync("{bundle,cli,envoy,scripts,shared,test}/**/*.md", { cwd: root, exclude: ["**/fixtures/**/*.md"] }),
  ]),
];

/** Where a page's headings can be linked to, as GitHub names them. */
function anchorsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/^#{1,6} (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

/** What is wrong with a link of a file; null if nothing is, or it leads out of the repository. */
function problemWith(link: string, file: string): string | null {
  if (/^[a-z]+:/.test(link)) return null;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : relative(root, join(root, dirname(file), path));
  if (target.startsWith("..") || !existsSync(join(root, target))) return `${link} leads nowhere`;
  if (anchor === undefined) return null;
  const page = statSync(join(root, target)).isDirectory() ? join(target, "README.md") : target;
  return anchorsOf(page).includes(anchor) ? null : `${link}: there is no such heading`;
}

function linksIn(text: string): string[] {
  return [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
}

test.each(files)("%s", (file) => {
  const links = linksIn(readFileSync(join(root, file), "utf8"));
  expect(links.flatMap((link) => problemWith(link, file) ?? [])).toEqual([]);
});

describe("the check finds", () => {
  test.each(["nowhere.md", "../../outside.md", "docs/README.md#nothing-of-that-name", "#nothing"])("%s", (link) => {
    expect(problemWith(link, "README.md")).not.toBeNull();
  });
  test("and lets pass what is there", () => {
    expect(linksIn("[a](docs/cli.md#up) and\n```\n[b](nowhere.md)\n```\n[c](https://example.com)")).toEqual([
      "docs/cli.md#up",
      "https://example.com",
    ]);
    expect(problemWith("docs/cli.md#up", "README.md")).toBeNull();
    expect(problemWith("../README.md", "docs/cli.md")).toBeNull();
    expect(problemWith("https://example.com", "README.md")).toBeNull();
  });
});
