/** What is known of a key, or of a provider's endpoint, the same for all workers: docs/decisions.md, 22. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { getShared, setShared, sharedVersion } from "../host/shared-data";
import { Status } from "../host/types";

export enum Condition {
  /** May be used. */
  Fit,
  /** May be used again from `until` on. */
  Parked,
  /** May not be used before something has shown that it works again; `until`: when that is tried next. */
  Blocked,
}

/** Its version counts the changes of all records. It has no value. */
const CHANGES = Bytes.of("sluice.health");
/** How often another worker may come first. */
const TRIES = 16;
/** As the version of a value that isn't there: it is then made only if it still isn't. */
const NEW: u32 = 0xffffffff;
const out = new ByteWriter(96);

let seen: u32 = 0;
let look: u32 = 1;

/** Looks whether a worker has changed a record since this one looked last: for one host call a request, records are as new as they can be. */
export function lookAtHealth(): void {
  const version = sharedVersion(CHANGES);
  if (version == seen) return;
  seen = version;
  look++;
}

/** One record: a copy of what is in shared data, as it was when this worker last looked. Times are milliseconds since 1970; 0: never. */
@final
export class Health {
  condition: Condition = Condition.Fit;
  until: u64 = 0;
  since: u64 = 0;
  /** The status that it was last in trouble for; 0: none came. */
  status: u32 = 0;
  /** Failures in a row. */
  failures: u32 = 0;
  /** Probes that succeeded in a row. */
  successes: u32 = 0;
  /** How often it was parked or blocked without having worked in between. */
  level: u32 = 0;
  /** When a provider last said that it is over a limit. */
  limited: u64 = 0;
  /** For requests of what it is parked: the hash of a model; 0: of all. */
  only: u64 = 0;
  private copied: u32 = 0;
  private version: u32 = NEW;

  constructor(
    /** Where it is in shared data. */
    private key: Bytes,
  ) {}

  /** Brings the copy up to date with the last `lookAtHealth`. */
  refresh(): void {
    if (this.copied != look) this.load();
  }

  /** Whether there is nothing against it, and nothing was since it worked last. */
  get isSound(): bool {
    return this.condition == Condition.Fit && this.failures == 0 && this.level == 0;
  }

  /** It works: what was before is forgotten, but for when it was limited last. */
  heal(now: u64): void {
    this.condition = Condition.Fit;
    this.failures = this.successes = this.level = 0;
    this.until = 0;
    this.since = now;
  }

  /** Whether it may be used at this time. */
  isUsable(now: u64): bool {
    return this.condition == Condition.Fit || (this.condition == Condition.Parked && now >= this.until);
  }

  /** The same for requests of a kind. */
  isUsableFor(kind: u64, now: u64): bool {
    return this.isUsable(now) || (this.condition == Condition.Parked && this.only != 0 && this.only != kind);
  }

  /** Changes the record for all workers; false: there was nothing to change, or others came first again and again. */
  update(change: HealthChange): bool {
    for (let i = 0; i < TRIES; i++) {
      this.load();
      if (!change.apply(this)) return false;
      if (this.save() == Status.CasMismatch) continue;
      setShared(CHANGES, EMPTY);
      return true;
    }
    return false;
  }

  private load(): void {
    this.copied = look;
    const shared = getShared(this.key);
    this.version = shared == null ? NEW : shared.version;
    const record = new NumberReader(shared == null ? EMPTY : shared.bytes);
    this.condition = <Condition>record.next();
    this.until = record.next();
    this.since = record.next();
    this.status = <u32>record.next();
    this.failures = <u32>record.next();
    this.successes = <u32>record.next();
    this.level = <u32>record.next();
    this.limited = record.next();
    this.only = record.next();
  }

  private save(): Status {
    out.clear();
    writeNumber(this.condition);
    writeNumber(this.until);
    writeNumber(this.since);
    writeNumber(this.status);
    writeNumber(this.failures);
    writeNumber(this.successes);
    writeNumber(this.level);
    writeNumber(this.limited);
    writeNumber(this.only);
    return setShared(this.key, out.view(), this.version);
  }
}

/** Milliseconds that something is left alone that has failed again and again: doubled with each level, up to the longest. */
export function doubled(first: u64, longest: u64, level: u32): u64 {
  return min(first << min(level, 16), longest);
}

/** What happened to a record. */
export abstract class HealthChange {
  /** Puts it into the record, which is as new as it can be; false: it says nothing new. May be called again. */
  abstract apply(health: Health): bool;
}

function writeNumber(value: u64): void {
  out.unsigned(value);
  out.byte(0x20);
}

/** Numbers in digits, each with one byte behind it, as records in shared data have them. */
@final
export class NumberReader {
  private at: i32 = 0;

  constructor(private bytes: Bytes) {}

  /** 0 behind the last. */
  next(): u64 {
    let value: u64 = 0;
    for (; ; this.at++) {
      const digit = <u32>this.bytes.at(this.at) - 0x30;
      if (digit > 9) break;
      value = value * 10 + digit;
    }
    this.at++;
    return value;
  }

  /** The bytes that follow, up to `length` of them, copied. */
  text(length: i32): Bytes {
    const text = this.bytes.slice(this.at).slice(0, length).copy();
    this.at += text.length;
    return text;
  }
}
