import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { proxy_call_foreign_function } from "./imports";
import { OUT, takeHanded } from "./memory";
import { name } from "./name";
import { Status } from "./types";

/** Calls a function that the host offers under a name; null if it has none or refuses. */
export function callForeign(functionName: string, argument: Bytes = EMPTY): Bytes | null {
  const key = name(functionName);
  store<u64>(OUT, 0);
  const status = proxy_call_foreign_function(key.pointer, key.length, argument.pointer, argument.length, OUT, OUT + 4);
  return status == Status.Ok ? takeHanded() : null;
}

/** Makes Envoy pick the route again, by the headers as they are now. */
export function clearRouteCache(): void {
  callForeign("clear_route_cache");
}

/** The filter state that Envoy can hash; its name is that of the factory, too. */
const HASHABLE = "envoy.hashable_string";
/** `DownstreamRequest`: for all attempts of a request. */
const FOR_THE_REQUEST: u8 = 1;

/**
 * Gives a route's `hash_policy` something to go by (`filter_state: { key: envoy.hashable_string }`), which no provider sees, and which stays from attempt to attempt. `value`: fewer than 128 bytes. A message of
 * https://github.com/envoyproxy/envoy/blob/v1.40.0/source/extensions/common/wasm/ext/set_envoy_filter_state.proto
 */
export function setHashKey(value: Bytes): void {
  if (value.length > 127) return;
  const message = new ByteWriter(64);
  message.byte(0x0a);
  message.byte(<u8>HASHABLE.length);
  message.ascii(HASHABLE);
  message.byte(0x12);
  message.byte(<u8>value.length);
  message.bytes(value);
  message.byte(0x18);
  message.byte(FOR_THE_REQUEST);
  callForeign("set_envoy_filter_state", message.view());
}
