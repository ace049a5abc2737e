import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compiled } from "../assembly/compile.ts";

const ROOT = new URL("../../", import.meta.url);
const loaded = new Map<string, Promise<WebAssembly.Module>>();

/** The module of a plugin, or `bundle`, as it ships (`dist/envoy/<name>.wasm`), built first if its sources changed. One compiled module a process. */
export function module(name: string, target: "envoy" | "higress" = "envoy"): Promise<WebAssembly.Module> {
  return once(`${target}/${name}`, async () => {
    const script = new URL("scripts/build.ts", ROOT);
    if (!existsSync(fileURLToPath(script))) throw new Error("scripts/build.ts is not there: modules cannot be built");
    const { build } = (await import(script.href)) as { build(names: string[]): Promise<void> };
    await build([name]);
    return new URL(`dist/${target}/${name === "bundle" ? "sluice" : name}.wasm`, ROOT);
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
