import type { HeaderMap } from "./headers.ts";

/** Metadata of a host or route: namespace → key → value. */
export type Metadata = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What Envoy knows of a stream; filters read it as properties. An attempt has one of its own that shares filter state with the request's. */
export class StreamInfo {
  /** Filter state by key, without Envoy's prefix `wasm.`. */
  readonly filterState: Map<string, Uint8Array>;
  readonly startTime: number;
  readonly requestId: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly connectionId: number;
  requestHeaders: HeaderMap | null = null;
  responseHeaders: HeaderMap | null = null;
  responseTrailers: HeaderMap | null = null;
  routeName: string | null = null;
  clusterName: string | null = null;
  virtualHost: string | null = null;
  upstreamAddress: string | null = null;
  upstreamMetadata: Metadata | null = null;
  readonly listenerMetadata: Metadata | null;
  attempts = 0;
  codeDetails: string | null = null;
  responseCode: number | null = null;
  flags = 0;
  requestBytes = 0;
  responseBytes = 0;
  endTime: number | null = null;

  constructor(start: {
    filterState?: Map<string, Uint8Array>;
    startTime: number;
    requestId: string;
    protocol: string;
    source: string;
    destination: string;
    connectionId: number;
    listenerMetadata?: Metadata | null | undefined;
  }) {
    this.filterState = start.filterState ?? new Map<string, Uint8Array>();
    this.startTime = start.startTime;
    this.requestId = start.requestId;
    this.protocol = start.protocol;
    this.source = start.source;
    this.destination = start.destination;
    this.connectionId = start.connectionId;
    this.listenerMetadata = start.listenerMetadata ?? null;
  }
}
