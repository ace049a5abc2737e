#!/usr/bin/env node
// Starts the CLI: the build in dist/cli, which runs on Node 20 and newer; or, in a clone that isn't built, its sources, where Node can run TypeScript.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = new URL("../../dist/cli/sluice.js", import.meta.url);
const [major, minor] = process.versions.node.split(".").map(Number);

if (existsSync(fileURLToPath(built))) {
  await import(built.href);
} else if (major > 22 || (major === 22 && minor >= 18)) {
  await import(new URL("../main.ts", import.meta.url).href);
} else {
  process.stderr.write(`sluice is not built, and Node ${process.versions.node} can't run its sources. Build it: make build\n`);
  process.exitCode = 2;
}
