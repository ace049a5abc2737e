import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchFiles, type Watch } from "./watch.ts";

let folder: string;
let watch: Watch | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "sluice-watch-"))));
afterEach(() => {
  watch?.stop();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("a file that is written, replaced, gone or there again, and a link above it that is moved", async () => {
  writeFileSync(at("a"), "1");
  for (const version of ["v1", "v2"]) writeFileSync(at(version), version);
  symlinkSync(at("v1"), at("link"));
  const changed = vi.fn(async () => {});
  watch = watchFiles(() => [at("a"), at("link")], changed, 10);
  await pause(60);
  expect(changed).not.toHaveBeenCalled();
  const changes = [
    () => writeFileSync(at("a"), "22"),
    () => (writeFileSync(at("b"), "22"), renameSync(at("b"), at("a"))),
    () => rmSync(at("a")),
    () => writeFileSync(at("a"), "3"),
    () => (symlinkSync(at("v2"), at("link.new")), renameSync(at("link.new"), at("link"))),
  ];
  for (const [index, change] of changes.entries()) {
    change();
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(index + 1));
  }
  await pause(60);
  expect(changed).toHaveBeenCalledTimes(changes.length);
});

test("what changes while a change is taken is seen afterwards, and never two at a time", async () => {
  writeFileSync(at("a"), "1");
  let running = 0;
  let most = 0;
  const taken: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  watch = watchFiles(
    () => [at("a")],
    async () => {
      most = Math.max(most, ++running);
      taken.push("");
      if (taken.length === 1) await held;
      running--;
    },
    10,
  );
  writeFileSync(at("a"), "22");
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  writeFileSync(at("a"), "333");
  await pause(80);
  expect(taken).toHaveLength(1);
  release();
  await vi.waitFor(() => expect(taken).toHaveLength(2));
  expect(most).toBe(1);
});
