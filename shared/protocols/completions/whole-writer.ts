/** Writes a whole completion: https://platform.openai.com/docs/api-reference/completions/object */
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, EventKind, FinishReason } from "../answer";
import { CHOICE_LIMIT, writeUsage } from "../openai/answer-form";
import { writeError } from "../openai/errors";
import { Failure } from "../failure";
import { WholeWriter } from "../whole-writer";
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
export class CompletionWholeWriter extends WholeWriter {
  private readonly choices: Array<CompletionChoice> = [];

  protected override gather(event: AnswerEvent): void {
    switch (event.kind) {
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
      default:
        break;
    }
  }

  protected override writeFailure(failure: Failure, out: JsonWriter): void {
    writeError(failure, out);
  }

  private choice(choice: i32): CompletionChoice {
    const index = <u32>choice < CHOICE_LIMIT ? choice : 0;
    while (this.choices.length <= index) this.choices.push(new CompletionChoice());
    return this.choices[index];
  }

  protected override write(): void {
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
