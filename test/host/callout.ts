import { bytesOf, type BytesLike } from "./bytes.ts";
import { HeaderMap, type HeadersLike } from "./headers.ts";

/** An HTTP call that a module makes by itself. */
export interface Callout {
  cluster: string;
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderMap;
  /** Milliseconds; 0 is none. */
  timeout: number;
}

/** What a test lets a call's cluster answer; `after` milliseconds of the gateway's clock. `stall` never answers: only the timeout ends it. */
export type CalloutAnswer =
  | { status?: number; headers?: HeadersLike; body?: BytesLike; trailers?: HeadersLike; after?: number }
  /** The connection breaks: before the answer's headers Envoy makes a 503 of it, in the middle of the answer the call fails without any. */
  | { reset: "before" | "midway"; after?: number }
  | { stall: true };

/** A cluster for calls: the function sees what the module sent. */
export type CalloutScript = (call: Callout) => CalloutAnswer;

/** The answer as a module reads it. */
export interface CalloutResponse {
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderMap | null;
}

/** Told once how a call ended; null is a reset. */
export interface CalloutHandle {
  answered(response: CalloutResponse | null): void;
}

/** The response of a scripted answer. */
export function calloutResponse(answer: { status?: number; headers?: HeadersLike; body?: BytesLike; trailers?: HeadersLike }): CalloutResponse {
  const headers = HeaderMap.from(answer.headers);
  headers.replace(":status", String(answer.status ?? 200));
  const body = bytesOf(answer.body ?? "");
  if (!headers.has("content-length")) headers.add("content-length", String(body.length));
  return { headers, body, trailers: answer.trailers === undefined ? null : HeaderMap.from(answer.trailers) };
}
