import { packPairs, unpackPairs } from "../headers.ts";
import type { Imports } from "../imports.ts";
import { MapType, Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

/** Headers and trailers of requests, answers and HTTP calls. */
export function headerImports(vm: Vm): Imports {
  const known = (type: number): boolean => type >>> 0 <= MapType.CallTrailers;
  return {
    proxy_get_header_map_value(type: number, name: number, nameLength: number, valueOut: number, lengthOut: number): number {
      if (!known(type)) return Result.BadArgument;
      const key = vm.memory.string(name, nameLength);
      if (key === null) return Result.InvalidMemoryAccess;
      const map = vm.speaker.readableHeaderMap(type);
      if (map === null) return Result.BadArgument;
      const value = map.get(key.toLowerCase());
      return value === undefined ? Result.NotFound : vm.memory.giveString(value, valueOut, lengthOut);
    },

    proxy_add_header_map_value(type: number, name: number, nameLength: number, value: number, valueLength: number): number {
      if (!known(type)) return Result.BadArgument;
      const key = vm.memory.string(name, nameLength);
      const added = vm.memory.string(value, valueLength);
      if (key === null || added === null) return Result.InvalidMemoryAccess;
      const map = vm.speaker.headerMap(type);
      if (map === null) return Result.BadArgument;
      map.add(key, added);
      vm.speaker.headersChanged(type);
      return Result.Ok;
    },

    proxy_replace_header_map_value(type: number, name: number, nameLength: number, value: number, valueLength: number): number {
      if (!known(type)) return Result.BadArgument;
      const key = vm.memory.string(name, nameLength);
      const replacing = vm.memory.string(value, valueLength);
      if (key === null || replacing === null) return Result.InvalidMemoryAccess;
      const map = vm.speaker.headerMap(type);
      if (map === null) return Result.BadArgument;
      map.replace(key, replacing);
      vm.speaker.headersChanged(type);
      return Result.Ok;
    },

    proxy_remove_header_map_value(type: number, name: number, nameLength: number): number {
      if (!known(type)) return Result.BadArgument;
      const key = vm.memory.string(name, nameLength);
      if (key === null) return Result.InvalidMemoryAccess;
      const map = vm.speaker.headerMap(type);
      if (map === null) return Result.BadArgument;
      map.remove(key);
      vm.speaker.headersChanged(type);
      return Result.Ok;
    },

    proxy_get_header_map_pairs(type: number, out: number, lengthOut: number): number {
      if (!known(type)) return Result.BadArgument;
      return vm.memory.give(packPairs(vm.speaker.readableHeaderMap(type) ?? []), out, lengthOut);
    },

    proxy_set_header_map_pairs(type: number, pointer: number, length: number): number {
      if (!known(type)) return Result.BadArgument;
      const packed = vm.memory.read(pointer, length);
      if (packed === null) return Result.InvalidMemoryAccess;
      const map = vm.speaker.headerMap(type);
      const pairs = unpackPairs(packed);
      if (map === null || pairs === null) return Result.BadArgument;
      map.clear();
      for (const [name, value] of pairs) map.add(name, value);
      vm.speaker.headersChanged(type);
      return Result.Ok;
    },

    proxy_get_header_map_size(type: number, out: number): number {
      if (!known(type)) return Result.BadArgument;
      // Of the maps that can be written to; asking for trailers at the end of a body makes them.
      const map = vm.speaker.headerMap(type);
      if (map === null) return Result.BadArgument;
      return vm.memory.writeU32(out, map.byteSize) ? Result.Ok : Result.InvalidMemoryAccess;
    },
  };
}
