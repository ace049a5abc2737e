/** Starts a server that speaks one vendor's wire on 127.0.0.1. README.md says what it does. */
import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { TLSSocket } from "node:tls";
import { gzipSync } from "node:zlib";
import { anthropic } from "./anthropic/index.ts";
import type { Behaviour, ErrorScript, Scripted } from "./behaviour.ts";
import { cohere } from "./cohere/index.ts";
import { replyTo, type Asked } from "./conversation.ts";
import { deliver, type Response } from "./delivery.ts";
import { bedrock } from "./bedrock/index.ts";
import { gemini } from "./gemini/index.ts";
import { listen, type TlsOption } from "./listener.ts";
import { openai } from "./openai/index.ts";
import { vendors } from "./openai/vendors.ts";
import type { Endpoint, Protocol, ProtocolName, Setup, StreamPart, WireAnswer } from "./protocol.ts";
import { parseJson, type Ending, type ReceivedRequest } from "./recording.ts";

export type { Behaviour, ErrorScript, Scripted, ToolCallScript, UsageScript } from "./behaviour.ts";
export type { ProtocolName } from "./protocol.ts";
export type { ReceivedRequest } from "./recording.ts";

const protocols: Record<ProtocolName, Protocol> = { openai, anthropic, gemini, bedrock, cohere };

export interface ProviderOptions {
  protocol: ProtocolName;
  /** For protocol openai: a row of openai/vendors.ts. */
  vendor?: string;
  /** Keys that are accepted; left out, every key is. */
  keys?: string[];
  /** Models that exist, `*` at the end for a prefix; left out: the vendor's families (gpt-*, claude-*, gemini-*). */
  models?: string[];
  /** Cleartext: HTTP/2 with prior knowledge in place of HTTP/1.1. With TLS: offer h2 beside http/1.1. */
  http2?: boolean;
  /** True: a certificate for `localhost` from a CA of this process; names: for these too. */
  tls?: TlsOption;
  /** 0: any free one. */
  port?: number;
}

export interface Provider {
  readonly port: number;
  /** Scheme, host and port; an SDK wants `/v1` behind it. */
  readonly url: string;
  readonly protocol: ProtocolName;
  /** With TLS: the CA's certificate in PEM. */
  readonly ca: string | undefined;
  /** All that was received, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** What the vendor would have refused, in its words. */
  readonly refusals: readonly string[];
  /** The behaviours of the next requests, one each; more calls line up behind. */
  next(...behaviours: Scripted[]): void;
  /** The behaviour of every request for which none is lined up. */
  always(behaviour: Scripted): void;
  /** The request of that index, once it is there. */
  received(index: number): Promise<ReceivedRequest>;
  /** Forgets requests and behaviours. */
  reset(): void;
  stop(): Promise<void>;
}

/** Starts a server; the caller stops it. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const protocol = protocols[options.protocol];
  const vendor = options.vendor ?? "openai";
  if (!Object.hasOwn(vendors, vendor)) throw new Error(`vendor: found "${vendor}", expected one of ${Object.keys(vendors).join(", ")}`);
  const families = protocol.name === "openai" ? vendors[vendor]!.models : protocol.defaultModels;
  const setup: Setup = { keys: options.keys ?? [], models: options.models ?? families, vendor };

  const requests: ReceivedRequest[] = [];
  const refusals: string[] = [];
  const waiting = new Map<number, ((request: ReceivedRequest) => void)[]>();
  let lined: Scripted[] = [];
  let otherwise: Scripted = {};

  const listener = await listen({ http2: options.http2 ?? false, tls: options.tls, port: options.port ?? 0 }, async (message, response) => {
    const request = await receive(message, response);
    if (request === undefined) return;
    requests.push(request);
    for (const resolve of waiting.get(requests.length - 1) ?? []) resolve(request);
    waiting.delete(requests.length - 1);
    const scripted = lined.shift() ?? otherwise;
    const behaviour = typeof scripted === "function" ? scripted(request) : scripted;
    const { answer, whole } = answerTo(request, behaviour, protocol, setup, refusals);
    await deliver(answer, behaviour, response, request, whole);
  });

  return {
    port: listener.port,
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${listener.port}`,
    protocol: options.protocol,
    ca: listener.ca,
    requests,
    refusals,
    next: (...behaviours) => void lined.push(...behaviours),
    always: (behaviour) => void (otherwise = behaviour),
    received: (index) =>
      requests[index] !== undefined
        ? Promise.resolve(requests[index])
        : new Promise((resolve) => void waiting.set(index, [...(waiting.get(index) ?? []), resolve])),
    reset: () => {
      requests.length = 0;
      refusals.length = 0;
      lined = [];
      otherwise = {};
    },
    stop: listener.stop,
  };
}

async function receive(message: IncomingMessage | Http2ServerRequest, response: Response): Promise<ReceivedRequest | undefined> {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  let finished = false;
  response.once("finish", () => (finished = true));
  response.once("close", () => {
    // Under HTTP/2 a reset also "finishes".
    const isReset = "stream" in response && response.stream.rstCode !== 0;
    resolve(finished && !isReset ? "complete" : "aborted");
  });
  const pieces: Buffer[] = [];
  try {
    for await (const piece of message) pieces.push(piece as Buffer);
  } catch {
    return undefined;
  }
  const body = Buffer.concat(pieces);
  const target = message.url ?? "/";
  const url = new URL(target, "http://provider");
  const socket = ("stream" in message ? message.stream.session?.socket : message.socket) as TLSSocket | undefined;
  return {
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    target,
    httpVersion: message.httpVersion,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(Array.isArray(value) ? value.join(", ") : value)]),
    ),
    rawHeaders: [...message.rawHeaders],
    body,
    json: parseJson(body),
    serverName: typeof socket?.servername === "string" ? socket.servername : undefined,
    refused: undefined,
    status: undefined,
    sent: 0,
    ended,
  };
}

interface Answered {
  answer: WireAnswer;
  whole: boolean;
}

function answerTo(request: ReceivedRequest, behaviour: Behaviour, protocol: Protocol, setup: Setup, refusals: string[]): Answered {
  const endpoint = protocol.endpointOf(request, setup);
  const scripted = behaviour.raw !== undefined || behaviour.error !== undefined;
  const refusal = behaviour.unchecked ? undefined : refuse(request, endpoint, protocol, setup, scripted);
  if (refusal !== undefined) {
    const described = protocol.describeError(refusal, setup);
    request.refused = described.message;
    refusals.push(described.message ?? String(described.status));
    return errorAnswer(described, protocol, setup);
  }
  if (behaviour.error !== undefined) return errorAnswer(protocol.describeError(behaviour.error, setup), protocol, setup);
  if (behaviour.raw !== undefined) return rawAnswer(behaviour.raw);

  const headers = (stream: boolean): WireAnswer["headers"] => protocol.headers({ status: 200, stream, setup, error: undefined });
  if (endpoint === undefined) return errorAnswer(protocol.describeError(protocol.pathNotFound(request), setup), protocol, setup);
  if (endpoint.kind !== "chat")
    return compressed(
      { status: 200, headers: headers(false), chunks: [protocol.otherAnswer(endpoint, request, setup)] },
      request,
      behaviour,
    );

  const asked = protocol.readConversation(endpoint, request, setup);
  const reply = replyTo(asked, behaviour);
  if (!endpoint.stream)
    return compressed({ status: 200, headers: headers(false), chunks: [protocol.wholeAnswer(asked, reply, setup)] }, request, behaviour);
  let parts = protocol.streamedAnswer(asked, reply, setup);
  if (behaviour.errorEvent) parts = withError(parts, behaviour.errorEvent, protocol, setup, asked);
  return { answer: { status: 200, headers: headers(endpoint.asArray !== true), chunks: parts.map((part) => part.bytes) }, whole: false };
}

function refuse(
  request: ReceivedRequest,
  endpoint: Endpoint | undefined,
  protocol: Protocol,
  setup: Setup,
  scripted: boolean,
): ErrorScript | undefined {
  if (endpoint === undefined) return scripted ? undefined : protocol.pathNotFound(request);
  if (request.body.length > protocol.largestBody) return protocol.bodyTooLarge(request);
  return protocol.checkCredentials(request, setup) ?? protocol.checkRequest(endpoint, request, setup);
}

function errorAnswer(error: ErrorScript, protocol: Protocol, setup: Setup): Answered {
  const chosen = error.body;
  const body =
    chosen === undefined ? protocol.errorBody(error, setup) : Buffer.from(typeof chosen === "string" ? chosen : JSON.stringify(chosen));
  const headers = { ...protocol.headers({ status: error.status, stream: false, setup, error }), ...error.headers };
  return { answer: { status: error.status, headers, chunks: [body] }, whole: true };
}

function rawAnswer(raw: NonNullable<Behaviour["raw"]>): Answered {
  const list = Array.isArray(raw.body) ? raw.body : [raw.body ?? ""];
  const chunks = list
    .map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk)))
    .filter((chunk) => chunk.length > 0);
  return {
    answer: { status: raw.status ?? 200, headers: raw.headers ?? { "content-type": "application/json" }, chunks },
    whole: !Array.isArray(raw.body),
  };
}

/** The vendors compress a whole answer for those who say that they take it. */
function compressed(answer: WireAnswer, request: ReceivedRequest, behaviour: Behaviour): Answered {
  if (behaviour.gzip || !/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return { answer, whole: true };
  const headers = { ...answer.headers, "content-encoding": "gzip", vary: "Accept-Encoding" };
  return { answer: { ...answer, headers, chunks: [gzipSync(Buffer.concat(answer.chunks))] }, whole: true };
}

function withError(
  parts: StreamPart[],
  script: NonNullable<Behaviour["errorEvent"]>,
  protocol: Protocol,
  setup: Setup,
  asked: Asked,
): StreamPart[] {
  const wanted = script.after ?? 0;
  let seen = 0;
  const before: StreamPart[] = [];
  for (const part of parts) {
    if (part.kind === "finish" || part.kind === "usage" || part.kind === "end") break;
    if (part.kind === "content" && seen++ >= wanted) break;
    before.push(part);
  }
  return [...before, { kind: "end", bytes: protocol.errorEvent(protocol.describeError(script, setup), setup, asked) }];
}
