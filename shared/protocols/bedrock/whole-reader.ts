/** Reads a whole answer of Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { AnswerEvents } from "../anthropic/answer-events";
import { AnswerReader, EventKind, EventSink } from "../answer";
import { TextUse } from "../answer-text";
import { escapedJson } from "../arguments";
import { Failure, FailureKind } from "../failure";
import { sayCitation } from "./citations";
import { isBroken, reasonOf } from "./finish";

/** The answer is read twice: once in full, to see that it is one; then its content, block by block. So nothing of a broken answer reaches the client as content. */
@final
export class ConverseWholeReader extends AnswerReader {
  private readonly events: AnswerEvents = new AnswerEvents();
  private readonly reader: JsonReader = new JsonReader();
  private readonly scratch: ByteWriter = new ByteWriter(0);
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();
  private content: Span = ABSENT;
  private stopReason: Span = ABSENT;
  private stopSequence: Span = ABSENT;

  constructor() {
    super();
    this.events.use = TextUse.Count;
  }

  read(bytes: Bytes, sink: EventSink): void {
    const events = this.events;
    if (events.ended) return;
    const reader = this.reader.start(bytes);
    if (!reader.enterObject()) return this.fail("the provider's answer is not a JSON object", sink);
    this.readMembers();
    if (!reader.finish()) return this.fail("the provider's answer is not valid JSON", sink);
    if (this.content == ABSENT) return this.fail("the provider's answer has no content", sink);
    const word = reader.bytes(this.stopReason);
    if (isBroken(word)) return this.fail("the model's answer was malformed (" + word.toString() + ")", sink);
    events.start(NOTHING, NOTHING, sink);
    this.readContent(new JsonReader().start(reader.bytes(this.content)), sink);
    events.finish(reasonOf(word, events.toolCalls > 0), reader.point(this.stopSequence, this.view), sink);
    events.reportUsage(sink);
    events.end(sink);
  }

  end(sink: EventSink): void {
    this.fail("the provider's answer is empty", sink);
  }

  private readMembers(): void {
    const reader = this.reader;
    while (reader.nextKey()) {
      if (reader.keyIs("output") && reader.enterObject()) {
        while (reader.nextKey()) {
          if (!reader.keyIs("message") || !reader.enterObject()) continue;
          while (reader.nextKey()) if (reader.keyIs("content") && reader.peek() == JsonType.Array) this.content = reader.skip();
        }
      } else if (reader.keyIs("stopReason")) this.stopReason = reader.string();
      else if (reader.keyIs("usage")) this.events.usage.readBedrocks(reader);
      else if (reader.keyIs("additionalModelResponseFields") && reader.enterObject()) {
        while (reader.nextKey()) if (reader.keyIs("stop_sequence")) this.stopSequence = reader.string();
      }
    }
  }

  private readContent(reader: JsonReader, sink: EventSink): void {
    if (!reader.enterArray()) return;
    while (reader.nextElement()) {
      if (!reader.enterObject()) continue;
      while (reader.nextKey()) {
        if (reader.keyIs("text")) this.events.text(EventKind.Text, reader.point(reader.string(), this.view), sink);
        else if (reader.keyIs("toolUse")) this.readCall(reader, sink);
        else if (reader.keyIs("reasoningContent")) this.readReasoning(reader, sink);
        else if (reader.keyIs("citationsContent")) this.readCited(reader, sink);
      }
    }
  }

  private readCall(reader: JsonReader, sink: EventSink): void {
    let id = ABSENT;
    let name = ABSENT;
    let kind = ABSENT;
    let input = ABSENT;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("toolUseId")) id = reader.string();
      else if (reader.keyIs("name")) name = reader.string();
      else if (reader.keyIs("type")) kind = reader.string();
      else if (reader.keyIs("input")) input = reader.peek() == JsonType.Object ? reader.skip() : ABSENT;
    }
    // A tool that AWS runs itself is no call for the client.
    if (id == ABSENT || name == ABSENT || kind != ABSENT) return;
    const call = this.events.toolCall(reader.point(id, this.view), reader.point(name, this.secondView), sink);
    const json = input == ABSENT ? EMPTY_OBJECT : escapedJson(reader.point(input, this.view), this.scratch);
    this.events.toolArguments(call, json, sink);
  }

  private readReasoning(reader: JsonReader, sink: EventSink): void {
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("redactedContent")) {
        this.events.text(EventKind.RedactedThinking, reader.point(reader.string(), this.view), sink);
      } else if (reader.keyIs("reasoningText") && reader.enterObject()) {
        let text = ABSENT;
        let signature = ABSENT;
        while (reader.nextKey()) {
          if (reader.keyIs("text")) text = reader.string();
          else if (reader.keyIs("signature")) signature = reader.string();
        }
        this.events.text(EventKind.Thinking, reader.point(text, this.view), sink);
        this.events.text(EventKind.Signature, reader.point(signature, this.view), sink);
      }
    }
  }

  /** Text with its sources: all of it rests on each. */
  private readCited(reader: JsonReader, sink: EventSink): void {
    const events = this.events;
    const start = events.points;
    let citations = ABSENT;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("citations")) citations = reader.peek() == JsonType.Array ? reader.skip() : ABSENT;
      if (!reader.keyIs("content") || !reader.enterArray()) continue;
      while (reader.nextElement()) {
        if (!reader.enterObject()) continue;
        while (reader.nextKey()) {
          if (reader.keyIs("text")) events.text(EventKind.Text, reader.point(reader.string(), this.view), sink);
        }
      }
    }
    const list = CITATIONS.start(reader.bytes(citations));
    if (citations != ABSENT && list.enterArray()) while (list.nextElement()) sayCitation(list, start, events, sink);
    list.release();
  }

  private fail(message: string, sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, message), sink);
  }
}

const NOTHING = new Bytes();
const CITATIONS = new JsonReader();
const EMPTY_OBJECT = Bytes.of("{}");
