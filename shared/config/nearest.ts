/** Which of some names is meant by one that was mistyped. */
import { Bytes } from "../bytes/bytes";

/** Longer names are not compared: nobody mistypes them, and the time grows with the square. */
const LENGTH_LIMIT = 64;

/** The nearest of `names` (ASCII), if one is near enough to be meant; else the empty string. */
export function nearest(name: Bytes, names: StaticArray<string>): string {
  let best = "";
  let bestDistance = tolerance(name) + 1;
  for (let i = 0; i < names.length; i++) {
    const distance = editDistance(name, Bytes.of(names[i]));
    if (distance < bestDistance) {
      best = names[i];
      bestDistance = distance;
    }
  }
  return best;
}

/** All of `names` (ASCII), those nearest to `name` first; equally near ones stay in their order. */
export function nearestFirst(name: Bytes, names: string[]): string[] {
  const sorted: string[] = [];
  const distances: i32[] = [];
  for (let i = 0; i < names.length; i++) {
    const distance = editDistance(name, Bytes.of(names[i]));
    let at = sorted.length;
    sorted.push(names[i]);
    distances.push(distance);
    for (; at > 0 && distances[at - 1] > distance; at--) {
      sorted[at] = sorted[at - 1];
      distances[at] = distances[at - 1];
    }
    sorted[at] = names[i];
    distances[at] = distance;
  }
  return sorted;
}

/** How many edits away a name may be and still be meant: one in three characters, at most three. */
export function tolerance(name: Bytes): i32 {
  return max(1, min(3, name.length / 3));
}

/**
 * How many bytes have to be inserted, deleted, replaced, or swapped with their neighbour to turn one name into the other, whatever their case. Two names of
 * which one is longer than 64 bytes count as far apart.
 */
export function editDistance(a: Bytes, b: Bytes): i32 {
  if (a.length > LENGTH_LIMIT || b.length > LENGTH_LIMIT) return i32.MAX_VALUE;
  // Rows of the table of distances between beginnings of `a` (rows) and of `b` (columns): https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance
  let beforeLast = new StaticArray<i32>(b.length + 1);
  let last = new StaticArray<i32>(b.length + 1);
  let row = new StaticArray<i32>(b.length + 1);
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const differs = lower(a, i - 1) != lower(b, j - 1);
      let distance = min(min(last[j], row[j - 1]) + 1, last[j - 1] + (differs ? 1 : 0));
      const swapped = i > 1 && j > 1 && lower(a, i - 1) == lower(b, j - 2) && lower(a, i - 2) == lower(b, j - 1);
      if (swapped) distance = min(distance, beforeLast[j - 2] + 1);
      row[j] = distance;
    }
    const free = beforeLast;
    beforeLast = last;
    last = row;
    row = free;
  }
  return last[b.length];
}

function lower(name: Bytes, index: i32): u8 {
  const byte = name.at(index);
  return <u32>byte - 0x41 < 26 ? byte | 0x20 : byte;
}
