import { Bytes } from "../bytes/bytes";

/** How many bytes the code point at `at` has, in UTF-8; never beyond the end. */
export function codePointLength(text: Bytes, at: i32): i32 {
  const first = text.at(at);
  const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return max(1, min(length, text.length - at));
}

/** The code point at `at`; a byte that begins none is one of its own. */
export function codePointAt(text: Bytes, at: i32): u32 {
  const length = codePointLength(text, at);
  let point: u32 = text.at(at);
  if (length > 1) point &= 0x7f >> length;
  for (let i = 1; i < length; i++) point = (point << 6) | (text.at(at + i) & 0x3f);
  return point;
}
