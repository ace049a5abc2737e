import { Bytes } from "../bytes/bytes";
import { requestHeaders } from "../host/headers";
import { HeaderBlock } from "../host/pairs";
import { PropertyPath } from "../host/property";

/** The fact that says that a module of ours has seen this request already. A client can't forge it. */
const EDGE = PropertyPath.fact("sluice.edge");
const YES = Bytes.of("1");
const view = new Bytes();

/**
 * What every request meets first: headers that only the gateway may set are taken out of what the client sent, unless an earlier module of ours has done so (then they are its own). They are removed
 * from the host's map and from `head`.
 */
export function guardEdge(head: HeaderBlock): void {
  if (!hasInternal(head)) {
    EDGE.set(YES);
    return;
  }
  const seen = EDGE.get();
  if (seen != null) return;
  EDGE.set(YES);
  let at = 0;
  while (at < head.count) {
    if (isInternalHeader(head.name(at, view))) {
      requestHeaders.removeBytes(view);
      head.removeBytes(view);
    } else at++;
  }
}

/** Headers by which the gateway and Envoy talk among themselves. */
export function isInternalHeader(lower: Bytes): bool {
  if (lower.at(0) != 0x78 || lower.at(1) != 0x2d) return false;
  return lower.startsWith("x-sluice-") || lower.startsWith("x-envoy-") || lower.startsWith("x-higress-llm-") || lower.is("x-mse-consumer");
}

function hasInternal(head: HeaderBlock): bool {
  for (let i = 0; i < head.count; i++) if (isInternalHeader(head.name(i, view))) return true;
  return false;
}
