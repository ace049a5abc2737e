import { Bytes, EMPTY } from "../bytes/bytes";
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
