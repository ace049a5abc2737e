/** Reads the stream of a ConverseStream: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
import { Bytes } from "../../bytes/bytes";
import { FrameProblem, FrameReader } from "../../eventstream/reader";
import { AnswerReader, EventSink } from "../answer";
import { ConverseStream } from "./converse-stream";
import { readException } from "./errors";

@final
export class ConverseStreamReader extends AnswerReader {
  private readonly frames: FrameReader = new FrameReader();
  private readonly stream: ConverseStream = new ConverseStream();

  read(bytes: Bytes, sink: EventSink): void {
    const frames = this.frames;
    const events = this.stream.events;
    if (events.ended) return;
    frames.feed(bytes);
    while (!events.ended && frames.next()) this.readFrame(sink);
    if (frames.problem != FrameProblem.None) this.stream.fail(wordsOf(frames.problem), sink);
  }

  end(sink: EventSink): void {
    this.stream.end(this.frames.hasPartial, sink);
  }

  private readFrame(sink: EventSink): void {
    const frames = this.frames;
    const type = frames.headers.text(":message-type");
    if (type.is("event")) {
      if (!this.stream.on(frames.headers.text(":event-type"), frames.payload, sink))
        this.stream.fail("the provider sent an event that is not a JSON object", sink);
    } else if (type.is("exception")) {
      this.stream.events.fail(readException(frames.headers.text(":exception-type"), frames.payload), sink);
    } else if (type.is("error")) {
      const message = frames.headers.text(":error-message").copy();
      this.stream.failWith(frames.headers.text(":error-code"), message, sink);
    }
    // Of other types there are none, and what may come in the future says nothing that is known here.
  }
}

function wordsOf(problem: FrameProblem): string {
  switch (problem) {
    case FrameProblem.TooLong:
      return "the provider sent a frame that is too long";
    case FrameProblem.BadLength:
      return "the provider sent a frame whose lengths don't agree";
    case FrameProblem.BadChecksum:
      return "the provider sent a frame whose checksum is wrong";
    default:
      return "the provider sent a frame whose headers can't be read";
  }
}
