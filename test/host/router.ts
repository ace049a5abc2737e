import { Attempt, type AttemptOwner } from "./attempt.ts";
import { Body } from "./body.ts";
import { envoyReply, type FilterUse } from "./chain.ts";
import type { Clusters } from "./cluster.ts";
import type { Timer } from "./clock.ts";
import type { LocalReply } from "./context.ts";
import { HeaderMap } from "./headers.ts";
import type { Pipe, Sink } from "./pipe.ts";
import type { ResetReason } from "./provider.ts";
import { Flag } from "./abi.ts";
import { clusterOf, RetryState, TimeLimits, type Route } from "./route.ts";
import { StreamInfo } from "./stream-info.ts";
import type { Worker } from "./worker.ts";

/** The stream that a router serves. */
export interface RouterOwner {
  readonly info: StreamInfo;
  readonly request: Pipe;
  route(): Route | null;
  answerHeaders(headers: HeaderMap, end: boolean): void;
  answerData(body: Body, end: boolean): void;
  answerTrailers(trailers: HeaderMap): void;
  sendLocalReply(reply: LocalReply): void;
  close(): void;
  clearRouteCache(): void;
  violation(what: string): void;
}

export interface RouterOptions {
  owner: RouterOwner;
  worker: Worker;
  clusters: Clusters;
  upstreamUses: () => readonly FilterUse[];
  bufferLimit: () => number;
  /** `include_request_attempt_count`. */
  attemptCountHeader: boolean;
  /** Not `suppress_envoy_headers`. */
  envoyHeaders: boolean;
}

/** Envoy's router: route, cluster, attempts, retries, time limits. The last filter of the request's way. */
export class Router implements Sink, AttemptOwner {
  readonly attempts: Attempt[] = [];
  readonly #options: RouterOptions;
  readonly #owner: RouterOwner;
  #route: Route | null = null;
  #cluster = "";
  #retry: RetryState | null = null;
  #limits = new TimeLimits({}, new HeaderMap());
  #current: Attempt | null = null;
  #requestEnded = false;
  #started = false;
  #over = false;
  #timeout: Timer | null = null;
  #backOff: Timer | null = null;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#owner = options.owner;
  }

  headers(map: HeaderMap, end: boolean): void {
    const route = this.#owner.route();
    const info = this.#owner.info;
    if (route === null) {
      info.flags |= Flag.NoRouteFound;
      this.#owner.sendLocalReply(envoyReply(404, "", "route_not_found"));
      return;
    }
    this.#route = route;
    if (route.directResponse !== undefined) {
      this.#owner.sendLocalReply(envoyReply(route.directResponse.status, route.directResponse.body ?? "", "direct_response"));
      return;
    }
    this.#cluster = clusterOf(route, map) ?? "";
    if (!this.#options.clusters.has(this.#cluster)) {
      info.flags |= Flag.NoClusterFound;
      this.#owner.sendLocalReply(envoyReply(route.clusterNotFound ?? 503, "", "cluster_not_found"));
      return;
    }
    this.#limits = new TimeLimits(route, map);
    this.#retry = route.retry === undefined ? null : new RetryState(route.retry, map);
    map.remove("x-envoy-max-retries");
    map.remove("x-envoy-retry-on");
    const expected = this.#limits.perTry > 0 ? this.#limits.perTry : this.#limits.whole;
    if (this.#options.envoyHeaders && expected > 0) map.replace("x-envoy-expected-rq-timeout-ms", String(expected));
    this.#requestEnded = end;
    this.#attempt(map, end);
    if (end) this.#requestDone();
  }

  data(body: Body, end: boolean): void {
    if (this.#over) {
      body.drain();
      return;
    }
    if (end) this.#requestEnded = true;
    if (this.#retry !== null && (this.#owner.request.buffered?.length ?? 0) + body.length > this.#options.bufferLimit()) this.#retry = null;
    if (this.#retry === null) {
      this.#current?.request.data(body, end);
      body.drain();
    } else {
      this.#current?.request.data(new Body(body.view()), end);
      if (!this.#over) this.#owner.request.hold(body, true);
    }
    if (end) this.#requestDone();
  }

  trailers(map: HeaderMap): void {
    if (this.#over) return;
    this.#requestEnded = true;
    this.#current?.request.trailers(map);
    this.#requestDone();
  }

  /** The stream is over: attempts that still run are reset. */
  cancel(): void {
    this.#over = true;
    const clock = this.#options.worker.envoy.clock;
    clock.cancel(this.#timeout);
    clock.cancel(this.#backOff);
    for (const attempt of this.attempts) attempt.stop();
  }

  answerArrived(attempt: Attempt): void {
    this.#owner.info.codeDetails = "via_upstream";
    attempt.info.codeDetails = "via_upstream";
  }

  answerHeaders(attempt: Attempt, headers: HeaderMap, end: boolean): void {
    const status = Number(headers.get(":status") ?? "0");
    const info = this.#owner.info;
    if (this.#retry !== null && this.#retry.wantsStatus(status)) {
      if (this.#retry.take()) {
        attempt.retried = true;
        attempt.stop();
        this.#planRetry();
        return;
      }
      info.flags |= Flag.UpstreamRetryLimitExceeded;
    }
    this.#started = true;
    headers.remove("keep-alive");
    if (this.#options.envoyHeaders) headers.replace("x-envoy-upstream-service-time", "0");
    if (end) this.#answerEnded(attempt);
    this.#owner.answerHeaders(headers, end);
  }

  answerData(attempt: Attempt, body: Body, end: boolean): void {
    if (end) this.#answerEnded(attempt);
    this.#owner.answerData(body, end);
  }

  answerTrailers(attempt: Attempt, trailers: HeaderMap): void {
    this.#answerEnded(attempt);
    this.#owner.answerTrailers(trailers);
  }

  attemptReset(attempt: Attempt, reason: ResetReason): void {
    const connectFailure = reason === "remote connection failure";
    if (this.#retryAfterReset(attempt, connectFailure)) return;
    attempt.stop();
    const { status, flag, cause } = RESETS[reason];
    this.#owner.info.flags |= flag;
    const details = `upstream_reset_before_response_started{${reason.replaceAll(" ", "_")}${cause}}`;
    const which = this.attempts.length > 1 ? "retried and the latest reset reason" : "reset reason";
    this.#abort(status, `upstream connect error or disconnect/reset before headers. ${which}: ${reason}`, details);
  }

  attemptTimedOut(attempt: Attempt, details: string): void {
    if (details === "upstream_per_try_timeout" && this.#started) return;
    attempt.stop();
    if (this.#retryAfterReset(attempt, false)) return;
    this.#owner.info.flags |= Flag.UpstreamRequestTimeout;
    this.#abort(504, "upstream request timeout", details);
  }

  localReply(reply: LocalReply): void {
    this.#owner.sendLocalReply(reply);
  }

  closeStream(): void {
    this.#owner.close();
  }

  clearRouteCache(): void {
    this.#owner.clearRouteCache();
  }

  violation(what: string): void {
    this.#owner.violation(what);
  }

  /** Envoy's own end of a request: a reply while the client has no headers yet, else a reset. */
  #abort(status: number, body: string, details: string): void {
    this.#owner.sendLocalReply(
      envoyReply(status, body, this.#started ? details.replace("before_response_started", "after_response_started") : details),
    );
  }

  /** The provider is done: its time is over too, whatever filters still hold. */
  #answerEnded(attempt: Attempt): void {
    attempt.stop();
    this.#options.worker.envoy.clock.cancel(this.#timeout);
  }

  #retryAfterReset(attempt: Attempt, connectFailure: boolean): boolean {
    if (this.#started || this.#retry === null || attempt.retried || !this.#retry.wantsReset(connectFailure)) return false;
    if (!this.#retry.take()) {
      this.#owner.info.flags |= Flag.UpstreamRetryLimitExceeded;
      return false;
    }
    attempt.retried = true;
    attempt.stop();
    this.#planRetry();
    return true;
  }

  #planRetry(): void {
    this.#current = null;
    this.#backOff = this.#options.worker.envoy.clock.after(this.#route?.retry?.backOff ?? 1, () => {
      if (this.#over) return;
      const body = this.#owner.request.buffered;
      const trailers = this.#owner.request.trailerMap;
      const withoutBody = body === null && trailers === null && this.#requestEnded;
      const attempt = this.#attempt(this.#owner.info.requestHeaders!, withoutBody);
      if (attempt === null || this.#over) return;
      if (body !== null) attempt.request.data(new Body(body.view()), trailers === null && this.#requestEnded);
      if (trailers !== null && !this.#over) attempt.request.trailers(trailers);
      if (this.#requestEnded && !this.#over) attempt.startTimers();
    });
  }

  #attempt(map: HeaderMap, end: boolean): Attempt | null {
    const number = this.attempts.length + 1;
    const { owner, worker, clusters, upstreamUses, bufferLimit, attemptCountHeader } = this.#options;
    const host = clusters.pick(this.#cluster, number);
    const info = owner.info;
    if (host === null) {
      info.flags |= Flag.NoHealthyUpstream;
      owner.sendLocalReply(envoyReply(503, "no healthy upstream", "no_healthy_upstream"));
      return null;
    }
    info.attempts = number;
    info.upstreamAddress = host.address;
    info.upstreamMetadata = host.metadata;
    if (attemptCountHeader) map.replace("x-envoy-attempt-count", String(number));
    const own = new StreamInfo(info);
    own.requestHeaders = map;
    own.routeName = info.routeName;
    own.virtualHost = info.virtualHost;
    own.clusterName = info.clusterName;
    own.upstreamAddress = host.address;
    own.upstreamMetadata = host.metadata;
    own.attempts = number;
    own.codeDetails = info.codeDetails;
    const times = this.#limits;
    const attempt = new Attempt({ number, host, info: own, uses: upstreamUses(), owner: this, worker, times, limit: bufferLimit });
    this.attempts.push(attempt);
    this.#current = attempt;
    attempt.request.headers(map, end);
    return attempt;
  }

  #requestDone(): void {
    // Where no attempt runs (any more), there is nothing to wait for: the answer may have come whole before the request did, a retry has limits of its own.
    if (this.#over || this.attempts.every((attempt) => attempt.over)) return;
    if (this.#limits.whole > 0) {
      this.#timeout = this.#options.worker.envoy.clock.after(this.#limits.whole, () => {
        if (this.#over) return;
        this.#owner.info.flags |= Flag.UpstreamRequestTimeout;
        for (const attempt of this.attempts) attempt.stop();
        this.#options.worker.envoy.clock.cancel(this.#backOff);
        this.#abort(504, "upstream request timeout", "response_timeout");
      });
    }
    this.#current?.startTimers();
  }
}

/** What each reason means to the client: the status, the flag, and what Envoy adds to the details. */
const RESETS: Record<ResetReason, { status: number; flag: number; cause: string }> = {
  "connection termination": { status: 503, flag: Flag.UpstreamConnectionTermination, cause: "" },
  "remote connection failure": { status: 503, flag: Flag.UpstreamConnectionFailure, cause: "|delayed_connect_error:_Connection_refused" },
  "remote reset": { status: 503, flag: Flag.UpstreamRemoteReset, cause: "" },
  "protocol error": { status: 502, flag: Flag.UpstreamProtocolError, cause: "" },
};
