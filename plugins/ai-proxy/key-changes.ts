/** What attempts and probes make of a key's record. */
import { nowMilliseconds } from "../../shared/host/time";
import { Condition, Health, HealthChange, doubled } from "../../shared/pipeline/health";
import { Failure, FailureKind, isRetriable } from "../../shared/protocols/failure";
import { StatusPatterns } from "./status-patterns";

/** Milliseconds that a key is parked after a limit that nobody gave an end to: doubled each time, up to the longest. */
const PARK: u64 = 1_000;
const LONGEST_PARK: u64 = 60_000;
/** The same where the account has nothing left. */
const QUOTA_PARK: u64 = 600_000;
const LONGEST_QUOTA_PARK: u64 = 3_600_000;
/** After which a blocked key that nothing can probe is tried by a request: doubled each time, up to the longest. */
const RETRIAL: u64 = 300_000;
const LONGEST_RETRIAL: u64 = 3_600_000;

/** When a key is taken out, and how it comes back: `failover`, or what holds without it. */
@final
export class FailoverPolicy {
  /** Failures in a row that take a key out, beside 401, 403, 402 and 429, which do at once. 0: none do. */
  failureThreshold: u32 = 0;
  /** Statuses that count as such failures: each pattern is for all of the status. */
  failoverOnStatus: StatusPatterns = new StatusPatterns();
  successThreshold: u32 = 1;
  /** Milliseconds between two probes of a blocked key. */
  probeInterval: u64 = 5_000;
  /** Whether blocked keys are probed; else a request tries them after a while. */
  probes: bool = false;

  counts(status: i32, kind: FailureKind): bool {
    return this.failureThreshold > 0 && !isClients(kind) && this.failoverOnStatus.match(status);
  }
}

/** The client's own fault: no key is worse for it, lest one tenant's prompts take out keys of all. */
function isClients(kind: FailureKind): bool {
  return !isRetriable(kind) || kind == FailureKind.ContextLength;
}

/** An attempt failed. */
@final
export class KeyFailed extends HealthChange {
  constructor(
    private policy: FailoverPolicy,
    /** The hash of the model that was asked. */
    private model: u64,
    private status: i32,
    private failure: Failure,
  ) {
    super();
  }

  override apply(health: Health): bool {
    const now = nowMilliseconds();
    const kind = this.failure.kind;
    const delay = this.failure.retryIn;
    // Requests that were under way when it was taken out say nothing new.
    if (!health.isUsableFor(this.model, now)) return false;
    if (kind == FailureKind.RateLimit) {
      const earlier = health.isUsable(now) ? 0 : health.until;
      const others = health.isUsable(now) || health.only == this.model;
      health.limited = now;
      this.take(health, Condition.Parked, now, delay > 0 ? delay : doubled(PARK, LONGEST_PARK, health.level));
      // Vendors limit models one by one; a second one that is over its limit leaves little hope for the rest.
      health.only = others ? this.model : 0;
      health.until = max(health.until, earlier);
      return true;
    }
    if (kind == FailureKind.InsufficientQuota) {
      health.limited = now;
      return this.take(health, Condition.Parked, now, max(delay, doubled(QUOTA_PARK, LONGEST_QUOTA_PARK, health.level)));
    }
    if (kind == FailureKind.Authentication || (kind == FailureKind.Permission && !isAboutModel(this.failure)))
      return this.block(health, now);
    if (!this.policy.counts(this.status, kind)) return false;
    health.failures++;
    if (health.failures >= this.policy.failureThreshold) return this.block(health, now);
    health.status = this.status;
    return true;
  }

  private block(health: Health, now: u64): bool {
    if (this.policy.probes) return this.take(health, Condition.Blocked, now, this.policy.probeInterval);
    return this.take(health, Condition.Parked, now, doubled(RETRIAL, LONGEST_RETRIAL, health.level));
  }

  private take(health: Health, condition: Condition, now: u64, delay: u64): bool {
    health.condition = condition;
    health.since = now;
    health.until = now + delay;
    health.status = this.status;
    health.level++;
    health.only = 0;
    health.failures = 0;
    health.successes = 0;
    return true;
  }
}

/** A 403 may be about what this request asks for: then the key is as good as before for others. */
function isAboutModel(failure: Failure): bool {
  const message = failure.message.toLowerCase();
  return (
    message.contains("model") || message.contains("moderation") || failure.code.contains("model") || failure.code.contains("moderation")
  );
}

/** An attempt succeeded. */
@final
export class KeyWorked extends HealthChange {
  override apply(health: Health): bool {
    const now = nowMilliseconds();
    // It began before the key was taken out.
    if (!health.isUsable(now)) return false;
    if (health.isSound) return false;
    health.heal(now);
    return true;
  }
}

/** This worker probes a blocked key; the others wait for the next interval. */
@final
export class ProbeClaimed extends HealthChange {
  constructor(private policy: FailoverPolicy) {
    super();
  }

  override apply(health: Health): bool {
    const now = nowMilliseconds();
    if (health.condition != Condition.Blocked || now < health.until) return false;
    health.until = now + this.policy.probeInterval;
    return true;
  }
}

/** What a probe found. */
@final
export class KeyTurnedBack extends HealthChange {
  constructor(
    private policy: FailoverPolicy,
    private status: i32,
  ) {
    super();
  }

  override apply(health: Health): bool {
    if (health.condition != Condition.Blocked) return false;
    const now = nowMilliseconds();
    if (this.status == 429) {
      // The key is known again; it only has to wait.
      health.condition = Condition.Parked;
      health.until = now + PARK;
      return true;
    }
    if (this.status < 200 || this.status > 299) return false;
    health.successes++;
    if (health.successes < this.policy.successThreshold) return true;
    health.heal(now);
    return true;
  }
}
