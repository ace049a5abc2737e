import { AnswerEvent, AnswerWriter, EventKind, EventSink, FinishReason } from "../protocols/answer";
import { Bytes, EMPTY } from "../bytes/bytes";
import { Conversation } from "../protocols/conversation";
import { Dialect, Operation } from "../protocols/operation";
import { isId } from "../protocols/objects/path";
import { Passage } from "../protocols/protocol";
import { estimateInput, tokensOfBytes } from "../protocols/estimate";
import { Vault, VaultKeeper, keysToRecall, recallThinking, vaultScope } from "../protocols/vault";
import { noteOwner } from "./redis-owners";
import { RedisVault, ThinkingQuestion } from "./redis-vault";
import { SharedVault } from "./thinking-vault";
import { Exchange, Progress } from "./exchange";
import { Needs } from "./needs";
import { Stage } from "./stage";

/** One stage's place in the way of an answer's events. */
@final
class StageSink extends EventSink {
  constructor(
    private stage: Stage,
    private exchange: Exchange,
    private next: EventSink,
  ) {
    super();
  }

  override on(event: AnswerEvent): void {
    this.stage.onEvent(this.exchange, event, this.next);
  }
}

/** Notes an answer's facts as its events pass. */
@final
class FactsSink extends EventSink {
  constructor(
    private exchange: Exchange,
    private next: EventSink,
  ) {
    super();
  }

  override on(event: AnswerEvent): void {
    const exchange = this.exchange;
    switch (event.kind) {
      case EventKind.Text:
      case EventKind.Thinking:
      case EventKind.Refusal:
      case EventKind.ToolArguments:
        exchange.answerBytes += event.text.length;
        break;
      case EventKind.Usage:
        // What was only counted has cost nothing.
        if (exchange.conversation.operation != Operation.CountTokens) exchange.usage.set(event.usage);
        break;
      case EventKind.Finish:
        exchange.finish = event.reason;
        break;
      case EventKind.Failure:
        exchange.failure = event.failure;
        break;
      case EventKind.End:
        if (!exchange.usage.known && exchange.failure == null && countsTokens(exchange)) this.estimate();
        break;
      default:
        break;
    }
    this.next.on(event);
  }

  /** The provider's answer is complete, and it has counted nothing. */
  private estimate(): void {
    estimateUsage(this.exchange);
    const counted = new AnswerEvent();
    counted.kind = EventKind.Usage;
    counted.usage.set(this.exchange.usage);
    this.next.on(counted);
  }
}

/** Whether it is text that is paid for here: an image or a recording has no tokens that could be guessed. */
function countsTokens(exchange: Exchange): bool {
  const operation = exchange.conversation.operation;
  return operation == Operation.Chat || operation == Operation.Embeddings;
}

/** Counts what an answer has cost that was cut: the provider, or the client, went away before the provider's own count came. */
export function estimateCut(exchange: Exchange): void {
  const isWhole = exchange.queue.ended || (exchange.usage.known && exchange.finish != FinishReason.None);
  if (exchange.progress == Progress.Committed && !isWhole && countsTokens(exchange)) estimateUsage(exchange);
}

/** Counts what an answer has cost where the provider didn't, or was cut before it could. */
function estimateUsage(exchange: Exchange): void {
  const usage = exchange.usage;
  if (usage.input == 0) usage.input = estimateInput(exchange.conversation);
  const output = tokensOfBytes(exchange.answerBytes);
  if (usage.output < output) usage.output = output;
  usage.known = usage.estimated = true;
}

/** Notes whose an answer is that the provider keeps. */
@final
class OwnerSink extends EventSink {
  constructor(
    private exchange: Exchange,
    private next: EventSink,
  ) {
    super();
  }

  override on(event: AnswerEvent): void {
    // What isn't a plain word is no id that anybody could ask for.
    if (event.kind == EventKind.Start && isId(event.id)) noteOwner(this.exchange, event.id.copy(), false);
    this.next.on(event);
  }
}

/** Whether the provider that answers keeps the answer for its key, in the client's own protocol. */
function keepsAnswer(exchange: Exchange): bool {
  const answered = exchange.answeredBy;
  if (!exchange.keepsAnswer || answered == null || !answered.provider.keepsObjects) return false;
  return exchange.protocolOf(answered).dialect == exchange.conversation.dialect;
}

/** Takes events that nobody writes: the provider's bytes are the client's. */
@final
class UnwrittenSink extends EventSink {
  override on(_event: AnswerEvent): void {}
}

const unwritten = new UnwrittenSink();

/** The way of an answer's events: facts, then the stages that asked for them, last stage first, then the writer (null: nothing is written). */
export function answerChain(exchange: Exchange, writer: AnswerWriter | null): EventSink {
  let sink: EventSink = unwritten;
  if (writer != null) sink = keepsThinking(exchange) ? keeper(exchange, writer) : writer;
  const stages = exchange.stages;
  for (let i = 0; i < stages.length; i++) {
    if (stages[i].needs & (Needs.Answer | Needs.EditAnswer)) sink = new StageSink(stages[i], exchange, sink);
  }
  if (keepsAnswer(exchange)) sink = new OwnerSink(exchange, sink);
  return new FactsSink(exchange, sink);
}

/** Whether an answer brings signatures that the client's protocol has no place for. */
function keepsThinking(exchange: Exchange): bool {
  const answered = exchange.answeredBy;
  const conversation = exchange.conversation;
  return (
    exchange.passage == Passage.Translated &&
    losesThinking(conversation) &&
    conversation.toolCount > 0 &&
    answered != null &&
    exchange.protocolOf(answered).signsThinking
  );
}

/** Whether the client's protocol has no place for signed thinking, or the client doesn't want to see any. */
function losesThinking(conversation: Conversation): bool {
  return conversation.dialect == Dialect.OpenAI || (conversation.dialect == Dialect.Gemini && !conversation.wantsThoughts);
}

function keeper(exchange: Exchange, writer: AnswerWriter): EventSink {
  const redis = exchange.redis;
  const vault: Vault = redis == null ? sharedVault : new RedisVault(redis, null);
  return new VaultKeeper(vault, scopeOf(exchange), writer);
}

/** Puts signed thinking back that the client's protocol had no place for. False: it has to be waited for; the exchange is resumed, and this is to be asked again. */
export function recallSignedThinking(exchange: Exchange): bool {
  const conversation = exchange.conversation;
  if (!losesThinking(conversation) || conversation.toolCount == 0) return true;
  const redis = exchange.redis;
  if (redis == null) {
    recallThinking(conversation, sharedVault, scopeOf(exchange));
    return true;
  }
  const asked = exchange.thinking;
  if (asked == null) {
    const keys = keysToRecall(conversation, scopeOf(exchange));
    if (keys.length == 0) return true;
    const question = new ThinkingQuestion(exchange, keys);
    exchange.thinking = question;
    question.ask(redis);
    return false;
  }
  // A store that is down has nothing, as one that has forgotten it.
  if (asked.isAnswered) recallThinking(conversation, new RedisVault(redis, asked), scopeOf(exchange));
  return asked.isAnswered;
}

function scopeOf(exchange: Exchange): Bytes {
  const consumer = exchange.consumer;
  return vaultScope(consumer == null ? EMPTY : consumer, exchange.conversation);
}

const sharedVault = new SharedVault();

/** Whether a stage changes answers. */
export function editsAnswer(stages: Array<Stage>): bool {
  for (let i = 0; i < stages.length; i++) if (stages[i].needs & Needs.EditAnswer) return true;
  return false;
}
