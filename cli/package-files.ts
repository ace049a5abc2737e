/** Files of this package that the CLI needs at run time, wherever it runs from: cli/*.ts in a clone, or the build in dist/cli/. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "./failure.ts";

/** The folder that holds package.json. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, ".envoy-version"))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error("the package has no .envoy-version");
    directory = parent;
  }
  return directory;
}

/** The one version of Envoy that everything is built and tested with, such as 1.40.0. */
export function envoyVersion(): string {
  return readFileSync(join(packageRoot(), ".envoy-version"), "utf8").trim();
}

export function sluiceVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

/** The bundle's bytes. @param path Another module than the one that the build makes. */
export function readModule(path?: string): Uint8Array {
  const file = path ?? join(packageRoot(), "dist/envoy/sluice.wasm");
  if (!existsSync(file))
    throw new CommandFailure(2, `The module ${file} isn't there. ${path === undefined ? "Build it: make build" : "Check --module."}`);
  return readFileSync(file);
}
