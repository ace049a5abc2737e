/** Where and with what a run was made. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { packageRoot, sluiceVersion } from "../../cli/package-files.ts";
import { envoyBinary } from "./envoy.ts";

export interface Circumstances {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number; readonly kernel: string };
  /** The load average of a minute, before and after: above the number of cores, other work was in the way. */
  readonly load: { readonly before: number; readonly after: number };
  readonly versions: Readonly<Record<string, string>>;
}

export async function circumstances(wrk: string, loadBefore: number): Promise<Circumstances> {
  const root = packageRoot();
  const git = (...args: string[]): string => spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
  const changed = git("status", "--porcelain", "--", "shared", "plugins", "bundle", "cli") === "" ? "" : ", with changes";
  const bundle = readFileSync(join(root, "dist/envoy/sluice.wasm"));
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
    },
    load: { before: loadBefore, after: loadavg()[0]! },
    versions: {
      sluice: `${sluiceVersion()} (${git("rev-parse", "--short", "HEAD") || "no git"}${changed})`,
      "sluice.wasm": `sha256:${createHash("sha256").update(bundle).digest("hex").slice(0, 12)}`,
      envoy: (await envoyBinary()).version,
      wrk,
      node: process.versions.node,
    },
  };
}
