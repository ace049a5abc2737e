import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { randomNumber } from "../host/environment";
import { nowNanoseconds } from "../host/time";
import { Exchange } from "./exchange";
import { Stage } from "./stage";

/** Slots that are kept for reuse once their exchange is over. */
const KEPT = 256;

/**
 * All exchanges of this VM. The handle that joins a request's two halves is `<VM nonce>.<slot>.<generation>`: one of another VM, or of an exchange that is over, finds nothing.
 */
@final
export class ExchangeTable {
  private slots: Array<Exchange | null> = [];
  private free: Array<i32> = [];
  private nonce: u64 = 0;

  open(stages: Array<Stage>): Exchange {
    let exchange: Exchange | null = null;
    if (this.free.length > 0) {
      const slot = this.free.pop();
      exchange = this.slots[slot];
      if (exchange == null) {
        exchange = new Exchange();
        exchange.slot = slot;
        exchange.generation = <u32>nowNanoseconds();
        this.slots[slot] = exchange;
      }
    }
    if (exchange == null) {
      exchange = new Exchange();
      exchange.slot = this.slots.length;
      this.slots.push(exchange);
    }
    exchange.begin(stages);
    return exchange;
  }

  close(exchange: Exchange): void {
    if (!exchange.inUse) return;
    exchange.end();
    // A burst of streams must not keep its memory for good: later slots are given back.
    if (exchange.slot >= KEPT) this.slots[exchange.slot] = null;
    this.free.push(exchange.slot);
  }

  /** How many slots there are, in use or free. */
  get size(): i32 {
    return this.slots.length;
  }

  writeHandle(exchange: Exchange, out: ByteWriter): void {
    if (this.nonce == 0) this.nonce = (randomNumber() ^ nowNanoseconds()) | 1;
    out.unsigned(this.nonce);
    out.byte(0x2e);
    out.unsigned(exchange.slot);
    out.byte(0x2e);
    out.unsigned(exchange.generation);
  }

  /** The exchange of a handle; null if it is none of this VM's, or over. */
  find(handle: Bytes): Exchange | null {
    const first = handle.indexOf(0x2e);
    const second = handle.indexOf(0x2e, first + 1);
    if (first < 0 || second < 0 || this.nonce == 0) return null;
    if (decimal(handle, 0, first) != this.nonce) return null;
    const slot = decimal(handle, first + 1, second);
    if (slot >= <u64>this.slots.length) return null;
    const exchange = this.slots[<i32>slot];
    if (exchange == null || !exchange.inUse) return null;
    return <u64>exchange.generation == decimal(handle, second + 1, handle.length) ? exchange : null;
  }
}

/** The exchanges of this VM. */
export const exchanges = new ExchangeTable();

/** A number of digits only; the largest number for anything else. */
function decimal(bytes: Bytes, from: i32, to: i32): u64 {
  if (from >= to || to - from > 20) return u64.MAX_VALUE;
  let value: u64 = 0;
  for (let i = from; i < to; i++) {
    const digit = <u32>bytes.at(i) - 0x30;
    if (digit > 9) return u64.MAX_VALUE;
    value = value * 10 + digit;
  }
  return value;
}
