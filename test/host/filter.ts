import { type Body } from "./body.ts";
import { Context, type LocalReply } from "./context.ts";
import { HeaderMap } from "./headers.ts";
import type { Half, Pipe } from "./pipe.ts";
import { streamProperty } from "./properties.ts";
import { BufferType, DataStatus, HeadersStatus, MapType, REQUEST, RESPONSE, Result } from "./abi.ts";
import type { RootContext } from "./root.ts";
import type { StreamInfo } from "./stream-info.ts";

/** What a filter may ask of the chain that it stands in. */
export interface FilterChain {
  readonly info: StreamInfo;
  readonly request: Pipe;
  readonly response: Pipe;
  /** The position of a filter on its way through the chain's answers, which is the reverse of the request's. */
  responseIndex(index: number): number;
  sendLocalReply(reply: LocalReply): void;
  /** The filter ends the stream (`proxy_close_stream`). */
  close(): void;
  clearRouteCache(): void;
  /** Notes what no filter may do. */
  violation(what: string): void;
}

/** One module's part in one stream (downstream) or one attempt (upstream): what Envoy keeps for a Wasm filter there, and what each callback may touch. */
export class WasmFilter extends Context {
  readonly root: RootContext;
  readonly allowStopAtHeaders: boolean;
  readonly request: Half;
  readonly response: Half;
  #chain: FilterChain | null = null;
  #index = 0;
  #created = false;
  #destroyed = false;
  #localReplyAsked = false;
  #failedStream = false;
  #logging = false;
  #lastChunk = false;
  readonly #maps: (HeaderMap | null)[] = [null, null, null, null];
  readonly #bodies: (Body | null)[] = [null, null];
  readonly #buffering: [boolean, boolean] = [false, false];

  constructor(root: RootContext, allowStopAtHeaders: boolean) {
    super(root.vm);
    this.root = root;
    root.enter();
    this.allowStopAtHeaders = allowStopAtHeaders;
    this.request = {
      headers: (map, end) => this.#headers(REQUEST, map, end),
      data: (body, end) => this.#data(REQUEST, body, end),
      trailers: (map) => this.#trailers(REQUEST, map),
    };
    this.response = {
      headers: (map, end) => this.#headers(RESPONSE, map, end),
      data: (body, end) => this.#data(RESPONSE, body, end),
      trailers: (map) => this.#trailers(RESPONSE, map),
    };
  }

  attach(chain: FilterChain, index: number): void {
    this.#chain = chain;
    this.#index = index;
  }

  /** Calls `proxy_on_log`; a filter whose request headers never came is created for it. */
  log(): void {
    this.#create();
    this.#logging = true;
    this.vm.run(this, "proxy_on_log");
    this.#logging = false;
  }

  /** Calls `proxy_on_done` and `proxy_on_delete`, once. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if (this.#created) {
      this.vm.run(this, "proxy_on_done");
      this.vm.run(this, "proxy_on_delete");
    }
    this.vm.forget(this);
    this.root.leave();
  }

  override headerMap(type: number): HeaderMap | null {
    if (type > MapType.ResponseTrailers) return null;
    const chain = this.#chain;
    if (this.#maps[type] === null && this.#lastChunk && chain !== null) {
      if (type === MapType.RequestTrailers && this.#bodies[REQUEST] !== null) this.#maps[type] = chain.request.addTrailers(new HeaderMap());
      if (type === MapType.ResponseTrailers && this.#bodies[RESPONSE] !== null)
        this.#maps[type] = chain.response.addTrailers(new HeaderMap());
    }
    return this.#maps[type] ?? null;
  }

  override readableHeaderMap(type: number): HeaderMap | null {
    if (type > MapType.ResponseTrailers) return super.readableHeaderMap(type);
    const chain = this.#chain;
    if (this.#logging && chain !== null) {
      if (type === MapType.RequestHeaders) return chain.info.requestHeaders;
      if (type === MapType.ResponseHeaders) return chain.info.responseHeaders ?? NOTHING;
      if (type === MapType.ResponseTrailers) return chain.info.responseTrailers ?? NOTHING;
      return null;
    }
    return this.#maps[type] ?? null;
  }

  override headersChanged(type: number): void {
    if (type === MapType.RequestHeaders) this.#chain?.clearRouteCache();
  }

  override buffer(type: number): Body | Uint8Array | null {
    if (type === BufferType.RequestBody || type === BufferType.ResponseBody) {
      if (this.#buffering[type] && this.#chain !== null) return this.#pipe(type).buffered ?? EMPTY;
      return this.#bodies[type] ?? EMPTY;
    }
    return super.buffer(type);
  }

  override property(path: string): Uint8Array | string | null {
    const own = super.property(path);
    if (own !== null || this.#chain === null) return own;
    return streamProperty(this.#chain.info, path, {
      request: this.readableHeaderMap(MapType.RequestHeaders),
      response: this.readableHeaderMap(MapType.ResponseHeaders),
    });
  }

  override setProperty(path: string, value: Uint8Array): number {
    if (this.#chain === null) return Result.NotFound;
    this.#chain.info.filterState.set(path, value);
    return Result.Ok;
  }

  override continueStream(stream: number): number {
    this.vm.defer(() => {
      if (this.#destroyed || this.#chain === null) return;
      const chain = this.#chain;
      this.#buffering[stream === REQUEST ? REQUEST : RESPONSE] = false;
      if (this.#pipe(stream).resume(stream === REQUEST ? this.#index : chain.responseIndex(this.#index))) return;
      // Envoy gives on what it has once more: bodies kept for retries go twice, and without an answer it crashes.
      const what = stream === REQUEST ? "a request" : "an answer";
      chain.violation(`${this.root.rootId || this.root.pluginName}: continues ${what} that it does not hold`);
    });
    return Result.Ok;
  }

  override closeStream(): number {
    const chain = this.#chain;
    if (chain === null) return Result.Ok;
    this.vm.defer(() => {
      if (!this.#destroyed) chain.close();
    });
    return Result.Ok;
  }

  override sendLocalReply(reply: LocalReply): void {
    if (this.#localReplyAsked || this.#chain === null) return;
    this.#localReplyAsked = true;
    const chain = this.#chain;
    this.vm.defer(() => {
      if (!this.#destroyed) chain.sendLocalReply(reply);
    });
  }

  override clearRouteCache(): void {
    this.#chain?.clearRouteCache();
  }

  #pipe(stream: number): Pipe {
    return stream === REQUEST ? this.#chain!.request : this.#chain!.response;
  }

  #create(): void {
    if (this.#created) return;
    this.#created = true;
    this.vm.run(this, "proxy_on_context_create", this.root.id);
  }

  #headers(way: number, map: HeaderMap, end: boolean): number {
    if (way === REQUEST) this.#create();
    else if (!this.#created) return HeadersStatus.Continue;
    if (this.#failedStream) return HeadersStatus.Continue;
    if (this.vm.failed) return this.#fail(HeadersStatus.StopAllAndWatermark);
    const type = way === REQUEST ? MapType.RequestHeaders : MapType.ResponseHeaders;
    const callback = way === REQUEST ? "proxy_on_request_headers" : "proxy_on_response_headers";
    if (!this.vm.has(callback)) return HeadersStatus.Continue;
    this.#maps[type] = map;
    const answer = this.vm.call(this, callback, [map.size, end ? 1 : 0]);
    if (answer === null) return this.#fail(HeadersStatus.StopAllAndWatermark);
    let status = answer;
    if (this.vm.stopping || status > HeadersStatus.StopAllAndWatermark) status = HeadersStatus.StopAllAndWatermark;
    else if (status === HeadersStatus.StopIteration && !this.allowStopAtHeaders) status = HeadersStatus.StopAllAndWatermark;
    this.vm.settle();
    if (status === HeadersStatus.Continue) this.#maps[type] = null;
    return status;
  }

  #data(way: number, body: Body, end: boolean): number {
    if (!this.#created) return DataStatus.Continue;
    if (this.#failedStream) return DataStatus.Continue;
    if (this.vm.failed) return this.#fail(DataStatus.StopNoBuffer);
    const callback = way === REQUEST ? "proxy_on_request_body" : "proxy_on_response_body";
    if (!this.vm.has(callback)) return DataStatus.Continue;
    if (this.#buffering[way]) {
      const pipe = this.#pipe(way);
      if (body !== pipe.buffered) pipe.hold(body, false);
      if (this.#destroyed) return DataStatus.StopNoBuffer;
    }
    this.#bodies[way] = body;
    this.#lastChunk = end;
    const size = this.buffer(way)?.length ?? 0;
    const answer = this.vm.call(this, callback, [size, end ? 1 : 0]);
    if (answer === null) return this.#fail(DataStatus.StopNoBuffer);
    const status = this.vm.stopping || answer > DataStatus.StopNoBuffer ? DataStatus.StopNoBuffer : answer;
    this.vm.settle();
    this.#buffering[way] = status === DataStatus.StopAndBuffer;
    if (status === DataStatus.Continue) this.#bodies[way] = null;
    return status;
  }

  #trailers(way: number, map: HeaderMap): number {
    if (!this.#created) return 0;
    if (this.#failedStream) return 0;
    if (this.vm.failed) return this.#fail(1);
    const type = way === REQUEST ? MapType.RequestTrailers : MapType.ResponseTrailers;
    const callback = way === REQUEST ? "proxy_on_request_trailers" : "proxy_on_response_trailers";
    if (!this.vm.has(callback)) return 0;
    this.#maps[type] = map;
    const answer = this.vm.call(this, callback, [map.size]);
    if (answer === null) return this.#fail(1);
    const status = this.vm.stopping || answer > 1 ? 1 : answer;
    this.vm.settle();
    if (status === 0) this.#maps[type] = null;
    return status;
  }

  /** A failed VM ends the stream: a reply without body, or a reset once the answer's headers are gone. */
  #fail(status: number): number {
    this.vm.settle();
    if (!this.#failedStream && this.#chain !== null) {
      this.#failedStream = true;
      this.#chain.sendLocalReply({ status: 503, details: "wasm_fail_stream", body: EMPTY, headers: [], grpcStatus: -1 });
    }
    return status;
  }
}

const EMPTY = new Uint8Array(0);
const NOTHING = new HeaderMap();
