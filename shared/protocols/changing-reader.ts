/** Readers that change the events of another reader. */
import { Bytes } from "../bytes/bytes";
import { AnswerReader, EventSink } from "./answer";

/** What becomes of the events of one answer. */
export abstract class EventChange extends EventSink {
  /** Where they go, during a call. */
  sink: EventSink | null = null;
}

/** Reads as another reader does, and changes its events. */
@final
export class ChangingReader extends AnswerReader {
  constructor(
    private readonly inner: AnswerReader,
    private readonly change: EventChange,
  ) {
    super();
  }

  read(bytes: Bytes, sink: EventSink): void {
    this.change.sink = sink;
    this.inner.read(bytes, this.change);
    this.change.sink = null;
  }

  end(sink: EventSink): void {
    this.change.sink = sink;
    this.inner.end(this.change);
    this.change.sink = null;
  }
}
