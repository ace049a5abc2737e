/** The keys of one provider: which are usable, which one an attempt gets, and what its answer says of it. Why so: docs/decisions.md, 22. */
import { nowMilliseconds } from "../../shared/host/time";
import { Bytes } from "../../shared/bytes/bytes";
import { numberIn } from "../../shared/bytes/digits";
import { log } from "../../shared/host/log";
import { Metric } from "../../shared/host/metric";
import { HeaderBlock } from "../../shared/host/pairs";
import { effectiveContext } from "../../shared/host/stream";
import { LogLevel } from "../../shared/host/types";
import { Chore, begin } from "../../shared/pipeline/chores";
import { Condition } from "../../shared/pipeline/health";
import { MOST_DIGITS, durationOf, isRemaining, siblingOf } from "../../shared/pipeline/retry-delay";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { ProviderKeySelection } from "./config.generated";
import { FailoverPolicy, KeyFailed, KeyTurnedBack, KeyWorked } from "./key-changes";
import { PooledKey, callerHash } from "./keys";
import { draw } from "./random";

const name = new Bytes();
const value = new Bytes();
/** Of a limit's hundred parts: what is left above this doesn't weigh. */
const PLENTY = 20;
/** For how long a remainder is believed whose reset nobody names, and at most. In milliseconds. */
const BELIEVED: u64 = 10_000;
const LONGEST_BELIEVED: u64 = 60_000;

@final
export class KeyPool {
  private root: u32 = effectiveContext();
  private usable: Array<i32> = [];
  private gauge: Metric;
  private probe: Chore | null = null;

  /** To be made while a root context is configured: probes go out from there. */
  constructor(
    private provider: Bytes,
    public keys: Array<PooledKey>,
    private selection: ProviderKeySelection,
    private policy: FailoverPolicy,
  ) {
    this.gauge = Metric.gauge("sluice.provider." + provider.toString() + ".keys_usable");
    this.count();
  }

  /** The keys themselves. */
  get values(): Array<Bytes> {
    const values: Array<Bytes> = [];
    for (let i = 0; i < this.keys.length; i++) values.push(this.keys[i].value);
    return values;
  }

  /** Who finds out whether a blocked key works again. Looks after those that are blocked or parked from the start on. */
  probedBy(probe: Chore): void {
    this.probe = probe;
    if (this.count() < this.keys.length) begin(this.root, probe);
  }

  /** How many keys may be used now for a model (escaped); for what a certain key has made only that one counts. */
  usableFor(made: u64, model: Bytes): i32 {
    return this.gather(made, model).length;
  }

  /**
   * The place of the key for an attempt; -1: none may be used. `made`: only the key of this hash will do; 0: any. `caller`: null, or who is to have the same key again and again. `tried`: keys (as bits, the first 64) that this request has
   * had already, and gets again only where no other is left.
   */
  pick(made: u64, model: Bytes, caller: Bytes | null, tried: u64): i32 {
    const usable = this.gather(made, model);
    if (usable.length > 1 && tried != 0) this.leaveOut(tried);
    if (usable.length < 2) return usable.length == 0 ? -1 : usable[0];
    if (caller != null) return this.nearestTo(callerHash(caller));
    return this.selection == ProviderKeySelection.LeastRecentlyLimited ? this.leastRecentlyLimited() : this.drawn();
  }

  /** The places of the usable keys, in an array that is used again. */
  private gather(made: u64, model: Bytes): Array<i32> {
    const keys = this.keys;
    const usable = this.usable;
    const asked = model.hash();
    // Asked for only where it matters: most keys are fit.
    let now: u64 = 0;
    usable.length = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      key.health.refresh();
      if (made != 0 && key.hash != made) continue;
      if (now == 0 && key.health.condition != Condition.Fit) now = nowMilliseconds();
      if (key.health.isUsableFor(asked, now)) usable.push(i);
    }
    return usable;
  }

  private leaveOut(tried: u64): void {
    const usable = this.usable;
    let kept = 0;
    for (let i = 0; i < usable.length; i++) {
      const place = usable[i];
      if (place > 63 || ((tried >> place) & 1) == 0) usable[kept++] = place;
    }
    if (kept > 0) usable.length = kept;
  }

  private drawn(): i32 {
    const usable = this.usable;
    const now = nowMilliseconds();
    let total = 0;
    for (let i = 0; i < usable.length; i++) total += this.keys[usable[i]].weightAt(now);
    let rest = draw(total);
    for (let i = 0; i < usable.length; i++) {
      rest -= this.keys[usable[i]].weightAt(now);
      if (rest < 0) return usable[i];
    }
    return usable[0];
  }

  private nearestTo(caller: u64): i32 {
    const usable = this.usable;
    let best = usable[0];
    for (let i = 1; i < usable.length; i++)
      if (this.keys[usable[i]].affinityTo(caller) > this.keys[best].affinityTo(caller)) best = usable[i];
    return best;
  }

  /** Among those that were limited equally long ago, any. */
  private leastRecentlyLimited(): i32 {
    const usable = this.usable;
    const from = draw(usable.length);
    let best = usable[from];
    for (let i = 1; i < usable.length; i++) {
      const at = usable[(from + i) % usable.length];
      if (this.keys[at].health.limited < this.keys[best].health.limited) best = at;
    }
    return best;
  }

  /** What an attempt's answer says of its key. `status`: the provider's; 0: none came. */
  settle(at: i32, model: Bytes, status: i32, failure: Failure | null): void {
    if (at < 0 || at >= this.keys.length) return;
    const key = this.keys[at];
    const health = key.health;
    if (failure == null) {
      if (health.isSound) return;
      if (health.update(new KeyWorked())) this.tell(key);
      return;
    }
    if (health.update(new KeyFailed(this.policy, model.hash(), status, failure))) this.tell(key);
  }

  /** What the headers of an answer say of its key's limits: less than a fifth left, and others are asked rather; nothing, and it waits for the reset. */
  noteLimits(at: i32, head: HeaderBlock): void {
    if (at < 0 || this.keys.length < 2) return;
    let left = 100;
    let until: u64 = 0;
    const now = nowMilliseconds();
    for (let i = 0; i < head.count; i++) {
      head.name(i, name);
      if (!isRemaining(name)) continue;
      const remaining = numberIn(head.value(i, value), MOST_DIGITS);
      const limitAt = head.indexOf(siblingOf(name, "limit"));
      if (limitAt < 0) continue;
      const limit = numberIn(head.value(limitAt, value), MOST_DIGITS);
      if (limit == 0 || remaining > limit) continue;
      const part = <i32>((remaining * 100) / limit);
      if (part >= PLENTY || part >= left) continue;
      left = part;
      const resetAt = head.indexOf(siblingOf(name, "reset"));
      const reset = resetAt < 0 ? -1 : durationOf(head.value(resetAt, value));
      until = now + (reset < 0 ? BELIEVED : min(<u64>reset, LONGEST_BELIEVED));
    }
    const key = this.keys[at];
    if (left == 100 && key.leftUntil == 0) return;
    key.left = left;
    key.leftUntil = until;
  }

  /** A probe has found out whether a blocked key works. `status`: what the provider answered; 0: nothing came. */
  probed(at: i32, status: i32): void {
    const key = this.keys[at];
    if (key.health.update(new KeyTurnedBack(this.policy, status))) this.tell(key);
  }

  /** Why nobody can be asked here: no key may be used. */
  exhaustion(): Failure {
    const now = nowMilliseconds();
    let soonest: u64 = 0;
    for (let i = 0; i < this.keys.length; i++) {
      const health = this.keys[i].health;
      if (health.condition == Condition.Parked && (soonest == 0 || health.until < soonest)) soonest = health.until;
    }
    const id = this.provider.toString();
    if (soonest == 0) {
      return this.failure(
        FailureKind.Overloaded,
        `Provider "${id}" refuses all of its keys. Replace them (docs/failover.md), or ask for a model of another provider.`,
      );
    }
    const failure = this.failure(
      FailureKind.RateLimit,
      `Every key of provider "${id}" is over its limit. Try again later, or ask for a model of another provider.`,
    );
    failure.retryAfter = Bytes.of(((max(soonest, now) - now + 999) / 1000).toString());
    return failure;
  }

  private failure(kind: FailureKind, message: string): Failure {
    const failure = Failure.of(kind, message);
    failure.provider = this.provider;
    return failure;
  }

  /** Says what became of a key, and sees to it that it comes back. */
  private tell(key: PooledKey): void {
    const usable = this.count();
    const health = key.health;
    const what = `provider "${this.provider.toString()}": key ${key.label.toString()}`;
    if (health.condition == Condition.Fit) {
      if (health.failures == 0) log(LogLevel.Info, `${what} works again; ${usable} of ${this.keys.length} keys are usable`);
      return;
    }
    const wait = (max(health.until, health.since) - health.since + 999) / 1000;
    const how =
      health.condition == Condition.Parked
        ? `is parked for ${wait} s`
        : this.policy.probes
          ? `is blocked, and will be probed every ${wait} s`
          : `is blocked for ${wait} s`;
    log(LogLevel.Warn, `${what} ${how} after status ${health.status}; ${usable} of ${this.keys.length} keys are usable`);
    const probe = this.probe;
    if (probe != null) begin(this.root, probe);
  }

  /** Counts the usable keys, for the gauge. */
  count(): i32 {
    const now = nowMilliseconds();
    let usable = 0;
    for (let i = 0; i < this.keys.length; i++) {
      this.keys[i].health.refresh();
      if (this.keys[i].health.isUsable(now)) usable++;
    }
    this.gauge.record(usable);
    return usable;
  }
}
