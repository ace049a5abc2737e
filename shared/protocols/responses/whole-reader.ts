/** Reads a whole answer of a provider that speaks Responses: https://platform.openai.com/docs/api-reference/responses/object */
import { Bytes } from "../../bytes/bytes";
import { AnswerReader, EventSink } from "../answer";
import { readError } from "../openai/provider-errors";
import { ResponseAnswerEvents } from "./answer-events";
import { WireResponse } from "./wire-response";
import { ABSENT } from "../../bytes/span";

const CHECKED = new WireResponse();

/** Everything is seen to be an answer before the first event is handed on. */
@final
export class ResponseWholeReader extends AnswerReader {
  private readonly events: ResponseAnswerEvents = new ResponseAnswerEvents();

  read(bytes: Bytes, sink: EventSink): void {
    const events = this.events;
    if (events.ended) return;
    const isObject = CHECKED.read(bytes);
    const hasOutput = CHECKED.outputJson != ABSENT;
    CHECKED.json.release();
    if (!isObject || !hasOutput) {
      const failure = readError(0, bytes);
      if (failure != null) return events.fail(failure, sink);
      return events.failWith(isObject ? "the provider's answer has no `output`" : "the provider's answer is not a JSON object", sink);
    }
    events.finish(bytes, true, sink);
    events.end(sink);
  }

  end(sink: EventSink): void {
    this.events.failWith("the provider's answer is empty", sink);
  }
}
