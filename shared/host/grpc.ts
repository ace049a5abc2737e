import { Bytes } from "../bytes/bytes";
import { proxy_get_status, proxy_grpc_call, proxy_grpc_cancel, proxy_grpc_close, proxy_grpc_send, proxy_grpc_stream } from "./imports";
import { OUT, outNumber, takeHanded } from "./memory";
import { HeaderBuilder } from "./pairs";
import { effectiveContext } from "./stream";
import { Status } from "./types";

/** Hears of a gRPC call or stream of ours. `grpcMessage` (body.ts) holds a message during `onMessage`. */
export abstract class GrpcHandler {
  token: u32 = 0;
  contextId: u32 = 0;

  onInitialMetadata(_count: u32): void {}
  onMessage(_size: u32): void {}
  onTrailingMetadata(_count: u32): void {}
  /** The last callback. `code` is a gRPC status (https://grpc.io/docs/guides/status-codes/). */
  onClose(_code: u32): void {}
}

const open = new Map<u32, GrpcHandler>();

/** One request, one answer. `service` is the serialised `GrpcService` or a cluster's name, as the host takes it. */
export function grpcCall(
  service: Bytes,
  serviceName: Bytes,
  method: Bytes,
  metadata: HeaderBuilder,
  message: Bytes,
  timeoutMilliseconds: u32,
  handler: GrpcHandler,
): Status {
  const map = metadata.serialise();
  const status = proxy_grpc_call(
    service.pointer,
    service.length,
    serviceName.pointer,
    serviceName.length,
    method.pointer,
    method.length,
    map.pointer,
    map.length,
    message.pointer,
    message.length,
    timeoutMilliseconds,
    OUT,
  );
  return opened(status, handler);
}

/** Opens a stream of messages. */
export function grpcStream(service: Bytes, serviceName: Bytes, method: Bytes, metadata: HeaderBuilder, handler: GrpcHandler): Status {
  const map = metadata.serialise();
  const status = proxy_grpc_stream(
    service.pointer,
    service.length,
    serviceName.pointer,
    serviceName.length,
    method.pointer,
    method.length,
    map.pointer,
    map.length,
    OUT,
  );
  return opened(status, handler);
}

export function grpcSend(token: u32, message: Bytes, endOfStream: bool): Status {
  return proxy_grpc_send(token, message.pointer, message.length, endOfStream ? 1 : 0);
}

/** Gives up a call: its handler hears nothing more. */
export function grpcCancel(token: u32): Status {
  open.delete(token);
  return proxy_grpc_cancel(token);
}

export function grpcClose(token: u32): Status {
  return proxy_grpc_close(token);
}

/** The message that goes with the status of the call that just ended. */
export function grpcStatusMessage(): Bytes {
  return proxy_get_status(OUT + 8, OUT, OUT + 4) == Status.Ok ? takeHanded() : new Bytes();
}

/** The handler of a token; null where it is no call of ours. */
export function grpcHandler(token: u32): GrpcHandler | null {
  return open.has(token) ? open.get(token) : null;
}

export function grpcClosed(token: u32): void {
  open.delete(token);
}

export function forgetGrpcOf(contextId: u32): void {
  if (open.size == 0) return;
  const tokens = open.keys();
  for (let i = 0; i < tokens.length; i++) {
    if (open.get(tokens[i]).contextId == contextId) open.delete(tokens[i]);
  }
}

function opened(status: u32, handler: GrpcHandler): Status {
  if (status != Status.Ok) return status;
  handler.token = outNumber();
  handler.contextId = effectiveContext();
  open.set(handler.token, handler);
  return Status.Ok;
}
