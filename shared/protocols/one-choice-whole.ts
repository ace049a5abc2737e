/** What readers of whole answers have in common. */
import { Bytes } from "../bytes/bytes";
import { AnswerReader, EventSink } from "./answer";
import { Failure, FailureKind } from "./failure";
import { OneChoiceEvents } from "./one-choice";

/** A protocol takes an answer apart in full (`why` it is none), then says it. */
export abstract class OneChoiceWholeReader extends AnswerReader {
  protected readonly events: OneChoiceEvents = new OneChoiceEvents();

  /** Takes the body apart, from beginning to end; why it is no answer, null: it is one. */
  protected abstract why(body: Bytes): Failure | null;

  /** Says what was taken apart, but for the end. */
  protected abstract say(sink: EventSink): void;

  read(bytes: Bytes, sink: EventSink): void {
    if (this.events.ended) return;
    const failure = bytes.isEmpty ? broken("the provider's answer is empty") : this.why(bytes);
    if (failure != null) return this.events.fail(failure, sink);
    this.say(sink);
    this.events.end(sink);
  }

  end(sink: EventSink): void {
    if (!this.events.ended) this.events.fail(broken("the provider's answer is empty"), sink);
  }
}

/** A provider's answer that is none. */
export function broken(what: string): Failure {
  return Failure.of(FailureKind.Provider, what);
}
