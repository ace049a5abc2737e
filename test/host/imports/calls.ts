import { byteString } from "../bytes.ts";
import { HeaderMap, unpackPairs } from "../headers.ts";
import type { Imports } from "../imports.ts";
import { Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

/** HTTP calls, which are scripted by the test, and gRPC, which nobody here speaks. */
export function callImports(vm: Vm): Imports {
  const unimplemented = (): number => Result.Unimplemented;
  return {
    proxy_http_call(
      cluster: number,
      clusterLength: number,
      headers: number,
      headersLength: number,
      body: number,
      bodyLength: number,
      trailers: number,
      trailersLength: number,
      timeout: number,
      tokenOut: number,
    ): number {
      const name = vm.memory.string(cluster, clusterLength);
      const packedHeaders = vm.memory.read(headers, headersLength);
      const bytes = vm.memory.read(body, bodyLength);
      const packedTrailers = vm.memory.read(trailers, trailersLength);
      if (name === null || packedHeaders === null || bytes === null || packedTrailers === null) return Result.InvalidMemoryAccess;
      if (!vm.memory.writeU32(tokenOut, 0)) return Result.InvalidMemoryAccess;
      if (timeout < 0) return Result.BadArgument;
      const answer = vm.speaker.root.httpCall({
        cluster: name,
        headers: HeaderMap.from(unpackPairs(packedHeaders) ?? []),
        body: bytes.slice(),
        trailers: HeaderMap.from(unpackPairs(packedTrailers) ?? []),
        timeout,
      });
      if (answer < 0) return -answer;
      vm.memory.writeU32(tokenOut, answer);
      return Result.Ok;
    },

    proxy_get_status(codeOut: number, messageOut: number, lengthOut: number): number {
      const { code, message } = vm.speaker.root.status;
      if (!vm.memory.writeU32(codeOut, code)) return Result.InvalidMemoryAccess;
      return vm.memory.giveString(byteString(message), messageOut, lengthOut);
    },

    proxy_grpc_call: unimplemented,
    proxy_grpc_stream: unimplemented,
    proxy_grpc_send: unimplemented,
    proxy_grpc_cancel: unimplemented,
    proxy_grpc_close: unimplemented,
  };
}
