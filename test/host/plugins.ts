import { bytesOf, text, type BytesLike } from "./bytes.ts";
import type { FilterUse } from "./chain.ts";
import { RootContext } from "./root.ts";
import { Vm } from "./vm.ts";
import type { LogLine, Worker } from "./worker.ts";

/** One listing of a module in a filter chain. */
export interface ModuleUse {
  module: WebAssembly.Module;
  /** Name of the plugin in the log and as `plugin_name`. */
  name?: string;
  rootId?: string;
  /** Listings with the same `vmId` and module share one VM. Default: a VM of its own for each module. */
  vmId?: string;
  /** Text as it is, anything else as JSON. */
  configuration?: unknown;
  vmConfiguration?: BytesLike;
  /** `allow_on_headers_stop_iteration`. Default true. */
  allowStopAtHeaders?: boolean;
  /** Lists the module in upstream position too, in the same VM; without a configuration there, as the CLI does. */
  upstream?: { rootId?: string; configuration?: unknown };
}

/** What all VMs of a gateway get. */
export interface PluginSurroundings {
  env: Readonly<Record<string, string>>;
  higress: boolean;
  /** The worker's log, for the error of a module that refuses. */
  logLines: readonly LogLine[];
}

interface Plugin {
  readonly use: ModuleUse;
  readonly rootId: string;
  readonly vmKey: string;
  configuration: BytesLike;
  root: RootContext;
}

/** The modules of a worker: their VMs, shared where Envoy shares them, and their root contexts in both positions. */
export class Plugins {
  readonly #worker: Worker;
  readonly #surroundings: PluginSurroundings;
  readonly #vms = new Map<string, Vm>();
  readonly #downstream: Plugin[];
  readonly #upstream: Plugin[];

  constructor(worker: Worker, surroundings: PluginSurroundings, downstream: readonly ModuleUse[], upstream: readonly ModuleUse[]) {
    this.#worker = worker;
    this.#surroundings = surroundings;
    this.#downstream = downstream.map((use) => this.#plugin(use));
    this.#upstream = [...upstream, ...downstream.flatMap(upstreamHalf)].map((use) => this.#plugin(use));
  }

  get vms(): readonly Vm[] {
    return [...this.#vms.values()];
  }

  get downstreamUses(): FilterUse[] {
    return this.#downstream.map(useOf);
  }

  get upstreamUses(): FilterUse[] {
    return this.#upstream.map(useOf);
  }

  /** New VMs for those that trapped (FAIL_RELOAD, without its pause). */
  revive(): void {
    for (const plugin of [...this.#downstream, ...this.#upstream]) if (plugin.root.vm.failed) this.#start(plugin);
  }

  /** Another configuration for a downstream module; false: refused, the former one stays. */
  reconfigure(index: number, configuration: unknown): boolean {
    const plugin = this.#downstream[index];
    if (plugin === undefined) throw new Error(`there is no module ${index}`);
    const bytes = configurationBytes(configuration);
    const { vm, pluginName: name } = plugin.root;
    const root = new RootContext(vm, { name, rootId: plugin.rootId, configuration: bytes });
    const taken = root.start();
    if (taken) {
      plugin.configuration = bytes;
      plugin.root.retire();
      plugin.root = root;
    } else root.retire();
    return taken;
  }

  #plugin(use: ModuleUse): Plugin {
    const vmKey = `${use.vmId ?? ""}\0${text(bytesOf(use.vmConfiguration ?? ""))}\0${identity(use.module)}`;
    const plugin = { use, rootId: use.rootId ?? "", configuration: configurationBytes(use.configuration), vmKey } as Plugin;
    this.#start(plugin);
    return plugin;
  }

  #start(plugin: Plugin): void {
    const { use, vmKey, rootId, configuration } = plugin;
    const { env, higress, logLines } = this.#surroundings;
    let vm = this.#vms.get(vmKey);
    if (vm === undefined || vm.failed) {
      vm = new Vm(use.module, this.#worker, { vmId: use.vmId ?? "", configuration: use.vmConfiguration ?? "", env, higress });
      this.#vms.set(vmKey, vm);
    }
    const name = use.name ?? use.vmId ?? "";
    const from = logLines.length;
    plugin.root = new RootContext(vm, { name, rootId, configuration });
    if (plugin.root.start()) return;
    if (vm.trap !== null) throw vm.trap;
    const said = logLines.slice(from).map((line) => `\n  ${line.level}: ${line.message}`);
    throw new Error(`module ${name || rootId || "without a name"} refused its configuration${said.join("")}`);
  }
}

function upstreamHalf(use: ModuleUse): ModuleUse[] {
  if (use.upstream === undefined) return [];
  const { rootId = use.rootId ?? "", configuration = "" } = use.upstream;
  return [{ ...use, rootId, configuration }];
}

function useOf(plugin: Plugin): FilterUse {
  return { root: plugin.root, allowStopAtHeaders: plugin.use.allowStopAtHeaders ?? true };
}

function configurationBytes(configuration: unknown): BytesLike {
  if (configuration === undefined) return "";
  if (typeof configuration === "string" || configuration instanceof Uint8Array) return configuration;
  return JSON.stringify(configuration);
}

const identities = new WeakMap<WebAssembly.Module, number>();
let modules = 0;

/** A number for each compiled module. */
function identity(module: WebAssembly.Module): number {
  let known = identities.get(module);
  if (known === undefined) identities.set(module, (known = ++modules));
  return known;
}
