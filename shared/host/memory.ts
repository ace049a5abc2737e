import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { copyBytes } from "../bytes/copy";

/**
 * Ownership of what the host hands over. The host asks the module for memory (`proxy_on_memory_allocate`), fills it, and writes its address where the host call said. That
 * memory is a garbage-collected buffer from the start: it waits in `handed` until the wrapper of the host call takes it, and is freed once, by the collector.
 */
let handed: StaticArray<u8> = NO_BUFFER;

/** Bytes that came into being since the last collection, roughly: what the host handed over, and a guess for each callback. */
let sinceCollection: usize = 0;

/** Small enough that a worker's garbage stays in its cache, large enough that a collection is rare. */
const COLLECT_AFTER: usize = 512 * 1024;
const CALLBACK_GUESS: usize = 512;
const LARGEST: usize = 1 << 29;

/** Where host calls leave addresses, sizes and numbers. */
export const OUT: usize = memory.data(32);

/** What a transient host call gets, if it fits: so that reading a few headers makes no garbage. */
const PASSING = new StaticArray<u8>(4096);
let passing: bool = false;

/** To be called before a host call whose bytes are used up before the next one: they may come in a buffer that is used again. */
export function expectPassing(): void {
  passing = true;
}

/** To be called after it, whatever came of it. */
export function endPassing(): void {
  passing = false;
}

/** Serves `proxy_on_memory_allocate`: 0 refuses. */
export function allocate(size: usize): usize {
  if (size == 0 || size > LARGEST) return 0;
  if (passing && size <= <usize>PASSING.length) {
    passing = false;
    handed = PASSING;
    return changetype<usize>(PASSING);
  }
  const buffer = new StaticArray<u8>(<i32>size);
  handed = buffer;
  sinceCollection += size;
  return changetype<usize>(buffer);
}

/** The bytes at the address and size that a host call left at `OUT` and `OUT + 4`: the caller owns them. */
export function takeHanded(): Bytes {
  const pointer = load<usize>(OUT);
  const size = load<i32>(OUT + 4);
  if (pointer == 0 || size <= 0) return new Bytes();
  const buffer = handed;
  if (pointer == changetype<usize>(buffer)) {
    handed = NO_BUFFER;
    return new Bytes().set(buffer, 0, size);
  }
  // A host that answers from elsewhere: copy, if it is memory at all.
  const end = <u64>pointer + <u64>(<u32>size);
  if (end > (<u64>memory.size()) << 16 || <usize>size > LARGEST) return new Bytes();
  const copy = new StaticArray<u8>(size);
  copyBytes(changetype<usize>(copy), pointer, size);
  return Bytes.whole(copy);
}

/**
 * Sees to it that so many bytes are free in one piece, for what is about to be made of a large body. The allocator doubles the VM's memory each time it runs out, and memory never shrinks: asked for in pieces, the same room takes
 * twice as much.
 */
export function makeRoom(bytes: usize): void {
  if (bytes < LARGEST) heap.free(heap.alloc(bytes));
}

/** How many callbacks are under way: more than one only in a host that calls back from within a host call, where an outer callback still holds references. */
let depth: i32 = 0;

/** To be called first in every callback. */
export function beforeCallback(): void {
  depth++;
}

/** To be called last in every callback, when no managed reference is on the stack: collects garbage if enough has gathered. */
export function afterCallback(): void {
  sinceCollection += CALLBACK_GUESS;
  if (--depth > 0 || sinceCollection < COLLECT_AFTER) return;
  sinceCollection = 0;
  __collect();
}

/** The number that a host call left at `OUT`. */
// @ts-ignore: decorator
@inline
export function outNumber(): u32 {
  return load<u32>(OUT);
}
