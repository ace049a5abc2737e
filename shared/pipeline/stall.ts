/** Ends streams whose provider stands still after the commit point: Envoy has a limit for that only where it holds for the wait for the first content, too (docs/decisions.md, 23). */
import { closeResponse, effectiveContext, setEffectiveContext } from "../host/stream";
import { Status } from "../host/types";
import { Failure, FailureKind } from "../protocols/failure";
import { Chore, begin } from "./chores";
import { Exchange } from "./exchange";
import { nowMilliseconds } from "./health";

/** How often open streams are looked at, in milliseconds. */
const LOOK: u64 = 100;

/** A stream that is on its way to a client. */
@final
class OpenStream {
  private generation: u32;
  private context: u32 = effectiveContext();

  constructor(private exchange: Exchange) {
    this.generation = exchange.generation;
  }

  /** Whether it has to be looked at again. */
  look(now: u64): bool {
    const exchange = this.exchange;
    if (!exchange.inUse || exchange.generation != this.generation || exchange.queue.ended) return false;
    if (now < exchange.lastBytesAt + exchange.stallTimeout) return true;
    const planned = exchange.answeredBy;
    const id = planned == null ? "" : planned.provider.id.toString();
    const failure = Failure.of(FailureKind.Timeout, `Provider "${id}" stood still inside its answer.`);
    if (planned != null) failure.provider = planned.provider.id;
    exchange.failure = failure;
    if (setEffectiveContext(this.context) == Status.Ok) closeResponse();
    return false;
  }
}

/** The streams of one root's requests. */
@final
export class StallWatch extends Chore {
  private open: Array<OpenStream> = [];
  private next: u64 = 0;

  constructor(private root: u32) {
    super();
  }

  /** Watches a stream from now on; in its gate's context. */
  add(exchange: Exchange): void {
    this.open.push(new OpenStream(exchange));
    begin(this.root, this);
  }

  override run(): bool {
    const now = nowMilliseconds();
    if (now < this.next) return true;
    this.next = now + LOOK;
    const open = this.open;
    let kept = 0;
    for (let i = 0; i < open.length; i++) if (open[i].look(now)) open[kept++] = open[i];
    open.length = kept;
    setEffectiveContext(this.root);
    return kept > 0;
  }
}
