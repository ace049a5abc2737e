/**
 * Builds dist/envoy/<module>.wasm from the AssemblyScript sources: `node scripts/build.ts [module…]`, all without a name. What is as new as its sources is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Module name → entry file. */
export const modules: Record<string, string> = {
  sluice: "bundle/module.ts",
  "key-auth": "plugins/key-auth/module.ts",
  "model-router": "plugins/model-router/module.ts",
  "ai-proxy": "plugins/ai-proxy/module.ts",
};

/** Brings the named modules (all, if none is named) up to date. Throws with the compiler's words where one doesn't compile. */
export async function build(names: string[] = Object.keys(modules)): Promise<void> {
  for (const name of names) {
    const entry = modules[name];
    if (entry === undefined) throw new Error(`no module is called "${name}"; there are ${Object.keys(modules).join(", ")}`);
    const sources = sourcesOf(entry);
    const state = hash(sources);
    const output = join(root, "dist/envoy", `${name}.wasm`);
    const stamp = join(root, "build/stamps", `${name}.txt`);
    if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === state) continue;
    mkdirSync(dirname(output), { recursive: true });
    mkdirSync(dirname(stamp), { recursive: true });
    await compile(entry, output);
    writeFileSync(stamp, state);
  }
}

async function compile(entry: string, output: string): Promise<void> {
  const stderr = asc.createMemoryStream();
  const options = ["--config", "asconfig.json", "--target", "release", "--baseDir", root, "-o", output];
  const { error } = await asc.main([entry, ...options], { stderr, stdout: stderr });
  if (error) throw new Error(`${entry} does not compile:\n${stderr.toString()}${error.message}`);
}

/** The entry file and all that it imports, directly or not. */
function sourcesOf(entry: string): string[] {
  const found = new Set<string>();
  const open = [join(root, entry)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const match of readFileSync(file, "utf8").matchAll(/^(?:import|export|})[^"\n]*"(\.[^"]+)";/gm)) {
      const path = join(dirname(file), match[1] as string);
      open.push(existsSync(`${path}.ts`) ? `${path}.ts` : join(path, "index.ts"));
    }
  }
  return [...found].sort();
}

function hash(files: string[]): string {
  const sum = createHash("sha256");
  for (const file of [
    ...files,
    join(root, "asconfig.json"),
    fileURLToPath(import.meta.url),
    join(root, "node_modules/assemblyscript/package.json"),
  ]) {
    sum.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return sum.digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  await build(names.length > 0 ? names : undefined);
}
