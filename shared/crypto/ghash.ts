/**
 * GHASH, the hash of GCM (NIST SP 800-38D, section 6.4, https://doi.org/10.6028/NIST.SP.800-38D). Without tables: products of polynomials come from products of integers whose bits stand four places apart, so that carries die in the gaps
 * (https://www.bearssl.org/constanttime.html#ghash-for-gcm), and time doesn't depend on what is hashed.
 */

const EVERY_FOURTH: u64 = 0x1111111111111111;

/** One message's hash in the making: blocks of 16 bytes, the last of each part filled up with zeros. */
@final
export class Ghash {
  private key1: u64;
  private key0: u64;
  private reversed1: u64;
  private reversed0: u64;
  private y1: u64 = 0;
  private y0: u64 = 0;

  /** `key`: where the 16 bytes of the hash key are. */
  constructor(key: usize) {
    this.key1 = bswap<u64>(load<u64>(key));
    this.key0 = bswap<u64>(load<u64>(key, 8));
    this.reversed1 = reversed(this.key1);
    this.reversed0 = reversed(this.key0);
  }

  clear(): void {
    this.y1 = 0;
    this.y0 = 0;
  }

  /** Adds a part of the message. */
  update(from: usize, length: i32): void {
    for (; length >= 16; length -= 16, from += 16) this.block(bswap<u64>(load<u64>(from)), bswap<u64>(load<u64>(from, 8)));
    if (length <= 0) return;
    let high: u64 = 0;
    let low: u64 = 0;
    for (let i = 0; i < length; i++) {
      const byte = <u64>load<u8>(from + <usize>i);
      const place = <u64>(56 - 8 * (i & 7));
      if (i < 8) high |= byte << place;
      else low |= byte << place;
    }
    this.block(high, low);
  }

  /** Adds the lengths (in bytes) of what is authenticated only and what is encrypted, and writes the hash's 16 bytes. */
  finish(associated: i32, encrypted: i32, to: usize): void {
    this.block((<u64>associated) << 3, (<u64>encrypted) << 3);
    store<u64>(to, bswap<u64>(this.y1));
    store<u64>(to, bswap<u64>(this.y0), 8);
  }

  /** One block, and the multiplication by the key in GF(2¹²⁸), whose bits GCM counts from the other end. */
  private block(high: u64, low: u64): void {
    const y1 = this.y1 ^ high;
    const y0 = this.y0 ^ low;
    const back1 = reversed(y1);
    const back0 = reversed(y0);
    // Karatsuba's way: three products of 64 bits, each in two halves; the upper one is the lower one of the reversed factors.
    const low0 = product(y0, this.key0);
    const low1 = product(y1, this.key1);
    const lowMiddle = product(y0 ^ y1, this.key0 ^ this.key1) ^ low0 ^ low1;
    const back0Product = product(back0, this.reversed0);
    const back1Product = product(back1, this.reversed1);
    const backMiddle = product(back0 ^ back1, this.reversed0 ^ this.reversed1) ^ back0Product ^ back1Product;
    const v0 = low0;
    const v1 = (reversed(back0Product) >> 1) ^ lowMiddle;
    const v2 = low1 ^ (reversed(backMiddle) >> 1);
    const v3 = reversed(back1Product) >> 1;
    // Bits counted from the other end: the product is one place off.
    let r3 = (v3 << 1) | (v2 >> 63);
    let r2 = (v2 << 1) | (v1 >> 63);
    let r1 = (v1 << 1) | (v0 >> 63);
    const r0 = v0 << 1;
    // Modulo x¹²⁸ + x⁷ + x² + x + 1.
    r2 ^= r0 ^ (r0 >> 1) ^ (r0 >> 2) ^ (r0 >> 7);
    r1 ^= (r0 << 63) ^ (r0 << 62) ^ (r0 << 57);
    r3 ^= r1 ^ (r1 >> 1) ^ (r1 >> 2) ^ (r1 >> 7);
    r2 ^= (r1 << 63) ^ (r1 << 62) ^ (r1 << 57);
    this.y1 = r3;
    this.y0 = r2;
  }
}

/** The lower 64 bits of the product of two polynomials over GF(2). */
function product(x: u64, y: u64): u64 {
  const x0 = x & EVERY_FOURTH;
  const x1 = x & (EVERY_FOURTH << 1);
  const x2 = x & (EVERY_FOURTH << 2);
  const x3 = x & (EVERY_FOURTH << 3);
  const y0 = y & EVERY_FOURTH;
  const y1 = y & (EVERY_FOURTH << 1);
  const y2 = y & (EVERY_FOURTH << 2);
  const y3 = y & (EVERY_FOURTH << 3);
  const z0 = (x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1);
  const z1 = (x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2);
  const z2 = (x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3);
  const z3 = (x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0);
  return (z0 & EVERY_FOURTH) | (z1 & (EVERY_FOURTH << 1)) | (z2 & (EVERY_FOURTH << 2)) | (z3 & (EVERY_FOURTH << 3));
}

/** The bits from the other end. */
function reversed(x: u64): u64 {
  x = ((x & 0x5555555555555555) << 1) | ((x >> 1) & 0x5555555555555555);
  x = ((x & 0x3333333333333333) << 2) | ((x >> 2) & 0x3333333333333333);
  x = ((x & 0x0f0f0f0f0f0f0f0f) << 4) | ((x >> 4) & 0x0f0f0f0f0f0f0f0f);
  return bswap<u64>(x);
}
