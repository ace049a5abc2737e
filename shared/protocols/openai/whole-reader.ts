/** Reads whole answers: chat completions (https://platform.openai.com/docs/api-reference/chat/object) and embeddings. */
import { Bytes } from "../../bytes/bytes";
import { AnswerReader, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { AnswerQuirks, OPENAI_ANSWERS } from "./answer-quirks";
import { ChatEvents, breakdown, isBreakdown } from "./chat-events";
import { readError } from "./provider-errors";
import { WireChunk } from "./wire-chunk";

/** Shared by all answers: each is read in one call. */
const CHUNK = new WireChunk();

/** Everything is read, and seen to be an answer, before the first event is handed on. */
@final
export class WholeReader extends AnswerReader {
  private readonly chunk: WireChunk = CHUNK;
  private readonly events: ChatEvents = new ChatEvents(true);

  /** With `embeddings` an answer is what has `data`, and only its usage is told. */
  constructor(
    private readonly embeddings: bool,
    private readonly quirks: AnswerQuirks = OPENAI_ANSWERS,
  ) {
    super();
  }

  read(bytes: Bytes, sink: EventSink): void {
    const events = this.events;
    if (events.hasEnded) return;
    const failure = this.check(this.quirks.plain(bytes));
    if (failure != null) return events.fail(failure, sink);
    if (this.embeddings) this.chunk.choiceCount = 0;
    events.say(this.chunk, sink);
    events.end(sink);
    this.chunk.json.release();
  }

  end(sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, "the provider's answer is empty"), sink);
  }

  private check(bytes: Bytes): Failure | null {
    const chunk = this.chunk;
    if (bytes.isEmpty) return Failure.of(FailureKind.Provider, "the provider's answer is empty");
    const isObject = chunk.read(bytes);
    if (!isObject || chunk.hasError || !this.hasContent()) {
      const failure = readError(0, bytes);
      if (failure != null) return failure;
      if (!isObject) return Failure.of(FailureKind.Provider, "the provider's answer is not a JSON object");
      if (this.hasContent()) return Failure.of(FailureKind.Provider, "the provider reported an error without saying more");
      return Failure.of(
        FailureKind.Provider,
        this.embeddings ? "the provider's answer has no `data`" : "the provider's answer has no message",
      );
    }
    for (let i = 0; i < chunk.choiceCount; i++) {
      const finish = chunk.json.bytes(chunk.choice(i).finish);
      if (isBreakdown(finish)) return breakdown(finish);
    }
    return null;
  }

  private hasContent(): bool {
    const chunk = this.chunk;
    if (this.embeddings) return chunk.hasData;
    for (let i = 0; i < chunk.choiceCount; i++) if (!chunk.choice(i).hasMessage) return false;
    return chunk.choiceCount > 0;
  }
}
