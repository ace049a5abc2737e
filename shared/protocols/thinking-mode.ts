/** What becomes of thinking in answers to OpenAI's clients, where the configuration says so (`reasoningContentMode`). */
import { Bytes } from "../bytes/bytes";
import { AnswerEvent, AnswerReader, EventKind, EventSink } from "./answer";
import { ChangingReader, EventChange } from "./changing-reader";
import { Conversation } from "./conversation";
import { ProviderProtocol } from "./protocol";
import { WrappedProtocol } from "./wrapped";

export enum ThinkingMode {
  /** It stays what it is. */
  Passthrough,
  /** It is left out, and so are its signatures. */
  Ignore,
  /** It is text in front of the answer's, between `<think>` and `</think>`. */
  Concat,
}

const BEGIN = Bytes.of("<think>");
const END = Bytes.of("</think>\\n\\n");

/** A protocol whose answers' thinking is left out or becomes text. */
@final
export class ThinkingAsText extends WrappedProtocol {
  constructor(
    inner: ProviderProtocol,
    private readonly mode: ThinkingMode,
  ) {
    super(inner.rewriting());
  }

  override rewriting(): ProviderProtocol {
    return this;
  }

  override streamReader(conversation: Conversation): AnswerReader {
    return new ChangingReader(this.inner.streamReader(conversation), new ThinkingSink(this.mode));
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    return new ChangingReader(this.inner.wholeReader(conversation), new ThinkingSink(this.mode));
  }
}

@final
class ThinkingSink extends EventChange {
  /** Whether `<think>` stands there without its end. Choices are told one after the other, or have no thinking: one switch is enough. */
  private isOpen: bool = false;
  private readonly own: AnswerEvent = new AnswerEvent();

  constructor(private readonly mode: ThinkingMode) {
    super();
  }

  on(event: AnswerEvent): void {
    const sink = this.sink;
    if (sink == null) return;
    switch (event.kind) {
      case EventKind.Thinking:
        if (this.mode == ThinkingMode.Ignore) return;
        if (!this.isOpen) this.text(BEGIN, event.choice, sink);
        this.isOpen = true;
        return this.text(event.text, event.choice, sink);
      case EventKind.Signature:
      case EventKind.RedactedThinking:
        return;
      case EventKind.Text:
      case EventKind.Refusal:
      case EventKind.ToolCall:
      case EventKind.Finish:
        if (this.isOpen) this.text(END, event.choice, sink);
        this.isOpen = false;
        break;
      default:
        break;
    }
    sink.on(event);
  }

  private text(text: Bytes, choice: i32, sink: EventSink): void {
    const event = this.own;
    event.kind = EventKind.Text;
    event.choice = choice;
    event.text.set(text.buffer, text.start, text.length);
    sink.on(event);
  }
}
