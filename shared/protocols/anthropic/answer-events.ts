/** The events of an answer, as streamed and whole answers alike hand them on. */
import { Bytes } from "../../bytes/bytes";
import { EventSink, Usage } from "../answer";
import { OneChoiceEvents } from "../one-choice";
import { UsageParts } from "./answer-parts";

/** With the counts in Anthropic's parts. One for each answer. */
@final
export class AnswerEvents extends OneChoiceEvents {
  readonly usage: UsageParts = new UsageParts();

  constructor() {
    super(MAKER);
  }

  /** The counts so far, if the provider has said any. */
  reportUsage(sink: EventSink): void {
    this.usage.into(SUMS);
    this.sayUsage(SUMS, sink);
  }
}

const MAKER = Bytes.of("anthropic");
/** Used up within one call. */
const SUMS = new Usage();
