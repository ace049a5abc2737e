/** Imports what Envoy does not offer to ABI 0.2.1. */
// @ts-ignore: decorator
@external("env", "proxy_clear_route_cache")
declare function proxy_clear_route_cache(): u32;

export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}
export function proxy_on_tick(_id: u32): void {
  proxy_clear_route_cache();
}
