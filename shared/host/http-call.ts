import { Bytes, EMPTY } from "../bytes/bytes";
import { statusIn } from "../bytes/digits";
import { callBody, HostBuffer } from "./body";
import { callHeaders, Headers } from "./headers";
import { proxy_http_call } from "./imports";
import { OUT, outNumber } from "./memory";
import { HeaderBuilder } from "./pairs";
import { effectiveContext } from "./stream";
import { Status } from "./types";

/** The answer to a call, readable during `onAnswer`. A call that failed or timed out has no headers: `status` is 0. */
@final
export class CallAnswer {
  headers: Headers = callHeaders;
  body: HostBuffer = callBody;

  constructor(
    public headerCount: i32,
    public bodySize: i32,
  ) {}

  get status(): i32 {
    if (this.headerCount <= 0) return 0;
    const value = this.headers.get(":status");
    return value == null ? 0 : statusIn(value);
  }

  readBody(): Bytes {
    return this.body.read(0, this.bodySize);
  }
}

/** Waits for the answer to a call. Kept alive until it comes; a stream that ends first never hears of it. */
export abstract class CallHandler {
  /** The context that made the call. */
  contextId: u32 = 0;
  abstract onAnswer(answer: CallAnswer): void;
}

const waiting = new Map<u32, CallHandler>();

/**
 * Calls a cluster. `headers` need `:method`, `:path` and `:authority`. The answer comes in the root context, whoever called (`CallHandler.contextId` says who), and is
 * dropped when a stream that called has ended. Not `Ok`: no call was made and `handler` will not hear of it.
 */
export function httpCall(cluster: Bytes, headers: HeaderBuilder, body: Bytes, timeoutMilliseconds: u32, handler: CallHandler): Status {
  const map = headers.serialise();
  const status = proxy_http_call(
    cluster.pointer,
    cluster.length,
    map.pointer,
    map.length,
    body.pointer,
    body.length,
    EMPTY.pointer,
    0,
    timeoutMilliseconds,
    OUT,
  );
  if (status != Status.Ok) return status;
  handler.contextId = effectiveContext();
  waiting.set(outNumber(), handler);
  return Status.Ok;
}

/** Hands an answer to its handler, once; an answer to no call of ours is ignored. */
export function deliverCallAnswer(token: u32, headerCount: i32, bodySize: i32): void {
  if (!waiting.has(token)) return;
  const handler = waiting.get(token);
  waiting.delete(token);
  handler.onAnswer(new CallAnswer(headerCount, bodySize));
}

/** Forgets the calls of a context that is gone: the host drops them too. */
export function forgetCallsOf(contextId: u32): void {
  if (waiting.size == 0) return;
  const tokens = waiting.keys();
  for (let i = 0; i < tokens.length; i++) {
    if (waiting.get(tokens[i]).contextId == contextId) waiting.delete(tokens[i]);
  }
}
