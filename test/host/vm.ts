import { bytesOf, type BytesLike } from "./bytes.ts";
import type { Context } from "./context.ts";
import { importsOf } from "./imports.ts";
import { Memory } from "./memory.ts";
import { MetricIds } from "./metrics.ts";
import type { Worker } from "./worker.ts";

/** A module that ran into `unreachable`, left its memory, overflowed its stack … It ends every stream of its VM. */
export class Trap extends Error {
  readonly callback: string;

  constructor(callback: string, cause: Error) {
    super(`trap in ${callback}: ${cause.message}`, { cause });
    this.name = "Trap";
    this.callback = callback;
    this.stack = `${this.message}\n${(cause.stack ?? "").split("\n").slice(1).join("\n")}`;
  }
}

/** Every callback of the ABI that Envoy calls. */
type Callback =
  | "proxy_on_context_create"
  | "proxy_on_vm_start"
  | "proxy_on_configure"
  | "proxy_on_tick"
  | "proxy_on_queue_ready"
  | "proxy_on_foreign_function"
  | "proxy_on_request_headers"
  | "proxy_on_request_body"
  | "proxy_on_request_trailers"
  | "proxy_on_response_headers"
  | "proxy_on_response_body"
  | "proxy_on_response_trailers"
  | "proxy_on_http_call_response"
  | "proxy_on_grpc_receive_initial_metadata"
  | "proxy_on_grpc_receive"
  | "proxy_on_grpc_receive_trailing_metadata"
  | "proxy_on_grpc_close"
  | "proxy_on_redis_call_response"
  | "proxy_on_log"
  | "proxy_on_done"
  | "proxy_on_delete";

export interface VmOptions {
  vmId: string;
  configuration?: BytesLike;
  /** The VM's environment variables (WASI). */
  env?: Readonly<Record<string, string>>;
  /** Also offer the calls that Higress adds (`proxy_redis_*`). */
  higress?: boolean;
}

/** One instance of a module: its memory, its contexts, and the order in which Envoy carries out what callbacks asked for. */
export class Vm {
  readonly worker: Worker;
  readonly vmId: string;
  readonly configuration: Uint8Array;
  readonly env: Readonly<Record<string, string>>;
  readonly memory: Memory;
  readonly higress: boolean;
  readonly metricIds: MetricIds;
  /** Set by the first trap; from then on nothing runs in this VM. */
  trap: Trap | null = null;
  /** A local reply was asked for in the callback that runs: its status answer means «stop», whatever it says. */
  stopping = false;
  current: Context | null = null;
  effective: Context | null = null;
  readonly #contexts = new Map<number, Context>();
  readonly #exports: WebAssembly.Exports;
  #nextId = 1;
  #deferred: (() => void)[] = [];

  constructor(module: WebAssembly.Module, worker: Worker, options: VmOptions) {
    this.worker = worker;
    this.vmId = options.vmId;
    this.configuration = bytesOf(options.configuration ?? "");
    this.env = options.env ?? {};
    this.metricIds = new MetricIds(worker.envoy.metrics);
    this.higress = options.higress ?? false;
    const instance = new WebAssembly.Instance(module, importsOf(module, this));
    this.#exports = instance.exports;
    if (!("proxy_abi_version_0_2_1" in this.#exports) && !this.higress) {
      throw new Error("the module does not export proxy_abi_version_0_2_1, so that stock Envoy 1.40 refuses it");
    }
    this.memory = new Memory(this.#exports["memory"] as WebAssembly.Memory);
    const allocator = this.#exports["malloc"] ?? this.#exports["proxy_on_memory_allocate"];
    if (typeof allocator !== "function") throw new Error("the module exports neither malloc nor proxy_on_memory_allocate");
    this.memory.allocator = allocator as (size: number) => number;
    for (const start of ["_initialize", "_start"]) {
      const run = this.#exports[start];
      if (typeof run === "function") {
        this.#guard(start, run as () => void);
        break;
      }
    }
  }

  get failed(): boolean {
    return this.trap !== null;
  }

  has(callback: Callback): boolean {
    return this.#exports[callback] !== undefined;
  }

  /** Gives a new context its id. */
  register(context: Context): number {
    const id = this.#nextId++;
    this.#contexts.set(id, context);
    return id;
  }

  forget(context: Context): void {
    this.#contexts.delete(context.id);
  }

  context(id: number): Context | undefined {
    return this.#contexts.get(id);
  }

  /** How many contexts live; what does not go down again is a leak of the host or the module. */
  get contexts(): number {
    return this.#contexts.size;
  }

  /** The context that a call out of the module speaks for. */
  get speaker(): Context {
    const effective = this.effective;
    if (effective !== null && this.#contexts.has(effective.id)) return effective;
    if (this.current === null) throw new Error("the module called its host outside of every callback");
    return this.current;
  }

  /** Planned by a call out of the module; runs once the callback has returned. */
  defer(action: () => void): void {
    this.#deferred.push(action);
  }

  /**
   * Calls the module for `context`; null where the module has no such callback, or has failed, or fails now. `read` sees the answer before the deferred actions
   * run (Envoy decides what a status means before it carries out what the callback asked for).
   */
  call(context: Context, callback: Callback, args: readonly number[]): number | null {
    if (this.trap !== null) return null;
    const exported = this.#exports[callback];
    if (typeof exported !== "function") return null;
    const current = this.current;
    const effective = this.effective;
    this.current = context;
    this.effective = null;
    let answer: number | null = null;
    try {
      answer = ((exported as (...numbers: number[]) => number | undefined)(context.id, ...args) ?? 0) >>> 0;
    } catch (error) {
      this.#trapped(callback, error);
    }
    this.current = current;
    this.effective = effective;
    return answer;
  }

  /** Carries out what the callback asked for. To be called once after each `call`, when its answer has been read. */
  settle(): void {
    this.stopping = false;
    while (this.#deferred.length > 0) this.#deferred.shift()!();
  }

  /** `call` and `settle` where the answer's meaning is not touched by what was deferred. */
  run(context: Context, callback: Callback, ...args: number[]): number | null {
    const answer = this.call(context, callback, args);
    this.settle();
    return answer;
  }

  #guard(name: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#trapped(name, error);
    }
  }

  #trapped(callback: string, error: unknown): void {
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
    this.trap = new Trap(callback, error);
    this.#deferred = [];
    this.worker.trapped(this.trap);
  }
}
