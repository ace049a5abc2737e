/** Reads a streamed answer of the Messages API: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { SseReader } from "../../sse/reader";
import { AnswerReader, EventSink } from "../answer";
import { TextUse } from "../answer-text";
import { readErrorObject } from "./errors";
import { MessageStream } from "./message-stream";
import { MessageWholeReader } from "./whole-reader";

/** How much of an answer is gathered that comes as JSON where a stream was asked for. */
const WHOLE_LIMIT = 16 << 20;

/** What the first bytes look like. */
enum Form {
  Unknown,
  Events,
  /** A JSON object: an error inside a 200, or a server that doesn't stream. */
  Whole,
}

/** What a client's parser needs to have seen the last event, and to know that the message is complete. */
const BLANK_LINE = Bytes.of("\n\n");
const STOP = Bytes.of('event: message_stop\ndata: {"type":"message_stop"}\n\n');

/**
 * With `relays` the client gets the stream's own bytes as `Relay` events, whole events only: so an error comes as a `Failure` in place of its bytes, and nothing comes of an event that was cut.
 */
@final
export class MessageStreamReader extends AnswerReader {
  private readonly stream: MessageStream;
  private readonly sse: SseReader = new SseReader();
  private readonly gathered: ByteWriter = new ByteWriter(0);
  private form: Form = Form.Unknown;

  constructor(
    private readonly relays: bool,
    private readonly use: TextUse = TextUse.Count,
  ) {
    super();
    this.stream = new MessageStream(relays, use);
  }

  read(bytes: Bytes, sink: EventSink): void {
    if (this.stream.events.ended) return;
    if (this.form == Form.Unknown) this.form = formOf(bytes);
    if (this.form == Form.Whole) return this.gather(bytes, sink);
    const sse = this.sse;
    sse.feed(bytes);
    if (this.relays) while (!this.stream.events.ended && sse.nextBlock()) this.relayBlock(sink);
    else while (!this.stream.events.ended && sse.next()) this.readData(sink);
    if (sse.isTooLong) this.stream.fail("the provider sent an event that is too long", sink);
  }

  end(sink: EventSink): void {
    const events = this.stream.events;
    if (events.ended) return;
    if (this.form == Form.Whole) return this.readWhole(sink);
    this.readRest(sink);
    if (this.relays && events.finished && !this.stream.isStopped) events.relay(STOP, sink);
    this.stream.end(sink);
  }

  /** A name without data stands for nothing. */
  private readData(sink: EventSink): void {
    if (!this.sse.data.isEmpty && !this.stream.on(this.sse.data, sink))
      this.stream.fail("the provider sent an event that is not a JSON object", sink);
  }

  /** An event's bytes follow what they say, since that may be that the provider failed. Behind the message's end nothing says anything. */
  private relayBlock(sink: EventSink): void {
    if (this.sse.isEvent && !this.stream.isStopped) this.readData(sink);
    this.stream.events.relay(this.sse.raw, sink);
  }

  /** What came behind the last blank line: an event that lacks only that line, or a part of one, which isn't JSON and says nothing. */
  private readRest(sink: EventSink): void {
    const sse = this.sse;
    const events = this.stream.events;
    if (!sse.end()) {
      // The line feed of a CRLF, say, that came by itself.
      if (this.relays && isBlank(sse.raw)) events.relay(sse.raw, sink);
      return;
    }
    if (this.stream.isStopped || sse.data.isEmpty || !this.stream.on(sse.data, sink) || !this.relays) return;
    events.relay(sse.raw, sink);
    events.relay(BLANK_LINE, sink);
  }

  /** One JSON object in place of a stream. A client that gets the provider's own bytes can't make anything of it, unless it is an error. */
  private readWhole(sink: EventSink): void {
    const bytes = this.gathered.view();
    if (this.relays) {
      const failure = readErrorObject(bytes);
      if (failure != null) return this.stream.events.fail(failure, sink);
      return this.stream.fail("the provider's answer is not a stream of events", sink);
    }
    new MessageWholeReader(this.use).read(bytes, sink);
    this.stream.events.ended = true;
  }

  private gather(bytes: Bytes, sink: EventSink): void {
    if (this.gathered.length + bytes.length > WHOLE_LIMIT)
      return this.stream.fail("the provider sent no stream but one answer that is too long", sink);
    this.gathered.bytes(bytes);
  }
}

function isBlank(bytes: Bytes): bool {
  for (let i = 0; i < bytes.length; i++) if (bytes.at(i) != 0x0a && bytes.at(i) != 0x0d) return false;
  return true;
}

/** White space says nothing; an event stream never begins with a brace. */
function formOf(bytes: Bytes): Form {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (byte == 0x7b) return Form.Whole;
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return Form.Events;
  }
  return Form.Unknown;
}
