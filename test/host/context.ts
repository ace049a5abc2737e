import type { Body } from "./body.ts";
import type { HeaderMap } from "./headers.ts";
import type { RootContext } from "./root.ts";
import type { Vm } from "./vm.ts";
import { BufferType, MapType, Result } from "./abi.ts";

/** A local reply as a module asks for it. */
export interface LocalReply {
  status: number;
  details: string;
  body: Uint8Array;
  headers: [string, string][];
  grpcStatus: number;
}

/** What a module's id stands for: a root context, or a stream in one of its two positions. The defaults are those of a context that has nothing of the kind. */
export abstract class Context {
  readonly vm: Vm;
  readonly id: number;

  constructor(vm: Vm) {
    this.vm = vm;
    this.id = vm.register(this);
  }

  abstract get root(): RootContext;

  /** A map to write into; null where there is none now. */
  headerMap(_type: number): HeaderMap | null {
    return null;
  }

  /** A map to read from; null where there is none now. */
  readableHeaderMap(type: number): HeaderMap | null {
    const call = this.root.callAnswer;
    if (type === MapType.CallHeaders) return call === null ? null : call.headers;
    if (type === MapType.CallTrailers) return call === null ? null : call.trailers;
    return this.headerMap(type);
  }

  /** A body may be written, bytes may only be read; null: not found. */
  buffer(type: number): Body | Uint8Array | null {
    switch (type) {
      case BufferType.RequestBody:
      case BufferType.ResponseBody:
        return NOTHING;
      case BufferType.CallBody:
        return this.root.callAnswer === null ? null : this.root.callAnswer.body;
      case BufferType.VmConfiguration:
        return this.vm.configuration;
      case BufferType.PluginConfiguration:
        return this.root.configuring ? this.root.configuration : null;
      case BufferType.CallData:
        return this.root.callData;
      case BufferType.RedisAnswer:
        return this.root.redis.answer;
      default:
        return null;
    }
  }

  /** A property as bytes, or null where it is not found. `path` is split by NUL. */
  property(path: string): Uint8Array | string | null {
    switch (path) {
      case "plugin_name":
        return this.root.pluginName;
      case "plugin_root_id":
        return this.root.rootId;
      case "plugin_vm_id":
        return this.vm.vmId;
      default:
        return null;
    }
  }

  /** A map has been written to. */
  headersChanged(_type: number): void {}

  setProperty(_path: string, _value: Uint8Array): number {
    return Result.NotFound;
  }

  continueStream(_stream: number): number {
    return Result.Ok;
  }

  closeStream(_stream: number): number {
    return Result.Ok;
  }

  sendLocalReply(_reply: LocalReply): void {}

  clearRouteCache(): void {}
}

const NOTHING = new Uint8Array(0);
