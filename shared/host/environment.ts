import { Bytes } from "../bytes/bytes";
import { environ_get, environ_sizes_get, random_get } from "./imports";
import { OUT, outNumber } from "./memory";

/** What a host may at most hand over as environment. */
const LARGEST = 1 << 20;

/** The value of an environment variable of the VM (its host lists which it may see); null if it is unset. UTF-8, in a buffer of its own. */
export function environmentVariable(variable: Bytes): Bytes | null {
  if (environ_sizes_get(OUT, OUT + 4) != 0) return null;
  const count = <i32>outNumber();
  const size = load<i32>(OUT + 4);
  if (count <= 0 || size <= 0 || count > LARGEST / 4 || size > LARGEST) return null;
  const pointers = new StaticArray<usize>(count);
  const strings = new StaticArray<u8>(size);
  if (environ_get(changetype<usize>(pointers), changetype<usize>(strings)) != 0) return null;
  // The strings follow one another, each `NAME=value` and a NUL: their addresses aren't needed, so they aren't trusted.
  const all = Bytes.whole(strings);
  let at = 0;
  while (at < all.length) {
    const nul = all.indexOf(0, at);
    const entry = all.slice(at, nul < 0 ? all.length : nul);
    const equals = entry.indexOf(0x3d);
    if (equals == variable.length && entry.startsWithBytes(variable)) return entry.slice(equals + 1).copy();
    if (nul < 0) break;
    at = nul + 1;
  }
  return null;
}

/** Eight random bytes from the host; the address space's layout is no substitute, so 0 if the host has none. */
export function randomNumber(): u64 {
  store<u64>(OUT, 0);
  return random_get(OUT, 8) == 0 ? load<u64>(OUT) : 0;
}
