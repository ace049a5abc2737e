/** Writes a streamed completion: chunks in the form of the whole answer (https://platform.openai.com/docs/api-reference/completions/object). */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { CHOICE_LIMIT, writeUsage } from "../openai/answer-form";
import { writeErrorEvent } from "../openai/errors";
import { AnswerSettings, Passage } from "../protocol";
import { completionWord, writeHead } from "./answer-form";
import { CompletionLogprobs } from "./logprobs";

/** One chunk for each piece of text. Thinking has no place here. */
@final
export class CompletionStreamWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private id: Bytes = new Bytes();
  private model: Bytes = new Bytes();
  private readonly usage: Usage = new Usage();
  /** Those that wait for their text, by choice. */
  private readonly logprobs: Array<CompletionLogprobs> = [];
  private hasFailed: bool = false;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
  }

  get contentType(): string {
    return "text/event-stream; charset=utf-8";
  }

  on(event: AnswerEvent): void {
    if (this.hasFailed) return;
    const failure = event.failure;
    if (event.kind == EventKind.Failure && failure != null) {
      this.hasFailed = true;
      return writeErrorEvent(failure, this.out);
    }
    if (this.settings.passage != Passage.Translated) {
      if (event.kind == EventKind.Relay) this.out.bytes(event.text);
      return;
    }
    switch (event.kind) {
      case EventKind.Start:
        this.id = event.id.copy();
        this.model = event.name.copy();
        break;
      case EventKind.Text:
      case EventKind.Refusal:
        this.writeChunk(event.choice, event.text, "");
        break;
      case EventKind.Logprobs:
        this.logprobsOf(event.choice).add(event.text);
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.Finish:
        this.writeChunk(event.choice, NOTHING, completionWord(event.reason));
        break;
      case EventKind.End:
        this.end();
        break;
      default:
        break;
    }
  }

  private writeChunk(choice: i32, text: Bytes, finish: string): void {
    const out = this.out;
    this.begin();
    out.key("choices");
    out.beginArray();
    out.beginObject();
    out.key("text");
    out.escaped(text);
    out.key("index");
    out.unsigned(<u64>max(choice, 0));
    out.key("logprobs");
    const logprobs = this.logprobsOf(choice);
    if (logprobs.isEmpty) out.nothing();
    else logprobs.write(out);
    out.key("finish_reason");
    if (finish.length == 0) out.nothing();
    else out.asciiText(finish);
    out.endObject();
    out.endArray();
    if (this.settings.includeUsage) out.ascii(',"usage":null');
    this.endChunk();
  }

  private logprobsOf(choice: i32): CompletionLogprobs {
    const index = <u32>choice < CHOICE_LIMIT ? choice : 0;
    while (this.logprobs.length <= index) this.logprobs.push(new CompletionLogprobs());
    return this.logprobs[index];
  }

  private end(): void {
    const out = this.out;
    if (this.settings.includeUsage && this.usage.known) {
      this.begin();
      out.key("choices");
      out.beginArray();
      out.endArray();
      out.key("usage");
      writeUsage(this.usage, out);
      this.endChunk();
    }
    out.ascii("data: [DONE]\n\n");
  }

  private begin(): void {
    const out = this.out;
    out.ascii("data: ");
    out.startValue();
    out.beginObject();
    writeHead(this.id, this.model, this.settings, out);
  }

  private endChunk(): void {
    this.out.endObject();
    this.out.ascii("\n\n");
  }
}

const NOTHING = new Bytes();
