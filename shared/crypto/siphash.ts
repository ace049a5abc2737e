import { Bytes } from "../bytes/bytes";

/**
 * SipHash-2-4 (https://www.aumasson.jp/siphash/siphash.pdf): a hash that nobody can predict who doesn't know the key. For tables whose keys are secrets or come from an adversary: neither collisions nor timing tell
 * anything about what is in the table.
 */
@final
export class SipHash {
  constructor(
    private k0: u64,
    private k1: u64,
  ) {}

  of(bytes: Bytes): u64 {
    let v0: u64 = this.k0 ^ 0x736f6d6570736575;
    let v1: u64 = this.k1 ^ 0x646f72616e646f6d;
    let v2: u64 = this.k0 ^ 0x6c7967656e657261;
    let v3: u64 = this.k1 ^ 0x7465646279746573;
    const pointer = bytes.pointer;
    const length = bytes.length;
    const whole = length & ~7;
    for (let at = 0; at <= whole; at += 8) {
      let word: u64 = 0;
      if (at < whole) word = load<u64>(pointer + <usize>at);
      else {
        word = (<u64>length) << 56;
        for (let i = at; i < length; i++) word |= (<u64>load<u8>(pointer + <usize>i)) << (((<u64>i) & 7) << 3);
      }
      v3 ^= word;
      for (let round = 0; round < 2; round++) {
        v0 += v1;
        v1 = rotl(v1, 13) ^ v0;
        v0 = rotl(v0, 32);
        v2 += v3;
        v3 = rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = rotl(v1, 17) ^ v2;
        v2 = rotl(v2, 32);
      }
      v0 ^= word;
    }
    v2 ^= 0xff;
    for (let round = 0; round < 4; round++) {
      v0 += v1;
      v1 = rotl(v1, 13) ^ v0;
      v0 = rotl(v0, 32);
      v2 += v3;
      v3 = rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = rotl(v1, 17) ^ v2;
      v2 = rotl(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}

/** Whether two byte strings are equal, in a time that depends on their lengths only. */
export function equalInConstantTime(a: Bytes, b: Bytes): bool {
  if (a.length != b.length) return false;
  let difference: u32 = 0;
  for (let i = 0; i < a.length; i++) difference |= (<u32>load<u8>(a.pointer + <usize>i)) ^ (<u32>load<u8>(b.pointer + <usize>i));
  return difference == 0;
}
