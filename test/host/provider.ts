import { bytesOf, type BytesLike } from "./bytes.ts";
import { HeaderMap, type HeadersLike } from "./headers.ts";
import type { Metadata } from "./stream-info.ts";

/** A provider's request as it leaves Envoy: what the upstream filters made of it. */
export interface ProviderRequest {
  /** 1 for the first attempt of this request. */
  attempt: number;
  method: string;
  path: string;
  headers: HeaderMap;
  body: Uint8Array;
  trailers?: HeaderMap;
}

/** A scripted answer. Chunks arrive one after the other, cut where the test cuts them. */
export interface ProviderAnswer {
  status?: number;
  headers?: HeadersLike;
  /** The body in one piece … */
  body?: BytesLike;
  /** … or in pieces; a number is a pause in milliseconds of the gateway's clock. */
  chunks?: readonly (BytesLike | number)[];
  trailers?: HeadersLike;
  /** How it ends; `stall` leaves the answer open, `reset` breaks the connection. Default: a clean end. */
  then?: "end" | "reset" | "stall";
  /** Milliseconds before the status line. */
  after?: number;
  /** The end comes with the last chunk (as HTTP/2 can) and not by itself, as HTTP/1 gives it. */
  endWithLastChunk?: boolean;
}

/** Instead of an answer: the connection breaks, is refused, or nothing ever comes. */
export type ProviderFailure = "reset" | "refuse" | "stall";

/** What a provider does with a request. Strings are answered with status 200. */
export type ProviderScript = (request: ProviderRequest) => ProviderAnswer | ProviderFailure;

/** A provider with more than a script. */
export interface ProviderOptions {
  script: ProviderScript;
  /** What tests see of it in `attempts`. Default: the name of its cluster. */
  name?: string;
  /** Default: `{ sluice: { provider: <name> } }`. */
  metadata?: Metadata;
  /** Default: 127.0.0.1 and a port by position. */
  address?: string;
}

/** `null` is a cluster without hosts. */
export type Provider = ProviderScript | ProviderOptions | null;

/** One thing that happens on a provider's side of a stream. */
export type ProviderEvent =
  | { kind: "wait"; milliseconds: number }
  | { kind: "headers"; headers: HeaderMap; end: boolean }
  | { kind: "data"; bytes: Uint8Array; end: boolean }
  | { kind: "trailers"; trailers: HeaderMap }
  | { kind: "reset"; reason: ResetReason };

/** Envoy's words for why an upstream stream ended. */
export type ResetReason = "connection termination" | "remote connection failure" | "protocol error" | "remote reset";

/** The events of an answer, in order. */
export function eventsOf(answer: ProviderAnswer | ProviderFailure, http2 = false): ProviderEvent[] {
  if (answer === "reset") return [{ kind: "reset", reason: http2 ? "remote reset" : "connection termination" }];
  if (answer === "refuse") return [{ kind: "reset", reason: "remote connection failure" }];
  if (answer === "stall") return [];
  const headers = HeaderMap.from(answer.headers);
  headers.replace(":status", String(answer.status ?? 200));
  const then = answer.then ?? "end";
  const chunks = answer.chunks ?? (answer.body === undefined ? [] : [answer.body]);
  const parts = chunks
    .map((chunk) => (typeof chunk === "number" ? chunk : bytesOf(chunk)))
    .filter((part) => typeof part === "number" || part.length > 0);
  const events: ProviderEvent[] = [];
  if (answer.after !== undefined) events.push({ kind: "wait", milliseconds: answer.after });
  const headersOnly = parts.length === 0 && then === "end" && answer.trailers === undefined;
  events.push({ kind: "headers", headers, end: headersOnly });
  if (headersOnly) return events;
  parts.forEach((part, i) => {
    if (typeof part === "number") events.push({ kind: "wait", milliseconds: part });
    else {
      const last = i === parts.length - 1 && then === "end" && answer.endWithLastChunk === true && answer.trailers === undefined;
      events.push({ kind: "data", bytes: part, end: last });
    }
  });
  const lastEvent = events.at(-1)!;
  // An HTTP/1 body that breaks off is not HTTP any more.
  if (then === "reset") events.push({ kind: "reset", reason: http2 ? "remote reset" : "protocol error" });
  else if (then === "end") {
    if (answer.trailers !== undefined) events.push({ kind: "trailers", trailers: HeaderMap.from(answer.trailers) });
    else if (lastEvent.kind !== "data" || !lastEvent.end) events.push({ kind: "data", bytes: new Uint8Array(0), end: true });
  }
  return events;
}
