import { Body } from "./body.ts";
import { concat, text } from "./bytes.ts";
import { Chain, envoyReply, type FilterUse } from "./chain.ts";
import type { Clusters } from "./cluster.ts";
import type { LocalReply } from "./context.ts";
import { HeaderMap } from "./headers.ts";
import type { ProviderRequest } from "./provider.ts";
import { Flag } from "./abi.ts";
import { pickRoute, type Route, type RouteTable } from "./route.ts";
import { Router } from "./router.ts";
import type { StreamInfo } from "./stream-info.ts";
import type { Worker } from "./worker.ts";

/** How a client saw its answer end. `stalled`: nothing was left that could ever end it. */
export type Ending = "complete" | "reset" | "hung-up" | "stalled";

/** One attempt as the test sees it. */
export interface AttemptView extends ProviderRequest {
  provider: string;
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
  readonly #router: Router;
  #route: Route | null | undefined;
  #answering = false;
  #headersGone = false;

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
      { request: options.bufferLimit, response: options.bufferLimit },
    );
    this.#options = options;
    router = this.#router = new Router({
      owner: this,
      worker: options.worker,
      clusters: options.clusters,
      upstreamUses: options.upstreamUses,
      bufferLimit: options.bufferLimit,
      attemptCountHeader: options.attemptCountHeader,
    });
  }

  get attempts(): AttemptView[] {
    return this.#router.attempts.filter((attempt) => attempt.sent !== null).map((attempt) => ({ ...attempt.sent!, provider: attempt.host.provider }));
  }

  /** The client's request: headers, then any number of chunks; the last call says that it ends. */
  begin(headers: HeaderMap, end: boolean): void {
    this.info.requestHeaders = headers;
    this.#refreshRoute();
    this.request.headers(headers, end);
  }

  send(bytes: Uint8Array, end: boolean): void {
    if (this.ending !== null) return;
    this.info.requestBytes += bytes.length;
    this.request.data(new Body(bytes), end);
  }

  sendTrailers(trailers: HeaderMap): void {
    if (this.ending === null) this.request.trailers(trailers);
  }

  /** The client closes its connection. */
  hangUp(): void {
    if (this.ending !== null) return;
    this.info.flags |= Flag.DownstreamConnectionTermination;
    this.info.codeDetails = "downstream_remote_disconnect";
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

  /** A reply made inside Envoy: through the answer callbacks while no answer has begun, straight to the client while its headers are held, else a reset. */
  override sendLocalReply(reply: LocalReply): void {
    if (this.ending !== null) return;
    this.request.aborted = true;
    this.info.codeDetails = reply.details;
    const headers = new HeaderMap();
    headers.add(":status", String(reply.status));
    if (reply.body.length > 0) {
      headers.add("content-length", String(reply.body.length));
      headers.add("content-type", "text/plain");
    }
    for (const [name, value] of reply.headers) headers.add(name, value);
    const body = new Body(reply.body);
    if (!this.#answering) {
      this.#answering = true;
      this.info.responseHeaders = headers;
      this.info.responseCode = reply.status;
      this.response.headers(headers, body.length === 0);
      if (body.length > 0 && this.ending === null) this.response.data(body, true);
    } else if (!this.#headersGone) {
      this.response.aborted = true;
      this.info.responseHeaders = headers;
      this.info.responseCode = reply.status;
      this.#clientHeaders(headers, body.length === 0);
      if (body.length > 0) this.#clientData(body, true);
    } else this.reset();
  }

  override reset(): void {
    this.finish("reset");
  }

  violation(what: string): void {
    this.violations.push(what);
  }

  /** Ends the stream: log for every filter, then their deletion, then the attempts'. */
  finish(ending: Ending): void {
    if (this.ending !== null) return;
    this.ending = ending;
    this.request.aborted = true;
    this.response.aborted = true;
    this.info.endTime = this.#options.worker.envoy.clock.now;
    for (const filter of this.filters) filter.log();
    for (const filter of this.filters) filter.destroy();
    this.#router.cancel();
    if (ending === "complete") this.#checkLength();
  }

  /** The body as the client has it. */
  get body(): Uint8Array {
    return this.chunks.length === 0 ? new Uint8Array(0) : concat(this.chunks);
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

  #refreshRoute(): void {
    this.#route = pickRoute(this.#options.routes, this.info.requestHeaders!);
    this.info.routeName = this.#route === null ? null : (this.#route.name ?? "");
  }

  #clientHeaders(map: HeaderMap, end: boolean): void {
    if (!/^[1-9]\d\d$/.test(map.get(":status") ?? "")) {
      this.#headersGone = false;
      this.response.aborted = true;
      this.violation(`the answer's :status is ${JSON.stringify(map.get(":status") ?? null)}`);
      this.info.codeDetails = "filter_removed_required_response_headers{missing_:status}";
      this.status = 502;
      this.finish("complete");
      return;
    }
    this.#headersGone = true;
    this.status = Number(map.get(":status"));
    this.info.responseCode = this.status;
    for (const [name, value] of map) if (name !== ":status") this.headers.add(name, value);
    if (end) this.finish("complete");
  }

  #clientData(body: Body, end: boolean): void {
    if (body.length > 0) {
      this.chunks.push(body.copy());
      this.info.responseBytes += body.length;
    }
    body.drain();
    if (end) this.finish("complete");
  }

  #clientTrailers(map: HeaderMap): void {
    this.trailers = map.copy();
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
