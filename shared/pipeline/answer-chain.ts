import { AnswerEvent, AnswerWriter, EventKind, EventSink } from "../protocols/answer";
import { Bytes, EMPTY } from "../bytes/bytes";
import { Dialect } from "../protocols/operation";
import { Passage } from "../protocols/protocol";
import { VaultKeeper, recallThinking, vaultScope } from "../protocols/vault";
import { SharedVault } from "./thinking-vault";
import { Exchange } from "./exchange";
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
    if (event.kind == EventKind.Usage) this.exchange.usage.set(event.usage);
    else if (event.kind == EventKind.Finish) this.exchange.finish = event.reason;
    else if (event.kind == EventKind.Failure) this.exchange.failure = event.failure;
    this.next.on(event);
  }
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
  return new FactsSink(exchange, sink);
}

/** Whether an answer brings signatures that the client's protocol has no place for. */
function keepsThinking(exchange: Exchange): bool {
  const answered = exchange.answeredBy;
  const conversation = exchange.conversation;
  return (
    exchange.passage == Passage.Translated &&
    conversation.dialect == Dialect.OpenAI &&
    conversation.toolCount > 0 &&
    answered != null &&
    answered.provider.protocolFor(conversation).signsThinking
  );
}

function keeper(exchange: Exchange, writer: AnswerWriter): EventSink {
  return new VaultKeeper(vault, scopeOf(exchange), writer);
}

/** Puts signed thinking back that the client's protocol had no place for. */
export function recallSignedThinking(exchange: Exchange): void {
  const conversation = exchange.conversation;
  if (conversation.dialect == Dialect.OpenAI && conversation.toolCount > 0) recallThinking(conversation, vault, scopeOf(exchange));
}

function scopeOf(exchange: Exchange): Bytes {
  const consumer = exchange.consumer;
  return vaultScope(consumer == null ? EMPTY : consumer, exchange.conversation);
}

const vault = new SharedVault();

/** Whether a stage changes answers. */
export function editsAnswer(stages: Array<Stage>): bool {
  for (let i = 0; i < stages.length; i++) if (stages[i].needs & Needs.EditAnswer) return true;
  return false;
}
