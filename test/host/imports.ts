import { bufferImports } from "./imports/buffers.ts";
import { callImports } from "./imports/calls.ts";
import { generalImports } from "./imports/general.ts";
import { headerImports } from "./imports/headers.ts";
import { metricImports } from "./imports/metrics.ts";
import { redisImports } from "./imports/redis.ts";
import { sharedImports } from "./imports/shared.ts";
import { streamImports } from "./imports/streams.ts";
import { wasiImports } from "./imports/wasi.ts";
import type { Vm } from "./vm.ts";

/** Functions that a module may import, by name. */
export type Imports = Record<string, (...args: never[]) => number | void>;

/**
 * What stock Envoy 1.40 offers to a module of ABI 0.2.1 (so nothing of 0.1.0), and Higress's Redis calls where asked for. An import that isn't there is an
 * error naming it, as Envoy refuses such a module.
 */
export function importsOf(module: WebAssembly.Module, vm: Vm): WebAssembly.Imports {
  const env: Imports = {
    ...generalImports(vm),
    ...headerImports(vm),
    ...bufferImports(vm),
    ...streamImports(vm),
    ...callImports(vm),
    ...sharedImports(vm),
    ...metricImports(vm),
    ...(vm.higress ? redisImports(vm) : {}),
  };
  const wasi = wasiImports(vm);
  const offered: Record<string, Imports> = { env, wasi_snapshot_preview1: wasi, wasi_unstable: wasi };
  const missing = WebAssembly.Module.imports(module)
    .filter((wanted) => wanted.kind !== "function" || offered[wanted.module]?.[wanted.name] === undefined)
    .map((wanted) => `${wanted.module}.${wanted.name}`);
  if (missing.length > 0) throw new Error(`the module imports what Envoy 1.40 does not offer: ${missing.join(", ")}`);
  return offered as unknown as WebAssembly.Imports;
}
