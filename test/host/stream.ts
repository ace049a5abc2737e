import { WATERMARK_POLL } from "./attempt.ts";
import { Body } from "./body.ts";
import { concat, text } from "./bytes.ts";
import { Chain, envoyReply, type FilterUse } from "./chain.ts";
import type { Timer } from "./clock.ts";
import type { Clusters } from "./cluster.ts";
import type { LocalReply } from "./context.ts";
import { HeaderMap } from "./headers.ts";
import { Flag } from "./abi.ts";
import { clusterOf, pickRoute, type Route, type RouteTable } from "./route.ts";
import { Router } from "./router.ts";
import type { StreamInfo } from "./stream-info.ts";
import type { Worker } from "./worker.ts";

/** How a client saw its answer end. `stalled`: nothing was left that could ever end it. */
export type Ending = "complete" | "reset" | "hung-up" | "stalled";

/** One attempt as the test sees it: what its provider got. */
export interface AttemptView {
  provider: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** As text; `bytes` are the same as they came. */
  body: string;
  bytes: Uint8Array;
  /** Null where it ended without. */
  trailers: Record<string, string> | null;
  /** The request reached the provider whole. */
  complete: boolean;
}

export interface StreamOptions {
  info: StreamInfo;
  uses: readonly FilterUse[];
  upstreamUses: () => readonly FilterUse[];
  worker: Worker;
  clusters: Clusters;
  routes: RouteTable;
  bufferLimit: number;
  attemptCountHeader: boolean;
  envoyHeaders: boolean;
}

/** A request and its answer, seen from the client's side of Envoy. */
export class Stream extends Chain {
  status = 0;
  readonly headers = new HeaderMap();
  trailers: HeaderMap | null = null;
  readonly chunks: Uint8Array[] = [];
  ending: Ending | null = null;
  /** What no well-behaved chain does: a length that is not the body's, an answer without status … */
  readonly violations: string[] = [];
  readonly #options: StreamOptions;
  #idle: Timer | null = null;
  readonly #waiting: (() => void)[] = [];
  readonly #router: Router;
  #route: Route | null | undefined;
  /** Of what filters may hold back, either way: the listener's, or the highest of the routes that were picked. */
  #limit: number;
  #answering = false;
  #headersGone = false;
  /** Asked for in a callback on the request's way that still runs. */
  #prepared: LocalReply | null = null;

  constructor(options: StreamOptions) {
    let router: Router | null = null;
    super(
      options.info,
      options.uses,
      {
        request: {
          headers: (map, end) => router!.headers(map, end),
          data: (body, end) => router!.data(body, end),
          trailers: (map) => router!.trailers(map),
        },
        response: {
          headers: (map, end) => this.#clientHeaders(map, end),
          data: (body, end) => this.#clientData(body, end),
          trailers: (map) => this.#clientTrailers(map),
        },
      },
      () => this.#limit,
    );
    this.#options = options;
    this.#limit = options.bufferLimit;
    router = this.#router = new Router({
      owner: this,
      worker: options.worker,
      clusters: options.clusters,
      upstreamUses: options.upstreamUses,
      bufferLimit: () => this.#limit,
      attemptCountHeader: options.attemptCountHeader,
      envoyHeaders: options.envoyHeaders,
    });
  }

  /** The attempts whose headers left Envoy. */
  get attempts(): AttemptView[] {
    const views: AttemptView[] = [];
    for (const { sent, host, requestComplete: complete } of this.#router.attempts) {
      if (sent === null) continue;
      const { method, path, headers, body } = sent;
      const trailers = sent.trailers?.toObject() ?? null;
      views.push({ provider: host.provider, method, path, headers: headers.toObject(), body: text(body), bytes: body, trailers, complete });
    }
    return views;
  }

  /** The client's request: headers, then any number of chunks; the last call says that it ends. */
  begin(headers: HeaderMap, end: boolean): void {
    this.info.requestHeaders = headers;
    this.#refreshRoute();
    this.#startIdleTimer();
    this.request.headers(headers, end);
  }

  send(bytes: Uint8Array, end: boolean): void {
    this.#fromClient(() => {
      this.#startIdleTimer();
      this.info.requestBytes += bytes.length;
      this.request.data(new Body(bytes), end);
    });
  }

  sendTrailers(trailers: HeaderMap): void {
    this.#fromClient(() => this.request.trailers(trailers));
  }

  /** The client closes its connection, or (HTTP/2) resets its stream. */
  hangUp(): void {
    if (this.ending !== null) return;
    const reset = this.info.protocol === "HTTP/2";
    this.info.flags |= reset ? Flag.DownstreamRemoteReset : Flag.DownstreamConnectionTermination;
    this.info.codeDetails = reset ? "http2.remote_reset" : "downstream_remote_disconnect";
    this.finish("hung-up");
  }

  route(): Route | null {
    if (this.#route === undefined) this.#refreshRoute();
    return this.#route ?? null;
  }

  override clearRouteCache(): void {
    this.#route = undefined;
  }

  answerHeaders(headers: HeaderMap, end: boolean): void {
    if (this.ending !== null) return;
    this.#answering = true;
    this.info.responseHeaders = headers;
    this.info.responseCode = Number(headers.get(":status") ?? "0");
    this.response.headers(headers, end);
  }

  answerData(body: Body, end: boolean): void {
    if (this.ending === null) this.response.data(body, end);
  }

  answerTrailers(trailers: HeaderMap): void {
    if (this.ending === null) this.response.trailers(trailers);
  }

  /**
   * A reply made inside Envoy: through the answer callbacks while no answer has begun (once the callback that asks for it has returned), straight to the
   * client while its headers are held, else a reset.
   */
  override sendLocalReply(reply: LocalReply): void {
    if (this.ending !== null || this.#prepared !== null) return;
    this.request.aborted = true;
    this.request.abandoned = !this.request.running;
    this.#router.cancel();
    this.info.codeDetails = reply.details;
    if (this.#answering) this.#replyDirectly(reply);
    else if (this.request.running) this.#prepared = reply;
    else this.#replyThroughFilters(reply);
  }

  override close(): void {
    this.info.codeDetails ??= "wasm_close_stream";
    this.finish("reset");
  }

  override violation(what: string): void {
    this.violations.push(what);
  }

  /** Ends the stream: log for every filter, then their deletion, then the attempts'. */
  finish(ending: Ending): void {
    if (this.ending !== null) return;
    this.ending = ending;
    this.request.aborted = true;
    this.response.aborted = true;
    this.#options.worker.envoy.clock.cancel(this.#idle);
    this.info.endTime = this.#options.worker.envoy.clock.now;
    for (const filter of this.filters) filter.log();
    for (const filter of this.filters) filter.destroy();
    this.#router.cancel();
    if (ending === "complete") this.#checkLength();
  }

  /** The body as the client has it. */
  get body(): Uint8Array {
    return concat(this.chunks);
  }

  get bodyText(): string {
    return text(this.body);
  }

  protected override requestTooLarge(): void {
    this.sendLocalReply(envoyReply(413, "Payload Too Large", "request_payload_too_large"));
  }

  protected override responseTooLarge(): void {
    this.sendLocalReply(envoyReply(500, "Internal Server Error", "response_payload_too_large"));
  }

  #startIdleTimer(): void {
    const { clock } = this.#options.worker.envoy;
    clock.cancel(this.#idle);
    const limit = this.#route?.idleTimeout ?? DEFAULT_IDLE_TIMEOUT;
    if (limit === 0 || this.ending !== null) return;
    this.#idle = clock.after(limit, () => {
      this.info.flags |= Flag.StreamIdleTimeout;
      this.sendLocalReply(envoyReply(this.request.ended ? 504 : 408, "stream timeout", "stream_idle_timeout"));
    });
  }

  /** Filters that hold too much by watermark make the client wait. */
  #fromClient(deliver: () => void): void {
    if (this.ending !== null) return;
    if (this.#waiting.length === 0 && !this.request.full) deliver();
    else if (this.#waiting.push(deliver) === 1) this.#pollWaiting();
  }

  #pollWaiting(): void {
    this.#options.worker.envoy.clock.after(
      WATERMARK_POLL,
      () => {
        while (this.#waiting.length > 0 && this.ending === null && !this.request.full) this.#waiting.shift()!();
        if (this.#waiting.length > 0 && this.ending === null) this.#pollWaiting();
      },
      true,
    );
  }

  protected override afterRequestCallback(): void {
    const reply = this.#prepared;
    this.#prepared = null;
    if (reply !== null && this.ending === null) this.#replyThroughFilters(reply);
  }

  #replyThroughFilters(reply: LocalReply): void {
    const headers = replyHeaders(reply);
    const body = new Body(reply.body);
    this.answerHeaders(headers, body.length === 0);
    if (body.length > 0) this.answerData(body, true);
  }

  #replyDirectly(reply: LocalReply): void {
    this.response.aborted = true;
    if (this.#headersGone) {
      this.finish("reset");
      return;
    }
    const headers = replyHeaders(reply);
    this.info.responseHeaders = headers;
    this.#clientHeaders(headers, reply.body.length === 0);
    if (reply.body.length > 0) this.#clientData(new Body(reply.body), true);
  }

  #refreshRoute(): void {
    this.#route = pickRoute(this.#options.routes, this.info.requestHeaders!);
    this.info.routeName = this.#route === null ? null : (this.#route.name ?? "");
    this.info.virtualHost = "all";
    this.#limit = Math.max(this.#limit, this.#route?.requestBufferLimit ?? 0);
    const cluster = this.#route === null ? null : clusterOf(this.#route, this.info.requestHeaders!);
    if (cluster !== null && this.#options.clusters.has(cluster)) this.info.clusterName = cluster;
  }

  #clientHeaders(map: HeaderMap, end: boolean): void {
    if (!/^[1-9]\d\d$/.test(map.get(":status") ?? "")) {
      this.violation(`the answer's :status is ${JSON.stringify(map.get(":status") ?? null)}`);
      this.sendLocalReply(
        envoyReply(502, "missing required header: :status", "filter_removed_required_response_headers{missing_required_header:_:status}"),
      );
      return;
    }
    this.#headersGone = true;
    this.#startIdleTimer();
    map.remove("connection");
    map.remove("transfer-encoding");
    this.status = Number(map.get(":status"));
    this.info.responseCode = this.status;
    for (const [name, value] of map) if (name !== ":status") this.headers.add(name, value);
    if (end) {
      const bodyless = this.status === 204 || this.status === 304 || this.info.requestHeaders?.get(":method") === "HEAD";
      if (this.info.protocol !== "HTTP/2" && !bodyless && !this.headers.has("content-length")) this.headers.add("content-length", "0");
      this.finish("complete");
    }
  }

  #clientData(body: Body, end: boolean): void {
    this.#startIdleTimer();
    if (body.length > 0) {
      this.chunks.push(body.copy());
      this.info.responseBytes += body.length;
    }
    body.drain();
    if (end) this.finish("complete");
  }

  #clientTrailers(map: HeaderMap): void {
    // An HTTP/1 answer with a length has no place for trailers.
    if (this.info.protocol === "HTTP/2" || !this.headers.has("content-length")) this.trailers = map.copy();
    this.info.responseTrailers = map;
    this.finish("complete");
  }

  #checkLength(): void {
    const declared = this.headers.get("content-length");
    if (declared === undefined || this.info.requestHeaders?.get(":method") === "HEAD" || this.status === 304) return;
    const length = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (declared !== String(length)) this.violation(`answer to the client: content-length says ${declared}, the body has ${length} bytes`);
  }
}

const DEFAULT_IDLE_TIMEOUT = 300_000;

function replyHeaders(reply: LocalReply): HeaderMap {
  const headers = new HeaderMap();
  headers.add(":status", String(reply.status));
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (reply.body.length > 0) {
    headers.replace("content-length", String(reply.body.length));
    if (!headers.has("content-type")) headers.add("content-type", "text/plain");
  }
  return headers;
}
