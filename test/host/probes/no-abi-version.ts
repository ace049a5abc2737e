/** Does not say which ABI it speaks. */
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}
