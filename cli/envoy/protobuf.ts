/** Envoy's configuration as JSON: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/api */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json | undefined };
export type Message = { readonly [field: string]: Json | undefined };

/** A message inside a google.protobuf.Any. */
export function typed(type: string, fields: Message = {}): Message {
  return { "@type": `type.googleapis.com/${type}`, ...fields };
}

/** A named extension with its typed configuration. */
export function extension(name: string, type: string, fields: Message = {}): Message {
  return { name, typed_config: typed(type, fields) };
}

/** google.protobuf.Duration */
export function duration(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}

export function socketAddress(address: { readonly host: string; readonly port: number }): Message {
  return { socket_address: { address: address.host, port_value: address.port } };
}
