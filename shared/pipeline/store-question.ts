import { effectiveContext, setEffectiveContext } from "../host/stream";
import { ReplyHandler } from "../store/redis";
import { Reply, ReplyReader } from "../store/reply";
import { Exchange } from "./exchange";
import { ExchangeHold } from "./exchange-watch";

/**
 * What a request asks a store, and waits for. A stage makes it in a hook, sends its commands, and returns `Verdict.AskAgain` whatever has happened meanwhile; once all replies are there it is asked again.
 */
export abstract class StoreQuestion extends ReplyHandler {
  /** All replies are there, or lost. */
  isAnswered: bool = false;
  /** Some reply never came, or was an error: nothing is known. */
  isLost: bool = false;
  private readonly hold: ExchangeHold;
  private replies: i32 = 0;

  constructor(
    exchange: Exchange,
    /** How many commands are sent. */
    private expected: i32,
  ) {
    super();
    this.hold = new ExchangeHold(exchange);
  }

  /** One of the replies, counted from 0; it is no error. */
  abstract read(index: i32, reply: Reply, elements: ReplyReader): void;

  override onReply(reply: Reply, elements: ReplyReader): void {
    if (this.isAnswered) return;
    if (!reply.isDone) this.isLost = true;
    else this.read(this.replies, reply, elements);
    if (++this.replies < this.expected) return;
    this.isAnswered = true;
    // The client may have gone meanwhile.
    const own = effectiveContext();
    this.hold.resume();
    setEffectiveContext(own);
  }
}
