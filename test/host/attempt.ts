import { Body } from "./body.ts";
import { concat } from "./bytes.ts";
import { Chain, type FilterUse } from "./chain.ts";
import type { Host } from "./cluster.ts";
import type { Timer } from "./clock.ts";
import type { LocalReply } from "./context.ts";
import type { HeaderMap } from "./headers.ts";
import { eventsOf, type ProviderEvent, type ProviderRequest, type ResetReason } from "./provider.ts";
import type { StreamInfo } from "./stream-info.ts";
import type { Worker } from "./worker.ts";

/** What an attempt tells the router. */
export interface AttemptOwner {
  /** Headers came from the provider; its filters have not seen them yet. */
  answerArrived(attempt: Attempt): void;
  answerHeaders(attempt: Attempt, headers: HeaderMap, end: boolean): void;
  answerData(attempt: Attempt, body: Body, end: boolean): void;
  answerTrailers(attempt: Attempt, trailers: HeaderMap): void;
  attemptReset(attempt: Attempt, reason: ResetReason): void;
  attemptTimedOut(attempt: Attempt, details: string): void;
  localReply(reply: LocalReply): void;
  closeStream(): void;
  clearRouteCache(): void;
  violation(what: string): void;
}

export interface AttemptTimes {
  perTry: number;
  perTryIdle: number;
}

/** One attempt at one provider: the upstream filters, made anew, and the provider's scripted side. */
export class Attempt extends Chain {
  readonly number: number;
  readonly host: Host;
  /** What the provider got; null until the headers have left. */
  sent: ProviderRequest | null = null;
  /** Answer headers have passed the upstream filters. */
  answered = false;
  /** The router gave it up, or it ended. */
  over = false;
  retried = false;
  requestComplete = false;
  readonly #owner: AttemptOwner;
  readonly #worker: Worker;
  readonly #times: AttemptTimes;
  readonly #parts: Uint8Array[] = [];
  #events: ProviderEvent[] = [];
  #at = 0;
  /** The provider has been asked. */
  #asked = false;
  #wait: Timer | null = null;
  #perTry: Timer | null = null;
  #idle: Timer | null = null;
  #ended = false;

  constructor(options: {
    number: number;
    host: Host;
    info: StreamInfo;
    uses: readonly FilterUse[];
    owner: AttemptOwner;
    worker: Worker;
    times: AttemptTimes;
    limit: () => number;
  }) {
    super(
      options.info,
      options.uses,
      {
        request: {
          headers: (map, end) => this.#send(map, end),
          data: (body, end) => this.#sendData(body, end),
          trailers: (map) => {
            this.sent!.trailers = map;
            this.#sent();
          },
        },
        response: {
          headers: (map, end) => {
            this.answered = true;
            this.#owner.answerHeaders(this, map, end);
          },
          data: (body, end) => this.#owner.answerData(this, body, end),
          trailers: (map) => this.#owner.answerTrailers(this, map),
        },
      },
      options.limit,
    );
    this.number = options.number;
    this.host = options.host;
    this.#owner = options.owner;
    this.#worker = options.worker;
    this.#times = options.times;
  }

  /** The provider ended its answer by itself. */
  get complete(): boolean {
    return this.#ended;
  }

  override sendLocalReply(reply: LocalReply): void {
    this.request.aborted = true;
    this.response.aborted = true;
    this.#owner.localReply(reply);
  }

  override close(): void {
    this.#owner.closeStream();
  }

  override clearRouteCache(): void {
    this.#owner.clearRouteCache();
  }

  override violation(what: string): void {
    this.#owner.violation(what);
  }

  /** Ends this attempt, and its filters at once. */
  stop(): void {
    if (this.over) return;
    this.over = true;
    this.request.aborted = true;
    this.response.aborted = true;
    const clock = this.#worker.envoy.clock;
    clock.cancel(this.#wait);
    clock.cancel(this.#perTry);
    clock.cancel(this.#idle);
    for (const filter of this.filters) filter.destroy();
  }

  /** The request has come to its end at the router: time limits run from here. */
  startTimers(): void {
    const clock = this.#worker.envoy.clock;
    if (this.#times.perTry > 0 && !this.over)
      this.#perTry = clock.after(this.#times.perTry, () => this.#timedOut("upstream_per_try_timeout"));
    this.#startIdle();
  }

  /** Plays the provider's events, one a turn of the event loop. */
  play(): void {
    if (this.over) return;
    const event = this.#events[this.#at];
    if (event === undefined) return;
    if (this.response.full) {
      this.#wait = this.#worker.envoy.clock.after(WATERMARK_POLL, () => this.play(), true);
      return;
    }
    this.#at++;
    if (event.kind === "wait") {
      this.#wait = this.#worker.envoy.clock.after(event.milliseconds, () => this.play());
      return;
    }
    this.#worker.envoy.post(() => this.play());
    if (event.kind !== "reset") this.#startIdle();
    if (event.kind === "headers") {
      this.info.responseHeaders = event.headers;
      this.#owner.answerArrived(this);
      if (event.end) this.#ended = true;
      this.response.headers(event.headers, event.end);
    } else if (event.kind === "data") {
      if (event.end) this.#ended = true;
      this.response.data(new Body(event.bytes), event.end);
    } else if (event.kind === "trailers") {
      this.#ended = true;
      this.response.trailers(event.trailers);
    } else this.#owner.attemptReset(this, event.reason);
  }

  protected override requestTooLarge(): void {
    this.sendLocalReply({
      status: 413,
      details: "request_payload_too_large",
      body: Buffer.from("Payload Too Large"),
      headers: [],
      grpcStatus: -1,
    });
  }

  protected override responseTooLarge(): void {
    this.sendLocalReply({
      status: 500,
      details: "response_payload_too_large",
      body: Buffer.from("Internal Server Error"),
      headers: [],
      grpcStatus: -1,
    });
  }

  #startIdle(): void {
    if (this.#times.perTryIdle === 0 || this.over) return;
    const clock = this.#worker.envoy.clock;
    clock.cancel(this.#idle);
    this.#idle = clock.after(this.#times.perTryIdle, () => this.#timedOut("upstream_per_try_idle_timeout"));
  }

  #timedOut(details: string): void {
    if (!this.over) this.#owner.attemptTimedOut(this, details);
  }

  #send(map: HeaderMap, end: boolean): void {
    const headers = map.copy();
    this.sent = {
      attempt: this.number,
      method: headers.get(":method") ?? "",
      path: headers.get(":path") ?? "",
      headers,
      body: new Uint8Array(0),
    };
    if (end) this.#sent();
  }

  #sendData(body: Body, end: boolean): void {
    if (body.length > 0) this.#parts.push(body.copy());
    this.info.requestBytes += body.length;
    body.drain();
    if (end) this.#sent();
    else if (this.#asked) this.#lengthDiffers();
    else if (this.info.protocol !== "HTTP/2" && this.sent!.headers.get("content-length") === String(this.info.requestBytes)) {
      // An HTTP/1 server has the whole request with the last byte that it was promised, once that byte has left.
      this.#worker.envoy.post(() => {
        if (!this.over) this.#sent();
      });
    }
  }

  #lengthDiffers(): void {
    const declared = this.sent!.headers.get("content-length") ?? "";
    const length = this.info.requestBytes;
    if (declared !== String(length))
      this.#owner.violation(`request to ${this.host.provider}: content-length says ${declared}, the body has ${length} bytes`);
  }

  #sent(): void {
    const request = this.sent!;
    if (request.headers.has("content-length")) this.#lengthDiffers();
    if (this.#asked) return;
    this.#asked = true;
    request.body = concat(this.#parts);
    const answer = this.host.script(request);
    this.requestComplete = answer !== "refuse";
    this.#events = eventsOf(answer, this.info.protocol === "HTTP/2");
    this.#worker.envoy.post(() => this.play());
  }
}

/** Milliseconds until a sender that had to wait looks again. */
export const WATERMARK_POLL = 5;
