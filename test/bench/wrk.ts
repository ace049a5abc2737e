/** The load: wrk, an HTTP/1.1 generator in C that leaves the cores to Envoy. https://github.com/wg/wrk */

import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Many small requests of one kind, or of several in turn. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** One after the other, over and over. */
  readonly bodies: readonly string[];
}

export interface LoadResult {
  /** Answers that came whole. */
  readonly requests: number;
  /** How long wrk ran, by its own clock. */
  readonly seconds: number;
  /** Answers with another status than 2xx or 3xx. */
  readonly refused: number;
  /** Connections and answers that broke. */
  readonly broken: number;
}

/** Installs wrk where it is missing and says so. Throws with what to do where that fails: a generator in Node would take the core that Envoy is measured on. */
export function needWrk(tell: (line: string) => void): string {
  const version = wrkVersion();
  if (version !== null) return version;
  tell("wrk is missing: installing it by apt-get.");
  const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  spawnSync("apt-get", ["update", "-qq"], quiet);
  spawnSync("apt-get", ["install", "-y", "-qq", "wrk"], quiet);
  const installed = wrkVersion();
  if (installed === null)
    throw new Error(
      "wrk is not on the PATH and could not be installed by apt-get. Install it (https://github.com/wg/wrk) and run this again.",
    );
  return installed;
}

function wrkVersion(): string | null {
  const { stdout, error } = spawnSync("wrk", ["--version"], { encoding: "utf8" });
  return error === undefined ? (/^wrk \S*?(\d[\w.]*)/.exec(stdout)?.[1] ?? "unknown") : null;
}

/** Runs wrk with one thread and closed loops: each of so many connections asks again as soon as it is answered. `folder` takes its script. */
export async function runWrk(load: Load, folder: string, seconds: number, connections = 16): Promise<LoadResult> {
  const script = join(folder, `load-${load.port}.lua`);
  writeFileSync(script, luaOf(load));
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "20s", "-s", script, `http://127.0.0.1:${load.port}${load.path}`];
  const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status !== 0) throw new Error(`wrk ended with status ${status}: ${output}`);
  return readWrk(output);
}

/** What wrk printed, as numbers. Throws where it has another form than wrk 4's. */
export function readWrk(output: string): LoadResult {
  const total = /(\d+) requests in ([\d.]+)(ms|s|m)/.exec(output);
  if (total === null) throw new Error(`wrk printed something else than expected:\n${output}`);
  const unit = { ms: 0.001, s: 1, m: 60 }[total[3] as "ms" | "s" | "m"];
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)?.slice(1) ?? [];
  return {
    requests: Number(total[1]),
    seconds: Number(total[2]) * unit,
    refused: Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0),
    broken: errors.reduce((sum, count) => sum + Number(count), 0),
  };
}

/** wrk's script. Requests are made once, so that nothing is left to do for each. */
function luaOf({ path, headers, bodies }: Load): string {
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers[ ${quoted(name)} ] = ${quoted(value)}`);
  return [
    'wrk.method="POST"',
    ...fields,
    "local made, at = {}, 0",
    "function init(args)",
    ...bodies.map((body) => `  made[#made + 1] = wrk.format("POST", ${quoted(path)}, nil, ${quoted(body)})`),
    "end",
    "function request()",
    "  at = at % #made + 1",
    "  return made[at]",
    "end",
    "",
  ].join("\n");
}

/** A Lua string in long brackets of a level that doesn't occur in it. */
function quoted(text: string): string {
  let level = "=";
  while (text.includes(`]${level}]`)) level += "=";
  return `[${level}[${text}]${level}]`;
}
