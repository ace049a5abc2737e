import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SipHash } from "../crypto/siphash";
import { getShared, setShared } from "../host/shared-data";
import { nowNanoseconds } from "../host/time";
import { VAULT_VALUE_LIMIT, Vault, consumerOf } from "../protocols/vault";

/** How many values there are at most of all consumers, and as many of callers without a name: with the limit of each 128 MiB, with thinking of usual length a tenth of that. */
const SLOTS: u64 = 4096;
/** Which of them a consumer's values may take. */
const SLOTS_OF_ONE: u64 = 256;
/** Time and length of the key. */
const HEAD = 12;
const first = new SipHash(0x736c7569636520, 0x7661756c74);
const second = new SipHash(0x7661756c74, 0x736c7569636520);
const place = new SipHash(0x736c7569636520, 0x736c6f7473);
const name = new ByteWriter(64);
const record = new ByteWriter(0);
const placed = new ByteWriter(128);
const found = new Bytes();

/**
 * Signed thinking in Envoy's shared data, for all workers. Values can't be deleted there, so their number is fixed. A key has two slots, out of the few that are its consumer's (others may have some of these too): it takes a free one, else the older one of its own consumer's, else the older one. So who keeps much loses its own, and of another consumer's
 * the few at most that lie where it may write. A slot holds its key, which has to be the one that is asked for: another consumer's is never given out. A restart, or another configuration, begins anew.
 */
@final
export class SharedVault extends Vault {
  override put(key: Bytes, value: Bytes): void {
    if (value.length > VAULT_VALUE_LIMIT) return;
    const one = slot(first.of(key), key);
    const other = slot(second.of(key), key);
    const to = weightOf(one, key) <= weightOf(other, key) ? one : other;
    record.clear();
    record.word64(nowNanoseconds());
    record.word32(key.length);
    record.bytes(key);
    record.bytes(value);
    setShared(to, record.view());
    record.clear();
  }

  override get(key: Bytes): Bytes | null {
    const value = this.in(slot(first.of(key), key), key);
    return value != null ? value : this.in(slot(second.of(key), key), key);
  }

  private in(slot: Bytes, key: Bytes): Bytes | null {
    const shared = getShared(slot);
    if (shared == null || !holds(shared.bytes, key)) return null;
    const bytes = shared.bytes;
    return found.set(bytes.buffer, bytes.start + HEAD + key.length, bytes.length - HEAD - key.length);
  }
}

/** How much is lost by writing here: nothing if the slot is free or the key's own, less if it is the consumer's, and less the older it is. */
function weightOf(slot: Bytes, key: Bytes): u64 {
  const shared = getShared(slot);
  if (shared == null || shared.bytes.length < HEAD || holds(shared.bytes, key)) return 0;
  const isOwn = consumerOf(shared.bytes.slice(HEAD)).equals(consumerOf(key));
  // Nanoseconds since 1970 have their highest bit in 2262.
  return (shared.bytes.word64(0) & ~OTHERS) | (isOwn ? 0 : OTHERS);
}

const OTHERS: u64 = 1 << 63;

function holds(bytes: Bytes, key: Bytes): bool {
  if (bytes.length < HEAD + key.length || bytes.word32(8) != <u32>key.length) return false;
  return bytes.slice(HEAD, HEAD + key.length).equals(key);
}

function slot(hash: u64, key: Bytes): Bytes {
  const consumer = consumerOf(key);
  name.clear();
  if (consumer.isEmpty) {
    name.ascii("sluice.thinking.");
    name.unsigned(hash % SLOTS);
    return name.copySince(0);
  }
  placed.clear();
  placed.word64(hash % SLOTS_OF_ONE);
  placed.bytes(consumer);
  name.ascii("sluice.thinking.of.");
  name.unsigned(place.of(placed.view()) % SLOTS);
  return name.copySince(0);
}
