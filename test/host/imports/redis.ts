import type { Imports } from "../imports.ts";
import { Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

/** The two calls that Higress's Envoy adds; the answer comes by `proxy_on_redis_call_response` and is read as buffer 9. */
export function redisImports(vm: Vm): Imports {
  return {
    proxy_redis_init(
      cluster: number,
      clusterLength: number,
      user: number,
      userLength: number,
      password: number,
      passwordLength: number,
    ): number {
      const name = vm.memory.string(cluster, clusterLength);
      const credentials = [vm.memory.string(user, userLength), vm.memory.string(password, passwordLength)];
      if (name === null || credentials.includes(null)) return Result.InvalidMemoryAccess;
      return vm.speaker.root.redis.init(name);
    },

    proxy_redis_call(cluster: number, clusterLength: number, query: number, queryLength: number, tokenOut: number): number {
      const name = vm.memory.string(cluster, clusterLength);
      const bytes = vm.memory.read(query, queryLength);
      if (name === null || bytes === null) return Result.InvalidMemoryAccess;
      const token = vm.speaker.root.redis.call(name, bytes);
      if (token < 0) return -token;
      return vm.memory.writeU32(tokenOut, token) ? Result.Ok : Result.InvalidMemoryAccess;
    },
  };
}
