/** Builds the CLI: its sources and libraries in one file that runs on Node 20 and newer, dist/cli/sluice.js. */

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

export async function buildCli(outDirectory: string = join(root, "dist/cli")): Promise<void> {
  mkdirSync(outDirectory, { recursive: true });
  await build({
    entryPoints: [join(root, "cli/main.ts")],
    outfile: join(outDirectory, "sluice.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // Libraries in the older module form ask for require().
    banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
    legalComments: "linked",
    logLevel: "warning",
  });
  copyFileSync(join(root, "cli/schema/gateway.schema.json"), join(outDirectory, "gateway.schema.json"));
}

if (import.meta.main) await buildCli();
