import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../json/reader";
import { AnswerEvent, AnswerReader, EventKind, EventSink } from "../answer";
import { TextUse } from "../answer-text";
import { Failure, FailureKind } from "../failure";
import { GeminiAnswer } from "./answer";

/**
 * Reads a whole answer, `generateContent`'s: https://ai.google.dev/api/generate-content#v1beta.models.generateContent. It is read twice, the first time only to see whether it is
 * one from beginning to end, so that an answer which fails gives a failure and nothing before it. A list of responses is read as one answer.
 */
@final
export class GeminiWholeReader extends AnswerReader {
  private fed: bool = false;

  constructor(
    private salt: u64,
    private use: TextUse = TextUse.Count,
  ) {
    super();
  }

  override read(bytes: Bytes, sink: EventSink): void {
    if (this.fed) return;
    this.fed = true;
    const rehearsal = new Rehearsal();
    this.perform(bytes, rehearsal);
    const failure = rehearsal.failure;
    if (failure == null) this.perform(bytes, sink);
    else new GeminiAnswer(this.salt, INCOMPLETE).fail(failure, sink);
  }

  override end(sink: EventSink): void {
    if (this.fed) return;
    this.fed = true;
    new GeminiAnswer(this.salt, INCOMPLETE).fail(Failure.of(FailureKind.Provider, "the provider's answer is empty"), sink);
  }

  private perform(bytes: Bytes, sink: EventSink): void {
    const answer = new GeminiAnswer(this.salt, INCOMPLETE, this.use);
    const reader = READER.start(bytes);
    if (reader.enterArray()) {
      while (!answer.ended && reader.nextElement()) answer.on(reader.bytes(reader.skip()), sink);
      if (!reader.finish()) answer.failIncomplete(sink);
    } else answer.on(bytes, sink);
    answer.end(sink);
  }
}

const INCOMPLETE = "the provider's answer has no content and no finish reason, or is cut";
const READER = new JsonReader();

/** Keeps only the failure. */
@final
class Rehearsal extends EventSink {
  failure: Failure | null = null;

  override on(event: AnswerEvent): void {
    if (event.kind == EventKind.Failure) this.failure = event.failure;
  }
}
