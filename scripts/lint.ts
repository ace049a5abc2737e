/** `npm run lint`: format, style, types, who imports whom, where raw memory stands, and generated files that differ from their sources. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { staleFiles } from "./generate.ts";
import { findForbiddenImports } from "./lint/imports.ts";
import { findRawMemory } from "./lint/memory.ts";
import { readSources } from "./lint/sources.ts";
import { checkFormat, checkStyle, checkTypes } from "./lint/tools.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Each check, what to do where it fails, and its complaints. */
async function runChecks(): Promise<[check: string, remedy: string, complaints: string[]][]> {
  const sources = readSources(ROOT);
  const tools = Promise.all([checkFormat(ROOT), checkTypes(ROOT), checkStyle(ROOT)]);
  const stale = await staleFiles(ROOT);
  const [format, types, style] = await tools;
  return [
    ["format", "npm run format", format],
    ["types", "", types],
    ["style", "npx eslint --fix .", style],
    ["imports", "see docs/architecture.md", findForbiddenImports(sources)],
    ["raw memory", "use shared/bytes", findRawMemory(sources)],
    ["generated files", "npm run generate", stale.map((path) => `${path} differs from its source`)],
  ];
}

const failed = (await runChecks()).filter(([, , complaints]) => complaints.length > 0);
for (const [check, remedy, complaints] of failed) {
  console.error(`${check}${remedy === "" ? "" : ` (${remedy})`}:\n${complaints.map((complaint) => `  ${complaint}`).join("\n")}\n`);
}
if (failed.length === 0) console.log("lint: nothing to complain of");
process.exitCode = failed.length === 0 ? 0 : 1;
