/** Whether a provider's endpoint answers, as far as attempts showed: the same for all workers. Why here and not by Envoy's outlier detection: docs/decisions.md, 22. */
import { nowMilliseconds } from "../../shared/host/time";
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { log } from "../../shared/host/log";
import { LogLevel } from "../../shared/host/types";
import { Condition, Health, HealthChange, doubled } from "../../shared/pipeline/health";
import { Failure, isServers } from "../../shared/protocols/failure";
import { draw } from "./random";

/** Failures in a row after which it is down. */
const THRESHOLD: u32 = 5;
/** Milliseconds for which others are asked rather: doubled each time, up to the longest, and up to a fifth more, so that gateways don't come back all at once. */
const PAUSE: u64 = 1_000;
const LONGEST_PAUSE: u64 = 30_000;
/** For so long one request tries it, while the others go on elsewhere. */
const TRIAL: u64 = 1_000;
/** What `successes` says of an endpoint that is down: whether such a request is under way. */
const UNTRIED: u32 = 0;
const TRIED: u32 = 1;

@final
export class Endpoint {
  health: Health;

  constructor(private provider: Bytes) {
    const key = new ByteWriter(64);
    key.ascii("sluice.endpoint.");
    key.bytes(provider);
    this.health = new Health(key.view());
  }

  /**
   * Whether others are to be asked rather. Of those who would ask it first after a pause, one is told that it is up, and tries it.
   */
  isDown(isFirst: bool): bool {
    const health = this.health;
    health.refresh();
    if (health.condition == Condition.Fit) return false;
    if (nowMilliseconds() < health.until) return true;
    return isFirst && !health.update(new TrialClaimed());
  }

  /** How an attempt went; null: it was answered. What is the request's or the key's fault is no fault of the endpoint's. */
  settle(failure: Failure | null): void {
    const health = this.health;
    if (failure == null || !isServers(failure.kind)) {
      if (health.isSound) return;
      const wasDown = health.condition != Condition.Fit;
      if (health.update(new EndpointWorked()) && wasDown) log(LogLevel.Info, `provider "${this.provider.toString()}" answers again`);
      return;
    }
    const wasFit = health.condition == Condition.Fit;
    if (health.update(new EndpointFailed()) && health.condition == Condition.Parked && wasFit)
      log(LogLevel.Warn, `provider "${this.provider.toString()}" failed ${THRESHOLD} times in a row; others are asked first`);
  }
}

@final
class EndpointFailed extends HealthChange {
  override apply(health: Health): bool {
    const now = nowMilliseconds();
    // Attempts that began before it was found down say nothing new.
    if (health.condition == Condition.Parked && now < health.until && health.successes == UNTRIED) return false;
    health.successes = UNTRIED;
    health.failures++;
    if (health.failures < THRESHOLD) return true;
    health.condition = Condition.Parked;
    const pause = doubled(PAUSE, LONGEST_PAUSE, health.level);
    health.since = now;
    health.until = now + pause + draw(<i32>(pause / 5));
    health.level++;
    return true;
  }
}

@final
class EndpointWorked extends HealthChange {
  override apply(health: Health): bool {
    if (health.isSound) return false;
    health.heal(nowMilliseconds());
    return true;
  }
}

@final
class TrialClaimed extends HealthChange {
  override apply(health: Health): bool {
    const now = nowMilliseconds();
    if (health.condition != Condition.Parked || now < health.until) return false;
    health.until = now + TRIAL;
    health.successes = TRIED;
    return true;
  }
}
