/** The folder that Envoy reads: written whole before it starts, replaced file by file while it runs. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "../gateway/gateway.ts";
import type { Message } from "../envoy/protobuf.ts";
import type { Rendered } from "../envoy/render.ts";
import { CommandFailure } from "../failure.ts";
import { Admin } from "./admin.ts";

export const bootstrapFile = "bootstrap.json";

/**
 * Writes every file of a gateway that isn't running. Only its owner may read them: a key may stand in gateway.yaml in plain text.
 *
 * @param directory Created if it isn't there.
 */
export function writeFolder(rendered: Rendered, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeModule(rendered, directory);
  for (const [name, text] of Object.entries(textsOf(rendered))) replaceFile(directory, name, text);
  rmSync(join(directory, formerFile), { force: true });
  removeUnusedModules(directory);
}

/** Envoy's admin interface, if the Envoy that was started from this folder runs; else null. */
export async function runningFrom(directory: string): Promise<Admin | null> {
  const path = join(directory, bootstrapFile);
  if (!existsSync(path)) return null;
  let address: Address;
  try {
    const { admin } = JSON.parse(readFileSync(path, "utf8")) as {
      admin: { address: { socket_address: { address: string; port_value: number } } };
    };
    address = { host: admin.address.socket_address.address, port: admin.address.socket_address.port_value };
  } catch {
    return null;
  }
  const found = new Admin(address);
  return (await found.bootstrapPath()) === path ? found : null;
}

/**
 * Replaces the configuration of a running gateway, in an order in which nothing refers to what isn't there yet: clusters, then the filter's configuration, then routes. Clusters
 * that are no longer wanted stay for `drainMilliseconds`, since requests that began before may still need them.
 *
 * Fails, with everything as it was, if the listener or the bootstrap would change, or if Envoy refuses a file; but new clusters stay, as if they were former ones, once Envoy has taken plans
 * that name them.
 */
export async function updateFolder(rendered: Rendered, directory: string, admin: Admin, drainMilliseconds: number): Promise<void> {
  const texts = textsOf(rendered);
  const fixed = [bootstrapFile, "lds.json"].filter((name) => readText(directory, name) !== texts[name]);
  if (fixed.length > 0) {
    throw new CommandFailure(
      2,
      "The gateway that runs from this folder can't take this change: the listener (listen, admin, access_log) is fixed while it runs, " +
        "since changing it would cut requests that are being answered. Stop it and start it again with sluice up. Nothing was changed.",
    );
  }
  const kept: Kept = {
    clusters: readText(directory, "cds.json"),
    filters: readText(directory, "ecds.json"),
    former: readText(directory, formerFile),
  };
  writeModule(rendered, directory);
  const clusters = withFormerClusters(rendered.clusters, directory, drainMilliseconds, Date.now());
  const before = await admin.stats(...Object.values(counters).flatMap(({ taken, refused }) => [taken, refused]));
  for (const [name, text] of [
    ["cds.json", responseText(clusters)],
    ["ecds.json", texts["ecds.json"]!],
    ["rds.json", texts["rds.json"]!],
  ] as const) {
    const former = readText(directory, name);
    if (former === text) continue;
    replaceFile(directory, name, text);
    const { taken, refused } = counters[name];
    const wanted = name === "cds.json" ? clusters.map((cluster) => String(cluster.name)) : [];
    const outcome = await waitFor(async () => {
      const now = await admin.stats(taken, refused);
      if (now[refused]! > before[refused]!) return "refused";
      if (now[taken]! <= before[taken]!) return null;
      const active = wanted.length > 0 ? await admin.clusters() : new Set();
      return wanted.every((cluster) => active.has(cluster)) ? "taken" : null;
    });
    if (outcome === "taken") continue;
    const reasons = await admin.refusals();
    if (former !== null) replaceFile(directory, name, former);
    await takeBack(name, kept, directory, admin, drainMilliseconds);
    throw new CommandFailure(
      2,
      (outcome === "refused"
        ? `Envoy refused ${name} and goes on with what it had: ${reasons.join("; ") || "its log says why"}`
        : `Envoy did not take ${name} within ${patienceMilliseconds / 1000} s; it goes on with what it had.`) +
        newVariables(rendered, kept),
    );
  }
  removeUnusedModules(directory);
}

/** The files that a change replaces before the one that may be refused. */
interface Kept {
  readonly clusters: string | null;
  readonly filters: string | null;
  readonly former: string | null;
}

/** Puts the files before the refused one (which is itself again already) back, last one first, and waits until Envoy has taken them: the next change counts from there. */
async function takeBack(refused: FileName, kept: Kept, directory: string, admin: Admin, drainMilliseconds: number): Promise<void> {
  const put = async (name: FileName, text: string | null): Promise<void> => {
    if (text === null || readText(directory, name) === text) return;
    const { taken } = counters[name];
    const before = await admin.stats(taken);
    replaceFile(directory, name, text);
    await waitFor(async () => ((await admin.stats(taken))[taken]! > before[taken]! ? true : null), 5_000);
  };
  if (refused === "rds.json" && kept.clusters !== null) {
    await put("ecds.json", kept.filters);
    // Requests that came in between follow the plans that were taken back, and need their clusters.
    const former = Object.keys(JSON.parse(kept.former ?? "{}") as Former);
    const wanted = clustersIn(kept.clusters).filter(({ name }) => !former.includes(String(name)));
    await put("cds.json", responseText(withFormerClusters(wanted, directory, drainMilliseconds, Date.now())));
  } else {
    await put("cds.json", kept.clusters);
    if (kept.former === null) rmSync(join(directory, formerFile), { force: true });
    else writeFileSync(join(directory, formerFile), kept.former, { mode: 0o600 });
  }
  removeUnusedModules(directory);
}

/** What the module may miss: Envoy only says that it refused. */
function newVariables({ module }: Rendered, { filters }: Kept): string {
  const names = module.environment.filter((name) => !(filters ?? "").includes(`"${name}"`));
  if (names.length === 0) return "";
  return `\nNew in gateway.yaml: ${names.join(", ")}. A running process gets no new variables: if it was started without, stop it and start it again with sluice up.`;
}

/** Removes clusters whose drain time has passed. Does nothing if there are none. */
export function dropFormerClusters(directory: string, drainMilliseconds: number, now: number): void {
  const former = readFormer(directory);
  const passed = new Set(Object.entries(former).flatMap(([name, since]) => (now - since >= drainMilliseconds ? [name] : [])));
  if (passed.size === 0) return;
  const kept = readClusters(directory).filter((cluster) => !passed.has(String(cluster.name)));
  replaceFile(directory, "cds.json", responseText(kept));
  writeFormer(directory, Object.fromEntries(Object.entries(former).filter(([name]) => !passed.has(name))));
  removeUnusedModules(directory);
}

/** Counters by which Envoy says what became of a file. */
const counters = {
  "cds.json": { taken: "cluster_manager.cds.update_success", refused: "cluster_manager.cds.update_rejected" },
  "ecds.json": {
    taken: "extension_config_discovery.http_filter.sluice.config_reload",
    refused: "extension_config_discovery.http_filter.sluice.config_fail",
  },
  "rds.json": { taken: "http.gateway.rds.sluice.update_success", refused: "http.gateway.rds.sluice.update_rejected" },
} as const;

type FileName = keyof typeof counters;

/** A new cluster has to resolve its names before it serves. */
const patienceMilliseconds = 30_000;

async function waitFor<T>(probe: () => Promise<T | null>, patience: number = patienceMilliseconds): Promise<T | null> {
  const end = Date.now() + patience;
  for (;;) {
    const result = await probe();
    if (result !== null || Date.now() > end) return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Since when clusters are no longer wanted: name → milliseconds since 1970. */
type Former = Record<string, number>;
const formerFile = "former-clusters.json";

function withFormerClusters(wanted: readonly Message[], directory: string, drainMilliseconds: number, now: number): Message[] {
  const names = new Set(wanted.map((cluster) => cluster.name));
  const since = readFormer(directory);
  const kept = readClusters(directory).filter(
    (cluster) => !names.has(cluster.name) && now - (since[String(cluster.name)] ?? now) < drainMilliseconds,
  );
  writeFormer(directory, Object.fromEntries(kept.map(({ name }) => [String(name), since[String(name)] ?? now])));
  return [...wanted, ...kept];
}

function readFormer(directory: string): Former {
  return JSON.parse(readText(directory, formerFile) ?? "{}") as Former;
}

function writeFormer(directory: string, former: Former): void {
  // Not moved into place: Envoy watches the folder for that.
  writeFileSync(join(directory, formerFile), JSON.stringify(former), { mode: 0o600 });
}

function readClusters(directory: string): Message[] {
  return clustersIn(readText(directory, "cds.json") ?? '{"resources":[]}');
}

function clustersIn(text: string): Message[] {
  return (JSON.parse(text) as { resources: Message[] }).resources;
}

function textsOf(rendered: Rendered): Record<string, string> {
  return {
    "cds.json": responseText(rendered.clusters),
    "ecds.json": responseText(rendered.filters),
    "rds.json": responseText(rendered.routes),
    "lds.json": responseText(rendered.listeners),
    [bootstrapFile]: `${JSON.stringify(rendered.bootstrap, null, 2)}\n`,
  };
}

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/service/discovery/v3/discovery.proto */
function responseText(resources: readonly Message[]): string {
  return `${JSON.stringify({ resources }, null, 2)}\n`;
}

function readText(directory: string, name: string): string | null {
  const path = join(directory, name);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** A reader finds the former file or the new one, never half of one. */
function replaceFile(directory: string, name: string, content: string | Uint8Array): void {
  const temporary = join(directory, `.${name}.${process.pid}`);
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, join(directory, name));
}

function writeModule({ module }: Rendered, directory: string): void {
  if (!existsSync(join(directory, module.fileName))) replaceFile(directory, module.fileName, module.bytes);
}

/** Modules of former builds, once neither filter nor cluster names them. */
function removeUnusedModules(directory: string): void {
  const inUse = (readText(directory, "cds.json") ?? "") + (readText(directory, "ecds.json") ?? "");
  for (const name of readdirSync(directory)) {
    if (/^sluice-[0-9a-f]+\.wasm$/.test(name) && !inUse.includes(name)) rmSync(join(directory, name));
  }
}
