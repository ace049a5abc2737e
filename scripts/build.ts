/**
 * Builds dist/envoy/<module>.wasm from the AssemblyScript sources: `node scripts/build.ts [module…]`, all without a name. What is as new as its sources is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
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
    const isBuilt = (): boolean => existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === state;
    if (isBuilt()) continue;
    mkdirSync(dirname(output), { recursive: true });
    mkdirSync(dirname(stamp), { recursive: true });
    // Test files that run at once need the same modules: one compiles, the others wait for it.
    const lock = `${stamp}.lock`;
    while (!taken(lock)) await setTimeout(100);
    try {
      if (isBuilt()) continue;
      await compile(entry, output);
      writeFileSync(stamp, state);
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

/** Takes a lock file; one whose process is gone is taken over. */
function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    const owner = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function compile(entry: string, output: string): Promise<void> {
  const stderr = asc.createMemoryStream();
  const unfinished = `${output}.${process.pid}`;
  const options = ["--config", "asconfig.json", "--target", "release", "--baseDir", root, "-o", unfinished];
  const { error } = await asc.main([entry, ...options], { stderr, stdout: stderr });
  if (error) throw new Error(`${entry} does not compile:\n${stderr.toString()}${error.message}`);
  renameSync(unfinished, output);
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
