import { Bytes } from "../bytes/bytes";
import { PropertyPath } from "../host/property";

/** Of Higress: https://github.com/alibaba/higress, `DisableReroute` of its SDK. */
const CLEAR_ROUTE_CACHE = PropertyPath.of("clear_route_cache");
const OFF = Bytes.of("off");
/** Higress's Envoy knows the cluster by the short name, Envoy 1.40 only by the long one. */
const HIGRESS_CLUSTER = PropertyPath.of("cluster_name");
const ENVOY_CLUSTER = PropertyPath.of("xds.cluster_name");

enum Host {
  Unknown,
  Higress,
  Envoy,
}

/** Which host this VM is in never changes: it is asked once. */
let host: Host = Host.Unknown;

/** Has Higress keep the route that it has picked, whatever becomes of the headers. Envoy knows no such switch, and isn't asked: there it would be one more fact of each request. */
export function keepRoute(): void {
  if (host == Host.Unknown) {
    if (HIGRESS_CLUSTER.get() != null) host = Host.Higress;
    else if (ENVOY_CLUSTER.get() != null) host = Host.Envoy;
  }
  if (host != Host.Envoy) CLEAR_ROUTE_CACHE.set(OFF);
}

/** The cluster of the route that was picked for the request whose context this is; null: there is none, or the host doesn't tell. */
export function routeCluster(): Bytes | null {
  const cluster = ENVOY_CLUSTER.get();
  return cluster != null ? cluster : HIGRESS_CLUSTER.get();
}
