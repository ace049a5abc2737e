/** Reads a streamed answer of a provider: https://platform.openai.com/docs/api-reference/chat/streaming */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { SseReader } from "../../sse/reader";
import { AnswerReader, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { AnswerQuirks, OPENAI_ANSWERS } from "./answer-quirks";
import { ChatEvents } from "./chat-events";
import { withComma } from "./members";
import { readError } from "./provider-errors";
import { WireChunk } from "./wire-chunk";

/** What is kept of a body that is no stream, to find an error in it. */
const BODY_LIMIT = 65536;

const INCOMPLETE = "the provider ended the stream before it was complete";

/** What the first byte says of the body. */
enum Form {
  Unknown,
  Events,
  /** JSON, HTML: whatever can't begin a line of an event stream. */
  Foreign,
}

/** Shared by all streams: what it holds of a chunk is used up before another is read. */
const CHUNK = new WireChunk();

/** What a client's parser needs to have seen the last event, and to know that no other one follows. */
const BLANK_LINE = Bytes.of("\n\n");
const DONE = Bytes.of("data: [DONE]\n\n");

/**
 * One event of the stream is one chunk. With `relays` the client gets the stream's own bytes as `Relay` events, whole events only: so an error comes as a `Failure` in place of its bytes, and nothing comes of an event that was cut.
 * With `hidesUsage` they lack what only we asked for: the chunk with nothing but usage, and the null `usage` of all the others.
 */
@final
export class ChatStreamReader extends AnswerReader {
  private readonly sse: SseReader = new SseReader();
  private readonly chunk: WireChunk = CHUNK;
  private readonly events: ChatEvents = new ChatEvents(false);
  private form: Form = Form.Unknown;
  private readonly body: ByteWriter = new ByteWriter(0);
  /** `[DONE]` has come; what follows is only relayed. */
  private isDone: bool = false;

  constructor(
    private readonly relays: bool,
    private readonly hidesUsage: bool,
    private readonly quirks: AnswerQuirks = OPENAI_ANSWERS,
  ) {
    super();
  }

  read(bytes: Bytes, sink: EventSink): void {
    if (this.events.hasEnded) return;
    if (this.form == Form.Unknown) this.form = formOf(bytes);
    if (this.form == Form.Foreign) {
      this.body.range(bytes.buffer, bytes.start, min(bytes.length, BODY_LIMIT - this.body.length));
      return;
    }
    const sse = this.sse;
    sse.feed(bytes);
    if (this.relays) while (!this.events.hasEnded && sse.nextBlock()) this.relayBlock(sink);
    else while (!this.events.hasEnded && sse.next()) this.readData(sse.data, sink);
    if (sse.isTooLong) this.fail("the provider sent an event that is too long", sink);
  }

  end(sink: EventSink): void {
    const events = this.events;
    if (events.hasEnded) return;
    if (this.form == Form.Foreign) {
      const failure = readError(0, this.quirks.plain(this.body.view()));
      if (failure != null) events.fail(failure, sink);
      return this.fail("the provider's answer is not a stream of events", sink);
    }
    this.readRest(sink);
    if (events.hasEnded) return;
    if (!events.isComplete) return this.fail(INCOMPLETE, sink);
    if (this.relays && !this.isDone) this.relay(DONE, sink);
    events.end(sink);
  }

  /** What came behind the last blank line: an event that lacks only that line, or a part of one. */
  private readRest(sink: EventSink): void {
    const sse = this.sse;
    if (sse.end()) {
      // A chunk that was cut isn't JSON, and says nothing.
      if (this.isDone || (!isDone(sse.data) && !this.chunk.read(this.quirks.plain(sse.data)))) return;
      if (!this.relays) return this.readData(sse.data, sink);
      this.relayBlock(sink);
      this.relay(BLANK_LINE, sink);
    } else if (this.relays && isBlank(sse.raw)) this.relayRaw(sink);
  }

  private readData(raw: Bytes, sink: EventSink): void {
    const events = this.events;
    const chunk = this.chunk;
    if (isDone(raw)) {
      this.isDone = true;
      if (this.quirks.endsWithoutReason) events.finishAll(sink);
      if (!events.isComplete) this.fail(INCOMPLETE, sink);
      else if (!this.relays) events.end(sink);
      return;
    }
    // Some send an empty line of data to keep the connection open.
    if (raw.isEmpty) return;
    const data = this.quirks.plain(raw);
    if (!chunk.read(data)) return this.fail("the provider sent an event that is not a JSON object", sink);
    if (chunk.hasError || !chunk.hasChoices || this.sse.event.is("error")) {
      const failure = readError(0, data);
      if (failure != null) return events.fail(failure, sink);
    }
    events.say(chunk, sink);
  }

  private relayBlock(sink: EventSink): void {
    const sse = this.sse;
    if (!sse.isEvent || this.isDone) return this.relayRaw(sink);
    this.chunk.nullUsage = ABSENT;
    this.chunk.hasUsage = this.chunk.hasChoices = false;
    this.readData(sse.data, sink);
    if (this.events.hasEnded) return;
    if (!this.hidesUsage) return this.relayRaw(sink);
    const chunk = this.chunk;
    if (chunk.hasUsage && chunk.hasChoices && chunk.choiceCount == 0) return;
    if (chunk.nullUsage == ABSENT || sse.data.buffer != sse.raw.buffer) return this.relayRaw(sink);
    this.relayWithout(chunk.nullUsage, sink);
  }

  private relayRaw(sink: EventSink): void {
    this.relay(this.sse.raw, sink);
  }

  private relay(bytes: Bytes, sink: EventSink): void {
    if (!this.events.hasEnded) this.events.relay(bytes.buffer, bytes.start, bytes.start + bytes.length, sink);
  }

  /** The block without one member. */
  private relayWithout(member: Span, sink: EventSink): void {
    const raw = this.sse.raw;
    const gap = withComma(raw, member);
    this.events.relay(raw.buffer, raw.start, spanStart(gap), sink);
    this.events.relay(raw.buffer, spanStart(gap) + spanLength(gap), raw.start + raw.length, sink);
  }

  private fail(message: string, sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, message), sink);
  }
}

/** The line feed of a CRLF, say, that came by itself. */
function isBlank(bytes: Bytes): bool {
  for (let i = 0; i < bytes.length; i++) if (bytes.at(i) != 0x0a && bytes.at(i) != 0x0d) return false;
  return true;
}

function isDone(data: Bytes): bool {
  return data.startsWith("[DONE]");
}

/** Field names are letters, and a comment begins with a colon: a brace, a bracket or a less-than sign begins something else. */
function formOf(bytes: Bytes): Form {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (byte > 0x20) return byte == 0x7b || byte == 0x5b || byte == 0x3c ? Form.Foreign : Form.Events;
  }
  return Form.Unknown;
}
