/** Events of an answer as lines of text, for tests: what a reader says can be compared, and played to a writer. Fields are separated by tabs. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { AnswerEvent, EventKind, EventSink, FinishReason } from "../answer";
import { Failure, FailureKind } from "../failure";

const WORDS: StaticArray<string> = [
  "start",
  "text",
  "thinking",
  "signature",
  "redacted",
  "refusal",
  "call",
  "arguments",
  "finish",
  "usage",
  "logprobs",
  "relay",
  "failure",
  "end",
  "embedding",
  "citation",
];
const REASONS: StaticArray<string> = [
  "none",
  "stop",
  "stop_sequence",
  "length",
  "tool_calls",
  "content_filter",
  "refusal",
  "pause",
  "context_window",
];
const KINDS: StaticArray<string> = [
  "invalid_request",
  "authentication",
  "permission",
  "not_found",
  "too_large",
  "unsupported_media_type",
  "context_length",
  "rate_limit",
  "insufficient_quota",
  "overloaded",
  "provider",
  "unreachable",
  "timeout",
  "internal",
];

/** Writes each event as a line. Relayed bytes stand in a line of their own length: `relay 12` and then the bytes. */
@final
export class EventLines extends EventSink {
  constructor(private readonly out: ByteWriter) {
    super();
  }

  on(event: AnswerEvent): void {
    const out = this.out;
    out.ascii(WORDS[event.kind]);
    switch (event.kind) {
      case EventKind.Start:
        this.field(event.id);
        this.field(event.name);
        break;
      case EventKind.Signature:
        this.number(event.choice);
        this.field(event.text);
        this.field(event.name);
        break;
      case EventKind.ToolCall:
        this.number(event.choice);
        this.number(event.index);
        this.field(event.id);
        this.field(event.name);
        this.field(event.text);
        break;
      case EventKind.ToolArguments:
        this.number(event.choice);
        this.number(event.index);
        this.field(event.text);
        break;
      case EventKind.Finish:
        this.number(event.choice);
        this.word(REASONS[event.reason]);
        this.field(event.text);
        break;
      case EventKind.Usage:
        this.count(event.usage.input);
        this.count(event.usage.cachedInput);
        this.count(event.usage.cacheWrite);
        this.count(event.usage.output);
        this.count(event.usage.reasoning);
        break;
      case EventKind.Embedding:
        this.number(event.index);
        this.field(event.text);
        break;
      case EventKind.Relay:
        this.number(event.text.length);
        this.field(event.text);
        break;
      case EventKind.Failure: {
        const failure = event.failure;
        if (failure != null) this.failure(failure);
        break;
      }
      case EventKind.End:
        break;
      default:
        this.number(event.choice);
        this.field(event.text);
    }
    out.byte(0x0a);
  }

  /** `<kind> <status> <code> <message>` */
  failure(failure: Failure): void {
    this.word(KINDS[failure.kind]);
    this.number(failure.status);
    this.field(failure.code);
    this.field(failure.message);
  }

  private field(text: Bytes): void {
    this.out.byte(0x09);
    this.out.bytes(text);
  }

  private word(text: string): void {
    this.out.byte(0x09);
    this.out.ascii(text);
  }

  private number(value: i32): void {
    this.out.byte(0x09);
    this.out.signed(value);
  }

  private count(value: u64): void {
    this.out.byte(0x09);
    this.out.unsigned(value);
  }
}

/** Plays lines, as `EventLines` writes them, to a sink. */
@final
export class EventScript {
  private readonly event: AnswerEvent = new AnswerEvent();
  private line: Bytes = new Bytes();
  private at: i32 = 0;

  play(script: Bytes, sink: EventSink): void {
    let from = 0;
    while (from < script.length) {
      let to = script.indexOf(0x0a, from);
      if (to < 0) to = script.length;
      this.line = script.slice(from, to);
      this.at = 0;
      this.playLine(sink);
      from = to + 1;
    }
  }

  private playLine(sink: EventSink): void {
    const event = this.event;
    const kind = indexOf(WORDS, this.field());
    if (kind < 0) return;
    event.kind = <EventKind>kind;
    event.id = event.name = event.text = new Bytes();
    switch (event.kind) {
      case EventKind.Start:
        event.id = this.field();
        event.name = this.field();
        break;
      case EventKind.Signature:
        event.choice = this.number();
        event.text = this.field();
        event.name = this.field();
        break;
      case EventKind.ToolCall:
        event.choice = this.number();
        event.index = this.number();
        event.id = this.field();
        event.name = this.field();
        event.text = this.field();
        break;
      case EventKind.ToolArguments:
        event.choice = this.number();
        event.index = this.number();
        event.text = this.field();
        break;
      case EventKind.Finish:
        event.choice = this.number();
        event.reason = <FinishReason>indexOf(REASONS, this.field());
        event.text = this.field();
        break;
      case EventKind.Usage:
        event.usage.input = <u64>this.number();
        event.usage.cachedInput = <u64>this.number();
        event.usage.cacheWrite = <u64>this.number();
        event.usage.output = <u64>this.number();
        event.usage.reasoning = <u64>this.number();
        event.usage.known = true;
        break;
      case EventKind.Embedding:
        event.index = this.number();
        event.text = this.field();
        break;
      case EventKind.Relay:
        this.field();
        event.text = this.field();
        break;
      case EventKind.Failure: {
        const failure = Failure.of(<FailureKind>indexOf(KINDS, this.field()), "");
        this.field();
        failure.code = this.field();
        failure.message = this.field();
        event.failure = failure;
        break;
      }
      case EventKind.End:
        break;
      default:
        event.choice = this.number();
        event.text = this.field();
    }
    sink.on(event);
  }

  private field(): Bytes {
    const line = this.line;
    let to = line.indexOf(0x09, this.at);
    if (to < 0) to = line.length;
    const field = line.slice(this.at, to);
    this.at = to + 1;
    return field;
  }

  private number(): i32 {
    const field = this.field();
    let value = 0;
    for (let i = 0; i < field.length; i++) value = value * 10 + <i32>field.at(i) - 0x30;
    return value;
  }
}

function indexOf(words: StaticArray<string>, word: Bytes): i32 {
  for (let i = 0; i < words.length; i++) if (word.is(words[i])) return i;
  return -1;
}
