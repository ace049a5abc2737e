/** The smallest filter that Envoy loads: every callback that it calls for a request is there, and does nothing. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/package-files.ts";

/** Callbacks by the number of their arguments and what they return. */
const callbacks: readonly { readonly name: string; readonly parameters: number; readonly returns: number | null }[] = [
  { name: "proxy_abi_version_0_2_1", parameters: 0, returns: null },
  { name: "proxy_on_vm_start", parameters: 2, returns: 1 },
  { name: "proxy_on_configure", parameters: 2, returns: 1 },
  { name: "proxy_on_context_create", parameters: 2, returns: null },
  { name: "proxy_on_request_headers", parameters: 3, returns: 0 },
  { name: "proxy_on_request_body", parameters: 3, returns: 0 },
  { name: "proxy_on_response_headers", parameters: 3, returns: 0 },
  { name: "proxy_on_response_body", parameters: 3, returns: 0 },
  { name: "proxy_on_done", parameters: 1, returns: 1 },
  { name: "proxy_on_log", parameters: 1, returns: null },
  { name: "proxy_on_delete", parameters: 1, returns: null },
  // It asks for nothing, so whatever it is given lies at the same place.
  { name: "malloc", parameters: 1, returns: 16 },
];

/** Writes the module under build/ and says where. */
export function writeEmptyModule(): string {
  const folder = join(packageRoot(), "build/bench");
  const file = join(folder, "empty.wasm");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, emptyModule());
  return file;
}

/** https://webassembly.github.io/spec/core/binary/modules.html */
export function emptyModule(): Uint8Array {
  const i32 = 0x7f;
  const types = callbacks.map(({ parameters, returns }) => [
    0x60,
    ...vector(new Array(parameters).fill([i32])),
    ...vector(returns === null ? [] : [[i32]]),
  ]);
  const bodies = callbacks.map(({ returns }) => [0, ...(returns === null ? [] : [0x41, returns]), 0x0b]);
  const exports = callbacks.map(({ name }, i) => [...text(name), 0x00, i]);
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(3, vector(callbacks.map((_, i) => [i]))),
    ...section(5, vector([[0x00, 0x01]])),
    ...section(7, vector([...exports, [...text("memory"), 0x02, 0x00]])),
    ...section(10, vector(bodies.map((body) => [...unsigned(body.length), ...body]))),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(ascii: string): number[] {
  return [...unsigned(ascii.length), ...Buffer.from(ascii)];
}

/** LEB128 of a number below 16,384. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}
