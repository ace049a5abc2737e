import { bytesOf, text, type BytesLike } from "./bytes.ts";
import { calloutResponse, type Callout, type CalloutHandle, type CalloutResponse, type CalloutScript } from "./callout.ts";
import type { FilterUse } from "./chain.ts";
import { Clusters, type ClusterTable } from "./cluster.ts";
import { HeaderMap, type HeadersLike } from "./headers.ts";
import type { Provider } from "./provider.ts";
import type { RedisScript } from "./redis.ts";
import { Result } from "./abi.ts";
import { RootContext } from "./root.ts";
import type { RouteTable } from "./route.ts";
import { Stream, type AttemptView, type Ending } from "./stream.ts";
import { StreamInfo } from "./stream-info.ts";
import { Vm, type Trap } from "./vm.ts";
import { Envoy, type LogLine, type Worker } from "./worker.ts";

/** One listing of a module in a filter chain. */
export interface ModuleUse {
  module: WebAssembly.Module;
  /** Name of the plugin in the log and as `plugin_name`. */
  name?: string;
  rootId?: string;
  /** Listings with the same `vmId` and module share one VM. Default: a VM of its own for each module. */
  vmId?: string;
  /** Text as it is, anything else as JSON. */
  configuration?: unknown;
  vmConfiguration?: BytesLike;
  /** `allow_on_headers_stop_iteration`. Default true. */
  allowStopAtHeaders?: boolean;
  /** Lists the module in upstream position too, in the same VM. */
  upstream?: { rootId?: string; configuration?: unknown };
}

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
  /** Another worker's process, to share data, queues, metrics and clock with. */
  envoy?: Envoy;
  /** Offer what Higress's Envoy adds: `proxy_redis_*`, with `redis` behind them. */
  higress?: boolean;
  redis?: Readonly<Record<string, RedisScript>>;
  /** Take traps and violations as part of the answer, not as errors. */
  tolerant?: boolean;
}

/** A client's request. A body comes in one piece or in chunks; without either the headers end it. */
export interface ClientRequest {
  method?: string;
  path?: string;
  headers?: HeadersLike;
  body?: BytesLike;
  chunks?: readonly BytesLike[];
  trailers?: HeadersLike;
  /** The end comes with the last chunk (as HTTP/2 can) and not by itself, as HTTP/1 gives it. */
  endWithLastChunk?: boolean;
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
  ended: Ending;
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

interface Plugin {
  readonly use: ModuleUse;
  readonly rootId: string;
  configuration: BytesLike;
  readonly vmKey: string;
  root: RootContext;
}

const MAX_LOG = 20_000;
/** Ticks alone may keep a request waiting for this long. */
const PATIENCE = 60_000;

/** A small Envoy with one worker: the real modules, a route table, providers that a test scripts, and a clock that only moves when told or when a request waits. */
export class Gateway implements Worker {
  readonly envoy: Envoy;
  readonly logLines: LogLine[] = [];
  /** The last trap; a VM that trapped is replaced at the next request (FAIL_RELOAD). */
  trap: Trap | null = null;
  readonly #options: GatewayOptions;
  readonly #clusters: Clusters;
  readonly #routes: RouteTable;
  readonly #vms = new Map<string, Vm>();
  #downstream: Plugin[] = [];
  #upstream: Plugin[] = [];
  #knownTrap: Trap | null = null;
  #seed = 0x9e3779b9;
  #requests = 0;
  #callouts: Readonly<Record<string, CalloutScript>>;

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.envoy = options.envoy ?? new Envoy();
    this.#clusters = new Clusters(options.providers ?? {}, options.clusters ?? {});
    this.#routes = options.routes ?? defaultRoutes(options);
    this.#callouts = options.callouts ?? {};
  }

  /** Starts and configures every module; an error says which one refused, with what it logged. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    return Gateway.startNow(options);
  }

  /** The same without a promise, for fuzzers and benchmarks. */
  static startNow(options: GatewayOptions): Gateway {
    const gateway = new Gateway(options);
    const upstream = [...(options.upstream ?? [])];
    for (const use of options.modules) {
      if (use.upstream !== undefined) {
        upstream.push({ ...use, rootId: use.upstream.rootId ?? use.rootId ?? "", configuration: use.upstream.configuration ?? use.configuration });
      }
    }
    gateway.#downstream = options.modules.map((use) => gateway.#plugin(use));
    gateway.#upstream = upstream.map((use) => gateway.#plugin(use));
    gateway.#drain();
    return gateway;
  }

  /** One request from beginning to end; moves the clock where nothing else is left to do. */
  request(request: ClientRequest): Answer {
    const from = this.logLines.length;
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
    this.#revive();
    const chunks = (request.chunks ?? (request.body === undefined ? [] : [request.body])).map(bytesOf).filter((chunk) => chunk.length > 0);
    const headers = this.#requestHeaders(request, chunks);
    const stream = new Stream({
      info: new StreamInfo({
        startTime: this.envoy.clock.now,
        requestId: headers.get("x-request-id") ?? "",
        protocol: "HTTP/1.1",
        source: "127.0.0.1:50000",
        destination: "127.0.0.1:8080",
        connectionId: ++this.#requests,
      }),
      uses: this.#downstream.map(useOf),
      upstreamUses: () => this.#upstream.map(useOf),
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

  /** What a stream looks like now; `from` is the log line that it starts at. */
  answer(stream: Stream, from = 0): Answer {
    return {
      status: stream.status,
      headers: stream.headers.toObject(),
      body: stream.bodyText,
      bytes: stream.body,
      chunks: stream.chunks,
      trailers: stream.trailers?.toObject() ?? null,
      ended: stream.ending ?? "stalled",
      attempts: stream.attempts,
      log: this.logLines.slice(from),
      facts: Object.fromEntries([...stream.info.filterState].map(([key, value]) => [key, text(value)])),
      codeDetails: stream.info.codeDetails,
      flags: stream.info.flags,
      violations: stream.violations,
      trap: null,
    };
  }

  /** Gives a downstream module another configuration, as an update over ECDS; false: refused, the former one stays. */
  reconfigure(index: number, configuration: unknown): boolean {
    const plugin = this.#downstream[index];
    if (plugin === undefined) throw new Error(`there is no module ${index}`);
    const bytes = configurationBytes(configuration);
    const root = new RootContext(plugin.root.vm, { name: plugin.root.pluginName, rootId: plugin.rootId, configuration: bytes });
    if (!root.start()) return false;
    plugin.configuration = bytes;
    plugin.root = root;
    this.#drain();
    return true;
  }

  /** Bytes of linear memory of all VMs. */
  get memory(): number {
    let sum = 0;
    for (const vm of this.#vms.values()) sum += vm.memory.size;
    return sum;
  }

  /** Contexts that live in all VMs; back to the number of root contexts when no stream is open. */
  get contexts(): number {
    let sum = 0;
    for (const vm of this.#vms.values()) sum += vm.contexts;
    return sum;
  }

  get vms(): readonly Vm[] {
    return [...this.#vms.values()];
  }

  get metrics(): Record<string, number> {
    return this.envoy.metrics.toObject();
  }

  // --- Worker -----------------------------------------------------------------------------------------------------------------------------------------

  log(line: LogLine): void {
    if (this.logLines.length >= MAX_LOG) this.logLines.splice(0, MAX_LOG / 2);
    this.logLines.push(line);
  }

  trapped(trap: Trap): void {
    this.trap = trap;
    this.log({ level: "critical", message: trap.stack ?? trap.message, plugin: "" });
  }

  callout(call: Callout, handle: CalloutHandle): number {
    const script = Object.hasOwn(this.#callouts, call.cluster) ? this.#callouts[call.cluster]! : null;
    if (script === null) return Result.BadArgument;
    const clock = this.envoy.clock;
    const answer = script(call);
    const timer =
      call.timeout > 0
        ? clock.after(call.timeout, () => {
            handle.answered(calloutResponse({ status: 504, headers: { "content-type": "text/plain" }, body: "upstream request timeout" }));
          })
        : null;
    if ("stall" in answer) return Result.Ok;
    const deliver = (): void => {
      clock.cancel(timer);
      handle.answered("reset" in answer ? broken(answer.reset) : calloutResponse(answer));
    };
    if (answer.after === undefined) this.envoy.post(deliver);
    else if (call.timeout === 0 || answer.after < call.timeout) clock.after(answer.after, deliver);
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

  #plugin(use: ModuleUse): Plugin {
    const vmId = use.vmId ?? "";
    const vmKey = `${vmId}\0${text(bytesOf(use.vmConfiguration ?? ""))}\0${identity(use.module)}`;
    const plugin = { use, rootId: use.rootId ?? "", configuration: configurationBytes(use.configuration), vmKey } as Plugin;
    this.#startPlugin(plugin);
    return plugin;
  }

  #startPlugin(plugin: Plugin): void {
    let vm = this.#vms.get(plugin.vmKey);
    if (vm === undefined || vm.failed) {
      const { use } = plugin;
      vm = new Vm(use.module, this, {
        vmId: use.vmId ?? "",
        configuration: use.vmConfiguration ?? "",
        env: this.#options.env ?? {},
        higress: this.#options.higress ?? false,
      });
      this.#vms.set(plugin.vmKey, vm);
    }
    const name = plugin.use.name ?? plugin.use.vmId ?? "";
    const from = this.logLines.length;
    plugin.root = new RootContext(vm, { name, rootId: plugin.rootId, configuration: plugin.configuration });
    if (!plugin.root.start()) {
      if (vm.trap !== null) throw vm.trap;
      const said = this.logLines.slice(from).map((line) => `\n  ${line.level}: ${line.message}`);
      throw new Error(`module ${name || plugin.rootId || "without a name"} refused its configuration${said.join("")}`);
    }
  }

  #revive(): void {
    for (const plugin of [...this.#downstream, ...this.#upstream]) if (plugin.root.vm.failed) this.#startPlugin(plugin);
  }

  #requestHeaders(request: ClientRequest, chunks: readonly Uint8Array[]): HeaderMap {
    const headers = new HeaderMap(true);
    headers.add(":authority", "gateway.test");
    headers.add(":path", request.path ?? "/");
    headers.add(":method", request.method ?? (chunks.length > 0 ? "POST" : "GET"));
    headers.add(":scheme", "http");
    for (const [name, value] of HeaderMap.from(request.headers)) {
      if (OWN_TO_ENVOY.has(name) || HOP_BY_HOP.has(name)) continue;
      if (name.startsWith(":") || name === "host") headers.replace(name, value);
      else headers.add(name, value);
    }
    if (request.body !== undefined && !headers.has("content-length")) headers.add("content-length", String(chunks[0]?.length ?? 0));
    headers.add("x-forwarded-proto", "http");
    if (!headers.has("x-request-id")) headers.add("x-request-id", `00000000-0000-4000-8000-${String(this.#requests + 1).padStart(12, "0")}`);
    return headers;
  }
}

/** What a module gets of a call whose connection broke. */
function broken(when: "before" | "midway"): CalloutResponse | null {
  if (when === "midway") return null;
  const body = "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
  return calloutResponse({ status: 503, headers: { "content-type": "text/plain" }, body });
}

function useOf(plugin: Plugin): FilterUse {
  return { root: plugin.root, allowStopAtHeaders: plugin.use.allowStopAtHeaders ?? true };
}

function configurationBytes(configuration: unknown): BytesLike {
  if (configuration === undefined) return "";
  if (typeof configuration === "string" || configuration instanceof Uint8Array) return configuration;
  return JSON.stringify(configuration);
}

function defaultRoutes(options: GatewayOptions): RouteTable {
  const composites = Object.entries(options.clusters ?? {});
  const cluster = composites[0]?.[0] ?? Object.keys(options.providers ?? {})[0];
  if (cluster === undefined) return [];
  return [{ name: "default", cluster, retry: { retries: Math.max(0, (composites[0]?.[1].length ?? 1) - 1) } }];
}

/** Headers of one connection, which no filter sees of a request. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** Headers that steer Envoy and that it takes out of a client's request. */
const OWN_TO_ENVOY = new Set(
  [
    "retriable-status-codes",
    "retriable-header-names",
    "retry-on",
    "retry-grpc-on",
    "max-retries",
    "upstream-alt-stat-name",
    "upstream-rq-timeout-ms",
    "upstream-rq-per-try-timeout-ms",
    "upstream-rq-timeout-alt-response",
    "expected-rq-timeout-ms",
    "force-trace",
    "ip-tags",
    "original-url",
    "hedge-on-per-try-timeout",
  ].map((name) => `x-envoy-${name}`),
);

const identities = new WeakMap<WebAssembly.Module, number>();
let modules = 0;

/** A number for each compiled module. */
function identity(module: WebAssembly.Module): number {
  let known = identities.get(module);
  if (known === undefined) identities.set(module, (known = ++modules));
  return known;
}
