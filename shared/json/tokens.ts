/** Strings, numbers and literals of RFC 8259: each function finds where one ends, and says in `tokenError` why it doesn't. */
import { JsonError } from "./errors";
import { skipText } from "./text";

/** What is wrong with the token that was skipped last; the function then returned where. */
export let tokenError: JsonError = JsonError.None;
/** Whether the string that was skipped last has escapes. */
export let stringHasEscapes: bool = false;

/**
 * The end of the string whose opening quote is at `at` (behind its closing quote). Reads nothing at or after `end`. Validates escapes and UTF-8; refuses
 * control characters; accepts `\u0000` and lone surrogates in escapes, which the grammar allows.
 */
export function skipString(at: usize, end: usize): usize {
  tokenError = JsonError.None;
  let escapes = false;
  at++;
  while (true) {
    at = skipText(at, end);
    if (at >= end) return refuse(JsonError.UnexpectedEnd, at);
    const byte = load<u8>(at);
    if (byte == 0x22) {
      stringHasEscapes = escapes;
      return at + 1;
    }
    if (byte == 0x5c) {
      const length = escapeLength(at, end);
      if (length == 0) return refuse(end - at < 6 && isCutEscape(at, end) ? JsonError.UnexpectedEnd : JsonError.BadEscape, at);
      escapes = true;
      at += <usize>length;
    } else return refuse(byte < 0x20 ? JsonError.ControlCharacter : JsonError.BadUtf8, at);
  }
}

/** How long the escape at `at` (a backslash) is: 2 or 6; 0 where it is none. */
function escapeLength(at: usize, end: usize): i32 {
  if (end - at < 2) return 0;
  switch (load<u8>(at + 1)) {
    case 0x22 /* " */:
    case 0x5c /* \ */:
    case 0x2f /* / */:
    case 0x62 /* b */:
    case 0x66 /* f */:
    case 0x6e /* n */:
    case 0x72 /* r */:
    case 0x74 /* t */:
      return 2;
    case 0x75 /* u */:
      return end - at >= 6 && hexValue(at + 2) >= 0 ? 6 : 0;
    default:
      return 0;
  }
}

/** Whether the text ends inside an escape that is good so far. */
function isCutEscape(at: usize, end: usize): bool {
  if (end - at < 2) return true;
  if (load<u8>(at + 1) != 0x75) return false;
  for (let digit = at + 2; digit < end; digit++) if (hexDigit(load<u8>(digit)) < 0) return false;
  return true;
}

/** The value of the four hexadecimal digits at `at`; negative if they aren't. */
export function hexValue(at: usize): i32 {
  return (
    (hexDigit(load<u8>(at)) << 12) | (hexDigit(load<u8>(at + 1)) << 8) | (hexDigit(load<u8>(at + 2)) << 4) | hexDigit(load<u8>(at + 3))
  );
}

/** The value of a hexadecimal digit; -1 where it is none. */
function hexDigit(byte: u8): i32 {
  const digit = <u32>byte - 0x30;
  if (digit < 10) return <i32>digit;
  const letter = ((<u32>byte) | 0x20) - 0x61;
  return letter < 6 ? <i32>letter + 10 : -1;
}

/** The end of the number at `at`, which is a minus or a digit. */
export function skipNumber(at: usize, end: usize): usize {
  tokenError = JsonError.None;
  if (load<u8>(at) == 0x2d) at++;
  const whole = skipDigits(at, end);
  if (whole == at) return refuseNumber(at, end);
  // A leading zero stands alone.
  at = load<u8>(at) == 0x30 ? at + 1 : whole;
  if (at < end && load<u8>(at) == 0x2e) {
    const fraction = skipDigits(at + 1, end);
    if (fraction == at + 1) return refuseNumber(fraction, end);
    at = fraction;
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) {
    at++;
    if (at < end && (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d)) at++;
    const exponent = skipDigits(at, end);
    if (exponent == at) return refuseNumber(at, end);
    at = exponent;
  }
  if (at < end && <u32>load<u8>(at) - 0x30 < 10) return refuse(JsonError.BadNumber, at);
  return at;
}

/** The end of the four letters at `at`, which should be `letters` in little-endian order. */
export function skipLetters(at: usize, end: usize, letters: u32): usize {
  tokenError = JsonError.None;
  if (end - at >= 4 && load<u32>(at) == letters) return at + 4;
  for (; at < end; at++) {
    if (<u32>load<u8>(at) != (letters & 0xff)) return refuse(JsonError.UnexpectedByte, at);
    letters >>= 8;
  }
  return refuse(JsonError.UnexpectedEnd, end);
}

function skipDigits(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) - 0x30 < 10) at++;
  return at;
}

function refuseNumber(at: usize, end: usize): usize {
  return refuse(at < end ? JsonError.BadNumber : JsonError.UnexpectedEnd, at);
}

function refuse(error: JsonError, at: usize): usize {
  tokenError = error;
  return at;
}
