import { readFile } from "node:fs/promises";
import { build } from "../../scripts/build.ts";
import { compiled } from "../assembly/compile.ts";

const loaded = new Map<string, Promise<WebAssembly.Module>>();

/** The module of a plugin, or `bundle`, as it ships (`dist/envoy/<name>.wasm`), built first if its sources changed. One compiled module a process. */
export function module(name: string): Promise<WebAssembly.Module> {
  const file = name === "bundle" ? "sluice" : name;
  return once(`module/${file}`, async () => {
    await build([file]);
    return new URL(`../../dist/envoy/${file}.wasm`, import.meta.url);
  });
}

/** A probe of this folder (`probes/<name>.ts`), compiled if its sources changed. */
export function probe(name: string): Promise<WebAssembly.Module> {
  return once(`probe/${name}`, () => compiled(new URL(`./probes/${name}.ts`, import.meta.url)));
}

function once(key: string, build: () => Promise<string | URL>): Promise<WebAssembly.Module> {
  let promise = loaded.get(key);
  if (promise === undefined) {
    promise = build().then(async (file) => WebAssembly.compile(await readFile(file)));
    loaded.set(key, promise);
  }
  return promise;
}
