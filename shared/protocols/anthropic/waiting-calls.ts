/** Calls that a provider tells between the pieces of another, which clients of this protocol get one after the other. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { AnswerEvent } from "../answer";

@final
export class WaitingCall {
  readonly index: i32;
  readonly id: Bytes;
  readonly name: Bytes;
  readonly signature: Bytes;
  readonly arguments: ByteWriter = new ByteWriter(0);

  constructor(event: AnswerEvent) {
    this.index = event.index;
    this.id = event.id.copy();
    this.name = event.name.copy();
    this.signature = event.text.copy();
  }
}

/** More calls at once nobody makes: what is beyond has no block. */
const LIMIT = 1024;

@final
export class WaitingCalls {
  private readonly calls: Array<WaitingCall> = [];

  get isEmpty(): bool {
    return this.calls.length == 0;
  }

  add(event: AnswerEvent): void {
    if (this.calls.length < LIMIT) this.calls.push(new WaitingCall(event));
  }

  addArguments(event: AnswerEvent): void {
    for (let i = 0; i < this.calls.length; i++) {
      if (this.calls[i].index == event.index) return this.calls[i].arguments.bytes(event.text);
    }
  }

  /** The one that has waited longest, which waits no more; null if there is none. */
  next(): WaitingCall | null {
    return this.calls.length > 0 ? this.calls.shift() : null;
  }
}
