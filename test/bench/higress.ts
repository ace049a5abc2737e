/** Higress's ai-proxy, as its makers build it, made to load in stock Envoy. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/package-files.ts";
import { renameExport } from "./wasm-exports.ts";

/** The name of the ABI that Higress's Go SDK exports, of which stock Envoy knows nothing, and the one that is meant. */
const theirAbi = "proxy_abi_version_0_2_100";
const stockAbi = "proxy_abi_version_0_2_1";

/** The module as a file that Envoy can load. Fetches the PyPI package `gpustack-higress-plugins` once, into build/. Throws with what to do where that fails. */
export async function higressModule(tell: (line: string) => void): Promise<{ file: string; version: string }> {
  const folder = join(packageRoot(), "build/higress");
  const wheel = findWheel(folder) ?? fetchWheel(folder, tell);
  const version = /gpustack_higress_plugins-([^-]+)-/.exec(wheel)?.[1] ?? "unknown";
  const file = join(folder, `ai-proxy-${version}.wasm`);
  if (!existsSync(file)) {
    const unpacked = readEntry(join(folder, wheel));
    writeFileSync(file, renameExport(unpacked, theirAbi, stockAbi));
  }
  return { file, version };
}

function findWheel(folder: string): string | undefined {
  return existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith(".whl")) : undefined;
}

function fetchWheel(folder: string, tell: (line: string) => void): string {
  tell("Fetching gpustack-higress-plugins from PyPI.");
  mkdirSync(folder, { recursive: true });
  const args = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--dest",
    folder,
    "gpustack-higress-plugins",
  ];
  const { status, stderr } = spawnSync("python3", args, { encoding: "utf8" });
  const wheel = findWheel(folder);
  if (status !== 0 || wheel === undefined) throw new Error(`Higress's plugins could not be fetched from PyPI: ${stderr}`);
  return wheel;
}

/** The newest ai-proxy of the wheel, which is a zip file: Python, which brought it, also opens it. */
function readEntry(wheel: string): Uint8Array {
  const script = [
    "import re, sys, zipfile",
    "wheel = zipfile.ZipFile(sys.argv[1])",
    "names = [name for name in wheel.namelist() if re.search(r'(^|/)ai-proxy(/|-[0-9][^/]*/|\\.wasm$).*', name) and name.endswith('.wasm')]",
    "names.sort(key=lambda name: [int(part) for part in re.findall(r'[0-9]+', name)])",
    "if not names: sys.exit('the wheel holds no ai-proxy: ' + ', '.join(wheel.namelist()[:20]))",
    "sys.stdout.buffer.write(wheel.read(names[-1]))",
  ].join("\n");
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script, wheel], { maxBuffer: 256 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${wheel}: ${stderr.toString()}`);
  return stdout;
}

/** For the report: how large it is. */
export function sizeOf(file: string): number {
  return readFileSync(file).length;
}
