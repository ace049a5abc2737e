import { bytesOf, text, type BytesLike } from "./bytes.ts";
import { playCallout, type Callout, type CalloutHandle, type CalloutScript } from "./callout.ts";
import { chunksOf, headersOf, type ClientRequest } from "./client.ts";
import { Clusters, type ClusterTable } from "./cluster.ts";
import { HeaderMap, type HeadersLike } from "./headers.ts";
import { Plugins, type ModuleUse } from "./plugins.ts";
import type { Provider } from "./provider.ts";
import type { RedisScript } from "./redis.ts";
import { Result } from "./abi.ts";
import type { RouteTable } from "./route.ts";
import { Stream, type AttemptView, type Ending } from "./stream.ts";
import { StreamInfo, type Metadata } from "./stream-info.ts";
import { type Vm, type Trap } from "./vm.ts";
import { Envoy, type LogLine, type Worker } from "./worker.ts";

export type { ClientRequest } from "./client.ts";
export type { ModuleUse } from "./plugins.ts";

export interface GatewayOptions {
  /** The downstream filter chain, in order. */
  modules: readonly ModuleUse[];
  /** Filters of every attempt, before those that `modules` list by `upstream`. */
  upstream?: readonly ModuleUse[];
  /** Default: everything to the only composite cluster or provider, with one retry for each further member. */
  routes?: RouteTable;
  /** Composite clusters: members by name. */
  clusters?: ClusterTable;
  providers?: Readonly<Record<string, Provider>>;
  /** Clusters for the modules' own HTTP calls; a call to another one is refused. */
  callouts?: Readonly<Record<string, CalloutScript>>;
  /** Environment variables of every VM. */
  env?: Readonly<Record<string, string>>;
  /** Bytes that filters may hold back, either way. Default 1 MiB, as in Envoy. */
  bufferLimit?: number;
  /** `include_request_attempt_count`. */
  attemptCountHeader?: boolean;
  /** Whether the router adds `x-envoy-…` headers; false is `suppress_envoy_headers`. Default true. */
  envoyHeaders?: boolean;
  /** What `xds.listener_metadata` shows. */
  listenerMetadata?: Metadata;
  /** HTTP/2 on both sides: a provider resets its stream, where HTTP/1 breaks the connection. */
  http2?: boolean;
  /** Another worker's process, to share data, queues, metrics and clock with. */
  envoy?: Envoy;
  /** Offer what Higress's Envoy adds: `proxy_redis_*`, with `redis` behind them. */
  higress?: boolean;
  redis?: Readonly<Record<string, RedisScript>>;
  /** Take traps and violations as part of the answer, not as errors. */
  tolerant?: boolean;
}

/** What a test sees of a request that is over. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** As text; `bytes` are the same as they came. */
  body: string;
  bytes: Uint8Array;
  chunks: Uint8Array[];
  trailers: Record<string, string> | null;
  /** `open`: not over yet. */
  ended: Ending | "open";
  attempts: AttemptView[];
  /** Lines logged meanwhile. */
  log: LogLine[];
  /** Filter state at the end, as text. */
  facts: Record<string, string>;
  codeDetails: string | null;
  flags: number;
  violations: string[];
  trap: Trap | null;
}

const MAX_LOG = 20_000;
/** Ticks and calls alone may keep a request waiting for this long: filters may make them for ever. */
const PATIENCE = 600_000;

/** A small Envoy with one worker: the real modules, a route table, providers that a test scripts, and a clock that only moves when told or when a request waits. */
export class Gateway implements Worker {
  readonly envoy: Envoy;
  /** The last lines logged; older ones are let go. */
  readonly logLines: LogLine[] = [];
  /** The last trap; a VM that trapped is replaced at the next request (FAIL_RELOAD). */
  trap: Trap | null = null;
  readonly #options: GatewayOptions;
  readonly #clusters: Clusters;
  readonly #routes: RouteTable;
  readonly #plugins: Plugins;
  #knownTrap: Trap | null = null;
  #seed: number;
  #requests = 0;
  readonly #callouts: Readonly<Record<string, CalloutScript>>;
  /** Lines that were let go from the beginning of the log. */
  #forgotten = 0;

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.envoy = options.envoy ?? new Envoy();
    this.#clusters = new Clusters(options.providers ?? {}, options.clusters ?? {});
    this.#routes = options.routes ?? defaultRoutes(options);
    this.#callouts = options.callouts ?? {};
    this.#seed = this.envoy.nextSeed();
    this.#plugins = new Plugins(
      this,
      {
        env: options.env ?? {},
        higress: options.higress ?? false,
        logLines: this.logLines,
      },
      options.modules,
      options.upstream ?? [],
    );
  }

  /** Starts and configures every module; an error says which one refused, with what it logged. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    return Gateway.startNow(options);
  }

  /** The same without a promise, for fuzzers and benchmarks. */
  static startNow(options: GatewayOptions): Gateway {
    const gateway = new Gateway(options);
    gateway.#drain();
    return gateway;
  }

  /** One request from beginning to end; moves the clock where nothing else is left to do. */
  request(request: ClientRequest): Answer {
    const from = this.logLength;
    const trapBefore = this.trap;
    const stream = this.open(request);
    this.#finish(stream);
    const answer = this.answer(stream, from);
    if (this.trap !== trapBefore) answer.trap = this.trap;
    if (!this.#options.tolerant && answer.violations.length > 0) throw new Error(answer.violations.join("\n"));
    return answer;
  }

  /** Starts a request and runs what can run now; the test moves on by `advance`, `send`, `hangUp`. */
  open(request: ClientRequest & { more?: boolean }): Stream {
    this.#plugins.revive();
    const chunks = chunksOf(request);
    const http2 = this.#options.http2 === true;
    const headers = headersOf(request, this.#requests + 1, http2);
    const stream = new Stream({
      info: new StreamInfo({
        startTime: this.envoy.clock.now,
        requestId: headers.get("x-request-id") ?? "",
        protocol: http2 ? "HTTP/2" : "HTTP/1.1",
        source: "127.0.0.1:50000",
        destination: "127.0.0.1:8080",
        connectionId: ++this.#requests,
        listenerMetadata: this.#options.listenerMetadata,
      }),
      uses: this.#plugins.downstreamUses,
      upstreamUses: () => this.#plugins.upstreamUses,
      worker: this,
      clusters: this.#clusters,
      routes: this.#routes,
      bufferLimit: this.#options.bufferLimit ?? 1024 * 1024,
      attemptCountHeader: this.#options.attemptCountHeader ?? false,
      envoyHeaders: this.#options.envoyHeaders ?? true,
    });
    const more = request.more === true;
    const headersOnly = chunks.length === 0 && request.trailers === undefined && !more;
    this.envoy.post(() => stream.begin(headers, headersOnly));
    chunks.forEach((chunk, i) => {
      const last = i === chunks.length - 1 && request.endWithLastChunk === true && request.trailers === undefined && !more;
      this.envoy.post(() => stream.send(chunk, last));
    });
    if (request.trailers !== undefined) this.envoy.post(() => stream.sendTrailers(HeaderMap.from(request.trailers)));
    else if (!headersOnly && !more && request.endWithLastChunk !== true) this.envoy.post(() => stream.send(new Uint8Array(0), true));
    this.#drain();
    return stream;
  }

  /** Sends a further chunk of a request opened with `more`. */
  send(stream: Stream, chunk: BytesLike, end = false): void {
    this.envoy.post(() => stream.send(bytesOf(chunk), end));
    this.#drain();
  }

  /** Ends a request opened with `more` by trailers. */
  sendTrailers(stream: Stream, trailers: HeadersLike): void {
    this.envoy.post(() => stream.sendTrailers(HeaderMap.from(trailers)));
    this.#drain();
  }

  /** The client of `stream` goes away. */
  hangUp(stream: Stream): void {
    this.envoy.post(() => stream.hangUp());
    this.#drain();
  }

  /** Moves the clock; ticks, timeouts and pauses that fall due run in order. */
  advance(milliseconds: number): void {
    const clock = this.envoy.clock;
    const until = clock.now + milliseconds;
    while (clock.next !== null && clock.next.at <= until) {
      clock.step();
      this.#drain();
    }
    clock.now = until;
  }

  /** How many lines have been logged so far. */
  get logLength(): number {
    return this.#forgotten + this.logLines.length;
  }

  /** What a stream looks like now, with the log from line `from` on. */
  answer(stream: Stream, from = 0): Answer {
    return {
      status: stream.status,
      headers: stream.headers.toObject(),
      body: stream.bodyText,
      bytes: stream.body,
      chunks: stream.chunks,
      trailers: stream.trailers?.toObject() ?? null,
      ended: stream.ending ?? "open",
      attempts: stream.attempts,
      log: this.logLines.slice(Math.max(0, from - this.#forgotten)),
      facts: Object.fromEntries([...stream.info.filterState].map(([key, value]) => [key, text(value)])),
      codeDetails: stream.info.codeDetails,
      flags: stream.info.flags,
      violations: stream.violations,
      trap: null,
    };
  }

  /** Gives a downstream module another configuration, as an update over ECDS; false: refused, the former one stays. */
  reconfigure(index: number, configuration: unknown): boolean {
    const taken = this.#plugins.reconfigure(index, configuration);
    this.#drain();
    return taken;
  }

  /** Bytes of linear memory of all VMs. */
  get memory(): number {
    let sum = 0;
    for (const vm of this.#plugins.vms) sum += vm.memory.size;
    return sum;
  }

  /** Contexts that live in all VMs; back to the number of root contexts when no stream is open. */
  get contexts(): number {
    let sum = 0;
    for (const vm of this.#plugins.vms) sum += vm.contexts;
    return sum;
  }

  get vms(): readonly Vm[] {
    return this.#plugins.vms;
  }

  get metrics(): Record<string, number> {
    return this.envoy.metrics.toObject();
  }

  // --- Worker -----------------------------------------------------------------------------------------------------------------------------------------

  log(line: LogLine): void {
    if (this.logLines.length >= MAX_LOG) this.#forgotten += this.logLines.splice(0, MAX_LOG / 2).length;
    this.logLines.push(line);
  }

  trapped(trap: Trap): void {
    this.trap = trap;
    this.log({ level: "critical", message: trap.stack ?? trap.message, plugin: "" });
  }

  callout(call: Callout, handle: CalloutHandle): number {
    const script = Object.hasOwn(this.#callouts, call.cluster) ? this.#callouts[call.cluster]! : null;
    if (script === null) return Result.BadArgument;
    playCallout(script(call), call.timeout, this.envoy, handle);
    return Result.Ok;
  }

  redis(cluster: string): RedisScript | null {
    return this.#options.redis?.[cluster] ?? null;
  }

  random(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      this.#seed ^= this.#seed << 13;
      this.#seed ^= this.#seed >>> 17;
      this.#seed ^= this.#seed << 5;
      bytes[i] = this.#seed & 0xff;
    }
  }

  // --- inside -----------------------------------------------------------------------------------------------------------------------------------------

  /** Runs the event loop dry; a trap that nobody asked for ends the test. */
  #drain(): void {
    this.envoy.run();
    if (this.trap !== this.#knownTrap) {
      this.#knownTrap = this.trap;
      if (!this.#options.tolerant && this.trap !== null) throw this.trap;
    }
  }

  #finish(stream: Stream): void {
    const clock = this.envoy.clock;
    const patience = clock.now + PATIENCE;
    while (stream.ending === null) {
      if (clock.next === null || (!clock.busy && clock.next.at > patience)) {
        stream.finish("stalled");
        break;
      }
      clock.step();
      this.#drain();
    }
    this.#drain();
  }
}

function defaultRoutes(options: GatewayOptions): RouteTable {
  const composites = Object.entries(options.clusters ?? {});
  const cluster = composites[0]?.[0] ?? Object.keys(options.providers ?? {})[0];
  if (cluster === undefined) return [];
  return [{ name: "default", cluster, retry: { retries: Math.max(0, (composites[0]?.[1].length ?? 1) - 1) } }];
}
