/** Reads a streamed answer of the Messages API: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { SseReader } from "../../sse/reader";
import { AnswerReader, EventSink } from "../answer";
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

@final
export class MessageStreamReader extends AnswerReader {
  private readonly stream: MessageStream = new MessageStream();
  private readonly sse: SseReader = new SseReader();
  private readonly gathered: ByteWriter = new ByteWriter(0);
  private form: Form = Form.Unknown;

  read(bytes: Bytes, sink: EventSink): void {
    if (this.stream.events.ended) return;
    if (this.form == Form.Unknown) this.form = formOf(bytes);
    if (this.form == Form.Whole) return this.gather(bytes, sink);
    const sse = this.sse;
    sse.feed(bytes);
    while (!this.stream.events.ended && sse.next()) {
      // A name without data stands for nothing.
      if (!sse.data.isEmpty && !this.stream.on(sse.data, sink))
        this.stream.fail("the provider sent an event that is not a JSON object", sink);
    }
    if (sse.isTooLong) this.stream.fail("the provider sent an event that is too long", sink);
  }

  end(sink: EventSink): void {
    if (this.form == Form.Whole && !this.stream.events.ended) {
      const whole = new MessageWholeReader();
      whole.read(this.gathered.view(), sink);
      this.stream.events.ended = true;
      return;
    }
    // The last event may lack its blank line; one that was cut is no event.
    if (!this.stream.events.ended && this.sse.end() && !this.sse.data.isEmpty) this.stream.on(this.sse.data, sink);
    this.stream.end(sink);
  }

  private gather(bytes: Bytes, sink: EventSink): void {
    if (this.gathered.length + bytes.length > WHOLE_LIMIT)
      return this.stream.fail("the provider sent no stream but one answer that is too long", sink);
    this.gathered.bytes(bytes);
  }
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
