/** SHA-256 (FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4). */
import { Bytes } from "../bytes/bytes";
import { copyBytes } from "../bytes/copy";

/** Bytes of a digest. */
export const SHA256_LENGTH: i32 = 32;
/** Bytes of a block, as HMAC asks for. */
export const SHA256_BLOCK: i32 = 64;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
// prettier-ignore
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);
/** The message schedule of the block at hand, and the same with K added. Nobody else runs meanwhile. */
const W: usize = memory.data(256, 16);
const WK: usize = memory.data(256, 16);

/** A digest in the making: `update` as often as there are pieces, then `finish`, which begins anew. Holds 64 bytes, whatever the message's length. */
@final
export class Sha256 {
  private h0: u32 = 0;
  private h1: u32 = 0;
  private h2: u32 = 0;
  private h3: u32 = 0;
  private h4: u32 = 0;
  private h5: u32 = 0;
  private h6: u32 = 0;
  private h7: u32 = 0;
  private length: u64 = 0;
  /** The bytes of a block that is not whole yet: `length & 63` of them. */
  private block: StaticArray<u8> = new StaticArray<u8>(SHA256_BLOCK);

  constructor() {
    this.clear();
  }

  /** Begins anew; what came is forgotten. */
  clear(): this {
    this.h0 = 0x6a09e667;
    this.h1 = 0xbb67ae85;
    this.h2 = 0x3c6ef372;
    this.h3 = 0xa54ff53a;
    this.h4 = 0x510e527f;
    this.h5 = 0x9b05688c;
    this.h6 = 0x1f83d9ab;
    this.h7 = 0x5be0cd19;
    this.length = 0;
    return this;
  }

  /** Goes on where another digest is: HMAC hashes its key's block once. */
  copyFrom(other: Sha256): this {
    this.h0 = other.h0;
    this.h1 = other.h1;
    this.h2 = other.h2;
    this.h3 = other.h3;
    this.h4 = other.h4;
    this.h5 = other.h5;
    this.h6 = other.h6;
    this.h7 = other.h7;
    this.length = other.length;
    copyBytes(changetype<usize>(this.block), changetype<usize>(other.block), SHA256_BLOCK);
    return this;
  }

  /** Adds bytes of the message. */
  update(bytes: Bytes): this {
    const block = changetype<usize>(this.block);
    let from = bytes.pointer;
    let left = bytes.length;
    const held = <i32>(this.length & 63);
    this.length += <u64>left;
    if (held > 0) {
      const taken = min(SHA256_BLOCK - held, left);
      copyBytes(block + <usize>held, from, taken);
      if (held + taken < SHA256_BLOCK) return this;
      this.compress(block);
      from += <usize>taken;
      left -= taken;
    }
    for (; left >= SHA256_BLOCK; left -= SHA256_BLOCK, from += <usize>SHA256_BLOCK) this.compress(from);
    copyBytes(block, from, left);
    return this;
  }

  /** The digest, 32 bytes in a buffer of their own. This object begins anew. */
  finish(): Bytes {
    const block = changetype<usize>(this.block);
    let held = <usize>(this.length & 63);
    store<u8>(block + held++, 0x80);
    if (held > 56) {
      memory.fill(block + held, 0, 64 - held);
      this.compress(block);
      held = 0;
    }
    memory.fill(block + held, 0, 56 - held);
    store<u64>(block, bswap<u64>(this.length << 3), 56);
    this.compress(block);
    const digest = new StaticArray<u8>(SHA256_LENGTH);
    const to = changetype<usize>(digest);
    store<u32>(to, bswap<u32>(this.h0));
    store<u32>(to, bswap<u32>(this.h1), 4);
    store<u32>(to, bswap<u32>(this.h2), 8);
    store<u32>(to, bswap<u32>(this.h3), 12);
    store<u32>(to, bswap<u32>(this.h4), 16);
    store<u32>(to, bswap<u32>(this.h5), 20);
    store<u32>(to, bswap<u32>(this.h6), 24);
    store<u32>(to, bswap<u32>(this.h7), 28);
    this.clear();
    return Bytes.whole(digest);
  }

  /** One block of 64 bytes at `from` (section 6.2.2). Eight rounds are written out, so that the working variables change their names instead of their places. */
  private compress(from: usize): void {
    schedule(from);
    let a = this.h0;
    let b = this.h1;
    let c = this.h2;
    let d = this.h3;
    let e = this.h4;
    let f = this.h5;
    let g = this.h6;
    let h = this.h7;
    for (let at: usize = WK; at < WK + 256; at += 32) {
      h += load<u32>(at) + bigSigma1(e) + choose(e, f, g);
      d += h;
      h += bigSigma0(a) + majority(a, b, c);
      g += load<u32>(at, 4) + bigSigma1(d) + choose(d, e, f);
      c += g;
      g += bigSigma0(h) + majority(h, a, b);
      f += load<u32>(at, 8) + bigSigma1(c) + choose(c, d, e);
      b += f;
      f += bigSigma0(g) + majority(g, h, a);
      e += load<u32>(at, 12) + bigSigma1(b) + choose(b, c, d);
      a += e;
      e += bigSigma0(f) + majority(f, g, h);
      d += load<u32>(at, 16) + bigSigma1(a) + choose(a, b, c);
      h += d;
      d += bigSigma0(e) + majority(e, f, g);
      c += load<u32>(at, 20) + bigSigma1(h) + choose(h, a, b);
      g += c;
      c += bigSigma0(d) + majority(d, e, f);
      b += load<u32>(at, 24) + bigSigma1(g) + choose(g, h, a);
      f += b;
      b += bigSigma0(c) + majority(c, d, e);
      a += load<u32>(at, 28) + bigSigma1(f) + choose(f, g, h);
      e += a;
      a += bigSigma0(b) + majority(b, c, d);
    }
    this.h0 += a;
    this.h1 += b;
    this.h2 += c;
    this.h3 += d;
    this.h4 += e;
    this.h5 += f;
    this.h6 += g;
    this.h7 += h;
  }
}

const ONCE = new Sha256();

/** The SHA-256 digest of bytes: 32 bytes in a buffer of their own. */
export function sha256(bytes: Bytes): Bytes {
  return ONCE.clear().update(bytes).finish();
}

/** Expands a block into W, four words at a time but for the part in which a word needs the one two before it, and adds K. */
function schedule(from: usize): void {
  for (let at: usize = 0; at < 64; at += 16) {
    const bytes = v128.load(from + at);
    const words = i8x16.shuffle(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    v128.store(W + at, words);
    v128.store(WK + at, i32x4.add(words, v128.load(K + at)));
  }
  let w2 = load<u32>(W, 56);
  let w1 = load<u32>(W, 60);
  for (let at: usize = 64; at < 256; at += 16) {
    const w15 = v128.load(W + at - 60);
    const sigma0 = v128.xor(
      v128.xor(v128.or(i32x4.shr_u(w15, 7), i32x4.shl(w15, 25)), v128.or(i32x4.shr_u(w15, 18), i32x4.shl(w15, 14))),
      i32x4.shr_u(w15, 3),
    );
    let words = i32x4.add(i32x4.add(v128.load(W + at - 64), sigma0), v128.load(W + at - 28));
    const w0 = <u32>i32x4.extract_lane(words, 0) + smallSigma1(w2);
    w1 = <u32>i32x4.extract_lane(words, 1) + smallSigma1(w1);
    w2 = <u32>i32x4.extract_lane(words, 2) + smallSigma1(w0);
    const w3 = <u32>i32x4.extract_lane(words, 3) + smallSigma1(w1);
    words = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(w0), 1, w1), 2, w2), 3, w3);
    w1 = w3;
    v128.store(W + at, words);
    v128.store(WK + at, i32x4.add(words, v128.load(K + at)));
  }
}

// The functions of section 4.1.2.

// @ts-ignore: decorator
@inline
function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

// @ts-ignore: decorator
@inline
function majority(x: u32, y: u32, z: u32): u32 {
  return (x & y) | (z & (x | y));
}

// @ts-ignore: decorator
@inline
function bigSigma0(x: u32): u32 {
  return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

// @ts-ignore: decorator
@inline
function bigSigma1(x: u32): u32 {
  return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}

// @ts-ignore: decorator
@inline
function smallSigma1(x: u32): u32 {
  return rotr(x, 17) ^ rotr(x, 19) ^ (x >> 10);
}
