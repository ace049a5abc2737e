/** An answer without text gets what was thought as its text (`promoteThinkingOnEmpty`): some models put all that they say into their thoughts. */
import { ByteWriter } from "../bytes/writer";
import { AnswerEvent, AnswerReader, EventKind } from "./answer";
import { ChangingReader, EventChange } from "./changing-reader";
import { Conversation } from "./conversation";
import { ProviderProtocol } from "./protocol";
import { WrappedProtocol } from "./wrapped";

/** How much of a choice's thoughts is kept, in bytes; of longer ones only the beginning becomes text. */
const MOST: i32 = 1 << 20;
/** As many choices may be asked for at once: https://platform.openai.com/docs/api-reference/chat/create#chat-create-n */
const CHOICES: i32 = 128;

/** A protocol whose answers' thoughts become text where there is none, nor a refusal or a call. They stay thoughts, too. */
@final
export class PromotedThinking extends WrappedProtocol {
  constructor(inner: ProviderProtocol) {
    super(inner.rewriting());
  }

  override rewriting(): ProviderProtocol {
    return this;
  }

  override streamReader(conversation: Conversation): AnswerReader {
    return new ChangingReader(this.inner.streamReader(conversation), new Promotion());
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    return new ChangingReader(this.inner.wholeReader(conversation), new Promotion());
  }
}

@final
class Promotion extends EventChange {
  /** By choice: what was thought, as string content; null once there is something else, or as long as there is nothing. */
  private thoughts: Array<ByteWriter | null> = [];
  private isAnswered: Array<bool> = [];
  private readonly own: AnswerEvent = new AnswerEvent();

  on(event: AnswerEvent): void {
    const sink = this.sink;
    if (sink == null) return;
    switch (event.kind) {
      case EventKind.Thinking:
        this.keep(event);
        break;
      case EventKind.Text:
      case EventKind.Refusal:
        if (!event.text.isEmpty) this.answered(event.choice);
        break;
      case EventKind.ToolCall:
        this.answered(event.choice);
        break;
      case EventKind.Finish:
        this.promote(event.choice);
        break;
      default:
        break;
    }
    sink.on(event);
  }

  private keep(event: AnswerEvent): void {
    if (!this.reach(event.choice) || this.isAnswered[event.choice]) return;
    let thoughts = this.thoughts[event.choice];
    if (thoughts == null) this.thoughts[event.choice] = thoughts = new ByteWriter(event.text.length);
    // Whole pieces only: a cut could split an escape.
    if (thoughts.length + event.text.length <= MOST) thoughts.bytes(event.text);
  }

  private answered(choice: i32): void {
    if (!this.reach(choice)) return;
    this.isAnswered[choice] = true;
    this.thoughts[choice] = null;
  }

  private promote(choice: i32): void {
    const sink = this.sink;
    if (sink == null || !this.reach(choice)) return;
    const thoughts = this.thoughts[choice];
    if (thoughts == null) return;
    this.thoughts[choice] = null;
    this.isAnswered[choice] = true;
    const event = this.own;
    event.kind = EventKind.Text;
    event.choice = choice;
    thoughts.pointAt(event.text);
    sink.on(event);
  }

  /** Whether a choice is kept account of. */
  private reach(choice: i32): bool {
    if (<u32>choice >= <u32>CHOICES) return false;
    while (this.thoughts.length <= choice) {
      this.thoughts.push(null);
      this.isAnswered.push(false);
    }
    return true;
  }
}
