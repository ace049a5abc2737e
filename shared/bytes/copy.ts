/**
 * Copies `length` bytes between regions of linear memory that don't overlap. V8 leaves the module for each `memory.copy` (some 50 ns, more than most of our copies take), so modules are built without bulk memory; sixteen
 * bytes at a time keep up with it on large bodies.
 */
export function copyBytes(to: usize, from: usize, length: usize): void {
  if (length >= 16) {
    const last = length - 16;
    for (let at: usize = 0; at < last; at += 16) v128.store(to + at, v128.load(from + at));
    // The last sixteen may overlap the ones before: the same bytes again.
    v128.store(to + last, v128.load(from + last));
  } else if (length >= 8) {
    const last = length - 8;
    const end = load<u64>(from + last);
    store<u64>(to, load<u64>(from));
    store<u64>(to + last, end);
  } else if (length >= 4) {
    const last = length - 4;
    const end = load<u32>(from + last);
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, end);
  } else if (length > 0) {
    store<u8>(to, load<u8>(from));
    if (length > 1) store<u8>(to + 1, load<u8>(from + 1));
    if (length > 2) store<u8>(to + 2, load<u8>(from + 2));
  }
}

/** Whether two regions of the same length hold the same bytes. */
export function equalBytes(a: usize, b: usize, length: usize): bool {
  if (length >= 8) {
    const last = length - 8;
    for (let at: usize = 0; at < last; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
    return load<u64>(a + last) == load<u64>(b + last);
  }
  if (length >= 4) return load<u32>(a) == load<u32>(b) && load<u32>(a + length - 4) == load<u32>(b + length - 4);
  for (let at: usize = 0; at < length; at++) if (load<u8>(a + at) != load<u8>(b + at)) return false;
  return true;
}
