/**
 * Writes everything that comes from plugins/<name>/config.schema.json: the parser beside it, the tables in its README, and the schema of all plugins; everything that comes
 * from plugins/ai-proxy/vendors.json: ai-proxy's rows, those of the CLI, the types in the schemas, and the table in docs/providers.md; docs/translation.md and the pages under docs/translation, which come from the ledger in test/ledger; and docs/performance.md and the figures in README.md, which come from
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
import { replaceSettings } from "./generate/settings.ts";
import { replaceTables } from "./generate/table.ts";
import { probeCorpus } from "./generate/probe.ts";
import { translationPages } from "./generate/translation.ts";
import { readVendors, replaceTypes, replaceVendors, writeCliVendors, writeVendors } from "./generate/vendors.ts";

const VENDORS = "plugins/ai-proxy/vendors.json";
const AI_PROXY_SCHEMA = "plugins/ai-proxy/config.schema.json";
const GATEWAY_SCHEMA = "cli/schema/gateway.schema.json";

/** Every generated file under `root`, path from there → text. README.md counts whole: what stands outside the marks is kept. */
export async function generate(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const write = async (path: string, text: string) =>
    files.set(path, await format(text, { ...(await resolveConfig(join(root, path))), filepath: path }));

  const read = (path: string): string => files.get(path) ?? readFileSync(join(root, path), "utf8");
  if (existsSync(join(root, VENDORS))) {
    const vendors = readVendors(read(VENDORS), JSON.parse(read(VENDORS.replace(".json", ".schema.json"))) as object);
    for (const schema of [AI_PROXY_SCHEMA, GATEWAY_SCHEMA]) await write(schema, replaceTypes(read(schema), vendors));
    const hosts = new Set(vendors.vendors.flatMap(({ hostField, portField }) => [hostField ?? "", portField ?? ""]));
    await write(GATEWAY_SCHEMA, replaceSettings(read(GATEWAY_SCHEMA), read(AI_PROXY_SCHEMA), hosts));
    await write("plugins/ai-proxy/vendors.generated.ts", writeVendors(vendors));
    await write("cli/gateway/vendors.generated.ts", writeCliVendors(vendors));
    await write("docs/providers.md", replaceVendors(read("docs/providers.md"), vendors));
  }
  const plugins = globSync("plugins/*/config.schema.json", { cwd: root })
    .sort()
    .map((path) => readPlugin(basename(dirname(path)), JSON.parse(read(path)) as Schema));
  for (const plugin of plugins) {
    const folder = `plugins/${plugin.name}`;
    await write(`${folder}/config.generated.ts`, writeAssembly(plugin));
    await write(`${folder}/README.md`, replaceTables(readFileSync(join(root, folder, "README.md"), "utf8"), plugin));
  }
  await write("docs/schema/plugins.schema.json", writeCombined(plugins));
  if (existsSync(join(root, "cli/probe/cases.ts"))) await write("cli/probe/cases.generated.json", probeCorpus(root));
  if (existsSync(join(root, "README.md"))) {
    const measured = join(root, "bench/results.json");
    const figures = existsSync(measured) ? (JSON.parse(readFileSync(measured, "utf8")) as { results: Figure[] }).results : null;
    await write("README.md", replacePerformance(readFileSync(join(root, "README.md"), "utf8"), figures));
  }
  if (existsSync(join(root, "test/ledger"))) for (const [path, text] of translationPages()) files.set(path, text);
  // As they are: prettier leaves these files alone, whose tables would be wider than any screen.
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
