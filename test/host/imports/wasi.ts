import { text } from "../bytes.ts";
import type { Imports } from "../imports.ts";
import type { Vm } from "../vm.ts";

// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno
const SUCCESS = 0;
const BADF = 8;
const FAULT = 21;
const NOSYS = 52;
const NOTSUP = 58;

/** The part of WASI that Envoy gives: environment, clock, random, standard output to the log; no arguments, no files. */
export function wasiImports(vm: Vm): Imports {
  const variables = (): Buffer[] => Object.entries(vm.env).map(([name, value]) => Buffer.from(`${name}=${value}\0`, "utf8"));
  return {
    environ_sizes_get(countOut: number, sizeOut: number): number {
      const all = variables();
      const size = all.reduce((sum, variable) => sum + variable.length, 0);
      return vm.memory.writeU32(countOut, all.length) && vm.memory.writeU32(sizeOut, size) ? SUCCESS : FAULT;
    },

    environ_get(pointersOut: number, valuesOut: number): number {
      let pointer = pointersOut >>> 0;
      let value = valuesOut >>> 0;
      for (const variable of variables()) {
        if (!vm.memory.writeU32(pointer, value) || !vm.memory.write(value, variable)) return FAULT;
        pointer += 4;
        value += variable.length;
      }
      return SUCCESS;
    },

    args_sizes_get(countOut: number, sizeOut: number): number {
      return vm.memory.writeU32(countOut, 0) && vm.memory.writeU32(sizeOut, 0) ? SUCCESS : FAULT;
    },

    args_get: (): number => SUCCESS,

    clock_time_get(clock: number, _precision: bigint, out: number): number {
      if (clock !== 0 && clock !== 1) return NOTSUP;
      return vm.memory.writeU64(out, BigInt(Math.round(vm.worker.envoy.clock.now * 1e3)) * 1000n) ? SUCCESS : FAULT;
    },

    random_get(pointer: number, length: number): number {
      const bytes = vm.memory.read(pointer, length);
      if (bytes === null) return FAULT;
      vm.worker.random(bytes);
      return SUCCESS;
    },

    fd_write(file: number, vectors: number, count: number, writtenOut: number): number {
      if (file !== 1 && file !== 2) return BADF;
      const parts: Uint8Array[] = [];
      for (let i = 0; i < count >>> 0; i++) {
        const vector = vm.memory.read((vectors >>> 0) + i * 8, 8);
        if (vector === null) return FAULT;
        const view = new DataView(vector.buffer, vector.byteOffset, 8);
        const part = vm.memory.read(view.getUint32(0, true), view.getUint32(4, true));
        if (part === null) return FAULT;
        parts.push(part);
      }
      const written = Buffer.concat(parts);
      if (written.length > 0) {
        vm.worker.log({
          level: file === 1 ? "info" : "error",
          message: text(written).replace(/\n$/, ""),
          plugin: vm.speaker.root.pluginName,
        });
      }
      return vm.memory.writeU32(writtenOut, written.length) ? SUCCESS : FAULT;
    },

    fd_read: (): number => NOSYS,
    fd_seek: (): number => NOSYS,
    fd_close: (): number => NOSYS,
    fd_fdstat_get: (): number => NOSYS,

    proc_exit(code: number): void {
      throw new WebAssembly.RuntimeError(`proc_exit(${code})`);
    },
  };
}
