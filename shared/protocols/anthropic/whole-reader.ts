/** Reads a whole answer of the Messages API: https://docs.anthropic.com/en/api/messages */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { TextUse } from "../answer-text";
import { escapedJson } from "../arguments";
import { CITATION } from "../citation";
import { AnswerReader, EventKind, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { AnswerEvents } from "./answer-events";
import { finishReasonOf } from "./answer-parts";
import { readCitation } from "./citations";
import { ErrorObject, failureOf } from "./errors";
import { BlockKind, blockKindOf } from "./wire-event";

/**
 * The answer is read twice: once in full, for its settings and to see that it is one; then its content, block by block. So nothing of a broken answer reaches the
 * client as content.
 */
@final
export class MessageWholeReader extends AnswerReader {
  private readonly events: AnswerEvents = new AnswerEvents();
  private readonly reader: JsonReader = new JsonReader();
  private readonly error: ErrorObject = new ErrorObject();
  private readonly scratch: ByteWriter = new ByteWriter(0);
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();
  private id: Span = ABSENT;
  private model: Span = ABSENT;
  private content: Span = ABSENT;
  private stopReason: Span = ABSENT;
  private stopSequence: Span = ABSENT;
  private refusal: Span = ABSENT;

  constructor(use: TextUse = TextUse.Count) {
    super();
    this.events.use = use;
  }

  read(bytes: Bytes, sink: EventSink): void {
    const events = this.events;
    if (events.ended) return;
    const reader = this.reader.start(bytes);
    if (!reader.enterObject()) return this.fail("the provider's answer is not a JSON object", sink);
    this.readMembers();
    if (!reader.finish()) return this.fail("the provider's answer is not valid JSON", sink);
    if (this.error.present) return events.fail(failureOf(this.error, reader, 0), sink);
    if (this.content == ABSENT) return this.fail("the provider's answer has no content", sink);

    events.start(this.at(this.id), this.atSecond(this.model), sink);
    this.readContent(new JsonReader().start(reader.bytes(this.content)), sink);
    events.text(EventKind.Refusal, this.at(this.refusal), sink);
    const reason = finishReasonOf(this.at(this.stopReason), events.toolCalls > 0);
    events.finish(reason, this.atSecond(this.stopSequence), sink);
    events.reportUsage(sink);
    events.end(sink);
  }

  end(sink: EventSink): void {
    this.fail("the provider's answer is empty", sink);
  }

  private readMembers(): void {
    const reader = this.reader;
    while (reader.nextKey()) {
      if (reader.keyIs("id")) this.id = reader.string();
      else if (reader.keyIs("model")) this.model = reader.string();
      else if (reader.keyIs("content")) this.content = reader.peek() == JsonType.Array ? reader.skip() : ABSENT;
      else if (reader.keyIs("stop_reason")) this.stopReason = reader.string();
      else if (reader.keyIs("stop_sequence")) this.stopSequence = reader.string();
      else if (reader.keyIs("stop_details")) this.readStopDetails();
      else if (reader.keyIs("usage")) this.events.usage.read(reader);
      else if (reader.keyIs("error")) this.error.read(reader);
    }
  }

  private readStopDetails(): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) if (reader.keyIs("explanation")) this.refusal = reader.string();
  }

  private readContent(reader: JsonReader, sink: EventSink): void {
    if (!reader.enterArray()) return;
    while (reader.nextElement()) if (reader.enterObject()) this.readBlock(reader, sink);
  }

  private readBlock(reader: JsonReader, sink: EventSink): void {
    let type = ABSENT;
    let text = ABSENT;
    let signature = ABSENT;
    let id = ABSENT;
    let name = ABSENT;
    let input = ABSENT;
    let citations = ABSENT;
    while (reader.nextKey()) {
      if (reader.keyIs("type")) type = reader.string();
      else if (reader.keyIs("text") || reader.keyIs("thinking") || reader.keyIs("data")) text = reader.string();
      else if (reader.keyIs("signature")) signature = reader.string();
      else if (reader.keyIs("id")) id = reader.string();
      else if (reader.keyIs("name")) name = reader.string();
      else if (reader.keyIs("input")) input = reader.peek() == JsonType.Object ? reader.skip() : ABSENT;
      else if (reader.keyIs("citations")) citations = reader.peek() == JsonType.Array ? reader.skip() : ABSENT;
    }
    const events = this.events;
    switch (blockKindOf(reader.point(type, this.view))) {
      case BlockKind.Text:
        const start = events.points;
        events.text(EventKind.Text, reader.point(text, this.view), sink);
        if (spanLength(citations) > 2 && events.use != TextUse.None) this.readCitations(reader.bytes(citations), start, sink);
        break;
      case BlockKind.Thinking:
        events.text(EventKind.Thinking, reader.point(text, this.view), sink);
        events.text(EventKind.Signature, reader.point(signature, this.view), sink);
        break;
      case BlockKind.RedactedThinking:
        events.text(EventKind.RedactedThinking, reader.point(text, this.view), sink);
        break;
      case BlockKind.ToolUse:
        const call = events.toolCall(reader.point(id, this.view), reader.point(name, this.secondView), sink);
        events.toolArguments(call, input == ABSENT ? EMPTY_OBJECT : escapedJson(reader.point(input, this.view), this.scratch), sink);
        break;
      default:
        break;
    }
  }

  /** The sources of a block: all of its text, from `start` on, rests on each. */
  private readCitations(list: Bytes, start: i32, sink: EventSink): void {
    const events = this.events;
    const reader = CITATIONS.start(list);
    if (reader.enterArray()) {
      while (reader.nextElement()) {
        const citation = CITATION.clear();
        if (!readCitation(reader, citation)) continue;
        citation.start = start;
        citation.end = events.points;
        events.citation(citation, sink);
      }
    }
    reader.release();
  }

  private fail(message: string, sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, message), sink);
  }

  private at(s: Span): Bytes {
    return this.reader.point(s, this.view);
  }

  private atSecond(s: Span): Bytes {
    return this.reader.point(s, this.secondView);
  }
}

const CITATIONS = new JsonReader();
const EMPTY_OBJECT = Bytes.of("{}");
