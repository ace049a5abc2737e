/**
 * Writes everything that comes from plugins/<name>/config.schema.json: the parser beside it, the tables in its README, and the schema of all plugins; and the table of vendors
 * in docs/providers.md, which comes from plugins/ai-proxy/vendors.ts; docs/translation.md, which comes from the ledger in test/ledger; and docs/performance.md and the figures in README.md, which come from
 * what `make bench` and `make fuzz` left in bench/.
 * `npm run generate`; the linter fails where a file differs from what this would write.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { performanceGuide } from "../test/bench/report.ts";
import { writeAssembly } from "./generate/assembly.ts";
import { writeCombined } from "./generate/combined.ts";
import { readPlugin, type Schema } from "./generate/model.ts";
import { replacePerformance, type Figure } from "./generate/performance.ts";
import { replaceTables } from "./generate/table.ts";
import { probeCorpus } from "./generate/probe.ts";
import { translationGuide } from "./generate/translation.ts";
import { readVendors, replaceVendors } from "./generate/vendors.ts";

/** Every generated file under `root`, path from there → text. README.md counts whole: what stands outside the marks is kept. */
export async function generate(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const write = async (path: string, text: string) =>
    files.set(path, await format(text, { ...(await resolveConfig(join(root, path))), filepath: path }));

  const plugins = globSync("plugins/*/config.schema.json", { cwd: root })
    .sort()
    .map((path) => readPlugin(basename(dirname(path)), JSON.parse(readFileSync(join(root, path), "utf8")) as Schema));
  for (const plugin of plugins) {
    const folder = `plugins/${plugin.name}`;
    await write(`${folder}/config.generated.ts`, writeAssembly(plugin));
    await write(`${folder}/README.md`, replaceTables(readFileSync(join(root, folder, "README.md"), "utf8"), plugin));
  }
  await write("docs/schema/plugins.schema.json", writeCombined(plugins));
  const aiProxy = plugins.find(({ name }) => name === "ai-proxy");
  if (aiProxy !== undefined) {
    const rows = readVendors(readFileSync(join(root, "plugins/ai-proxy/vendors.ts"), "utf8"), aiProxy);
    await write("docs/providers.md", replaceVendors(readFileSync(join(root, "docs/providers.md"), "utf8"), rows));
  }
  if (existsSync(join(root, "cli/probe/cases.ts"))) await write("cli/probe/cases.generated.json", probeCorpus(root));
  if (existsSync(join(root, "README.md"))) {
    const measured = join(root, "bench/results.json");
    const figures = existsSync(measured) ? (JSON.parse(readFileSync(measured, "utf8")) as { results: Figure[] }).results : null;
    await write("README.md", replacePerformance(readFileSync(join(root, "README.md"), "utf8"), figures));
  }
  if (existsSync(join(root, "test/ledger"))) files.set("docs/translation.md", translationGuide());
  // As it is: prettier leaves this file alone, whose tables would be wider than any screen.
  const performance = performanceGuide(root);
  if (performance !== null) files.set("docs/performance.md", performance);
  return files;
}

/** The generated files that differ from their sources. */
export async function staleFiles(root: string): Promise<string[]> {
  const files = [...(await generate(root))];
  return files
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text)
    .map(([path]) => path);
}

if (import.meta.main) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  for (const [path, text] of await generate(root)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(path);
  }
}
