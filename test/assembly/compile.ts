/** Compiles AssemblyScript for a test and calls it. See README.md. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const BUILD = join(ROOT, "build/test");
/** The modules are compiled with the same. */
const CONFIG = join(ROOT, "asconfig.json");
const OPTIONS = ["--config", relative(ROOT, CONFIG), "--target", "release"];
/** Calls between collections: often enough to keep a million cases in little memory. */
const CALLS_PER_COLLECTION = 200;

type Input = Uint8Array | string;
type Exported = (...values: (number | bigint)[]) => number | bigint | undefined;

/** A compiled entry file, with its memory. */
export class Assembly {
  readonly memory: WebAssembly.Memory;
  private readonly exports: Record<string, Exported>;
  private calls = 0;

  constructor(instance: WebAssembly.Instance) {
    this.exports = instance.exports as Record<string, Exported>;
    this.memory = instance.exports["memory"] as WebAssembly.Memory;
    this.exports["_initialize"]?.();
  }

  /** Calls an exported function with inputs (strings as UTF-8) and numbers; what it returns. Its output is in `output` until the next call. */
  call(name: string, inputs: Input | Input[] = [], ...values: (number | bigint)[]): number {
    if (++this.calls % CALLS_PER_COLLECTION === 0) this.export("testCollect")();
    this.export("testReset")();
    (Array.isArray(inputs) ? inputs : [inputs]).forEach((input, index) => {
      const bytes = typeof input === "string" ? Buffer.from(input) : input;
      const at = Number(this.export("testInput")(index, bytes.length));
      new Uint8Array(this.memory.buffer, at, bytes.length).set(bytes);
    });
    return Number(this.export(name)(...values));
  }

  /** A copy of what the last call wrote to OUTPUT. */
  get output(): Buffer {
    const at = Number(this.export("testOutput")());
    return Buffer.from(new Uint8Array(this.memory.buffer, at, Number(this.export("testOutputLength")())));
  }

  /** Calls an exported function; what it wrote to OUTPUT. */
  bytes(name: string, inputs: Input | Input[] = [], ...values: (number | bigint)[]): Buffer {
    this.call(name, inputs, ...values);
    return this.output;
  }

  /** As `bytes`, decoded as UTF-8. */
  text(name: string, inputs: Input | Input[] = [], ...values: (number | bigint)[]): string {
    return this.bytes(name, inputs, ...values).toString();
  }

  /** An exported function, as it is. */
  export(name: string): Exported {
    const found = this.exports[name];
    if (typeof found !== "function") throw new Error(`the test module exports no function ${name}`);
    return found;
  }
}

/** Compiles the AssemblyScript file at `entry` (`new URL("./json.testing.ts", import.meta.url)`), unless neither it nor what it imports has changed, and instantiates it. */
export async function assembly(entry: URL): Promise<Assembly> {
  const { instance } = await WebAssembly.instantiate(await readFile(await compiled(entry)), {});
  return new Assembly(instance);
}

/** The same without an instance: the path of the compiled module. */
export async function compiled(entry: URL): Promise<string> {
  const file = fileURLToPath(entry);
  const wasm = join(BUILD, `${basename(file, ".ts")}-${await hashOf(file)}.wasm`);
  if (!existsSync(wasm)) await compile(file, wasm);
  return wasm;
}

async function compile(file: string, wasm: string): Promise<void> {
  await mkdir(BUILD, { recursive: true });
  const outFile = `${wasm}.${process.pid}`;
  const { error, stderr } = await asc.main([relative(ROOT, file), "--baseDir", ROOT, "--outFile", relative(ROOT, outFile), ...OPTIONS]);
  if (error) throw new Error(`${relative(ROOT, file)} does not compile:\n${stderr.toString()}`);
  // Whole or not at all, also when two test files compile the same entry at once.
  await rename(outFile, wasm);
}

/** A hash of a source, of all that it imports, and of how it is compiled. */
async function hashOf(entry: string): Promise<string> {
  const hash = createHash("sha256")
    .update(OPTIONS.join(" "))
    .update(await readFile(CONFIG))
    .update(asc.version);
  const seen = new Set<string>();
  const queue = [entry];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = await readFile(file, "utf8");
    hash.update(relative(ROOT, file)).update("\0").update(source).update("\0");
    for (const [, path] of source.matchAll(/\bfrom\s+"(\.[^"]+)"/g)) queue.push(...sourcesOf(resolve(dirname(file), path!)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The file that AssemblyScript takes for an import; none where only a comment looks like one. */
function sourcesOf(path: string): string[] {
  return [`${path}.ts`, join(path, "index.ts")].filter((candidate) => existsSync(candidate)).slice(0, 1);
}
