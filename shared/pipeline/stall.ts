/** Ends streams whose provider stands still after the commit point: Envoy has a limit for that only where it holds for the wait for the first content, too (docs/decisions.md, 23). */
import { closeResponse } from "../host/stream";
import { failureOfStall } from "./envoy-failure";
import { Watched } from "./exchange-watch";

/** How often open streams are looked at, in milliseconds. */
export const STALL_PERIOD: u64 = 100;

/** A stream that is on its way to a client. */
@final
export class OpenStream extends Watched {
  override look(now: u64): bool {
    const exchange = this.exchange;
    if (exchange.queue.ended) return false;
    if (now < exchange.lastBytesAt + exchange.stallTimeout) return true;
    exchange.failure = failureOfStall(exchange);
    if (this.enter()) closeResponse();
    return false;
  }
}
