import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { nowMilliseconds } from "../host/time";
import { Command } from "../store/command";
import { Redis } from "../store/redis";
import { Reply, ReplyKind, ReplyReader } from "../store/reply";
import { Exchange } from "./exchange";
import { OwnedObject, OwnerStore, isAnswer, sharedOwners } from "./owners";
import { StoreQuestion } from "./store-question";

/** How many of a consumer's objects are listed: the newest. */
const LISTED: u64 = 10_000;
/** Seconds for which vendors keep answers, 30 days (https://platform.openai.com/docs/guides/your-data), and one more. */
const ANSWERS_LIFETIME: u64 = 31 * 86_400;
/** The key's hash, and whether a file was checked. */
const HEAD = 12;
const command = new Command();
const name = new ByteWriter(256);
const record = new ByteWriter(128);
const view = new Bytes();

/** Owners in Redis: for all Envoys, and there after a restart. Of each object a record by consumer and id, and of each consumer a list of its newest. What a request needs of them has to be gathered first (`OwnersQuestion`). */
@final
export class RedisOwners extends OwnerStore {
  constructor(
    private redis: Redis,
    /** Null: nothing was asked for. */
    private gathered: OwnersQuestion | null,
  ) {
    super();
  }

  override find(_consumer: Bytes, id: Bytes): OwnedObject | null {
    const gathered = this.gathered;
    return gathered == null ? null : gathered.find(id);
  }

  override put(consumer: Bytes, id: Bytes, object: OwnedObject): void {
    record.clear();
    record.word64(object.key);
    record.word32(object.isChecked ? 1 : 0);
    record.bytes(object.provider);
    command.begin("SET").bytes(keyOf(consumer, id)).bytes(record.pointAt(view)).ascii("NX");
    if (isAnswer(id)) command.ascii("EX").number(ANSWERS_LIFETIME);
    this.redis.send(command, null);
    // Vendors list chat completions, but no responses.
    if (id.startsWith("resp_")) return;
    command
      .begin("ZADD")
      .bytes(listOf(consumer, isAnswer(id)))
      .ascii("NX");
    command.number(nowMilliseconds()).bytes(memberOf(id, object.provider));
    this.redis.send(command, null);
    command
      .begin("ZREMRANGEBYRANK")
      .bytes(listOf(consumer, isAnswer(id)))
      .ascii("0")
      .ascii(`-${LISTED + 1}`);
    this.redis.send(command, null);
  }

  override remove(consumer: Bytes, id: Bytes): void {
    const object = this.find(consumer, id);
    this.redis.send(command.begin("DEL").bytes(keyOf(consumer, id)), null);
    if (object == null) return;
    this.redis.send(
      command
        .begin("ZREM")
        .bytes(listOf(consumer, isAnswer(id)))
        .bytes(memberOf(id, object.provider)),
      null,
    );
  }
}

/** Asks which of some ids are a consumer's, or which it has at all, or merely whether the store is there. */
@final
export class OwnersQuestion extends StoreQuestion {
  private objects: Array<OwnedObject | null> = [];
  private listed: Map<u64, i32> = new Map<u64, i32>();
  private listedIds: Array<Bytes> = [];
  private listedObjects: Array<OwnedObject> = [];

  constructor(
    exchange: Exchange,
    private ids: Array<Bytes>,
    private wantsList: bool,
  ) {
    super(exchange, ids.length > 0 && wantsList ? 2 : 1);
  }

  /** `answers`: these are listed, else all other objects. */
  ask(redis: Redis, consumer: Bytes, answers: bool): void {
    const ids = this.ids;
    if (ids.length > 0) {
      command.begin("MGET");
      for (let i = 0; i < ids.length; i++) command.bytes(keyOf(consumer, ids[i]));
      redis.send(command, this);
    }
    if (this.wantsList) redis.send(command.begin("ZRANGE").bytes(listOf(consumer, answers)).ascii("0").ascii("-1"), this);
    else if (ids.length == 0) redis.send(command.begin("PING"), this);
  }

  override read(index: i32, reply: Reply, elements: ReplyReader): void {
    if (reply.kind != ReplyKind.List) {
      // To PING there is a word, to all else a list: without it nothing is known.
      if (this.ids.length > 0 || this.wantsList) this.isLost = true;
      return;
    }
    // `elements` steps in the same object.
    if (index == 0 && this.ids.length > 0) {
      for (let i = 0; i < this.ids.length && elements.element(); i++)
        this.objects.push(reply.kind == ReplyKind.Text ? objectIn(reply.text) : null);
      return;
    }
    while (elements.element()) {
      if (reply.kind != ReplyKind.Text) continue;
      const member = reply.text.copy();
      const end = member.indexOf(0);
      if (end <= 0) continue;
      const object = new OwnedObject();
      object.provider = member.slice(end + 1);
      const id = member.slice(0, end);
      this.listed.set(id.hash(), this.listedIds.length);
      this.listedIds.push(id);
      this.listedObjects.push(object);
    }
  }

  /** The consumer's object; null: it has none of this id, as far as was asked. */
  find(id: Bytes): OwnedObject | null {
    for (let i = 0; i < this.objects.length; i++) if (this.ids[i].equals(id)) return this.objects[i];
    const hash = id.hash();
    if (!this.listed.has(hash)) return null;
    const at = this.listed.get(hash);
    return this.listedIds[at].equals(id) ? this.listedObjects[at] : null;
  }
}

/** What is known of owners: from this Envoy's shared data, or from Redis, as far as it was asked. */
export function ownersOf(exchange: Exchange): OwnerStore {
  const redis = exchange.redis;
  return redis == null ? sharedOwners : new RedisOwners(redis, exchange.owners);
}

/** The provider that is being asked has made an object for the caller. */
export function noteOwner(exchange: Exchange, id: Bytes, isChecked: bool): void {
  const asked = exchange.asking;
  const consumer = exchange.consumer;
  if (asked == null || consumer == null) return;
  const object = new OwnedObject();
  object.provider = asked.provider.id;
  object.key = exchange.usedKey;
  object.isChecked = isChecked;
  ownersOf(exchange).put(consumer, id, object);
}

function objectIn(bytes: Bytes): OwnedObject | null {
  if (bytes.length <= HEAD) return null;
  const object = new OwnedObject();
  object.key = bytes.word64(0);
  object.isChecked = bytes.word32(8) == 1;
  object.provider = bytes.slice(HEAD).copy();
  return object;
}

/** The consumer's length stands in front, so that no name and no id can be taken for another's. */
function keyOf(consumer: Bytes, id: Bytes): Bytes {
  begin("sluice:owner:", consumer);
  name.byte(0x3a);
  name.bytes(id);
  return name.pointAt(view);
}

/** Answers are many: in a list of their own they push out no file. */
function listOf(consumer: Bytes, answers: bool): Bytes {
  begin(answers ? "sluice:answers:" : "sluice:objects:", consumer);
  return name.pointAt(view);
}

function memberOf(id: Bytes, provider: Bytes): Bytes {
  name.clear();
  name.bytes(id);
  name.byte(0);
  name.bytes(provider);
  return name.pointAt(view);
}

function begin(prefix: string, consumer: Bytes): void {
  name.clear();
  name.ascii(prefix);
  name.unsigned(consumer.length);
  name.byte(0x3a);
  name.bytes(consumer);
}
