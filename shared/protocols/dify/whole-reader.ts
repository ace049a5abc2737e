/** Reads a whole answer (`response_mode` `blocking`). */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { EventKind, EventSink, FinishReason } from "../answer";
import { Failure } from "../failure";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError } from "../openai/provider-errors";
import { EVENT } from "./event";
import { DifySettings } from "./settings";

@final
export class DifyWholeReader extends OneChoiceWholeReader {
  constructor(private readonly settings: DifySettings) {
    super();
  }

  protected why(body: Bytes): Failure | null {
    if (!EVENT.read(body)) return broken("the provider's answer is not a JSON object");
    if (EVENT.answer != ABSENT) return null;
    if (EVENT.hasData) return EVENT.workflowFailure();
    const failure = readError(0, body);
    return failure == null ? broken("the provider's answer has neither `answer` nor `data`") : failure;
  }

  protected say(sink: EventSink): void {
    const events = this.events;
    EVENT.start(events, sink);
    const text = EVENT.answer != ABSENT ? EVENT.json.bytes(EVENT.answer) : EVENT.output(this.settings.outputVariable);
    events.text(EventKind.Text, text, sink);
    EVENT.saySources(events, sink);
    events.finish(FinishReason.Stop, NOTHING, sink);
    events.sayUsage(EVENT.usage, sink);
  }
}

const NOTHING = new Bytes();
