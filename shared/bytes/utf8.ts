/** UTF-8, as RFC 3629 and Unicode's table 3-7 have it: which sequences are well formed, and what stands for those that aren't. */

/**
 * How many bytes (2–4) the well-formed sequence at `at` has, whose first byte is ≥ 0x80; 0 where it is ill formed or cut by `end`. Overlong forms,
 * surrogates and values past U+10FFFF are ill formed. Reads nothing at or after `end`.
 */
export function sequenceLength(at: usize, end: usize): i32 {
  const first = <u32>load<u8>(at);
  const room = end - at;
  if (first < 0xe0) return first >= 0xc2 && room >= 2 && isContinuation(at + 1) ? 2 : 0;
  if (first < 0xf0) {
    if (room < 3) return 0;
    const second = <u32>load<u8>(at + 1);
    return isSecondByte(first, second) && isContinuation(at + 2) ? 3 : 0;
  }
  if (first > 0xf4 || room < 4) return 0;
  const second = <u32>load<u8>(at + 1);
  return isSecondByte(first, second) && isContinuation(at + 2) && isContinuation(at + 3) ? 4 : 0;
}

/**
 * How many bytes one U+FFFD stands for where `sequenceLength` is 0: the longest beginning of a well-formed sequence, at least one byte
 * (https://encoding.spec.whatwg.org/#utf-8-decoder does the same).
 */
export function illFormedLength(at: usize, end: usize): i32 {
  const first = <u32>load<u8>(at);
  if (first < 0xe0 || first > 0xf4) return 1;
  if (end - at < 2 || !isSecondByte(first, <u32>load<u8>(at + 1))) return 1;
  return first >= 0xf0 && end - at >= 3 && isContinuation(at + 2) ? 3 : 2;
}

// @ts-ignore: decorator
@inline
function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

/** The second byte of a sequence of three or four: its range is narrower after E0, ED, F0 and F4. */
// @ts-ignore: decorator
@inline
function isSecondByte(first: u32, second: u32): bool {
  if (first == 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (first == 0xed) return second >= 0x80 && second <= 0x9f;
  if (first == 0xf0) return second >= 0x90 && second <= 0xbf;
  if (first == 0xf4) return second >= 0x80 && second <= 0x8f;
  return (second & 0xc0) == 0x80;
}

/** UTF-8 as a string, ill-formed sequences as U+FFFD. For logs, configuration and tests. */
export function decodeUtf8(at: usize, end: usize): string {
  // No sequence has more units in UTF-16 than bytes.
  const units = new StaticArray<u16>(<i32>(end - at));
  const first = changetype<usize>(units);
  let to = first;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte < 0x80) {
      store<u16>(to, byte);
      to += 2;
      at++;
      continue;
    }
    const length = sequenceLength(at, end);
    if (length == 0) {
      store<u16>(to, 0xfffd);
      to += 2;
      at += <usize>illFormedLength(at, end);
      continue;
    }
    let value = length == 2 ? byte & 0x1f : length == 3 ? byte & 0x0f : byte & 0x07;
    for (let i = 1; i < length; i++) value = (value << 6) | (load<u8>(at + <usize>i) & 0x3f);
    at += <usize>length;
    if (value < 0x10000) {
      store<u16>(to, value);
      to += 2;
    } else {
      store<u16>(to, 0xd800 + ((value - 0x10000) >> 10));
      store<u16>(to, 0xdc00 + ((value - 0x10000) & 0x3ff), 2);
      to += 4;
    }
  }
  return String.UTF16.decodeUnsafe(first, to - first);
}
