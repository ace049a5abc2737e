/** The Wasm module, and the two filters that are made from it. */

import { createHash } from "node:crypto";
import { extension, typed, type Message } from "./protobuf.ts";

export interface Module {
  /** The module's bytes. */
  readonly bytes: Uint8Array;
  /** Its name in the output folder: a new one for every build, since a running Envoy must not see its code change. */
  readonly fileName: string;
  /**
   * Changes with the module and with the environment that its VM gets. Filters share one VM per worker if this id, the code and the VM's configuration are equal; so a gate never
   * finds its Exchange in a VM of another version.
   */
  readonly vmId: string;
  /** Environment variables that the VM may read, in alphabetical order. */
  readonly environment: readonly string[];
}

export function moduleOf(bytes: Uint8Array, environment: Iterable<string>): Module {
  const names = [...new Set(environment)].sort();
  return {
    bytes,
    fileName: `sluice-${shortHash(bytes)}.wasm`,
    vmId: `sluice-${shortHash(bytes, JSON.stringify(names))}`,
    environment: names,
  };
}

/** 12 hexadecimal digits of SHA-256 over the parts. */
export function shortHash(...parts: (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 12);
}

/** The downstream half: reads the client's request, decides, writes the client's answer. */
export function gateFilter(module: Module, directory: string, configuration: string): Message {
  return wasmFilter(module, directory, "", configuration);
}

/** The upstream half: writes one attempt's request in its provider's protocol. It has no configuration of its own; what the gate pinned is all it needs. */
export function attemptFilter(module: Module, directory: string): Message {
  return wasmFilter(module, directory, "attempt", null);
}

function wasmFilter(module: Module, directory: string, rootId: string, configuration: string | null): Message {
  return extension("sluice", "envoy.extensions.filters.http.wasm.v3.Wasm", {
    config: {
      name: "sluice",
      root_id: rootId,
      // Without it, stopping at the headers also stops the body, and the model is named in the body.
      allow_on_headers_stop_iteration: true,
      // After a fault one request fails, and the next has a new VM.
      failure_policy: "FAIL_RELOAD",
      vm_config: {
        vm_id: module.vmId,
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { filename: `${directory}/${module.fileName}` } },
        ...(module.environment.length > 0 && { environment_variables: { host_env_keys: module.environment } }),
      },
      ...(configuration !== null && { configuration: typed("google.protobuf.StringValue", { value: configuration }) }),
    },
  });
}
