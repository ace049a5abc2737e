import type { Imports } from "../imports.ts";
import { Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

/** Counters, gauges, histograms. */
export function metricImports(vm: Vm): Imports {
  return {
    proxy_define_metric(kind: number, name: number, nameLength: number, idOut: number): number {
      const metric = vm.memory.string(name, nameLength);
      if (metric === null) return Result.InvalidMemoryAccess;
      const id = vm.metricIds.define(kind, metric);
      if (id === null) return Result.BadArgument;
      return vm.memory.writeU32(idOut, id) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    proxy_increment_metric(id: number, offset: bigint): number {
      return vm.metricIds.increment(id >>> 0, offset);
    },

    proxy_record_metric(id: number, value: bigint): number {
      return vm.metricIds.record(id >>> 0, value);
    },

    proxy_get_metric(id: number, out: number): number {
      const value = vm.metricIds.get(id >>> 0);
      if (typeof value === "number") return value;
      return vm.memory.writeU64(out, value) ? Result.Ok : Result.InvalidMemoryAccess;
    },
  };
}
