/** Reads an answer that passes as it comes, for its usage alone. */
import { Bytes } from "../../bytes/bytes";
import { AnswerEvent, AnswerReader, EventKind, EventSink } from "../answer";
import { readCounts } from "./counts";
import { UsageFinder } from "./usage-finder";

/** Whatever the bytes are, they are the client's; where they are JSON, or events of JSON, that tells a usage, it is told too. There is no failure: what the provider means by its bytes is not known here. */
@final
export class PassingReader extends AnswerReader {
  private readonly finder: UsageFinder = new UsageFinder();
  private readonly event: AnswerEvent = new AnswerEvent();
  private hasEnded: bool = false;

  read(bytes: Bytes, sink: EventSink): void {
    let from = 0;
    while (from < bytes.length) {
      from = this.finder.read(bytes, from);
      const found = this.finder.found;
      if (found == null || !readCounts(found, this.event.usage)) continue;
      this.event.kind = EventKind.Usage;
      sink.on(this.event);
    }
  }

  end(sink: EventSink): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.event.kind = EventKind.End;
    sink.on(this.event);
  }
}
