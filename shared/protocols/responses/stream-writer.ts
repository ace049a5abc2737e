/** Writes a streamed answer: https://platform.openai.com/docs/api-reference/responses-streaming */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind } from "../answer";
import { AnswerSettings, Passage } from "../protocol";
import { EventWriter } from "./event-writer";
import { Output } from "./output";
import { ResponseForm } from "./response-form";

/** Each event of the answer becomes those of the response that it makes. Nothing is written before there is content; the last event says everything once more, as OpenAI's does. */
@final
export class ResponseStreamWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private readonly form: ResponseForm;
  private readonly events: EventWriter;
  private readonly output: Output;
  private hasFailed: bool = false;
  /** The number of the answer that is written; negative until one has content. */
  private choice: i32 = -1;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    const own = settings.copy();
    const form = new ResponseForm(own);
    const events = new EventWriter(form, out);
    this.settings = own;
    this.form = form;
    this.events = events;
    this.output = new Output(events, own.cites);
  }

  get contentType(): string {
    return "text/event-stream; charset=utf-8";
  }

  on(event: AnswerEvent): void {
    if (this.hasFailed) return;
    if (event.kind == EventKind.Failure) return this.fail(event);
    if (event.kind == EventKind.Start) return this.form.start(event);
    if (this.settings.passage != Passage.Translated) {
      if (event.kind != EventKind.Relay) return;
      this.out.bytes(event.text);
      return this.events.continueAfter(sequenceIn(event.text));
    }
    // A client of this protocol asks for one answer: the first that has content is it. Other events belong to none.
    if (event.isContent) {
      if (this.choice < 0) this.choice = event.choice;
      else if (this.choice != event.choice) return;
      this.form.settle();
    }
    if (event.kind == EventKind.Usage) this.form.usage.set(event.usage);
    else if (event.kind == EventKind.End) this.events.end(this.output);
    else {
      if (event.kind == EventKind.Finish) {
        this.events.begin();
        this.form.reason = event.reason;
      }
      this.output.on(event);
    }
  }

  private fail(event: AnswerEvent): void {
    const failure = event.failure;
    if (failure == null) return;
    this.hasFailed = true;
    this.events.fail(failure, this.output);
  }
}

const SEQUENCE = Bytes.of('"sequence_number":');

/** The last number that relayed events name; 0 if none does. */
function sequenceIn(events: Bytes): u64 {
  let at = -1;
  for (let next = events.indexOfBytes(SEQUENCE); next >= 0; next = events.indexOfBytes(SEQUENCE, next + SEQUENCE.length)) at = next;
  let value: u64 = 0;
  if (at < 0) return value;
  at += SEQUENCE.length;
  while (events.at(at) == 0x20) at++;
  for (let digits = 0; digits < 15 && <u32>events.at(at) - 0x30 < 10; digits++) value = value * 10 + <u64>(events.at(at++) - 0x30);
  return value;
}
