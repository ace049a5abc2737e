import { bytesOf, type BytesLike } from "./bytes.ts";
import { HeaderMap, type HeadersLike } from "./headers.ts";

/** A client's request. A body comes in one piece or in chunks; without either the headers end it. */
export interface ClientRequest {
  /** Default: POST with a body, else GET. */
  method?: string;
  path?: string;
  headers?: HeadersLike;
  body?: BytesLike;
  chunks?: readonly BytesLike[];
  trailers?: HeadersLike;
  /** The end comes with the last chunk (as HTTP/2 can) and not by itself, as HTTP/1 gives it. */
  endWithLastChunk?: boolean;
}

/** The pieces of a request's body. */
export function chunksOf(request: ClientRequest): Uint8Array[] {
  return (request.chunks ?? (request.body === undefined ? [] : [request.body])).map(bytesOf).filter((chunk) => chunk.length > 0);
}

/** The headers as the first filter sees them: what Envoy's connection manager takes out is gone, what it adds is there. */
export function headersOf(request: ClientRequest, number: number, http2: boolean): HeaderMap {
  const { body, chunks } = request;
  const headers = new HeaderMap(true);
  const method = request.method ?? (body === undefined && chunks === undefined ? "GET" : "POST");
  const authority: [string, string] = [":authority", "gateway.test"];
  const target: [string, string] = [":path", request.path ?? "/"];
  const verb: [string, string] = [":method", method];
  // The order in which the codec gives them.
  for (const [name, value] of http2 ? [verb, target, authority] : [authority, target, verb]) headers.add(name, value);
  headers.add(":scheme", "http");
  for (const [name, value] of HeaderMap.from(request.headers)) {
    if (OWN_TO_ENVOY.has(name) || HOP_BY_HOP.has(name)) continue;
    if (name.startsWith(":") || name === "host") headers.replace(name, value);
    else headers.add(name, value);
  }
  if (body !== undefined && !headers.has("content-length")) headers.add("content-length", String(bytesOf(body).length));
  headers.add("x-forwarded-proto", "http");
  if (!headers.has("x-request-id")) headers.add("x-request-id", `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);
  return headers;
}

/** Headers of one connection, which no filter sees of a request. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** Headers that steer Envoy and that it takes out of a client's request. */
const OWN_TO_ENVOY = new Set(
  [
    "retriable-status-codes",
    "retriable-header-names",
    "retry-on",
    "retry-grpc-on",
    "max-retries",
    "upstream-alt-stat-name",
    "upstream-rq-timeout-ms",
    "upstream-rq-per-try-timeout-ms",
    "upstream-rq-timeout-alt-response",
    "expected-rq-timeout-ms",
    "force-trace",
    "ip-tags",
    "original-url",
    "hedge-on-per-try-timeout",
  ].map((name) => `x-envoy-${name}`),
);
