/** docs/facts.md lists what the code writes. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "./blocks.ts";

const guide = readFileSync(`${root}docs/facts.md`, "utf8");
const rows = [...guide.matchAll(/^\| `([\w.]+)`/gm)].map((match) => match[1]!);

test("every fact of the packed record, and no other", () => {
  const source = readFileSync(`${root}shared/pipeline/facts.ts`, "utf8");
  const written = [...source.matchAll(/\.key\("(\w+)"\)/g)].map((match) => match[1]!);
  expect(written.length).toBeGreaterThan(10);
  expect(rows.filter((name) => !name.includes(".")).toSorted()).toEqual(written.toSorted());
});

test("and those that stand alone", () => {
  const alone = ["facts", "edge"].flatMap((file) =>
    [...readFileSync(`${root}shared/pipeline/${file}.ts`, "utf8").matchAll(/PropertyPath\.fact\("([\w.]+)"\)/g)].map((match) => match[1]!),
  );
  const packed = "sluice.facts";
  expect(guide).toContain(`wasm.${packed}`);
  expect(rows.filter((name) => name.includes("."))).toEqual([...new Set(alone)].filter((name) => name !== packed));
});

test("the example has only these", () => {
  const example = JSON.parse(/^```json\n([\s\S]*?)^```$/m.exec(guide)![1]!) as object;
  for (const name of Object.keys(example)) expect(rows).toContain(name);
});
