import { Bytes } from "../../bytes/bytes";
import { isJson } from "../../json/find";
import { JsonType } from "../../json/reader";
import { SseReader } from "../../sse/reader";
import { AnswerReader, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { GeminiAnswer } from "./answer";
import { JsonStream } from "./json-stream";

const INCOMPLETE = "the provider ended the stream before it was complete";
const TOO_LONG = "the provider sent an event that is too long";

/**
 * Reads a streamed answer: server-sent events (`alt=sse`), each with one response in its data; or, where a proxy dropped `alt`, a JSON list of responses. Which of the two it is
 * the first byte says.
 */
@final
export class GeminiStreamReader extends AnswerReader {
  private readonly answer: GeminiAnswer;
  private readonly events: SseReader = new SseReader();
  private objects: JsonStream | null = null;
  private begun: bool = false;

  constructor(salt: u64) {
    super();
    this.answer = new GeminiAnswer(salt, INCOMPLETE);
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
    } else if (this.events.hasPartial) {
      // An event without its blank line counts if nothing else is missing.
      if (!this.events.end() || !isJson(this.events.data, JsonType.Object)) return answer.failIncomplete(sink);
      answer.on(this.events.data, sink);
    }
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
    while (events.next()) {
      if (!events.data.isEmpty && !events.data.is("[DONE]")) this.answer.on(events.data, sink);
      if (this.answer.ended) return;
    }
    if (events.isTooLong) this.answer.fail(Failure.of(FailureKind.Provider, TOO_LONG), sink);
  }

  private readObjects(objects: JsonStream, bytes: Bytes, sink: EventSink): void {
    objects.feed(bytes);
    while (!this.answer.ended && objects.next()) this.answer.on(objects.object, sink);
    if (objects.failed)
      this.answer.fail(Failure.of(FailureKind.Provider, "the provider sent something that is no list of JSON objects"), sink);
  }
}
