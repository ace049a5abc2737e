/** Asks a Redis as Higress's plugins do, and logs what it says. */
import { print } from "./imports";

// @ts-ignore: decorator
@external("env", "proxy_redis_init")
declare function proxy_redis_init(
  cluster: usize,
  size: usize,
  user: usize,
  userSize: usize,
  password: usize,
  passwordSize: usize,
  timeout: u32,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_redis_call")
declare function proxy_redis_call(cluster: usize, size: usize, query: usize, querySize: usize, token: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(buffer: u32, start: u32, length: u32, value: usize, valueSize: usize): u32;

const out = memory.data(16);

export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_configure(_id: u32, _size: i32): u32 {
  print("init " + init("cache").toString() + " " + init("nowhere").toString());
  return 1;
}

export function proxy_on_request_headers(_id: u32, _count: i32, _end: i32): u32 {
  print("call " + call("cache", "GET a").toString() + " " + load<u32>(out).toString());
  print("call " + call("nowhere", "GET a").toString());
  return 0;
}

export function proxy_on_redis_call_response(_id: u32, token: u32, status: u32, size: i32): void {
  proxy_get_buffer_bytes(9, 0, size, out, out + 4);
  const said = size > 0 ? String.UTF8.decodeUnsafe(load<usize>(out), size) : "";
  print("answer " + token.toString() + " " + status.toString() + " " + said);
}

function init(cluster: string): u32 {
  const bytes = String.UTF8.encode(cluster);
  return proxy_redis_init(changetype<usize>(bytes), bytes.byteLength, 0, 0, 0, 0, 1000);
}

function call(cluster: string, query: string): u32 {
  const a = String.UTF8.encode(cluster);
  const b = String.UTF8.encode(query);
  return proxy_redis_call(changetype<usize>(a), a.byteLength, changetype<usize>(b), b.byteLength, out);
}
