/** One key of a provider's, and what all workers know of it. */
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { SipHash } from "../../shared/crypto/siphash";
import { Health } from "../../shared/pipeline/health";

const hashes = new SipHash(0x736c7569636520, 0x6b657973);
const SHORTEST_SHOWN = 16;

@final
export class PooledKey {
  /** By which objects that it made are known again, too. */
  hash: u64;
  health: Health;
  /** Of a hundred: how much of the key's limits is left, as its provider last said it, until `leftUntil` (milliseconds since 1970). */
  left: i32 = 100;
  leftUntil: u64 = 0;

  constructor(
    provider: Bytes,
    public value: Bytes,
    /** What people call it: its name, or its place and last four characters. */
    public label: Bytes,
    public weight: i32,
  ) {
    const hash = hashes.of(value);
    const key = new ByteWriter(64);
    key.ascii("sluice.key.");
    key.bytes(provider);
    key.byte(0x2e);
    key.unsigned(hash);
    this.hash = hash;
    this.health = new Health(key.view());
  }

  /** As a weight among the provider's keys. */
  weightAt(now: u64): i32 {
    const left = now < this.leftUntil ? this.left : 100;
    return max((this.weight * left) / 10, 1);
  }

  /** How well it suits a caller: the highest of hashes wins, so that another key, or one less, moves few callers. */
  affinityTo(caller: u64): u64 {
    return (caller ^ this.hash) * 0x9e3779b97f4a7c15;
  }
}

/** The hash by which a caller has a key of its own. */
export function callerHash(consumer: Bytes): u64 {
  return hashes.of(consumer);
}

/** `#2 …abcd`: the last four characters where those give nothing away. `index` from 0. */
export function labelOf(key: Bytes, index: i32): Bytes {
  const out = new ByteWriter(16);
  out.byte(0x23);
  out.unsigned(index + 1);
  if (key.length >= SHORTEST_SHOWN) {
    out.ascii(" ...");
    out.bytes(key.slice(key.length - 4));
  }
  return out.view();
}
