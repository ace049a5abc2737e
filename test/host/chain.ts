import type { LocalReply } from "./context.ts";
import { WasmFilter, type FilterChain } from "./filter.ts";
import { Pipe, type Sink } from "./pipe.ts";
import type { RootContext } from "./root.ts";
import type { StreamInfo } from "./stream-info.ts";

/** A module's place in a chain. */
export interface FilterUse {
  root: RootContext;
  allowStopAtHeaders: boolean;
}

/** The filters of one stream or attempt, with their two pipes. */
export abstract class Chain implements FilterChain {
  readonly info: StreamInfo;
  readonly request: Pipe;
  readonly response: Pipe;
  protected readonly filters: readonly WasmFilter[];

  constructor(info: StreamInfo, uses: readonly FilterUse[], sinks: { request: Sink; response: Sink }, limit: () => number) {
    this.info = info;
    this.filters = uses.map((use) => new WasmFilter(use.root, use.allowStopAtHeaders));
    this.filters.forEach((filter, index) => filter.attach(this, index));
    this.request = new Pipe(
      this.filters.map((filter) => filter.request),
      sinks.request,
      limit,
      () => this.requestTooLarge(),
      () => this.afterRequestCallback(),
    );
    this.response = new Pipe(
      this.filters.map((filter) => filter.response).reverse(),
      sinks.response,
      limit,
      () => this.responseTooLarge(),
      () => {},
    );
  }

  responseIndex(index: number): number {
    return this.filters.length - 1 - index;
  }

  abstract sendLocalReply(reply: LocalReply): void;
  abstract close(): void;
  abstract clearRouteCache(): void;
  abstract violation(what: string): void;
  /** A callback on the request's way has returned. */
  protected afterRequestCallback(): void {}
  protected abstract requestTooLarge(): void;
  protected abstract responseTooLarge(): void;
}

/** A reply of Envoy's own, whose body is plain text. */
export function envoyReply(status: number, body: string, details: string): LocalReply {
  return { status, details, body: Buffer.from(body, "latin1"), headers: [], grpcStatus: -1 };
}
