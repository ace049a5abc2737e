import { readFile } from "node:fs/promises";
import { build, outputOf } from "../../scripts/build.ts";
import { compiled } from "../assembly/compile.ts";

const loaded = new Map<string, Promise<WebAssembly.Module>>();

/** `npm test` wants to know soon whether an edit is right, and sets this; `make test` has what ships. */
const kind = process.env.SLUICE_QUICK === "1" ? "quick" : "release";

/** Where `module` builds a module of dist/envoy. */
export function fileOf(name: string): string {
  return outputOf(name, kind);
}

/**
 * The module of a plugin, or `bundle`, built first if its sources changed: as it ships (`dist/envoy/<name>.wasm`), or with SLUICE_QUICK=1 compiled without optimisation. One compiled
 * module a process.
 */
export function module(name: string): Promise<WebAssembly.Module> {
  const file = name === "bundle" ? "sluice" : name;
  return once(`module/${file}`, async () => {
    await build([file], kind);
    return fileOf(file);
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
