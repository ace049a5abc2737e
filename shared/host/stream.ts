import { Bytes } from "../bytes/bytes";
import { proxy_close_stream, proxy_continue_stream, proxy_send_local_response, proxy_set_effective_context } from "./imports";
import { name } from "./name";
import { HeaderBuilder } from "./pairs";
import { Status, StreamType } from "./types";

/** Lets a paused request go on. */
export function continueRequest(): Status {
  return proxy_continue_stream(StreamType.Request);
}

/** Lets a paused response go on. */
export function continueResponse(): Status {
  return proxy_continue_stream(StreamType.Response);
}

/**
 * Ends the exchange with the client at once, and the provider's with it. What was written in the same callback is lost (measured: close in a later one).
 */
export function closeResponse(): Status {
  return proxy_close_stream(StreamType.Response);
}

/**
 * Answers the client from here; the callback then returns a stop. The reply passes the response callbacks of the filters, this one's too. `details` (ASCII, no blanks) appears as
 * `response.code_details`.
 */
export function sendLocalReply(status: u32, headers: HeaderBuilder, body: Bytes, details: string): Status {
  const map = headers.serialise();
  const detail = name(details);
  return proxy_send_local_response(status, detail.pointer, detail.length, body.pointer, body.length, map.pointer, map.length, -1);
}

/** Makes host calls act on another context: for ticks and for answers to calls that came for another stream. */
export function setEffectiveContext(context: u32): Status {
  const status = <Status>proxy_set_effective_context(context);
  if (status == Status.Ok) current = context;
  return status;
}

let current: u32 = 0;

/** The context on which host calls act now: the callback's own, unless `setEffectiveContext` chose another. */
export function effectiveContext(): u32 {
  return current;
}

/** Notes whose callback begins; the host has made that context effective itself. */
export function enterCallback(context: u32): void {
  current = context;
}
