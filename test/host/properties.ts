import { integer } from "./bytes.ts";
import type { HeaderMap } from "./headers.ts";
import type { Metadata, StreamInfo } from "./stream-info.ts";

/** The headers that a filter may read now: Envoy gives the request's only until the filter has let them go, and again in `proxy_on_log`. */
export interface VisibleHeaders {
  request: HeaderMap | null;
  response: HeaderMap | null;
}

type Value = Uint8Array | string | null;

/** Top-level names that Envoy 1.40 takes as attributes; every other first name is looked for in filter state. */
const ATTRIBUTES: Record<string, (info: StreamInfo, path: readonly string[], headers: VisibleHeaders) => Value> = {
  request: requestProperty,
  response: responseProperty,
  upstream: upstreamProperty,
  xds: xdsProperty,
  connection: connectionProperty,
  connection_id: (info) => integer(info.connectionId),
  source: (info, path) => addressProperty(info.source, path),
  destination: (info, path) => addressProperty(info.destination, path),
  filter_state: (info, [key]) => (key?.startsWith("wasm.") === true ? (info.filterState.get(key.slice("wasm.".length)) ?? null) : null),
  metadata: () => null,
  node: () => null,
  listener_direction: () => null,
  listener_metadata: () => null,
  cluster_metadata: () => null,
  route_metadata: () => null,
  upstream_host_metadata: () => null,
  plugin_name: () => null,
  plugin_root_id: () => null,
  plugin_vm_id: () => null,
};

/** A property of a stream: text as a byte string, numbers as eight bytes, null where Envoy answers NotFound. */
export function streamProperty(info: StreamInfo, path: string, headers: VisibleHeaders): Value {
  const end = path.indexOf("\0");
  const first = end < 0 ? path : path.slice(0, end);
  if (Object.hasOwn(ATTRIBUTES, first)) return ATTRIBUTES[first]!(info, end < 0 ? [] : path.slice(end + 1).split("\0"), headers);
  return info.filterState.get(path) ?? null;
}

function requestProperty(info: StreamInfo, [name, key]: readonly string[], { request: headers }: VisibleHeaders): Value {
  switch (name) {
    case "time":
      return integer(BigInt(Math.round(info.startTime * 1e3)) * 1000n);
    case "duration":
      return info.endTime === null ? null : integer(BigInt(Math.round((info.endTime - info.startTime) * 1e6)));
    case "size":
      return integer(Number(headers?.get("content-length") ?? info.requestBytes));
    case "total_size":
      return integer(info.requestBytes + (headers?.byteSize ?? 0));
    case "protocol":
      return info.protocol;
    case "path":
      return headers?.get(":path") ?? null;
    case "url_path":
      return headers?.get(":path")?.split("?")[0] ?? null;
    case "query":
      return headers?.get(":path")?.split("?").slice(1).join("?") ?? null;
    case "host":
      return headers?.get(":authority") ?? null;
    case "scheme":
      return headers?.get(":scheme") ?? null;
    case "method":
      return headers?.get(":method") ?? null;
    case "referer":
      return headers?.get("referer") ?? null;
    case "useragent":
      return headers?.get("user-agent") ?? null;
    case "id":
      return headers?.get("x-request-id") ?? null;
    case "headers":
      return key === undefined ? null : (headers?.get(key.toLowerCase()) ?? null);
    default:
      return null;
  }
}

function responseProperty(info: StreamInfo, [name, key]: readonly string[], { response: headers }: VisibleHeaders): Value {
  switch (name) {
    case "code":
      return info.responseCode === null ? null : integer(info.responseCode);
    case "code_details":
      return info.codeDetails;
    case "flags":
      return integer(info.flags);
    case "size":
      return integer(info.responseBytes);
    case "total_size":
      return integer(info.responseBytes + (headers?.byteSize ?? 0));
    case "headers":
      return key === undefined ? null : (headers?.get(key.toLowerCase()) ?? null);
    case "trailers":
      return key === undefined ? null : (info.responseTrailers?.get(key.toLowerCase()) ?? null);
    default:
      return null;
  }
}

function upstreamProperty(info: StreamInfo, [name]: readonly string[]): Value {
  switch (name) {
    case "address":
      return info.upstreamAddress;
    case "port":
      return info.upstreamAddress === null ? null : integer(Number(info.upstreamAddress.split(":").at(-1)));
    case "request_attempt_count":
      return integer(info.attempts);
    default:
      return null;
  }
}

function xdsProperty(info: StreamInfo, [name, ...rest]: readonly string[]): Value {
  switch (name) {
    case "route_name":
      return info.routeName;
    case "cluster_name":
      return info.clusterName;
    case "virtual_host_name":
      return info.virtualHost;
    case "upstream_host_metadata":
      return metadataAt(info.upstreamMetadata, rest);
    case "listener_metadata":
      return metadataAt(info.listenerMetadata, rest);
    default:
      return null;
  }
}

function metadataAt(metadata: Metadata | null, [field, namespace, key]: readonly string[]): Value {
  if (field !== "filter_metadata" || namespace === undefined || key === undefined) return null;
  return metadata?.[namespace]?.[key] ?? null;
}

function connectionProperty(info: StreamInfo, [name]: readonly string[]): Value {
  switch (name) {
    case "id":
      return integer(info.connectionId);
    case "mtls":
      return new Uint8Array([0]);
    case "requested_server_name":
      return "";
    default:
      return null;
  }
}

function addressProperty(address: string, [name]: readonly string[]): Value {
  if (name === "address") return address;
  if (name === "port") return integer(Number(address.split(":").at(-1)));
  return null;
}
