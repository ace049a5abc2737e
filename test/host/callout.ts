import { bytesOf, type BytesLike } from "./bytes.ts";
import { HeaderMap, type HeadersLike } from "./headers.ts";
import type { Envoy } from "./worker.ts";

/** An HTTP call that a module makes by itself. */
export interface Callout {
  cluster: string;
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderMap;
  /** Milliseconds; 0 is none. */
  timeout: number;
}

/** What a test lets a call's cluster answer; `after` milliseconds of the gateway's clock, at least 1. `stall` never answers: only the timeout ends it. */
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

/** Lets a scripted answer, or the time limit (milliseconds, 0 for none), come to the module. */
export function playCallout(answer: CalloutAnswer, timeout: number, envoy: Envoy, handle: CalloutHandle): void {
  const { clock } = envoy;
  const late = { status: 504, headers: { "content-type": "text/plain" }, body: "upstream request timeout" };
  const timer = timeout > 0 ? clock.after(timeout, () => handle.answered(calloutResponse(late)), true) : null;
  if ("stall" in answer) return;
  const deliver = (): void => {
    clock.cancel(timer);
    handle.answered("reset" in answer ? broken(answer.reset) : calloutResponse(answer));
  };
  // Without time between call and answer, a filter that calls from each answer would keep the clock where it is, and all others from their turn.
  const after = Math.max(1, answer.after ?? 0);
  if (timeout === 0 || after < timeout) clock.after(after, deliver, true);
}

/** What a module gets of a call whose connection broke. */
function broken(when: "before" | "midway"): CalloutResponse | null {
  if (when === "midway") return null;
  const body = "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
  return calloutResponse({ status: 503, headers: { "content-type": "text/plain" }, body });
}

/** The response of a scripted answer. */
function calloutResponse(answer: { status?: number; headers?: HeadersLike; body?: BytesLike; trailers?: HeadersLike }): CalloutResponse {
  const headers = HeaderMap.from(answer.headers);
  headers.replace(":status", String(answer.status ?? 200));
  const body = bytesOf(answer.body ?? "");
  if (!headers.has("content-length")) headers.add("content-length", String(body.length));
  return { headers, body, trailers: answer.trailers === undefined ? null : HeaderMap.from(answer.trailers) };
}
