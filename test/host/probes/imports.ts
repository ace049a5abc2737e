/** Raw imports and small helpers of the probes, which stand apart from shared/host so that a defect there cannot hide one here. */

// @ts-ignore: decorator
@external("env", "proxy_log")
declare function proxy_log(level: u32, text: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_property")
declare function proxy_get_property(path: usize, size: usize, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_property")
declare function proxy_set_property(path: usize, size: usize, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(map: u32, key: usize, size: usize, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
declare function proxy_add_header_map_value(map: u32, key: usize, size: usize, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
declare function proxy_replace_header_map_value(map: u32, key: usize, size: usize, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
declare function proxy_remove_header_map_value(map: u32, key: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
declare function proxy_get_header_map_pairs(map: u32, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_header_map_pairs")
declare function proxy_set_header_map_pairs(map: u32, pairs: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_size")
declare function proxy_get_header_map_size(map: u32, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(buffer: u32, start: u32, length: u32, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
declare function proxy_set_buffer_bytes(buffer: u32, start: u32, length: u32, value: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_buffer_status")
declare function proxy_get_buffer_status(buffer: u32, length: usize, flags: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
export declare function proxy_continue_stream(stream: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_close_stream")
export declare function proxy_close_stream(stream: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsSize: usize,
  body: usize,
  bodySize: usize,
  headers: usize,
  headersSize: usize,
  grpc: i32,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_http_call")
declare function proxy_http_call(
  cluster: usize,
  clusterSize: usize,
  headers: usize,
  headersSize: usize,
  body: usize,
  bodySize: usize,
  trailers: usize,
  trailersSize: usize,
  timeout: u32,
  token: usize,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_status")
declare function proxy_get_status(code: usize, message: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
export declare function proxy_set_tick_period_milliseconds(period: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_current_time_nanoseconds")
declare function proxy_get_current_time_nanoseconds(time: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(id: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_done")
export declare function proxy_done(): u32;
// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
declare function proxy_call_foreign_function(name: usize, size: usize, args: usize, argsSize: usize, result: usize, resultSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
declare function proxy_get_shared_data(key: usize, size: usize, value: usize, valueSize: usize, cas: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
declare function proxy_set_shared_data(key: usize, size: usize, value: usize, valueSize: usize, cas: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_register_shared_queue")
declare function proxy_register_shared_queue(name: usize, size: usize, token: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_resolve_shared_queue")
declare function proxy_resolve_shared_queue(vm: usize, vmSize: usize, name: usize, size: usize, token: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_enqueue_shared_queue")
declare function proxy_enqueue_shared_queue(token: u32, value: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_dequeue_shared_queue")
declare function proxy_dequeue_shared_queue(token: u32, value: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function proxy_define_metric(kind: u32, name: usize, size: usize, id: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
export declare function proxy_increment_metric(id: u32, offset: i64): u32;
// @ts-ignore: decorator
@external("env", "proxy_record_metric")
export declare function proxy_record_metric(id: u32, value: u64): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_metric")
declare function proxy_get_metric(id: u32, value: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_grpc_call")
declare function proxy_grpc_call(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: usize,
  j: usize,
  timeout: u32,
  token: usize,
): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, values: usize): u32;

const out = memory.data(32);

function at(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}

/** The text that the host allocated; freed here. */
function taken(): string {
  const pointer = load<usize>(out);
  const size = load<usize>(out, 4);
  if (pointer == 0) return "";
  const value = String.UTF8.decodeUnsafe(pointer, size);
  heap.free(pointer);
  return value;
}

function clear(): void {
  memory.fill(out, 0, 32);
}

/** Text on success, else `!` and the status. */
function answer(status: u32): string {
  return status == 0 ? taken() : "!" + status.toString();
}

export function print(text: string): void {
  const bytes = String.UTF8.encode(text.split("\n").join("\\n"));
  proxy_log(3, at(bytes), bytes.byteLength);
}

/** A property by path, its parts split by `/`; a value of eight bytes with a zero among them is shown as a number. */
export function property(path: string): string {
  const bytes = String.UTF8.encode(path.split("/").join("\0"));
  clear();
  const status = proxy_get_property(at(bytes), bytes.byteLength, out, out + 4);
  const size = load<usize>(out, 4);
  const pointer = load<usize>(out);
  if (status == 0 && size == 8 && load<u8>(pointer, 7) == 0) return load<u64>(pointer).toString();
  if (status == 0 && size == 1 && load<u8>(pointer) < 32) return load<u8>(pointer).toString();
  return answer(status);
}

export function setProperty(key: string, value: string): u32 {
  const a = String.UTF8.encode(key);
  const b = String.UTF8.encode(value);
  return proxy_set_property(at(a), a.byteLength, at(b), b.byteLength);
}

export function header(map: u32, name: string): string {
  const bytes = String.UTF8.encode(name);
  clear();
  return answer(proxy_get_header_map_value(map, at(bytes), bytes.byteLength, out, out + 4));
}

export function addHeader(map: u32, name: string, value: string): u32 {
  const a = String.UTF8.encode(name);
  const b = String.UTF8.encode(value);
  return proxy_add_header_map_value(map, at(a), a.byteLength, at(b), b.byteLength);
}

export function replaceHeader(map: u32, name: string, value: string): u32 {
  const a = String.UTF8.encode(name);
  const b = String.UTF8.encode(value);
  return proxy_replace_header_map_value(map, at(a), a.byteLength, at(b), b.byteLength);
}

export function removeHeader(map: u32, name: string): u32 {
  const bytes = String.UTF8.encode(name);
  return proxy_remove_header_map_value(map, at(bytes), bytes.byteLength);
}

/** All pairs as `name=value` in order. */
export function pairs(map: u32): string {
  clear();
  const status = proxy_get_header_map_pairs(map, out, out + 4);
  if (status != 0) return "!" + status.toString();
  const pointer = load<usize>(out);
  if (pointer == 0) return "(none)";
  const count = load<u32>(pointer);
  let text = pointer + 4 + count * 8;
  const list: string[] = [];
  for (let i: u32 = 0; i < count; i++) {
    const nameSize = load<u32>(pointer + 4 + i * 8);
    const valueSize = load<u32>(pointer + 8 + i * 8);
    list.push(String.UTF8.decodeUnsafe(text, nameSize) + "=" + String.UTF8.decodeUnsafe(text + nameSize + 1, valueSize));
    text += nameSize + valueSize + 2;
  }
  heap.free(pointer);
  return list.join(" ");
}

/** The ABI's form of `name,value,name,value`. */
export function packed(list: string[]): ArrayBuffer {
  const count = list.length / 2;
  let size = 4 + count * 8;
  for (let i = 0; i < count * 2; i++) size += String.UTF8.byteLength(list[i]) + 1;
  const bytes = new ArrayBuffer(size);
  const start = at(bytes);
  store<u32>(start, count);
  let text = start + 4 + count * 8;
  for (let i = 0; i < count * 2; i++) {
    const part = String.UTF8.encode(list[i]);
    store<u32>(start + 4 + i * 4, part.byteLength);
    memory.copy(text, at(part), part.byteLength);
    text += part.byteLength + 1;
  }
  return bytes;
}

export function setPairs(map: u32, list: string[]): u32 {
  const bytes = packed(list);
  return proxy_set_header_map_pairs(map, at(bytes), bytes.byteLength);
}

export function mapSize(map: u32): string {
  clear();
  const status = proxy_get_header_map_size(map, out);
  return status == 0 ? load<u32>(out).toString() : "!" + status.toString();
}

export function buffer(type: u32, start: u32, length: u32): string {
  clear();
  return answer(proxy_get_buffer_bytes(type, start, length, out, out + 4));
}

export function bufferStatus(type: u32): string {
  clear();
  const status = proxy_get_buffer_status(type, out, out + 4);
  return status == 0 ? load<u32>(out).toString() : "!" + status.toString();
}

export function write(type: u32, start: u32, length: u32, text: string): u32 {
  const bytes = String.UTF8.encode(text);
  return proxy_set_buffer_bytes(type, start, length, at(bytes), bytes.byteLength);
}

export function reply(status: u32, details: string, body: string, headers: string[]): u32 {
  const a = String.UTF8.encode(details);
  const b = String.UTF8.encode(body);
  const c = packed(headers);
  return proxy_send_local_response(status, at(a), a.byteLength, at(b), b.byteLength, at(c), c.byteLength, -1);
}

export function call(cluster: string, headers: string[], body: string, timeout: u32): string {
  const a = String.UTF8.encode(cluster);
  const b = packed(headers);
  const c = String.UTF8.encode(body);
  clear();
  const status = proxy_http_call(at(a), a.byteLength, at(b), b.byteLength, at(c), c.byteLength, 0, 0, timeout, out);
  return status == 0 ? "ok" : "!" + status.toString();
}

export function callStatus(): string {
  clear();
  proxy_get_status(out + 8, out, out + 4);
  return load<u32>(out + 8).toString() + " " + taken();
}

export function now(): u64 {
  proxy_get_current_time_nanoseconds(out);
  return load<u64>(out);
}

export function foreign(name: string): u32 {
  const bytes = String.UTF8.encode(name);
  return proxy_call_foreign_function(at(bytes), bytes.byteLength, 0, 0, out, out + 4);
}

/** The version that the last `sharedGet` saw. */
export let version: u32 = 0;

export function sharedGet(key: string): string {
  const bytes = String.UTF8.encode(key);
  clear();
  const status = proxy_get_shared_data(at(bytes), bytes.byteLength, out, out + 4, out + 8);
  version = load<u32>(out + 8);
  return answer(status);
}

export function sharedSet(key: string, value: string, cas: u32): u32 {
  const a = String.UTF8.encode(key);
  const b = String.UTF8.encode(value);
  return proxy_set_shared_data(at(a), a.byteLength, at(b), b.byteLength, cas);
}

export function queueRegister(name: string): string {
  const bytes = String.UTF8.encode(name);
  const status = proxy_register_shared_queue(at(bytes), bytes.byteLength, out);
  return status == 0 ? "ok" : "!" + status.toString();
}

/** The token of a queue, or 0. */
export function queueResolve(vm: string, name: string): u32 {
  const a = String.UTF8.encode(vm);
  const b = String.UTF8.encode(name);
  clear();
  return proxy_resolve_shared_queue(at(a), a.byteLength, at(b), b.byteLength, out) == 0 ? load<u32>(out) : 0;
}

export function enqueue(token: u32, text: string): u32 {
  const bytes = String.UTF8.encode(text);
  return proxy_enqueue_shared_queue(token, at(bytes), bytes.byteLength);
}

export function dequeue(token: u32): string {
  clear();
  return answer(proxy_dequeue_shared_queue(token, out, out + 4));
}

/** The id of a metric, or 0. */
export function metric(kind: u32, name: string): u32 {
  const bytes = String.UTF8.encode(name);
  clear();
  return proxy_define_metric(kind, at(bytes), bytes.byteLength, out) == 0 ? load<u32>(out) : 0;
}

export function metricValue(id: u32): string {
  clear();
  const status = proxy_get_metric(id, out);
  return status == 0 ? load<u64>(out).toString() : "!" + status.toString();
}

export function grpcCall(): u32 {
  return proxy_grpc_call(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, out);
}

/** All environment variables, `NAME=value`, sorted. */
export function environment(): string {
  environ_sizes_get(out, out + 4);
  const count = load<u32>(out);
  const size = load<u32>(out, 4);
  const pointers = heap.alloc(count * 4 + 4);
  const values = heap.alloc(size + 1);
  environ_get(pointers, values);
  const list: string[] = [];
  for (let i: u32 = 0; i < count; i++) list.push(String.UTF8.decodeUnsafe(load<u32>(pointers + i * 4), size, true));
  heap.free(pointers);
  heap.free(values);
  list.sort();
  return list.join(" ");
}
