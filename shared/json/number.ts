/** The values of JSON numbers: exact where a whole number fits, clamped where it doesn't, the nearest double otherwise. */
import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { decimalToDouble } from "./double";
import { skipNumber, tokenError } from "./tokens";
import { JsonError } from "./errors";

/** Digits that always fit a u64. */
const SAFE_DIGITS = 19;
/** An exponent past this decides by its sign alone; it keeps sums of exponents and lengths within an i32. */
const EXPONENT_LIMIT = 100_000_000;

/** Takes numbers apart. One object serves for many: what it says is of the last `read`. */
@final
export class JsonNumber {
  negative: bool = false;
  /** Whether the value is whole, however it is written: 1, 1.0, 1e3 and 10e-1 are. */
  isWhole: bool = false;
  /** The value without its sign and fraction; `u64.MAX_VALUE` where it is larger. */
  magnitude: u64 = 0;
  /** Whether the whole part of the value fits `magnitude`. */
  fits: bool = false;
  private text: Bytes = new Bytes();

  /** Reads a number as JSON writes it. False, and the value is 0, if the bytes are anything else. */
  read(text: Bytes): bool {
    this.negative = false;
    this.isWhole = true;
    this.magnitude = 0;
    this.fits = true;
    this.release();
    const end = text.pointer + <usize>text.length;
    if (text.isEmpty || (text.at(0) != 0x2d && <u32>text.at(0) - 0x30 > 9)) return false;
    if (skipNumber(text.pointer, end) != end || tokenError != JsonError.None) return false;
    this.text.set(text.buffer, text.start, text.length);
    this.takeApart(text.pointer, end);
    return true;
  }

  /** Forgets the bytes that were read, so that their buffer can be collected: `double` is 0 then. */
  release(): void {
    this.text.set(NO_BUFFER, 0, 0);
  }

  /** From 0 to `u64.MAX_VALUE`: a fraction is cut off, what is outside is clamped. */
  get unsigned(): u64 {
    return this.negative ? 0 : this.magnitude;
  }

  /** From `i64.MIN_VALUE` to `i64.MAX_VALUE`: a fraction is cut off, what is outside is clamped. */
  get signed(): i64 {
    const magnitude = this.magnitude;
    if (this.negative) return magnitude > <u64>i64.MAX_VALUE ? i64.MIN_VALUE : -(<i64>magnitude);
    return magnitude > <u64>i64.MAX_VALUE ? i64.MAX_VALUE : <i64>magnitude;
  }

  /** The nearest double; ±Infinity where it is larger than any. The bytes that were read must be unchanged. */
  get double(): f64 {
    const value = decimalToDouble(this.text.pointer, this.text.pointer + <usize>this.text.length);
    return this.negative ? -value : value;
  }

  private takeApart(at: usize, end: usize): void {
    if (load<u8>(at) == 0x2d) {
      this.negative = true;
      at++;
    }
    const exponent = exponentOf(at, end);
    // The digits before the point, moved by the exponent.
    let pointAt = 0;
    for (let p = at; p < end && <u32>load<u8>(p) - 0x30 < 10; p++) pointAt++;
    pointAt += exponent;

    let magnitude: u64 = 0;
    let digits = 0;
    let position = 0;
    for (; at < end; at++) {
      const byte = <u32>load<u8>(at);
      if (byte == 0x2e) continue;
      const digit = byte - 0x30;
      if (digit > 9) break;
      if (position++ >= pointAt) {
        if (digit != 0) this.isWhole = false;
        continue;
      }
      if (digits == 0 && digit == 0) continue;
      magnitude = this.appendDigit(magnitude, digit, digits++);
    }
    // What the exponent adds behind the last digit.
    if (digits > 0) for (; position < pointAt && this.fits; position++) magnitude = this.appendDigit(magnitude, 0, digits++);
    this.magnitude = magnitude;
  }

  private appendDigit(magnitude: u64, digit: u32, digits: i32): u64 {
    if (digits >= SAFE_DIGITS && (!this.fits || magnitude > (u64.MAX_VALUE - digit) / 10)) {
      this.fits = false;
      return u64.MAX_VALUE;
    }
    return magnitude * 10 + digit;
  }
}

/** The exponent of the number at `at`, clamped to ± `EXPONENT_LIMIT`; 0 if it has none. */
export function exponentOf(at: usize, end: usize): i32 {
  while (at < end && (load<u8>(at) | 0x20) != 0x65) at++;
  if (at >= end) return 0;
  at++;
  let negative = false;
  if (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d) negative = load<u8>(at++) == 0x2d;
  let exponent = 0;
  for (; at < end; at++) {
    exponent = exponent * 10 + <i32>(load<u8>(at) - 0x30);
    if (exponent > EXPONENT_LIMIT) exponent = EXPONENT_LIMIT;
  }
  return negative ? -exponent : exponent;
}

const NUMBER = new JsonNumber();

/** The value of a number's bytes as a whole number from 0 up: a fraction is cut off, what is outside is clamped; 0 if the bytes are no number. */
export function unsignedValue(text: Bytes): u64 {
  NUMBER.read(text);
  NUMBER.release();
  return NUMBER.unsigned;
}

/** As `unsignedValue`, with a sign. */
export function signedValue(text: Bytes): i64 {
  NUMBER.read(text);
  NUMBER.release();
  return NUMBER.signed;
}

/** The double nearest to a number's bytes; ±Infinity for 1e999; 0 if the bytes are no number. */
export function doubleValue(text: Bytes): f64 {
  const value = NUMBER.read(text) ? NUMBER.double : 0;
  NUMBER.release();
  return value;
}
