/**
 * Builds dist/envoy/<module>.wasm from the AssemblyScript sources: `node scripts/build.ts [--quick] [module…]`, all without a name. What is as new as its sources is left alone.
 * With `--quick` it is build/quick/<module>.wasm, which isn't optimised: nine tenths of the time go into that.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import asc from "assemblyscript/asc";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Module name → entry file. */
export const modules: Record<string, string> = {
  sluice: "bundle/module.ts",
  "key-auth": "plugins/key-auth/module.ts",
  "model-router": "plugins/model-router/module.ts",
  "ai-proxy": "plugins/ai-proxy/module.ts",
};

/** `release` is what ships. `quick` does the same, slower, and compiles in a fraction of the time: for tests while one edits. */
export type Kind = "release" | "quick";

export function outputOf(name: string, kind: Kind = "release"): string {
  return join(root, kind === "release" ? "dist/envoy" : "build/quick", `${name}.wasm`);
}

/**
 * Brings the named modules (all, if none is named) up to date, as many at once as there are cores: each in a process of its own, since the compiler leaves its thread for nothing.
 * Throws with the compiler's words where one doesn't compile.
 */
export async function build(names: string[] = Object.keys(modules), kind: Kind = "release"): Promise<void> {
  const unknown = names.find((name) => modules[name] === undefined);
  if (unknown !== undefined) throw new Error(`no module is called "${unknown}"; there are ${Object.keys(modules).join(", ")}`);
  const open = names.filter((name) => !isBuilt(name, kind, stateOf(name)));
  const worker = async (): Promise<void> => {
    for (let name = open.shift(); name !== undefined; name = open.shift()) await buildApart(name, kind);
  };
  await Promise.all(Array.from({ length: Math.min(open.length, availableParallelism()) }, worker));
}

/** Runs this file for one module. */
function buildApart(name: string, kind: Kind): Promise<void> {
  const args = [fileURLToPath(import.meta.url), ...(kind === "quick" ? ["--quick"] : []), name];
  return new Promise((resolve, reject) =>
    execFile(process.execPath, args, (error, _, stderr) => (error === null ? resolve() : reject(new Error(stderr || error.message)))),
  );
}

/** Brings one module up to date, in this process. */
async function buildHere(name: string, kind: Kind): Promise<void> {
  const state = stateOf(name);
  if (isBuilt(name, kind, state)) return;
  const [output, stamp] = [outputOf(name, kind), stampOf(name, kind)];
  mkdirSync(dirname(output), { recursive: true });
  mkdirSync(dirname(stamp), { recursive: true });
  // Test files that run at once need the same modules: one compiles, the others wait for it.
  const lock = `${stamp}.lock`;
  while (!taken(lock)) await setTimeout(100);
  try {
    if (isBuilt(name, kind, state)) return;
    await compile(modules[name]!, output, kind);
    writeFileSync(stamp, state);
  } finally {
    rmSync(lock, { force: true });
  }
}

function stampOf(name: string, kind: Kind): string {
  return join(root, "build/stamps", `${name}${kind === "quick" ? ".quick" : ""}.txt`);
}

function isBuilt(name: string, kind: Kind, state: string): boolean {
  const stamp = stampOf(name, kind);
  return existsSync(outputOf(name, kind)) && existsSync(stamp) && readFileSync(stamp, "utf8") === state;
}

/** Changes with everything that the module is made from. */
function stateOf(name: string): string {
  return hash(sourcesOf(modules[name]!));
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

async function compile(entry: string, output: string, kind: Kind): Promise<void> {
  const stderr = asc.createMemoryStream();
  const unfinished = `${output}.${process.pid}`;
  const options = ["--config", "asconfig.json", "--target", "release", "--baseDir", root, "-o", unfinished];
  if (kind === "quick") options.push("--optimizeLevel", "0");
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
  const { values, positionals: names } = parseArgs({ options: { quick: { type: "boolean", default: false } }, allowPositionals: true });
  const kind = values.quick ? "quick" : "release";
  try {
    if (names.length === 1 && modules[names[0]!] !== undefined) await buildHere(names[0]!, kind);
    else await build(names.length > 0 ? names : undefined, kind);
  } catch (error) {
    // The compiler's words: the stack would be this file's.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
