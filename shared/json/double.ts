/** From decimal digits to the nearest double, ties to even: the quick way where it is exact, else by long division of whole numbers. */
import { exponentOf } from "./number";

/** A double, or the middle between two, has at most 768 digits: of digits behind these matters only whether one isn't 0. */
const DIGITS_KEPT = 800;
/** Words of 32 bits, for 10^1131 and a bit more. */
const WORDS = 128;

const numerator = new StaticArray<u32>(WORDS);
const denominator = new StaticArray<u32>(WORDS);

/** The double nearest to the absolute value of the number in `[at, end)`, which is one in JSON's grammar. Infinity where it is larger than any double. */
export function decimalToDouble(at: usize, end: usize): f64 {
  if (at >= end) return 0;
  let exponent = exponentOf(at, end);
  let mantissa: u64 = 0;
  let digits = 0;
  let seenPoint = false;
  let firstDigit: usize = 0;
  if (load<u8>(at) == 0x2d) at++;
  for (let p = at; p < end; p++) {
    const byte = <u32>load<u8>(p);
    if (byte == 0x2e) {
      seenPoint = true;
      continue;
    }
    if (byte - 0x30 > 9) break;
    if (seenPoint) exponent--;
    if (digits == 0) {
      if (byte == 0x30) continue;
      firstDigit = p;
    }
    if (digits < 19) mantissa = mantissa * 10 + (byte - 0x30);
    digits++;
  }
  if (digits == 0 || digits + exponent < -330) return 0;
  if (digits + exponent > 310) return Infinity;
  if (digits <= 19 && mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22) {
    // Both are exact doubles, so one operation rounds once (Clinger, "How to read floating point numbers accurately", 1990).
    return exponent < 0 ? <f64>mantissa / smallPowerOfTen(-exponent) : <f64>mantissa * smallPowerOfTen(exponent);
  }
  memory.fill(changetype<usize>(numerator), 0, WORDS * 4);
  memory.fill(changetype<usize>(denominator), 0, WORDS * 4);
  unchecked((denominator[0] = 1));
  exponent += loadDigits(firstDigit, end, digits);
  for (let i = 0; i < exponent; i++) multiplyAdd(numerator, 10, 0);
  for (let i = exponent; i < 0; i++) multiplyAdd(denominator, 10, 0);
  return divide();
}

function smallPowerOfTen(exponent: i32): f64 {
  let power: f64 = 1;
  for (; exponent > 0; exponent--) power *= 10;
  return power;
}

/** Puts the digits into the numerator; how much the exponent grows by those that were left out. */
function loadDigits(at: usize, end: usize, digits: i32): i32 {
  let kept = 0;
  let rest = false;
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) {
      if (load<u8>(at) == 0x2e) continue;
      break;
    }
    if (kept < DIGITS_KEPT) {
      multiplyAdd(numerator, 10, digit);
      kept++;
    } else if (digit != 0) rest = true;
  }
  if (!rest) return digits - kept;
  multiplyAdd(numerator, 10, 1);
  return digits - kept - 1;
}

/** The quotient of numerator and denominator, rounded. Both are lost. */
function divide(): f64 {
  // Bring the quotient into [1/2, 2), then make 64 bits of it, one by one.
  const shift = bitLength(numerator) - bitLength(denominator);
  if (shift > 0) shiftLeft(denominator, shift);
  else shiftLeft(numerator, -shift);
  let exponent = shift;
  if (compare(numerator, denominator) < 0) {
    shiftLeft(numerator, 1);
    exponent--;
  }
  let bits: u64 = 0;
  for (let i = 0; i < 64; i++) {
    bits <<= 1;
    if (compare(numerator, denominator) >= 0) {
      subtract(numerator, denominator);
      bits |= 1;
    }
    shiftLeft(numerator, 1);
  }
  // The value is bits / 2^63 · 2^exponent and a rest.
  if (exponent > 1023) return Infinity;
  const dropped = exponent >= -1022 ? 11 : min(11 + (-1022 - exponent), 65);
  if (dropped > 64) return 0;
  const kept = dropped == 64 ? 0 : bits >> dropped;
  const half = (<u64>1) << (dropped - 1);
  const low = dropped == 64 ? bits : bits & ((half << 1) - 1);
  const up = low > half || (low == half && (bitLength(numerator) > 0 || (kept & 1) != 0));
  // The implicit bit adds one to the exponent field, as does a carry out of the mantissa.
  const field = exponent >= -1022 ? <u64>(exponent + 1022) : 0;
  return reinterpret<f64>((field << 52) + kept + (up ? 1 : 0));
}

function multiplyAdd(number: StaticArray<u32>, factor: u32, addend: u32): void {
  let carry = <u64>addend;
  for (let i = 0; i < WORDS; i++) {
    carry += <u64>unchecked(number[i]) * factor;
    unchecked((number[i] = <u32>carry));
    carry >>= 32;
  }
}

function shiftLeft(number: StaticArray<u32>, count: i32): void {
  const words = count >> 5;
  const bits = count & 31;
  for (let i = WORDS - 1; i >= 0; i--) {
    const high = i - words >= 0 ? unchecked(number[i - words]) : 0;
    const low = i - words >= 1 ? unchecked(number[i - words - 1]) : 0;
    unchecked((number[i] = bits == 0 ? high : (high << bits) | (low >> (32 - bits))));
  }
}

function subtract(from: StaticArray<u32>, number: StaticArray<u32>): void {
  let borrow: i64 = 0;
  for (let i = 0; i < WORDS; i++) {
    const difference = <i64>unchecked(from[i]) - <i64>unchecked(number[i]) + borrow;
    unchecked((from[i] = <u32>difference));
    borrow = difference >> 32;
  }
}

function compare(a: StaticArray<u32>, b: StaticArray<u32>): i32 {
  for (let i = WORDS - 1; i >= 0; i--) {
    const x = unchecked(a[i]);
    const y = unchecked(b[i]);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

function bitLength(number: StaticArray<u32>): i32 {
  for (let i = WORDS - 1; i >= 0; i--) {
    const word = unchecked(number[i]);
    if (word != 0) return (i << 5) + 32 - clz(word);
  }
  return 0;
}
