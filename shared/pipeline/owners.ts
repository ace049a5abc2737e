import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SipHash } from "../crypto/siphash";
import { getShared, setShared } from "../host/shared-data";
import { Status } from "../host/types";

/** Whom an object belongs to at its provider, and what was seen of it. */
@final
export class OwnedObject {
  /** The provider's id. */
  provider: Bytes = EMPTY;
  /** Which of its keys made it: a hash. */
  key: u64 = 0;
  /** A file whose lines were read: models and ids in it are the caller's to use. */
  isChecked: bool = false;
}

/** Who made which object. A store that has to ask elsewhere (Redis) is asked before the hooks that find and put. */
export abstract class OwnerStore {
  /** The caller's own object; null: it has none of this id. */
  abstract find(consumer: Bytes, id: Bytes): OwnedObject | null;
  abstract put(consumer: Bytes, id: Bytes, object: OwnedObject): void;
  abstract remove(consumer: Bytes, id: Bytes): void;
}

const BUCKETS: u64 = 1024;
/** Records of one bucket: 65,536 objects in all, some 10 MiB; and as many stored answers. */
const BUCKET_LIMIT = 64;
/** Key, mark, and three lengths. */
const HEAD = 24;
/** How often another worker may come first. */
const TRIES = 16;
/** As the version of a value that isn't there: it is then made only if it still isn't. */
const NEW: u32 = 0xffffffff;
const hash = new SipHash(0x736c7569636520, 0x6f776e657273);
const scratch = new ByteWriter(256);
const record = new ByteWriter(256);
const rewritten = new ByteWriter(0);

/**
 * Owners in Envoy's shared data, for all workers. Values can't be deleted there, so their number is fixed, and each holds a bounded list, oldest first. In a full one the oldest of the consumer that has the most in it makes room: who makes many
 * objects loses its own. A restart, or another module or environment (shared data belongs to a VM's id), begins anew.
 */
@final
export class SharedOwners extends OwnerStore {
  override find(consumer: Bytes, id: Bytes): OwnedObject | null {
    const shared = getShared(bucketOf(consumer, id));
    if (shared == null) return null;
    const at = place(shared.bytes, consumer, id);
    return at < 0 ? null : objectAt(shared.bytes, at);
  }

  override put(consumer: Bytes, id: Bytes, object: OwnedObject): void {
    this.change(consumer, id, object);
  }

  override remove(consumer: Bytes, id: Bytes): void {
    this.change(consumer, id, null);
  }

  private change(consumer: Bytes, id: Bytes, object: OwnedObject | null): void {
    const bucket = bucketOf(consumer, id);
    for (let i = 0; i < TRIES; i++) {
      const shared = getShared(bucket);
      const bytes = shared == null ? EMPTY : shared.bytes;
      const version = shared == null ? NEW : shared.version;
      const at = place(bytes, consumer, id);
      if (at >= 0 && object != null) return;
      rewritten.clear();
      if (at >= 0) copyWithout(bytes, at);
      else if (object == null) return;
      else copyWithout(bytes, countOf(bytes) < BUCKET_LIMIT ? -1 : oldestOfMost(bytes));
      if (object != null) append(consumer, id, object);
      if (setShared(bucket, rewritten.view(), version) != Status.CasMismatch) break;
    }
    rewritten.clear();
  }
}

/** Whether an id is that of a stored answer: these are many, vendors keep them for 30 days, and they must push out no file. */
export function isAnswer(id: Bytes): bool {
  return id.startsWith("resp_") || id.startsWith("chatcmpl-");
}

function bucketOf(consumer: Bytes, id: Bytes): Bytes {
  scratch.clear();
  scratch.bytes(consumer);
  scratch.byte(0);
  scratch.bytes(id);
  const index = hash.of(scratch.view()) % BUCKETS;
  scratch.clear();
  scratch.ascii(isAnswer(id) ? "sluice.answers." : "sluice.owners.");
  scratch.unsigned(index);
  return scratch.copySince(0);
}

function append(consumer: Bytes, id: Bytes, object: OwnedObject): void {
  record.clear();
  record.word64(object.key);
  record.word32(object.isChecked ? 1 : 0);
  record.word32(consumer.length);
  record.word32(object.provider.length);
  record.word32(id.length);
  record.bytes(consumer);
  record.bytes(object.provider);
  record.bytes(id);
  rewritten.bytes(record.view());
}

/** Where the record behind the one at `at` begins; the length, if the bytes are cut. */
function next(bytes: Bytes, at: i32): i32 {
  const size: u64 = HEAD + <u64>bytes.word32(at + 12) + <u64>bytes.word32(at + 16) + <u64>bytes.word32(at + 20);
  return size > <u64>(bytes.length - at) ? bytes.length : at + <i32>size;
}

function consumerAt(bytes: Bytes, at: i32): Bytes {
  return bytes.slice(at + HEAD, at + HEAD + <i32>bytes.word32(at + 12));
}

function idAt(bytes: Bytes, at: i32): Bytes {
  const end = next(bytes, at);
  return bytes.slice(end - <i32>bytes.word32(at + 20), end);
}

function objectAt(bytes: Bytes, at: i32): OwnedObject {
  const object = new OwnedObject();
  const from = at + HEAD + <i32>bytes.word32(at + 12);
  object.key = bytes.word64(at);
  object.isChecked = bytes.word32(at + 8) == 1;
  object.provider = bytes.slice(from, from + <i32>bytes.word32(at + 16));
  return object;
}

/** Where the record of an id and its owner begins; -1: nowhere. */
function place(bytes: Bytes, consumer: Bytes, id: Bytes): i32 {
  for (let at = 0; at + HEAD <= bytes.length; at = next(bytes, at)) {
    if (consumerAt(bytes, at).equals(consumer) && idAt(bytes, at).equals(id)) return at;
  }
  return -1;
}

function countOf(bytes: Bytes): i32 {
  let count = 0;
  for (let at = 0; at + HEAD <= bytes.length; at = next(bytes, at)) count++;
  return count;
}

/** Copies all records but the one at `without` (-1: all). */
function copyWithout(bytes: Bytes, without: i32): void {
  if (without < 0) return rewritten.bytes(bytes);
  rewritten.bytes(bytes.slice(0, without));
  rewritten.bytes(bytes.slice(next(bytes, without)));
}

/** The first record of the consumer that has the most. */
function oldestOfMost(bytes: Bytes): i32 {
  let oldest = 0;
  let most = 0;
  for (let at = 0; at + HEAD <= bytes.length; at = next(bytes, at)) {
    const consumer = consumerAt(bytes, at);
    let count = 0;
    for (let other = at; other + HEAD <= bytes.length; other = next(bytes, other)) if (consumerAt(bytes, other).equals(consumer)) count++;
    if (count > most) {
      most = count;
      oldest = at;
    }
  }
  return oldest;
}

/** The owners in this Envoy's shared data. */
export const sharedOwners: OwnerStore = new SharedOwners();
