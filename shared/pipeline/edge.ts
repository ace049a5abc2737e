import { Bytes } from "../bytes/bytes";
import { requestHeaders } from "../host/headers";
import { HeaderBlock } from "../host/pairs";
import { PropertyPath } from "../host/property";
import { BOUNDARY_HEADER, DataBoundary } from "./boundary";

/** The fact that says that a module of ours has seen this request already. A client can't forge it. */
const EDGE = PropertyPath.fact("sluice.edge");
/** The fact that says that a client sent headers by which routes may be told apart. */
const FORGED = PropertyPath.fact("sluice.forged");
const YES = Bytes.of("1");
const view = new Bytes();

/**
 * What every request meets first: headers that only the gateway may set are taken out of what the client sent, unless an earlier module of ours has done so (then they are its own). They are removed
 * from the host's map and from `head`. True: an earlier module has been here and left a header. One that left none knows nothing that a reader of the body won't find out itself.
 */
export function guardEdge(head: HeaderBlock): bool {
  if (!hasInternal(head)) {
    EDGE.set(YES);
    return false;
  }
  if (EDGE.pass() != null) return true;
  EDGE.set(YES);
  let forged = false;
  let at = 0;
  while (at < head.count) {
    if (isInternalHeader(head.name(at, view))) {
      if (!view.startsWith("x-envoy-")) forged = true;
      requestHeaders.removeBytes(view);
      head.removeBytes(view);
    } else at++;
  }
  if (forged) distrustRoute();
  return false;
}

/** Whom an earlier module of ours has found to be the caller; null: nobody. To be asked once `guardEdge` has said that there was one: what a client sent under this name is gone by then. */
export function earlierConsumer(head: HeaderBlock): Bytes | null {
  const name = head.find("x-mse-consumer", view);
  return name == null ? null : name.copy();
}

/** What an earlier module of ours has found the caller's data may reach; null: it didn't say. To be asked as `earlierConsumer` is. */
export function earlierBoundary(head: HeaderBlock): DataBoundary | null {
  const said = head.find(BOUNDARY_HEADER, view);
  return said == null ? null : DataBoundary.read(said);
}

/** Notes that a header was taken out by which the route may have been picked. */
export function distrustRoute(): void {
  FORGED.set(YES);
}

/**
 * Whether the route that Envoy names may be one that a client chose by headers that were taken out since. Envoy picks the route before any filter, by all that the client sent, and names this one until a filter of its own asks
 * again (measured with 1.40); the request goes where the headers that are left lead.
 */
export function routeMayBeForged(): bool {
  return FORGED.get() != null;
}

/** Headers by which the gateway and Envoy talk among themselves. */
export function isInternalHeader(lower: Bytes): bool {
  if (lower.at(0) != 0x78 || lower.at(1) != 0x2d) return false;
  // The one word that clients have for the gateway.
  if (lower.is("x-sluice-timeout")) return false;
  return lower.startsWith("x-sluice-") || lower.startsWith("x-envoy-") || lower.startsWith("x-higress-llm-") || lower.is("x-mse-consumer");
}

function hasInternal(head: HeaderBlock): bool {
  for (let i = 0; i < head.count; i++) if (isInternalHeader(head.name(i, view))) return true;
  return false;
}
