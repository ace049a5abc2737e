import { bytesOf, type BytesLike } from "./bytes.ts";
import type { Callout, CalloutResponse } from "./callout.ts";
import type { Timer } from "./clock.ts";
import { Context } from "./context.ts";
import { RedisCalls } from "./redis.ts";
import { Result } from "./abi.ts";
import type { Vm } from "./vm.ts";

export interface PluginOptions {
  name: string;
  rootId: string;
  configuration: BytesLike;
}

/** A plugin's root context: configuration, ticks, queues and HTTP calls, whose answers always come here, whichever context made them. */
export class RootContext extends Context {
  readonly pluginName: string;
  readonly rootId: string;
  configuration: Uint8Array;
  /** The configuration is readable only while `proxy_on_configure` (or the creation of the first root) runs. */
  configuring = false;
  /** The HTTP call whose callback runs now. */
  callAnswer: CalloutResponse | null = null;
  callData: Uint8Array = new Uint8Array(0);
  readonly redis = new RedisCalls(this);
  /** Status and message of the call whose callback runs now (`proxy_get_status`). */
  status: { code: number; message: string } = { code: 0, message: "" };
  #nextToken = 1;
  readonly #calls = new Set<number>();
  #tick: Timer | null = null;
  #period = 0;
  #streams = 0;
  #retired = false;

  constructor(vm: Vm, options: PluginOptions) {
    super(vm);
    this.pluginName = options.name;
    this.rootId = options.rootId;
    this.configuration = bytesOf(options.configuration);
  }

  override get root(): RootContext {
    return this;
  }

  /** Creates, starts and configures, as Envoy does for each plugin of a VM; false: the module refuses. */
  start(): boolean {
    this.configuring = true;
    this.vm.run(this, "proxy_on_context_create", 0);
    this.configuring = false;
    if (this.vm.has("proxy_on_vm_start") && this.vm.run(this, "proxy_on_vm_start", this.vm.configuration.length) === 0) return false;
    return this.configure(this.configuration);
  }

  /** Calls `proxy_on_configure`; a refused configuration leaves whatever the module kept. */
  configure(configuration: BytesLike): boolean {
    const former = this.configuration;
    this.configuration = bytesOf(configuration);
    if (!this.vm.has("proxy_on_configure")) return !this.vm.failed;
    this.configuring = true;
    const answer = this.vm.run(this, "proxy_on_configure", this.configuration.length);
    this.configuring = false;
    const taken = answer !== null && answer !== 0;
    if (!taken) this.configuration = former;
    return taken;
  }

  /** Sets the period of ticks in milliseconds; 0 ends them. */
  setTickPeriod(period: number): void {
    this.#period = period;
    this.vm.worker.envoy.clock.cancel(this.#tick);
    this.#tick = null;
    if (period > 0) this.#planTick();
  }

  /** The number of HTTP calls that have no answer yet. */
  get openCalls(): number {
    return this.#calls.size;
  }

  /** A stream of this plugin begins. */
  enter(): void {
    this.#streams++;
  }

  /** A stream of this plugin is over; the last one of a retired plugin takes it along. */
  leave(): void {
    this.#streams--;
    if (this.#retired) this.#end();
  }

  /** Another configuration has taken its place: it goes when its last stream does. */
  retire(): void {
    this.#retired = true;
    this.#end();
  }

  #end(): void {
    if (this.#streams > 0) return;
    this.setTickPeriod(0);
    this.vm.run(this, "proxy_on_done");
    this.vm.run(this, "proxy_on_delete");
    this.vm.forget(this);
  }

  /** Starts an HTTP call; returns its token, or the status that refuses it as a negative number. */
  httpCall(call: Callout): number {
    if (!call.headers.has(":path") || !call.headers.has(":method") || !call.headers.has(":authority")) return -Result.BadArgument;
    if (call.body.length > 0) call.headers.replace("content-length", String(call.body.length));
    const token = this.#nextToken++;
    this.#calls.add(token);
    const refused = this.vm.worker.callout(call, { answered: (response) => this.#answered(token, response) });
    if (refused !== Result.Ok) {
      this.#calls.delete(token);
      return -refused;
    }
    return token;
  }

  queueReady(token: number): void {
    this.vm.run(this, "proxy_on_queue_ready", token);
  }

  #answered(token: number, response: CalloutResponse | null): void {
    if (!this.#calls.delete(token)) return;
    this.callAnswer = response;
    if (response === null) {
      this.status = { code: Result.BrokenConnection, message: "reset" };
      this.vm.run(this, "proxy_on_http_call_response", token, 0, 0, 0);
    } else {
      this.vm.run(this, "proxy_on_http_call_response", token, response.headers.size, response.body.length, response.trailers?.size ?? 0);
    }
    this.callAnswer = null;
    this.status = { ...this.status, message: "" };
  }

  #planTick(): void {
    this.#tick = this.vm.worker.envoy.clock.after(
      this.#period,
      () => {
        if (this.vm.failed) return;
        if (this.#period > 0) this.#planTick();
        this.vm.run(this, "proxy_on_tick");
      },
      true,
    );
  }
}
