/** Refuses any configuration, and says why. */
import { print } from "./imports";

export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}
export function proxy_on_configure(_id: u32, _size: i32): u32 {
  print("the field x is missing");
  return 0;
}
