import { Bytes } from "../bytes/bytes";
import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from "./imports";
import { OUT, outNumber, takeHanded } from "./memory";
import { BufferType, Status } from "./types";

/** One of the host's buffers, in the callback that is about it. */
@final
export class HostBuffer {
  constructor(private type: BufferType) {}

  /** `length` bytes from `start` (fewer where there are fewer): the caller owns them. */
  read(start: i32, length: i32): Bytes {
    if (length <= 0 || proxy_get_buffer_bytes(this.type, start, length, OUT, OUT + 4) != Status.Ok) return new Bytes();
    return takeHanded();
  }

  /** How many bytes the buffer has; 0 where the host has no such buffer now. */
  get size(): i32 {
    return proxy_get_buffer_status(this.type, OUT, OUT + 4) == Status.Ok ? <i32>outNumber() : 0;
  }

  /** Replaces all of the buffer. */
  replace(bytes: Bytes): Status {
    return proxy_set_buffer_bytes(this.type, 0, i32.MAX_VALUE, bytes.pointer, bytes.length);
  }

  /** Adds bytes behind what the buffer has. */
  append(bytes: Bytes): Status {
    return proxy_set_buffer_bytes(this.type, i32.MAX_VALUE, 0, bytes.pointer, bytes.length);
  }

  /** Adds bytes before what the buffer has. */
  prepend(bytes: Bytes): Status {
    return proxy_set_buffer_bytes(this.type, 0, 0, bytes.pointer, bytes.length);
  }
}

export const requestBody = new HostBuffer(BufferType.RequestBody);
export const responseBody = new HostBuffer(BufferType.ResponseBody);
export const callBody = new HostBuffer(BufferType.CallResponseBody);
export const vmConfiguration = new HostBuffer(BufferType.VmConfiguration);
export const pluginConfiguration = new HostBuffer(BufferType.PluginConfiguration);
export const downstreamData = new HostBuffer(BufferType.DownstreamData);
export const upstreamData = new HostBuffer(BufferType.UpstreamData);
export const grpcMessage = new HostBuffer(BufferType.GrpcReceiveBuffer);
export const foreignArguments = new HostBuffer(BufferType.CallData);
