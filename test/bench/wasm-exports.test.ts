import { expect, test } from "vitest";
import { renameExport } from "./wasm-exports.ts";

/** Exports two functions that do nothing, `a` and `second`. */
const module = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 14, 2, 1, 0x61, 0, 0, 6, 0x73, 0x65, 0x63, 0x6f, 0x6e, 0x64, 0, 0],
  ...[10, 4, 1, 2, 0, 0x0b],
]);

const exportsOf = (bytes: Uint8Array): string[] =>
  WebAssembly.Module.exports(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)).map(({ name }) => name);

test("an export gets another name, and the module is whole", () => {
  expect(exportsOf(module)).toEqual(["a", "second"]);
  expect(exportsOf(renameExport(module, "second", "x"))).toEqual(["a", "x"]);
  const long = "n".repeat(300);
  expect(exportsOf(renameExport(module, "a", long))).toEqual([long, "second"]);
});

test("a name that isn't there, and bytes that are no module, are said", () => {
  expect(() => renameExport(module, "b", "c")).toThrow("no export b");
  expect(() => renameExport(new Uint8Array(16), "a", "b")).toThrow("no WebAssembly");
});
