import { effectiveContext, setEffectiveContext } from "../host/stream";
import { Status } from "../host/types";
import { ReplyHandler } from "../store/redis";
import { Reply, ReplyReader } from "../store/reply";
import { Exchange } from "./exchange";

/**
 * What a request asks a store, and waits for. A stage makes it in a hook, sends its commands, and returns `Verdict.AskAgain` whatever has happened meanwhile; once all replies are there it is asked again.
 */
export abstract class StoreQuestion extends ReplyHandler {
  /** All replies are there, or lost. */
  isAnswered: bool = false;
  /** Some reply never came, or was an error: nothing is known. */
  isLost: bool = false;
  private readonly context: u32 = effectiveContext();
  private readonly generation: u32;
  private replies: i32 = 0;

  constructor(
    private readonly exchange: Exchange,
    /** How many commands are sent. */
    private expected: i32,
  ) {
    super();
    this.generation = exchange.generation;
  }

  /** One of the replies, counted from 0; it is no error. */
  abstract read(index: i32, reply: Reply, elements: ReplyReader): void;

  override onReply(reply: Reply, elements: ReplyReader): void {
    if (this.isAnswered) return;
    if (!reply.isDone) this.isLost = true;
    else this.read(this.replies, reply, elements);
    if (++this.replies < this.expected) return;
    this.isAnswered = true;
    const exchange = this.exchange;
    // The client may have gone meanwhile, and the slot may be another request's.
    if (!exchange.inUse || exchange.generation != this.generation) return;
    const own = effectiveContext();
    if (setEffectiveContext(this.context) == Status.Ok) exchange.resume();
    setEffectiveContext(own);
  }
}
