import { Bytes, EMPTY } from "../../bytes/bytes";
import { isJson } from "../../json/find";
import { JsonType } from "../../json/reader";
import { SseReader } from "../../sse/reader";
import { AnswerReader, EventSink } from "../answer";
import { TextUse } from "../answer-text";
import { Failure, FailureKind } from "../failure";
import { GeminiAnswer } from "./answer";
import { JsonStream } from "./json-stream";

const INCOMPLETE = "the provider ended the stream before it was complete";
const TOO_LONG = "the provider sent an event that is too long";
const FIRST = Bytes.of("[");
const NEXT = Bytes.of(",\r\n");
const LAST = Bytes.of("]");
/** What a client's parser needs to have seen the last event. */
const BLANK_LINE = Bytes.of("\r\n\r\n");

/** What of a stream the client gets as it is. */
export enum Relays {
  Nothing,
  /** Whole server-sent events. */
  Events,
  /** The responses in them, as elements of one JSON array. */
  Array,
}

/**
 * Reads a streamed answer: server-sent events (`alt=sse`), each with one response in its data; or, where a proxy dropped `alt`, a JSON list of responses. Which of the two it is
 * the first byte says. What is relayed are whole events, or responses, behind what they say: an error comes as a `Failure` in place of its bytes, and nothing comes of an event that was cut.
 */
@final
export class GeminiStreamReader extends AnswerReader {
  private readonly answer: GeminiAnswer;
  private readonly events: SseReader = new SseReader();
  private objects: JsonStream | null = null;
  private begun: bool = false;
  private hasElements: bool = false;

  constructor(
    salt: u64,
    private readonly relays: Relays = Relays.Nothing,
    use: TextUse = TextUse.Count,
  ) {
    super();
    this.answer = new GeminiAnswer(salt, INCOMPLETE, use);
  }

  override read(bytes: Bytes, sink: EventSink): void {
    if (this.answer.ended) return;
    if (!this.begun) this.begin(bytes);
    const objects = this.objects;
    if (objects != null) this.readObjects(objects, bytes, sink);
    else this.readEvents(bytes, sink);
  }

  override end(sink: EventSink): void {
    const answer = this.answer;
    if (answer.ended) return;
    const objects = this.objects;
    if (objects != null) {
      if (!objects.isComplete) return answer.failIncomplete(sink);
    } else {
      const isPartial = this.events.hasPartial;
      const isEvent = this.events.end();
      if (isPartial) {
        // An event without its blank line counts if nothing else is missing.
        if (!isEvent || !isJson(this.events.data, JsonType.Object)) return answer.failIncomplete(sink);
        answer.on(this.events.data, sink);
        this.relay(this.events.data, this.events.raw, BLANK_LINE, sink);
      }
      // The line feed of a CRLF, say, that came by itself.
      else if (this.relays == Relays.Events) answer.relay(this.events.raw, sink);
    }
    if (this.relays == Relays.Array && answer.isComplete) answer.relay(LAST, sink);
    answer.end(sink);
  }

  /** Decides by the first byte that is no white space. */
  private begin(bytes: Bytes): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes.at(i);
      if (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) continue;
      this.begun = true;
      if (byte == 0x5b || byte == 0x7b) this.objects = new JsonStream();
      return;
    }
  }

  private readEvents(bytes: Bytes, sink: EventSink): void {
    const events = this.events;
    events.feed(bytes);
    while (!this.answer.ended && (this.relays == Relays.Events ? events.nextBlock() : events.next())) {
      const isResponse = events.isEvent && !events.data.isEmpty && !events.data.is("[DONE]");
      if (isResponse) this.answer.on(events.data, sink);
      if (isResponse || this.relays == Relays.Events) this.relay(events.data, events.raw, EMPTY, sink);
    }
    if (events.isTooLong) this.answer.fail(Failure.of(FailureKind.Provider, TOO_LONG), sink);
  }

  private readObjects(objects: JsonStream, bytes: Bytes, sink: EventSink): void {
    objects.feed(bytes);
    while (!this.answer.ended && objects.next()) {
      this.answer.on(objects.object, sink);
      if (this.relays != Relays.Events) this.relay(objects.object, EMPTY, EMPTY, sink);
      else this.answer.fail(Failure.of(FailureKind.Provider, "the provider's answer is not a stream of events"), sink);
    }
    if (objects.failed)
      this.answer.fail(Failure.of(FailureKind.Provider, "the provider sent something that is no list of JSON objects"), sink);
  }

  private relay(response: Bytes, raw: Bytes, rest: Bytes, sink: EventSink): void {
    const answer = this.answer;
    if (this.relays == Relays.Events) {
      answer.relay(raw, sink);
      answer.relay(rest, sink);
    } else if (this.relays == Relays.Array && !answer.ended) {
      answer.relay(this.hasElements ? NEXT : FIRST, sink);
      this.hasElements = true;
      answer.relay(response, sink);
    }
  }
}
