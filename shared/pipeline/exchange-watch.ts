/** Hold of an exchange for what happens beside its callbacks: by then it may be over, and its slot another request's. */
import { effectiveContext, setEffectiveContext } from "../host/stream";
import { nowMilliseconds } from "../host/time";
import { Status } from "../host/types";
import { Chore, begin } from "./chores";
import { Exchange } from "./exchange";

/** An exchange as it was when this was made, in its gate's context. */
export class ExchangeHold {
  private readonly generation: u32;
  private readonly context: u32 = effectiveContext();

  constructor(protected readonly exchange: Exchange) {
    this.generation = exchange.generation;
  }

  /** Whether it is still the same request's. */
  get isLive(): bool {
    return this.exchange.inUse && this.exchange.generation == this.generation;
  }

  /** Makes its gate's context the effective one; false: the stream is gone. */
  protected enter(): bool {
    return setEffectiveContext(this.context) == Status.Ok;
  }

  /** Goes on with it, if it is there and waits. Leaves its gate's context effective. */
  resume(): void {
    if (this.isLive && this.enter()) this.exchange.resume();
  }
}

/** An exchange that is looked at from time to time. */
export abstract class Watched extends ExchangeHold {
  /** `now`: milliseconds since 1970. Whether it has to be looked at again. Asked only while the exchange is live. */
  abstract look(now: u64): bool;
}

/** Those of one root's requests. */
@final
export class Watch extends Chore {
  private watched: Array<Watched> = [];
  private next: u64 = 0;

  constructor(
    private root: u32,
    /** Milliseconds between two looks; 0: as often as chores run. */
    private period: u64,
  ) {
    super();
  }

  add(watched: Watched): void {
    this.watched.push(watched);
    begin(this.root, this);
  }

  override run(): bool {
    const now = nowMilliseconds();
    if (now < this.next) return true;
    this.next = now + this.period;
    const watched = this.watched;
    let kept = 0;
    for (let i = 0; i < watched.length; i++) if (watched[i].isLive && watched[i].look(now)) watched[kept++] = watched[i];
    watched.length = kept;
    setEffectiveContext(this.root);
    return kept > 0;
  }
}
