import { Body } from "../body.ts";
import type { Imports } from "../imports.ts";
import { BufferType, Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

/** Bodies, configurations, call data. */
export function bufferImports(vm: Vm): Imports {
  const known = (type: number): boolean => type >>> 0 <= (vm.higress ? BufferType.RedisAnswer : BufferType.CallData);
  return {
    /** A range without bytes is Ok and leaves the out parameters alone. */
    proxy_get_buffer_bytes(type: number, start: number, length: number, out: number, lengthOut: number): number {
      if (!known(type)) return Result.BadArgument;
      const buffer = vm.speaker.buffer(type);
      if (buffer === null) return Result.NotFound;
      const bytes = buffer instanceof Body ? buffer.view() : buffer;
      const from = start >>> 0;
      const to = Math.min(bytes.length, from + (length >>> 0));
      if (to <= from) return Result.Ok;
      return vm.memory.give(bytes.subarray(from, to), out, lengthOut);
    },

    proxy_get_buffer_status(type: number, lengthOut: number, flagsOut: number): number {
      if (!known(type)) return Result.BadArgument;
      const buffer = vm.speaker.buffer(type);
      if (buffer === null) return Result.NotFound;
      return vm.memory.writeU32(lengthOut, buffer.length) && vm.memory.writeU32(flagsOut, 0) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    /** From the start (`length` bytes make room for the new ones) or behind the end; Envoy edits nothing in the middle. */
    proxy_set_buffer_bytes(type: number, start: number, length: number, pointer: number, size: number): number {
      if (!known(type)) return Result.BadArgument;
      const buffer = vm.speaker.buffer(type);
      if (buffer === null) return Result.NotFound;
      const data = vm.memory.read(pointer, size);
      if (data === null) return Result.InvalidMemoryAccess;
      if (!(buffer instanceof Body)) return Result.BadArgument;
      if (start === 0) buffer.replaceStart(length >>> 0, data);
      else if (start >>> 0 >= buffer.length) buffer.add(data);
      else return Result.BadArgument;
      return Result.Ok;
    },
  };
}
