import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { AnswerEvent, EventKind, EventSink, FinishReason, Usage } from "./answer";
import { Failure } from "./failure";

/** Numbers that a queued event takes. */
const STRIDE = 7;

/**
 * Events that wait between the half of a request that reads the provider and the half that writes to the client. Their bytes are copied in, so they outlive
 * the provider's buffers; usage and failure are kept once, since the last usage holds and a failure comes once.
 */
@final
export class EventQueue extends EventSink {
  /** Whether an event that waits, or has waited, is content. */
  hasContent: bool = false;
  /** The failure that has come, if one has. */
  failure: Failure | null = null;
  /** Whether `End` has come. */
  ended: bool = false;
  /** The conversation that the vendor keeps, as a start named it; empty: none. In a buffer of its own. */
  thread: Bytes = EMPTY;

  private numbers: StaticArray<i32> = new StaticArray<i32>(STRIDE * 16);
  private data: ByteWriter = new ByteWriter(0);
  private usage: Usage = new Usage();
  private count: i32 = 0;

  /** Forgets all, for another answer. */
  reset(): void {
    this.hasContent = this.ended = false;
    this.failure = null;
    this.thread = EMPTY;
    this.usage.clear();
    this.forget();
  }

  /** How many bytes the events that wait have. */
  get size(): i32 {
    return this.data.length;
  }

  /** The bytes that have come since that size, in the queue's own buffer: what is written over there is what the events say. */
  since(size: i32, view: Bytes): Bytes {
    return view.set(this.data.buffer, size, this.data.length - size);
  }

  /** Whether all the content that waits is an end, which says that a filter withheld the answer, or that the model refused. */
  get isWithheld(): bool {
    let withheld = false;
    const event = this.replayed;
    for (let i = 0, at = 0; i < this.count; i++, at += STRIDE) {
      event.kind = <EventKind>this.numbers[at];
      const reason = <FinishReason>this.numbers[at + 3];
      if (event.kind != EventKind.Finish && event.isContent) return false;
      if (event.kind == EventKind.Finish && (reason == FinishReason.ContentFilter || reason == FinishReason.Refusal)) withheld = true;
    }
    return withheld;
  }

  get isEmpty(): bool {
    return this.count == 0;
  }

  override on(event: AnswerEvent): void {
    if (event.isContent) this.hasContent = true;
    if (event.kind == EventKind.Failure) this.failure = event.failure;
    if (event.kind == EventKind.End) this.ended = true;
    if (event.kind == EventKind.Start && !event.thread.isEmpty) this.thread = event.thread.copy();
    if (event.kind == EventKind.Usage) this.usage.set(event.usage);
    if (event.kind == EventKind.Relay) return this.relay(event.text);
    let at = this.count * STRIDE;
    if (at + STRIDE > this.numbers.length) this.grow();
    const numbers = this.numbers;
    numbers[at++] = event.kind;
    numbers[at++] = event.choice;
    numbers[at++] = event.index;
    numbers[at++] = event.reason;
    numbers[at++] = event.text.length;
    numbers[at++] = event.id.length;
    numbers[at] = event.name.length;
    this.data.bytes(event.text);
    this.data.bytes(event.id);
    this.data.bytes(event.name);
    this.count++;
  }

  /** Bytes behind bytes are one event: a provider's blank lines must not take many times the memory that they have on the wire. */
  private relay(text: Bytes): void {
    const last = (this.count - 1) * STRIDE;
    if (last >= 0 && this.numbers[last] == EventKind.Relay) this.numbers[last + 4] += text.length;
    else {
      const at = this.count * STRIDE;
      if (at + STRIDE > this.numbers.length) this.grow();
      for (let i = 0; i < STRIDE; i++) this.numbers[at + i] = 0;
      this.numbers[at] = EventKind.Relay;
      this.numbers[at + 4] = text.length;
      this.count++;
    }
    this.data.bytes(text);
  }

  /** Hands all waiting events to a sink, in order, and forgets them. */
  drain(sink: EventSink): void {
    const event = this.replayed;
    const numbers = this.numbers;
    let from = 0;
    for (let i = 0, at = 0; i < this.count; i++, at += STRIDE) {
      event.kind = <EventKind>numbers[at];
      event.choice = numbers[at + 1];
      event.index = numbers[at + 2];
      event.reason = <FinishReason>numbers[at + 3];
      from = this.point(event.text, from, numbers[at + 4]);
      from = this.point(event.id, from, numbers[at + 5]);
      from = this.point(event.name, from, numbers[at + 6]);
      if (event.kind == EventKind.Usage) event.usage.set(this.usage);
      event.failure = event.kind == EventKind.Failure ? this.failure : null;
      sink.on(event);
    }
    this.forget();
  }

  private replayed: AnswerEvent = new AnswerEvent();

  private point(view: Bytes, from: i32, length: i32): i32 {
    view.set(this.data.buffer, from, length);
    return from + length;
  }

  private grow(): void {
    const grown = new StaticArray<i32>(this.numbers.length * 2);
    for (let i = 0; i < this.numbers.length; i++) grown[i] = this.numbers[i];
    this.numbers = grown;
  }

  private forget(): void {
    this.count = 0;
    this.data.clear();
    if (this.numbers.length > STRIDE * 4096) this.numbers = new StaticArray<i32>(STRIDE * 16);
  }
}
