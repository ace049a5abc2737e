/** An event of a stream, or a whole answer, taken apart: https://docs.dify.ai/api-reference/chat/send-chat-message */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { findIn } from "../../json/find";
import { JsonReader, JsonType } from "../../json/reader";
import { EventSink, Usage } from "../answer";
import { escapedJson } from "../arguments";
import { CITATION, SourceKind } from "../citation";
import { Failure, FailureKind } from "../failure";
import { providerText } from "../message";
import { OneChoiceEvents } from "../one-choice";
import { readUsage } from "../openai/usage-reader";

/** Contents of JSON strings, but for what ends in `Json`; valid until the next `read`. */
@final
export class DifyEvent {
  readonly json: JsonReader = new JsonReader();
  readonly usage: Usage = new Usage();
  kind: Span = ABSENT;
  id: Span = ABSENT;
  thread: Span = ABSENT;
  answer: Span = ABSENT;
  thought: Span = ABSENT;
  /** Of `data`, in workflows. */
  text: Span = ABSENT;
  status: Span = ABSENT;
  error: Span = ABSENT;
  outputsJson: Span = ABSENT;
  private sourcesJson: Span = ABSENT;
  hasData: bool = false;
  private readonly view: Bytes = new Bytes();
  private readonly scratch: ByteWriter = new ByteWriter(0);

  /** False: it is no JSON object. */
  read(text: Bytes): bool {
    this.kind = this.id = this.thread = this.answer = this.thought = ABSENT;
    this.text = this.status = this.error = this.outputsJson = this.sourcesJson = ABSENT;
    this.hasData = false;
    this.usage.clear();
    const json = this.json.start(text);
    if (!json.enterObject()) return false;
    while (json.nextKey()) {
      if (json.keyIs("event")) this.kind = json.string();
      else if (json.keyIs("answer")) this.answer = json.string();
      else if (json.keyIs("thought")) this.thought = json.string();
      else if (json.keyIs("conversation_id")) this.thread = json.string();
      else if (json.keyIs("message_id") || json.keyIs("workflow_run_id")) this.id = json.string();
      else if (json.keyIs("metadata") && json.enterObject()) {
        while (json.nextKey()) {
          if (json.keyIs("usage")) readUsage(json, this.usage);
          else if (json.keyIs("retriever_resources") && json.peek() == JsonType.Array) this.sourcesJson = json.skip();
        }
      } else if (json.keyIs("data") && json.enterObject()) this.readData(json);
    }
    return json.finish();
  }

  private readData(json: JsonReader): void {
    this.hasData = true;
    while (json.nextKey()) {
      if (json.keyIs("text")) this.text = json.string();
      else if (json.keyIs("status")) this.status = json.string();
      else if (json.keyIs("error")) this.error = json.string();
      else if (json.keyIs("outputs")) this.outputsJson = json.peek() == JsonType.Object ? json.skip() : ABSENT;
    }
  }

  /** The answer begins, as far as this says so. */
  start(events: OneChoiceEvents, sink: EventSink): void {
    events.start(this.json.bytes(this.id), NOTHING, sink, this.threadName());
  }

  /** The pieces of documents that the app has looked up; Dify doesn't say what of the answer rests on which. */
  saySources(events: OneChoiceEvents, sink: EventSink): void {
    if (spanLength(this.sourcesJson) <= 2) return;
    const json = SOURCES.start(this.json.point(this.sourcesJson, this.view));
    if (json.enterArray()) {
      while (json.nextElement()) {
        if (!json.enterObject()) continue;
        const citation = CITATION.clear();
        citation.kind = SourceKind.Document;
        while (json.nextKey()) {
          if (json.keyIs("document_name")) json.point(json.string(), citation.title);
          else if (json.keyIs("document_id")) json.point(json.string(), citation.file);
          else if (json.keyIs("content")) json.point(json.string(), citation.quote);
        }
        events.citation(citation, sink);
      }
    }
    json.release();
  }

  /** A workflow's output by its name: a text as it is, anything else as JSON in a text; empty: there is none. */
  output(name: Bytes): Bytes {
    if (this.outputsJson == ABSENT) return NOTHING;
    const outputs = this.json.bytes(this.outputsJson);
    const value = findIn(outputs, name.toString());
    if (value == ABSENT) return NOTHING;
    const raw = this.view.set(outputs.buffer, spanStart(value), spanLength(value));
    if (raw.at(0) == 0x22) return raw.slice(1, raw.length - 1);
    return raw.is("null") ? NOTHING : escapedJson(raw, this.scratch);
  }

  /** The failure of a workflow that has ended so; null: it hasn't failed. */
  workflowFailure(): Failure | null {
    const status = this.json.point(this.status, this.view);
    if (!status.is("failed") && !status.is("stopped")) return null;
    const failure = Failure.of(FailureKind.Provider, "the workflow has failed");
    if (spanLength(this.error) > 0) failure.message = providerText(this.json.bytes(this.error));
    return failure;
  }

  /** It goes into a header: what isn't a name of letters, digits and dashes is none. */
  private threadName(): Bytes {
    const thread = this.json.bytes(this.thread);
    if (thread.length > 64) return NOTHING;
    for (let i = 0; i < thread.length; i++) {
      const byte = thread.at(i);
      if (<u32>(byte | 0x20) - 0x61 >= 26 && <u32>byte - 0x30 >= 10 && byte != 0x2d && byte != 0x5f) return NOTHING;
    }
    return thread;
  }
}

const NOTHING = new Bytes();
const SOURCES = new JsonReader();

/** Used up within one call. */
export const EVENT = new DifyEvent();
