import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SipHash } from "../crypto/siphash";
import { getShared, setShared } from "../host/shared-data";
import { nowNanoseconds } from "../host/time";
import { VAULT_VALUE_LIMIT, Vault } from "../protocols/vault";

/** How many values there are at most: with the limit of each, 128 MiB; with thinking of usual length a tenth of that. */
const SLOTS: u64 = 4096;
/** Time and length of the key. */
const HEAD = 12;
const first = new SipHash(0x736c7569636520, 0x7661756c74);
const second = new SipHash(0x7661756c74, 0x736c7569636520);
const name = new ByteWriter(64);
const record = new ByteWriter(0);
const found = new Bytes();

/**
 * Signed thinking in Envoy's shared data, for all workers. Values can't be deleted there, so their number is fixed: a key has two slots, and takes the one that is free or was written longest ago. A slot holds its key, which has to be the one that is asked for: another
 * consumer's is never given out. A restart, or another configuration, begins anew.
 */
@final
export class SharedVault extends Vault {
  override put(key: Bytes, value: Bytes): void {
    if (value.length > VAULT_VALUE_LIMIT) return;
    const one = slot(first.of(key));
    const other = slot(second.of(key));
    const to = writtenAt(one, key) <= writtenAt(other, key) ? one : other;
    record.clear();
    record.word64(nowNanoseconds());
    record.word32(key.length);
    record.bytes(key);
    record.bytes(value);
    setShared(to, record.view());
    record.clear();
  }

  override get(key: Bytes): Bytes | null {
    const value = this.in(slot(first.of(key)), key);
    return value != null ? value : this.in(slot(second.of(key)), key);
  }

  private in(slot: Bytes, key: Bytes): Bytes | null {
    const shared = getShared(slot);
    if (shared == null || !holds(shared.bytes, key)) return null;
    const bytes = shared.bytes;
    return found.set(bytes.buffer, bytes.start + HEAD + key.length, bytes.length - HEAD - key.length);
  }
}

/** When a slot was written; 0 if it is free, or is the key's own. */
function writtenAt(slot: Bytes, key: Bytes): u64 {
  const shared = getShared(slot);
  if (shared == null || shared.bytes.length < HEAD || holds(shared.bytes, key)) return 0;
  return shared.bytes.word64(0);
}

function holds(bytes: Bytes, key: Bytes): bool {
  if (bytes.length < HEAD + key.length || bytes.word32(8) != <u32>key.length) return false;
  return bytes.slice(HEAD, HEAD + key.length).equals(key);
}

function slot(hash: u64): Bytes {
  name.clear();
  name.ascii("sluice.thinking.");
  name.unsigned(hash % SLOTS);
  return name.copySince(0);
}
