/** Writes a whole answer: https://platform.openai.com/docs/api-reference/responses/object */
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind } from "../answer";
import { writeError } from "../openai/errors";
import { AnswerSettings, Passage } from "../protocol";
import { Output } from "./output";
import { ResponseForm } from "./response-form";

/** Gathers the events, and writes them at the end. */
@final
export class ResponseWholeWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private readonly form: ResponseForm;
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
    this.settings = own;
    this.form = new ResponseForm(own);
    this.output = new Output(null, own.cites);
  }

  get contentType(): string {
    return "application/json";
  }

  on(event: AnswerEvent): void {
    const failure = event.failure;
    if (event.kind == EventKind.Failure && failure != null && !this.hasFailed) {
      this.hasFailed = true;
      return writeError(failure, this.out);
    }
    if (this.settings.passage != Passage.Translated || this.hasFailed) return;
    if (event.isContent) {
      if (this.choice < 0) this.choice = event.choice;
      else if (this.choice != event.choice) return;
    }
    switch (event.kind) {
      case EventKind.Start:
        this.form.start(event);
        break;
      case EventKind.Usage:
        this.form.usage.set(event.usage);
        break;
      case EventKind.End:
        this.out.startValue();
        this.form.writeEnded(this.output, null, this.out);
        break;
      default:
        if (event.kind == EventKind.Finish) this.form.reason = event.reason;
        this.output.on(event);
        break;
    }
  }
}
