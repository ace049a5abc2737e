import { unpackPairs } from "../headers.ts";
import type { Imports } from "../imports.ts";
import { REQUEST, RESPONSE, Result } from "../abi.ts";
import type { Vm } from "../vm.ts";

const LAST_STREAM_TYPE = 3;

/** Continue, close, reply. */
export function streamImports(vm: Vm): Imports {
  return {
    proxy_continue_stream(stream: number): number {
      if (stream >>> 0 > LAST_STREAM_TYPE || (stream !== REQUEST && stream !== RESPONSE)) return Result.BadArgument;
      return vm.speaker.continueStream(stream);
    },

    proxy_close_stream(stream: number): number {
      if (stream >>> 0 > LAST_STREAM_TYPE) return Result.BadArgument;
      return stream === REQUEST || stream === RESPONSE ? vm.speaker.closeStream(stream) : Result.Ok;
    },

    proxy_send_local_response(
      status: number,
      details: number,
      detailsLength: number,
      body: number,
      bodyLength: number,
      headers: number,
      headersLength: number,
      grpcStatus: number,
    ): number {
      const why = vm.memory.string(details, detailsLength);
      const bytes = vm.memory.read(body, bodyLength);
      const packed = vm.memory.read(headers, headersLength);
      if (why === null || bytes === null || packed === null) return Result.InvalidMemoryAccess;
      vm.speaker.sendLocalReply({
        status: status >>> 0,
        details: why.replace(/\s/g, "_"),
        body: bytes.slice(),
        headers: unpackPairs(packed) ?? [],
        grpcStatus,
      });
      vm.stopping = true;
      return Result.Ok;
    },
  };
}
