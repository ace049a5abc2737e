import { text } from "../bytes.ts";
import type { Imports } from "../imports.ts";
import { Result } from "../abi.ts";
import type { Vm } from "../vm.ts";
import type { LogLine } from "../worker.ts";

const LEVELS: readonly LogLine["level"][] = ["trace", "debug", "info", "warn", "error", "critical"];
const LOG_LEVEL_INFO = 2;

/** Log, time, ticks, properties, contexts, foreign functions. */
export function generalImports(vm: Vm): Imports {
  return {
    proxy_log(level: number, pointer: number, length: number): number {
      const name = LEVELS[level >>> 0];
      if (name === undefined) return Result.BadArgument;
      const message = vm.memory.read(pointer, length);
      if (message === null) return Result.InvalidMemoryAccess;
      vm.worker.log({ level: name, message: text(message), plugin: vm.speaker.root.pluginName });
      return Result.Ok;
    },

    proxy_get_log_level(out: number): number {
      return vm.memory.writeU32(out, LOG_LEVEL_INFO) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    proxy_get_current_time_nanoseconds(out: number): number {
      return vm.memory.writeU64(out, BigInt(Math.round(vm.worker.envoy.clock.now * 1e3)) * 1000n) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    proxy_set_tick_period_milliseconds(period: number): number {
      vm.speaker.root.setTickPeriod(period >>> 0);
      return Result.Ok;
    },

    proxy_get_property(path: number, pathLength: number, valueOut: number, lengthOut: number): number {
      const key = vm.memory.string(path, pathLength);
      if (key === null) return Result.InvalidMemoryAccess;
      const value = vm.speaker.property(key);
      if (value === null) return Result.NotFound;
      return typeof value === "string" ? vm.memory.giveString(value, valueOut, lengthOut) : vm.memory.give(value, valueOut, lengthOut);
    },

    proxy_set_property(path: number, pathLength: number, value: number, valueLength: number): number {
      const key = vm.memory.string(path, pathLength);
      const bytes = vm.memory.read(value, valueLength);
      if (key === null || bytes === null) return Result.InvalidMemoryAccess;
      return vm.speaker.setProperty(key, bytes.slice());
    },

    proxy_set_effective_context(id: number): number {
      const context = vm.context(id >>> 0);
      if (context === undefined) return Result.BadArgument;
      vm.effective = context;
      return Result.Ok;
    },

    /** Only a context whose `proxy_on_done` answered 0 waits for this; nothing here waits, so nothing is found. */
    proxy_done(): number {
      return Result.NotFound;
    },

    proxy_call_foreign_function(
      name: number,
      nameLength: number,
      args: number,
      argsLength: number,
      resultOut: number,
      lengthOut: number,
    ): number {
      const called = vm.memory.string(name, nameLength);
      if (called === null || vm.memory.read(args, argsLength) === null) return Result.InvalidMemoryAccess;
      if (called !== "clear_route_cache") return Result.NotFound;
      vm.speaker.clearRouteCache();
      if (resultOut !== 0 && !vm.memory.writeU32(resultOut, 0)) return Result.InvalidMemoryAccess;
      if (lengthOut !== 0 && !vm.memory.writeU32(lengthOut, 0)) return Result.InvalidMemoryAccess;
      return Result.Ok;
    },
  };
}
