import type { HeaderMap } from "./headers.ts";

/** When the router tries again; Envoy's `retry_policy`. */
export interface RetryPolicy {
  /** Default: 5xx, reset, connect-failure, retriable-status-codes. */
  on?: readonly ("5xx" | "gateway-error" | "reset" | "connect-failure" | "retriable-4xx" | "retriable-status-codes" | "refused-stream")[];
  /** Default: 401, 403, 429. */
  statuses?: readonly number[];
  /** Retries, not attempts; `x-envoy-max-retries` set by a filter takes its place. Default 1, as in Envoy. */
  retries?: number;
  perTryTimeout?: number;
  perTryIdleTimeout?: number;
  /** Milliseconds before each retry. Default 1. */
  backOff?: number;
}

/** A route of the table; the first that matches is taken. */
export interface Route {
  name?: string;
  /** Exact headers (pseudo headers too) and a path prefix that the request must have; absent: any. */
  match?: { prefix?: string; headers?: Readonly<Record<string, string>> };
  cluster?: string;
  /** The request header that names the cluster. */
  clusterHeader?: string;
  /** Status of a cluster that is not there (`cluster_not_found_response_code`). Default 503. */
  clusterNotFound?: number;
  directResponse?: { status: number; body?: string };
  /** Milliseconds for the whole answer; 0 is none. Default 15000, as in Envoy. */
  timeout?: number;
  /** Milliseconds without a byte from or to the client after which the stream ends; 0 is none. Default 300000, as in Envoy. */
  idleTimeout?: number;
  retry?: RetryPolicy;
  /** Bytes that filters may hold back on this route, of requests and answers (`request_body_buffer_limit`); only one above the listener's limit counts. */
  requestBufferLimit?: number;
}

export type RouteTable = readonly Route[] | ((headers: HeaderMap) => Route | null);

export function pickRoute(table: RouteTable, headers: HeaderMap): Route | null {
  // Without them Envoy finds no route.
  if (!headers.has("x-forwarded-proto") || !headers.has(":path")) return null;
  if (typeof table === "function") return table(headers);
  return table.find((route) => matches(route, headers)) ?? null;
}

/** The cluster that a route names, by itself or by a header; null where the header is missing. */
export function clusterOf(route: Route, headers: HeaderMap): string | null {
  return route.cluster ?? headers.get((route.clusterHeader ?? "").toLowerCase()) ?? null;
}

function matches(route: Route, headers: HeaderMap): boolean {
  const { prefix, headers: wanted } = route.match ?? {};
  if (prefix !== undefined && !(headers.get(":path") ?? "").startsWith(prefix)) return false;
  return wanted === undefined || Object.entries(wanted).every(([name, value]) => headers.get(name.toLowerCase()) === value);
}

/** Time limits of a request in milliseconds, 0 for none: the route's, or those that a filter set in headers, which are taken out. */
export class TimeLimits {
  readonly whole: number;
  readonly perTry: number;
  readonly perTryIdle: number;

  constructor(route: Route, headers: HeaderMap) {
    this.whole = numberIn(headers, "x-envoy-upstream-rq-timeout-ms") ?? route.timeout ?? 15_000;
    const perTry = numberIn(headers, "x-envoy-upstream-rq-per-try-timeout-ms") ?? route.retry?.perTryTimeout ?? 0;
    this.perTry = this.whole > 0 && perTry >= this.whole ? 0 : perTry;
    this.perTryIdle = route.retry?.perTryIdleTimeout ?? 0;
    headers.remove("x-envoy-upstream-rq-timeout-ms");
    headers.remove("x-envoy-upstream-rq-per-try-timeout-ms");
  }
}

function numberIn(headers: HeaderMap, name: string): number | null {
  const value = headers.get(name);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}

/** How often and when a request is tried again. */
export class RetryState {
  remaining: number;
  readonly #on: ReadonlySet<string>;
  readonly #statuses: ReadonlySet<number>;

  constructor(policy: RetryPolicy, headers: HeaderMap) {
    this.#on = new Set(policy.on ?? ["5xx", "reset", "connect-failure", "retriable-status-codes"]);
    this.#statuses = new Set(policy.statuses ?? [401, 403, 429]);
    this.remaining = numberIn(headers, "x-envoy-max-retries") ?? policy.retries ?? 1;
  }

  wantsStatus(status: number): boolean {
    if (status >= 500 && this.#on.has("5xx")) return true;
    if (status >= 502 && status <= 504 && this.#on.has("gateway-error")) return true;
    if (status === 409 && this.#on.has("retriable-4xx")) return true;
    return this.#statuses.has(status) && this.#on.has("retriable-status-codes");
  }

  wantsReset(connectFailure: boolean): boolean {
    if (this.#on.has("reset") || this.#on.has("5xx") || this.#on.has("gateway-error")) return true;
    return connectFailure && this.#on.has("connect-failure");
  }

  /** Uses one retry up; false where none is left. */
  take(): boolean {
    if (this.remaining === 0) return false;
    this.remaining--;
    return true;
  }
}
