/** The events of an answer with one choice, for readers of protocols that know no more than one. */
import { Bytes } from "../bytes/bytes";
import { JsonWriter } from "../json/writer";
import { AnswerEvent, EventKind, EventSink, FinishReason, Usage } from "./answer";
import { measure } from "../json/measure";
import { TextUse } from "./answer-text";
import { Citation } from "./citation";
import { Failure } from "./failure";

/** Hands events on in one reused `AnswerEvent`, and sees to it that `Start` comes first, `Finish` once and `End` last. One for each answer. */
export class OneChoiceEvents {
  private readonly event: AnswerEvent = new AnswerEvent();
  private started: bool = false;
  finished: bool = false;
  /** `End` has been handed on: the answer is over, whatever comes. */
  ended: bool = false;
  toolCalls: i32 = 0;
  /** What is done with the text: counting it tells where citations are. */
  use: TextUse = TextUse.None;
  /** Code points of the text so far, where they are counted. */
  points: i32 = 0;

  constructor(
    /** Whose form signatures have: nobody else can read them. Empty where the protocol has none. */
    private readonly maker: Bytes = NOTHING,
  ) {}

  /** `thread`: the conversation that the vendor keeps, if it does. */
  start(id: Bytes, model: Bytes, sink: EventSink, thread: Bytes = NOTHING): void {
    if (this.started) return;
    this.started = true;
    this.event.kind = EventKind.Start;
    point(this.event.thread, thread);
    this.hand(NOTHING, id, model, sink);
    point(this.event.thread, NOTHING);
  }

  /** Text, thinking, a signature, redacted thinking or a refusal; empty ones are left out. */
  text(kind: EventKind, text: Bytes, sink: EventSink): void {
    if (text.isEmpty) return;
    this.ensureStarted(sink);
    if (kind == EventKind.Text && this.use != TextUse.None) this.points += measure(text);
    this.event.kind = kind;
    this.hand(text, NOTHING, kind == EventKind.Signature ? this.maker : NOTHING, sink);
  }

  /** A source of what was said. */
  citation(citation: Citation, sink: EventSink): void {
    CITED.clear();
    citation.write(CITED);
    this.event.kind = EventKind.Citation;
    this.hand(CITED.pointAt(CITED_VIEW), NOTHING, NOTHING, sink);
  }

  /** A tool call begins; the number it goes by. */
  toolCall(id: Bytes, name: Bytes, sink: EventSink): i32 {
    this.ensureStarted(sink);
    const event = this.event;
    event.kind = EventKind.ToolCall;
    event.index = this.toolCalls++;
    this.hand(NOTHING, id, name, sink);
    return event.index;
  }

  toolArguments(index: i32, text: Bytes, sink: EventSink): void {
    if (text.isEmpty) return;
    const event = this.event;
    event.kind = EventKind.ToolArguments;
    event.index = index;
    this.hand(text, NOTHING, NOTHING, sink);
  }

  finish(reason: FinishReason, stopSequence: Bytes, sink: EventSink): void {
    if (this.finished) return;
    this.ensureStarted(sink);
    this.finished = true;
    const event = this.event;
    event.kind = EventKind.Finish;
    event.reason = reason;
    this.hand(stopSequence, NOTHING, NOTHING, sink);
  }

  /** The counts so far, if the provider has said any. */
  sayUsage(usage: Usage, sink: EventSink): void {
    if (!usage.known) return;
    this.ensureStarted(sink);
    const event = this.event;
    event.kind = EventKind.Usage;
    event.usage.set(usage);
    this.hand(NOTHING, NOTHING, NOTHING, sink);
  }

  /** Bytes for the client, as they are. Behind a failure there are none. */
  relay(bytes: Bytes, sink: EventSink): void {
    if (this.ended || bytes.isEmpty) return;
    this.event.kind = EventKind.Relay;
    this.hand(bytes, NOTHING, NOTHING, sink);
  }

  /** A vector of an embeddings answer: raw JSON, an array of numbers or a string; `index` is whose text it is of. */
  embedding(index: i32, json: Bytes, sink: EventSink): void {
    this.ensureStarted(sink);
    const event = this.event;
    event.kind = EventKind.Embedding;
    event.index = index;
    this.hand(json, NOTHING, NOTHING, sink);
  }

  fail(failure: Failure, sink: EventSink): void {
    if (this.ended) return;
    const event = this.event;
    event.kind = EventKind.Failure;
    event.failure = failure;
    this.hand(NOTHING, NOTHING, NOTHING, sink);
    event.failure = null;
    this.end(sink);
  }

  end(sink: EventSink): void {
    if (this.ended) return;
    this.ended = true;
    this.event.kind = EventKind.End;
    this.hand(NOTHING, NOTHING, NOTHING, sink);
  }

  private hand(text: Bytes, id: Bytes, name: Bytes, sink: EventSink): void {
    const event = this.event;
    point(event.text, text);
    point(event.id, id);
    point(event.name, name);
    sink.on(event);
  }

  private ensureStarted(sink: EventSink): void {
    if (!this.started) this.start(NOTHING, NOTHING, sink);
  }
}

const NOTHING = new Bytes();
const CITED = new JsonWriter(0);
const CITED_VIEW = new Bytes();

function point(view: Bytes, at: Bytes): void {
  view.set(at.buffer, at.start, at.length);
}
