import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SipHash } from "../crypto/siphash";
import { VAULT_VALUE_LIMIT, Vault, consumerOf } from "../protocols/vault";
import { Command } from "../store/command";
import { Redis } from "../store/redis";
import { Reply, ReplyKind, ReplyReader } from "../store/reply";
import { Exchange } from "./exchange";
import { StoreQuestion } from "./store-question";

/** How many values a consumer has at most, each for a day: 128 MiB with the limit of each, some 10 with thinking of usual length. */
const SLOTS_OF_ONE: u64 = 4096;
/** And all callers without a name together. */
const SLOTS_OF_NOBODY: u64 = 65536;
/** Seconds. */
const LIFETIME: u64 = 86_400;
const hash = new SipHash(0x736c7569636520, 0x7265646973);
const command = new Command();
const name = new ByteWriter(128);
const record = new ByteWriter(0);

/** Signed thinking in Redis: shared by all Envoys, and there after a restart. What a request needs of it has to be gathered first (`ThinkingQuestion`). */
@final
export class RedisVault extends Vault {
  constructor(
    private redis: Redis,
    /** Null: nothing is asked for. */
    private gathered: ThinkingQuestion | null,
  ) {
    super();
  }

  override put(key: Bytes, value: Bytes): void {
    if (value.length > VAULT_VALUE_LIMIT) return;
    record.clear();
    record.word32(key.length);
    record.bytes(key);
    record.bytes(value);
    command.begin("SET").bytes(slotOf(key)).bytes(record.view()).ascii("EX").number(LIFETIME);
    record.clear();
    this.redis.send(command, null);
    command.begin("");
  }

  override get(key: Bytes): Bytes | null {
    const gathered = this.gathered;
    return gathered == null ? null : gathered.find(key);
  }
}

/** Asks for what is kept under some keys. */
@final
export class ThinkingQuestion extends StoreQuestion {
  private values: Array<Bytes> = [];

  constructor(
    exchange: Exchange,
    private keys: Array<Bytes>,
  ) {
    super(exchange, 1);
  }

  ask(redis: Redis): void {
    command.begin("MGET");
    for (let i = 0; i < this.keys.length; i++) command.bytes(slotOf(this.keys[i]));
    redis.send(command, this);
  }

  override read(_index: i32, reply: Reply, elements: ReplyReader): void {
    if (reply.kind != ReplyKind.List) return;
    // `elements` steps in the same object.
    for (let i = 0; i < this.keys.length && elements.element(); i++)
      this.values.push(reply.kind == ReplyKind.Text ? valueIn(reply.text, this.keys[i]) : EMPTY);
  }

  /** Null: it isn't there, or the store didn't say. */
  find(key: Bytes): Bytes | null {
    for (let i = 0; i < this.values.length; i++) if (this.keys[i].equals(key)) return this.values[i].isEmpty ? null : this.values[i];
    return null;
  }
}

/** What is kept in a slot, if it is this key's: keys are compared whole, whoever has written there. Empty: nothing. */
function valueIn(bytes: Bytes, key: Bytes): Bytes {
  if (bytes.length < 4 + key.length || bytes.word32(0) != <u32>key.length) return EMPTY;
  return bytes.slice(4, 4 + key.length).equals(key) ? bytes.slice(4 + key.length).copy() : EMPTY;
}

/** No consumer's names begin like another's: the length stands in front. */
function slotOf(key: Bytes): Bytes {
  const consumer = consumerOf(key);
  name.clear();
  name.ascii("sluice:thinking:");
  name.unsigned(consumer.length);
  name.byte(0x3a);
  name.bytes(consumer);
  name.byte(0x3a);
  name.unsigned(hash.of(key) % (consumer.isEmpty ? SLOTS_OF_NOBODY : SLOTS_OF_ONE));
  return name.view();
}
