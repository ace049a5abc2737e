/** Writes a whole completion: https://platform.openai.com/docs/api-reference/completions/object */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, FinishReason, Usage } from "../answer";
import { CHOICE_LIMIT, writeUsage } from "../openai/answer-form";
import { writeError } from "../openai/errors";
import { AnswerSettings, Passage } from "../protocol";
import { completionWord, writeHead } from "./answer-form";
import { CompletionLogprobs } from "./logprobs";

/** One of `n` answers, as its pieces come. */
@final
class CompletionChoice {
  readonly text: ByteWriter = new ByteWriter(0);
  readonly logprobs: CompletionLogprobs = new CompletionLogprobs();
  reason: FinishReason = FinishReason.None;
}

/** Gathers the events, and writes them at the end. Thinking has no place here. */
@final
export class CompletionWholeWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private id: Bytes = new Bytes();
  private model: Bytes = new Bytes();
  private readonly usage: Usage = new Usage();
  private readonly choices: Array<CompletionChoice> = [];
  private hasFailed: bool = false;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
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
    switch (event.kind) {
      case EventKind.Start:
        this.id = event.id.copy();
        this.model = event.name.copy();
        break;
      case EventKind.Text:
      case EventKind.Refusal:
        this.choice(event.choice).text.bytes(event.text);
        break;
      case EventKind.Logprobs:
        this.choice(event.choice).logprobs.add(event.text);
        break;
      case EventKind.Finish:
        this.choice(event.choice).reason = event.reason;
        break;
      case EventKind.Usage:
        this.usage.set(event.usage);
        break;
      case EventKind.End:
        this.write();
        break;
      default:
        break;
    }
  }

  private choice(choice: i32): CompletionChoice {
    const index = <u32>choice < CHOICE_LIMIT ? choice : 0;
    while (this.choices.length <= index) this.choices.push(new CompletionChoice());
    return this.choices[index];
  }

  private write(): void {
    const out = this.out;
    out.startValue();
    out.beginObject();
    writeHead(this.id, this.model, this.settings, out);
    out.key("choices");
    out.beginArray();
    for (let i = 0; i < this.choices.length; i++) {
      const choice = this.choices[i];
      out.beginObject();
      out.key("text");
      out.escaped(choice.text.view());
      out.key("index");
      out.unsigned(<u64>i);
      out.key("logprobs");
      if (choice.logprobs.isEmpty) out.nothing();
      else choice.logprobs.write(out);
      out.key("finish_reason");
      out.asciiText(completionWord(choice.reason));
      out.endObject();
    }
    out.endArray();
    if (this.usage.known) {
      out.key("usage");
      writeUsage(this.usage, out);
    }
    out.endObject();
  }
}
