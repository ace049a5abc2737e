/** Finds where the plain text of a JSON string ends, and checks on the way that it is UTF-8. */
import { sequenceLength } from "../bytes/utf8";

/**
 * Passes over text that stands for itself in a JSON string: to the first quote, backslash, control character or ill-formed sequence (whose first byte is ≥ 0x80) from `at` on; else to `end`.
 */
export function skipText(at: usize, end: usize): usize {
  while (true) {
    at = skipAscii(at, end);
    if (at >= end || load<i8>(at) >= 0) return at;
    const next = skipNonAscii(at, end);
    if (next == at) return at;
    at = next;
  }
}

/** The first byte from `at` on that is a quote, a backslash, a control character or not ASCII; else `end`. */
// @ts-ignore: decorator
@inline
function skipAscii(at: usize, end: usize): usize {
  while (end - at >= 16) {
    const chunk = v128.load(at);
    // Compared as signed numbers, bytes from 0x80 on are below the space too.
    const mask = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(chunk, i8x16.splat(0x22)), i8x16.eq(chunk, i8x16.splat(0x5c))), i8x16.lt_s(chunk, i8x16.splat(0x20))),
    );
    if (mask != 0) return at + <usize>ctz(mask);
    at += 16;
  }
  while (at < end) {
    const byte = load<i8>(at);
    if (byte < 0x20 || byte == 0x22 || byte == 0x5c) break;
    at++;
  }
  return at;
}

// Sixteen bytes at a time, after Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (https://arxiv.org/abs/2010.03090): what can be wrong with two
// neighbours shows in three half-bytes, each of which looks up the faults that it allows; a fault that all three allow is there.
const TOO_SHORT: u8 = 1 << 0;
const TOO_LONG: u8 = 1 << 1;
const OVERLONG_3: u8 = 1 << 2;
const TOO_LARGE: u8 = 1 << 3;
const SURROGATE: u8 = 1 << 4;
const OVERLONG_2: u8 = 1 << 5;
/** Both: after F5–FF, 1000____; and F0 with 1000____, overlong. */
const TOO_LARGE_1000: u8 = 1 << 6;
const OVERLONG_4: u8 = 1 << 6;
/** Two continuation bytes in a row: right only as the third or fourth byte of a sequence. */
const TWO_CONTINUATIONS: u8 = 1 << 7;
const ANY_LOW: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;
const LARGE: u8 = ANY_LOW | TOO_LARGE | TOO_LARGE_1000;
const LOW_CONTINUATION: u8 = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS;

// prettier-ignore
const FIRST_HIGH: v128 = i8x16(
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
  <i8>TWO_CONTINUATIONS, <i8>TWO_CONTINUATIONS, <i8>TWO_CONTINUATIONS, <i8>TWO_CONTINUATIONS,
  TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
);
// prettier-ignore
const FIRST_LOW: v128 = i8x16(
  <i8>(ANY_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), <i8>(ANY_LOW | OVERLONG_2), <i8>ANY_LOW, <i8>ANY_LOW,
  <i8>(ANY_LOW | TOO_LARGE), <i8>LARGE, <i8>LARGE, <i8>LARGE,
  <i8>LARGE, <i8>LARGE, <i8>LARGE, <i8>LARGE,
  <i8>LARGE, <i8>(LARGE | SURROGATE), <i8>LARGE, <i8>LARGE,
);
// prettier-ignore
const SECOND_HIGH: v128 = i8x16(
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  <i8>(LOW_CONTINUATION | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4), <i8>(LOW_CONTINUATION | OVERLONG_3 | TOO_LARGE),
  <i8>(LOW_CONTINUATION | SURROGATE | TOO_LARGE), <i8>(LOW_CONTINUATION | SURROGATE | TOO_LARGE),
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
);

/**
 * Passes over text that begins with a byte ≥ 0x80: to a quote, backslash or control character, or to any boundary between characters on the way there. Where the result is `at`, its
 * sequence is ill formed. Reads nothing at or after `end`.
 */
function skipNonAscii(at: usize, end: usize): usize {
  const from = at;
  let before = i8x16.splat(0);
  while (end - at >= 16) {
    const chunk = v128.load(at);
    const stops = stopMask(chunk);
    let faults = i8x16.bitmask(i8x16.ne(faultsIn(chunk, before), i8x16.splat(0)));
    if (stops != 0) {
      const stop = ctz(stops);
      // What stands behind the stop is not text. A sequence that the stop cuts shows as a fault at the stop.
      faults &= (2 << stop) - 1;
      if (faults == 0) return at + <usize>stop;
    }
    if (faults != 0) break;
    at += 16;
    if (i8x16.bitmask(chunk) == 0) return at;
    before = chunk;
  }
  return skipSequences(boundary(from, at), end);
}

/** Which bytes are a quote, a backslash or a control character. */
// @ts-ignore: decorator
@inline
function stopMask(chunk: v128): i32 {
  return i8x16.bitmask(
    v128.or(v128.or(i8x16.eq(chunk, i8x16.splat(0x22)), i8x16.eq(chunk, i8x16.splat(0x5c))), i8x16.lt_u(chunk, i8x16.splat(0x20))),
  );
}

/** For each byte, what is wrong with the sequence up to it; `before` are the sixteen bytes in front. */
// @ts-ignore: decorator
@inline
function faultsIn(chunk: v128, before: v128): v128 {
  const back1 = i8x16.shuffle(before, chunk, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const back2 = i8x16.shuffle(before, chunk, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const back3 = i8x16.shuffle(before, chunk, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const pairs = v128.and(
    v128.and(i8x16.swizzle(FIRST_HIGH, i8x16.shr_u(back1, 4)), i8x16.swizzle(FIRST_LOW, v128.and(back1, i8x16.splat(0x0f)))),
    i8x16.swizzle(SECOND_HIGH, i8x16.shr_u(chunk, 4)),
  );
  // Behind E0–FF by two, and behind F0–FF by three, a second continuation is due: its bit comes out of the subtraction.
  const due = v128.or(i8x16.sub_sat_u(back2, i8x16.splat(0x60)), i8x16.sub_sat_u(back3, i8x16.splat(0x70)));
  return v128.xor(v128.and(due, i8x16.splat(-128)), pairs);
}

/** The beginning of the sequence that `at` cuts; `at` if it cuts none. */
function boundary(from: usize, at: usize): usize {
  for (let back: usize = 1; back <= 3 && at - from >= back; back++) {
    const byte = load<u8>(at - back);
    if (byte >= 0xc0) return back < <usize>(byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? at - back : at;
    if (byte < 0x80) break;
  }
  return at;
}

function skipSequences(at: usize, end: usize): usize {
  while (at < end && load<i8>(at) < 0) {
    const length = sequenceLength(at, end);
    if (length == 0) break;
    at += <usize>length;
  }
  return at;
}
