/** Uses what Envoy offers of WASI, in `proxy_on_request_headers`. */
import { print } from "./imports";

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(pointer: usize, size: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: u32, precision: u64, time: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(file: u32, vectors: usize, count: u32, written: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, size: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: u32): void;

const out = memory.data(32);

export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_request_headers(_id: u32, _count: i32, end: i32): u32 {
  const random = random_get(out, 16).toString() + " " + load<u64>(out).toString(16) + load<u64>(out, 8).toString(16);
  print("random " + random);
  print("clock " + clock_time_get(0, 1, out).toString() + " " + (load<u64>(out) / 1000000).toString());
  print("other clock " + clock_time_get(7, 1, out).toString());
  print("args " + args_sizes_get(out, out + 4).toString() + " " + load<u64>(out).toString());
  write(1, "to standard output\n");
  write(2, "to standard error");
  print("file 5 " + write(5, "x").toString());
  print("outside " + fd_write(1, 0xfffffff0, 1, out).toString());
  if (end == 0) proc_exit(3);
  return 0;
}

function write(file: u32, text: string): u32 {
  const bytes = String.UTF8.encode(text);
  store<u32>(out, changetype<usize>(bytes));
  store<u32>(out, bytes.byteLength, 4);
  return fd_write(file, out, 1, out + 8);
}
