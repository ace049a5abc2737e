import { Bytes } from "../bytes/bytes";
import { DataStatus, FlowStatus, HeadersStatus, PeerType } from "./types";

/**
 * Layer 3: what a module implements. Every callback has a default, so a context says only what it cares about. A context is made by its root for each stream and forgotten after `onDelete`; callbacks for an id
 * that nobody made are answered with "continue".
 */
export abstract class RootContext {
  id: u32 = 0;

  /** Once per VM and root, before the first configuration. False: the host doesn't start the VM. */
  onVmStart(_configuration: Bytes): bool {
    return true;
  }

  /** A configuration for this root: at first, and again on every change. False refuses it; the host keeps the former one. */
  onConfigure(_configuration: Bytes): bool {
    return true;
  }

  /** A context for a new stream (HTTP or TCP). Null: the stream passes untouched. */
  createStream(_id: u32): StreamContext | null {
    return null;
  }

  onTick(): void {}
  onQueueReady(_queue: u32): void {}
  onForeignFunction(_functionId: u32, _argumentSize: u32): void {}
  onLog(): void {}
  /** False: the host waits for `proxy_done`. */
  onDone(): bool {
    return true;
  }
  onDelete(): void {}
}

/** An HTTP or TCP stream. `end` says that nothing follows in this direction. */
export abstract class StreamContext {
  id: u32 = 0;

  onRequestHeaders(_count: u32, _end: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }
  /** `size`: what the host's buffer holds now, all that was stopped before included. */
  onRequestBody(_size: i32, _end: bool): DataStatus {
    return DataStatus.Continue;
  }
  onRequestTrailers(_count: u32): FlowStatus {
    return FlowStatus.Continue;
  }
  onRequestMetadata(_count: u32): void {}

  onResponseHeaders(_count: u32, _end: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }
  onResponseBody(_size: i32, _end: bool): DataStatus {
    return DataStatus.Continue;
  }
  onResponseTrailers(_count: u32): FlowStatus {
    return FlowStatus.Continue;
  }
  onResponseMetadata(_count: u32): void {}

  onNewConnection(): FlowStatus {
    return FlowStatus.Continue;
  }
  onDownstreamData(_size: i32, _end: bool): FlowStatus {
    return FlowStatus.Continue;
  }
  onUpstreamData(_size: i32, _end: bool): FlowStatus {
    return FlowStatus.Continue;
  }
  onDownstreamClose(_peer: PeerType): void {}
  onUpstreamClose(_peer: PeerType): void {}

  onForeignFunction(_functionId: u32, _argumentSize: u32): void {}
  /** All is over; facts set here still reach the access log. */
  onLog(): void {}
  onDone(): bool {
    return true;
  }
  /** The id is void after this. */
  onDelete(): void {}
}
