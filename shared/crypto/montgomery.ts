/**
 * Arithmetic modulo an odd number, by Montgomery's method (https://doi.org/10.1090/S0025-5718-1985-0777282-X). A number is an array of 26-bit limbs, least significant first, so that products of limbs gather in 64 bits without
 * carries: k limbs, and four more that are always 0, over which loops may read.
 */
import { Bytes } from "../bytes/bytes";
import { copyBytes } from "../bytes/copy";

const LIMB_BITS: u32 = 26;
const MASK: u32 = (1 << LIMB_BITS) - 1;
/** Limbs of 0 behind each number. */
const PADDING = 4;
/** By which R exceeds the modulus, in bits: sums of a few residues need not be reduced. */
const SLACK: i32 = 8;
/** Bits of an exponent that are taken at once. */
const WINDOW = 5;

/** How many limbs numbers modulo one of `bits` bits have. */
export function limbCount(bits: i32): i32 {
  const limbs = (bits + SLACK + LIMB_BITS - 1) / LIMB_BITS;
  return (limbs + 3) & ~3;
}

/** A number of 0 in `limbs` limbs. */
export function newNumber(limbs: i32): StaticArray<u32> {
  return new StaticArray<u32>(limbs + PADDING);
}

/** Reads a number from big-endian bytes; bits beyond `limbs` limbs are left out. */
export function readNumber(bytes: Bytes, limbs: i32): StaticArray<u32> {
  const number = newNumber(limbs);
  let bits: u64 = 0;
  let count: u32 = 0;
  let limb = 0;
  for (let i = bytes.length - 1; i >= 0 && limb < limbs; i--) {
    bits |= (<u64>bytes.at(i)) << (<u64>count);
    count += 8;
    if (count >= LIMB_BITS) {
      number[limb++] = (<u32>bits) & MASK;
      bits >>= <u64>LIMB_BITS;
      count -= LIMB_BITS;
    }
  }
  if (limb < limbs) number[limb] = (<u32>bits) & MASK;
  return number;
}

/** Writes a number over big-endian bytes, all of them; what doesn't fit is left out. */
export function writeNumber(number: StaticArray<u32>, to: Bytes): void {
  let bits: u64 = 0;
  let count: u32 = 0;
  let limb = 0;
  for (let i = to.length - 1; i >= 0; i--) {
    if (count < 8 && limb < number.length) {
      bits |= (<u64>number[limb++]) << (<u64>count);
      count += LIMB_BITS;
    }
    store<u8>(to.pointer + <usize>i, <u8>bits);
    bits >>= 8;
    count = count < 8 ? 0 : count - 8;
  }
}

/** `a` × `b` + `c`, where `a` and `b` have `limbs` limbs: a number of twice as many. */
export function multiplyAdd(a: StaticArray<u32>, b: StaticArray<u32>, c: StaticArray<u32>, limbs: i32): StaticArray<u32> {
  const product = newNumber(2 * limbs);
  for (let j = 0; j < limbs; j++) product[j] = c[j];
  for (let i = 0; i < limbs; i++) {
    let carry: u64 = 0;
    for (let j = 0; j < limbs; j++) {
      carry += <u64>product[i + j] + <u64>a[i] * <u64>b[j];
      product[i + j] = (<u32>carry) & MASK;
      carry >>= <u64>LIMB_BITS;
    }
    product[i + limbs] = <u32>carry;
  }
  return product;
}

/** What is to be known of a modulus. Numbers in "Montgomery form" are multiplied by R = 2 ^ (26 × limbs); results are below twice the modulus unless it says otherwise. */
@final
export class Modulus {
  /** R² modulo the modulus: what brings a number into Montgomery form. */
  private square: StaticArray<u32>;
  private one: StaticArray<u32>;
  /** -1 / modulus, modulo 2^26. */
  private inverse: u32;
  private sums: StaticArray<u64>;

  /** `value`: odd, at least 8 bits below what `limbs` limbs hold (see `limbCount`). */
  constructor(
    private value: StaticArray<u32>,
    public limbs: i32,
  ) {
    const one = newNumber(limbs);
    one[0] = 1;
    this.one = one;
    const square = newNumber(limbs);
    square[0] = 1;
    this.square = square;
    this.sums = new StaticArray<u64>(limbs + PADDING);
    const low = value[0];
    // Newton: each step doubles the bits that are right; an odd number is its own inverse modulo 8.
    let inverse = low;
    for (let bits = 3; bits < <i32>LIMB_BITS; bits *= 2) inverse *= 2 - low * inverse;
    this.inverse = (0 - inverse) & MASK;
    for (let i = 2 * limbs * <i32>LIMB_BITS; i > 0; i--) {
      this.add(square, square, square);
      this.reduce(square);
    }
  }

  /** Brings a number of `limbs` limbs, whatever its value, into Montgomery form. */
  enter(number: StaticArray<u32>): StaticArray<u32> {
    const result = newNumber(this.limbs);
    this.multiply(number, this.square, result);
    return result;
  }

  /** As `enter`, for a number of twice as many limbs. The result is below four times the modulus. */
  enterWide(number: StaticArray<u32>): StaticArray<u32> {
    const limbs = this.limbs;
    const half = newNumber(limbs);
    for (let i = 0; i < limbs; i++) half[i] = number[i];
    const low = this.enter(half);
    for (let i = 0; i < limbs; i++) half[i] = number[limbs + i];
    const high = this.enter(this.enter(half));
    this.add(low, high, low);
    return low;
  }

  /** Takes a number out of Montgomery form; the result is below the modulus. */
  leave(number: StaticArray<u32>): StaticArray<u32> {
    const result = newNumber(this.limbs);
    this.multiply(number, this.one, result);
    this.reduce(result);
    return result;
  }

  /** `a` × `b` / R. One of them in Montgomery form and one not gives a number that isn't. Each below four times the modulus, or one of any value and the other below the modulus. `out` may be one of them. */
  multiply(a: StaticArray<u32>, b: StaticArray<u32>, out: StaticArray<u32>): void {
    const limbs = <usize>this.limbs;
    const inverse = this.inverse;
    const pa = changetype<usize>(a);
    const pb = changetype<usize>(b);
    const pn = changetype<usize>(this.value);
    const sums = changetype<usize>(this.sums);
    for (let i: usize = 0; i < limbs; i++) store<u64>(sums + (i << 3), 0);
    const b0 = <u64>load<u32>(pb);
    const b1 = <u64>load<u32>(pb, 4);
    const n0 = <u64>load<u32>(pn);
    const n1 = <u64>load<u32>(pn, 4);
    const end = limbs << 2;
    // Two limbs of `a` at a time, so that what the next two read stands where these wrote it, 16 bytes as 16 bytes. A sum gathers at most 2 × limbs products of 52 bits.
    for (let i: usize = 0; i < end; i += 8) {
      const a0 = load<u32>(pa + i);
      const a1 = load<u32>(pa + i, 4);
      let low = load<u64>(sums) + <u64>a0 * b0;
      const m0 = (<u32>low * inverse) & MASK;
      low = ((low + <u64>m0 * n0) >> (<u64>LIMB_BITS)) + load<u64>(sums, 8) + <u64>a0 * b1 + <u64>a1 * b0 + <u64>m0 * n1;
      const m1 = (<u32>low * inverse) & MASK;
      low = (low + <u64>m1 * n0) >> (<u64>LIMB_BITS);
      const a0s = i32x4.splat(a0);
      const a1s = i32x4.splat(a1);
      const m0s = i32x4.splat(m0);
      const m1s = i32x4.splat(m1);
      for (let j: usize = 8; j < end + 8; j += 16) {
        const upperB = v128.load(pb + j);
        const lowerB = v128.load(pb + j - 4);
        const upperN = v128.load(pn + j);
        const lowerN = v128.load(pn + j - 4);
        const at = sums + (j << 1);
        v128.store(
          at - 16,
          i64x2.add(
            i64x2.add(v128.load(at), i64x2.add(i64x2.extmul_low_i32x4_u(a0s, upperB), i64x2.extmul_low_i32x4_u(a1s, lowerB))),
            i64x2.add(i64x2.extmul_low_i32x4_u(m0s, upperN), i64x2.extmul_low_i32x4_u(m1s, lowerN)),
          ),
        );
        v128.store(
          at,
          i64x2.add(
            i64x2.add(v128.load(at, 16), i64x2.add(i64x2.extmul_high_i32x4_u(a0s, upperB), i64x2.extmul_high_i32x4_u(a1s, lowerB))),
            i64x2.add(i64x2.extmul_high_i32x4_u(m0s, upperN), i64x2.extmul_high_i32x4_u(m1s, lowerN)),
          ),
        );
      }
      store<u64>(sums, load<u64>(sums) + low);
    }
    let carry: u64 = 0;
    const to = changetype<usize>(out);
    for (let i: usize = 0; i < limbs; i++) {
      carry += load<u64>(sums + (i << 3));
      store<u32>(to + (i << 2), (<u32>carry) & MASK);
      carry >>= <u64>LIMB_BITS;
    }
  }

  /** `a` + `b`, not reduced. `out` may be one of them. */
  add(a: StaticArray<u32>, b: StaticArray<u32>, out: StaticArray<u32>): void {
    let carry: u32 = 0;
    for (let i = 0; i < this.limbs; i++) {
      carry += a[i] + b[i];
      out[i] = carry & MASK;
      carry >>= LIMB_BITS;
    }
  }

  /** `a` - `b` + twice the modulus: positive for an `a` of any value and a `b` below that. */
  subtract(a: StaticArray<u32>, b: StaticArray<u32>, out: StaticArray<u32>): void {
    let carry: i32 = 0;
    for (let i = 0; i < this.limbs; i++) {
      carry += <i32>a[i] - <i32>b[i] + 2 * <i32>this.value[i];
      out[i] = (<u32>carry) & MASK;
      carry >>= <i32>LIMB_BITS;
    }
  }

  /** Takes the modulus away once, where the number, below twice the modulus, isn't below it; what is done doesn't depend on that. */
  reduce(number: StaticArray<u32>): void {
    let borrow: i32 = 0;
    for (let i = 0; i < this.limbs; i++) borrow = (borrow + <i32>number[i] - <i32>this.value[i]) >> (<i32>LIMB_BITS);
    // All bits where it is large enough, none where it is not.
    const taken = ~(<u32>borrow);
    let carry: i32 = 0;
    for (let i = 0; i < this.limbs; i++) {
      carry += <i32>number[i] - <i32>(this.value[i] & taken);
      number[i] = (<u32>carry) & MASK;
      carry >>= <i32>LIMB_BITS;
    }
  }

  /** `base` ^ `exponent`, both sides in Montgomery form; `exponent` in big-endian bytes. Its length tells how many multiplications that takes, its bits don't. */
  power(base: StaticArray<u32>, exponent: Bytes): StaticArray<u32> {
    const table: StaticArray<u32>[] = [this.enter(this.one), base];
    for (let i = 2; i < 1 << WINDOW; i++) {
      const next = newNumber(this.limbs);
      this.multiply(table[i - 1], base, next);
      table.push(next);
    }
    const result = newNumber(this.limbs);
    copyBytes(changetype<usize>(result), changetype<usize>(table[0]), this.limbs << 2);
    const bits = exponent.length * 8;
    for (let left = ((bits + WINDOW - 1) / WINDOW) * WINDOW; left > 0;) {
      left -= WINDOW;
      for (let i = 0; i < WINDOW; i++) this.multiply(result, result, result);
      // The window's bits stand in two bytes at most.
      const byte = exponent.length - 1 - (left >> 3);
      const two = ((<u32>exponent.at(byte - 1)) << 8) | (<u32>exponent.at(byte));
      this.multiply(result, table[(two >> (left & 7)) & ((1 << WINDOW) - 1)], result);
    }
    return result;
  }
}
