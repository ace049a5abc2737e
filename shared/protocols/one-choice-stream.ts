/** What readers of streamed answers with one choice have in common: server-sent events whose data is JSON, or a JSON body in their place. */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SseReader } from "../sse/reader";
import { AnswerReader, EventSink } from "./answer";
import { Failure, FailureKind } from "./failure";
import { OneChoiceEvents } from "./one-choice";

/** How much of an answer is gathered that comes as JSON where a stream was asked for. */
const WHOLE_LIMIT = 16 << 20;

/** What the first bytes look like. */
enum Form {
  Unknown,
  Events,
  /** JSON, or whatever can't begin a line of an event stream. */
  Whole,
}

/** A protocol says what an event means (`say`), and reads a body that is no stream (`sayWhole`): an error inside a 200, or an answer of a server that doesn't stream. */
export abstract class OneChoiceStreamReader extends AnswerReader {
  protected readonly events: OneChoiceEvents = new OneChoiceEvents();
  private readonly sse: SseReader = new SseReader();
  private readonly gathered: ByteWriter = new ByteWriter(0);
  private form: Form = Form.Unknown;

  /** What an event says. False: its data isn't the JSON that it should be. Called with data only; `[DONE]` is passed over. */
  protected abstract say(name: Bytes, data: Bytes, sink: EventSink): bool;

  /** Reads a body that is no stream, and ends the answer. */
  protected abstract sayWhole(body: Bytes, sink: EventSink): void;

  /** The provider's last byte has come: what is to be said before the end. Where no finish reason is, the answer is incomplete. */
  protected sayRest(_sink: EventSink): void {}

  read(bytes: Bytes, sink: EventSink): void {
    if (this.events.ended) return;
    if (this.form == Form.Unknown) this.form = formOf(bytes);
    if (this.form == Form.Whole) return this.gather(bytes, sink);
    const sse = this.sse;
    sse.feed(bytes);
    while (!this.events.ended && sse.next()) {
      if (isData(sse.data) && !this.say(sse.event, sse.data, sink)) this.fail("the provider sent an event that is not a JSON object", sink);
    }
    if (sse.isTooLong) this.fail("the provider sent an event that is too long", sink);
  }

  end(sink: EventSink): void {
    const events = this.events;
    if (events.ended) return;
    if (this.form == Form.Whole) return this.sayWhole(this.gathered.view(), sink);
    // An event that lacks only its blank line counts; one that was cut isn't JSON, and says nothing.
    const sse = this.sse;
    if (sse.end() && isData(sse.data)) this.say(sse.event, sse.data, sink);
    if (!events.ended) this.sayRest(sink);
    if (events.finished) events.end(sink);
    else this.fail("the provider ended the stream before it was complete", sink);
  }

  protected fail(message: string, sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, message), sink);
  }

  private gather(bytes: Bytes, sink: EventSink): void {
    if (this.gathered.length + bytes.length > WHOLE_LIMIT)
      return this.fail("the provider sent no stream but one answer that is too long", sink);
    this.gathered.bytes(bytes);
  }
}

function isData(data: Bytes): bool {
  return !data.isEmpty && !data.startsWith("[DONE]");
}

/** White space says nothing; an event stream begins with no brace, bracket or less-than sign. */
function formOf(bytes: Bytes): Form {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (byte > 0x20) return byte == 0x7b || byte == 0x5b || byte == 0x3c ? Form.Whole : Form.Events;
  }
  return Form.Unknown;
}
