import { Bytes } from "../bytes/bytes";
import { JsonWriter } from "../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "./answer";
import { Failure } from "./failure";
import { AnswerSettings, Passage } from "./protocol";

/** Writes a whole answer: gathers its events, and writes once at the end; a failure is written in its place. */
export abstract class WholeWriter extends AnswerWriter {
  protected readonly settings: AnswerSettings;
  /** The provider's; empty where it has none. */
  protected id: Bytes = new Bytes();
  protected model: Bytes = new Bytes();
  protected readonly usage: Usage = new Usage();
  private hasFailed: bool = false;

  constructor(
    settings: AnswerSettings,
    protected readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
  }

  get contentType(): string {
    return "application/json";
  }

  override on(event: AnswerEvent): void {
    if (event.kind == EventKind.Failure) return this.fail(event.failure);
    if (event.kind == EventKind.Relay) return this.out.bytes(event.text);
    if (this.settings.passage != Passage.Translated || this.hasFailed) return;
    switch (event.kind) {
      case EventKind.Start:
        this.id = event.id.copy();
        this.model = event.name.copy();
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.End:
        this.write();
        break;
      default:
        this.gather(event);
        break;
    }
  }

  private fail(failure: Failure | null): void {
    if (failure == null || this.hasFailed) return;
    this.hasFailed = true;
    this.out.startValue();
    this.writeFailure(failure, this.out);
  }

  /** Takes an event that is neither the answer's start, nor its usage, nor its end. */
  protected abstract gather(event: AnswerEvent): void;

  /** Writes all that was gathered. */
  protected abstract write(): void;

  /** Writes an error's body. */
  protected abstract writeFailure(failure: Failure, out: JsonWriter): void;
}
