import type { Imports } from "../imports.ts";
import { Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

/** Shared data and shared queues. */
export function sharedImports(vm: Vm): Imports {
  const { sharedData, sharedQueues } = vm.worker.envoy;
  return {
    proxy_get_shared_data(key: number, keyLength: number, valueOut: number, lengthOut: number, casOut: number): number {
      const name = vm.memory.string(key, keyLength);
      if (name === null) return Result.InvalidMemoryAccess;
      const present = sharedData.get(vm.vmId, name);
      if (present === undefined) return Result.NotFound;
      const given = vm.memory.give(present.value, valueOut, lengthOut);
      if (given !== Result.Ok) return given;
      return vm.memory.writeU32(casOut, present.cas) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    proxy_set_shared_data(key: number, keyLength: number, value: number, valueLength: number, cas: number): number {
      const name = vm.memory.string(key, keyLength);
      const bytes = vm.memory.read(value, valueLength);
      if (name === null || bytes === null) return Result.InvalidMemoryAccess;
      return sharedData.set(vm.vmId, name, bytes, cas >>> 0);
    },

    proxy_register_shared_queue(name: number, nameLength: number, tokenOut: number): number {
      const queue = vm.memory.string(name, nameLength);
      if (queue === null) return Result.InvalidMemoryAccess;
      const root = vm.speaker.root;
      const token = sharedQueues.register(vm.vmId, queue, (ready) => vm.worker.envoy.post(() => root.queueReady(ready)));
      return vm.memory.writeU32(tokenOut, token) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    proxy_resolve_shared_queue(vmId: number, vmIdLength: number, name: number, nameLength: number, tokenOut: number): number {
      const owner = vm.memory.string(vmId, vmIdLength);
      const queue = vm.memory.string(name, nameLength);
      if (owner === null || queue === null) return Result.InvalidMemoryAccess;
      const token = sharedQueues.resolve(owner === "" ? vm.vmId : owner, queue);
      if (token === 0) return Result.NotFound;
      return vm.memory.writeU32(tokenOut, token) ? Result.Ok : Result.InvalidMemoryAccess;
    },

    proxy_enqueue_shared_queue(token: number, value: number, valueLength: number): number {
      const bytes = vm.memory.read(value, valueLength);
      return bytes === null ? Result.InvalidMemoryAccess : sharedQueues.enqueue(token >>> 0, bytes);
    },

    proxy_dequeue_shared_queue(token: number, valueOut: number, lengthOut: number): number {
      const item = sharedQueues.dequeue(token >>> 0);
      return typeof item === "number" ? item : vm.memory.give(item, valueOut, lengthOut);
    },
  };
}
