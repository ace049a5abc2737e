/** Reads a streamed answer: https://docs.dify.ai/api-reference/chat/send-chat-message, …/workflow-execution/execute-workflow */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { EventKind, EventSink, FinishReason } from "../answer";
import { OneChoiceStreamReader } from "../one-choice-stream";
import { readError } from "../openai/provider-errors";
import { EVENT } from "./event";
import { DifySettings } from "./settings";
import { DifyWholeReader } from "./whole-reader";

/** Files, steps of workflows, what is spoken and `ping` are passed over. */
@final
export class DifyStreamReader extends OneChoiceStreamReader {
  private hasText: bool = false;
  /** What an agent has said since its last thought, which mostly is the same once more. */
  private readonly said: ByteWriter = new ByteWriter(0);

  constructor(private readonly settings: DifySettings) {
    super();
  }

  protected say(_name: Bytes, data: Bytes, sink: EventSink): bool {
    if (!EVENT.read(data)) return false;
    const events = this.events;
    const json = EVENT.json;
    const kind = json.bytes(EVENT.kind);
    if (kind.is("message") || kind.is("agent_message")) {
      const answer = json.bytes(EVENT.answer);
      if (kind.is("agent_message")) this.said.bytes(answer);
      this.sayText(answer, sink);
    } else if (kind.is("agent_thought")) {
      const thought = json.bytes(EVENT.thought);
      EVENT.start(events, sink);
      if (!thought.equals(this.said.view())) events.text(EventKind.Thinking, thought, sink);
      this.said.clear();
    } else if (kind.is("text_chunk")) this.sayText(json.bytes(EVENT.text), sink);
    else if (kind.is("message_end")) this.finish(sink);
    else if (kind.is("workflow_finished")) this.finishWorkflow(sink);
    else if (kind.is("error") || kind.isEmpty) {
      const failure = readError(0, data);
      if (failure != null) events.fail(failure, sink);
    }
    return true;
  }

  protected sayWhole(body: Bytes, sink: EventSink): void {
    new DifyWholeReader(this.settings).read(body, sink);
    this.events.ended = true;
  }

  private sayText(text: Bytes, sink: EventSink): void {
    if (text.isEmpty) return;
    EVENT.start(this.events, sink);
    this.hasText = true;
    this.events.text(EventKind.Text, text, sink);
  }

  private finish(sink: EventSink): void {
    const events = this.events;
    EVENT.start(events, sink);
    EVENT.saySources(events, sink);
    events.finish(FinishReason.Stop, NOTHING, sink);
    events.sayUsage(EVENT.usage, sink);
    events.end(sink);
  }

  /** A chat made of a workflow ends with `message_end`, and has said its text. */
  private finishWorkflow(sink: EventSink): void {
    const failure = EVENT.workflowFailure();
    if (failure != null) return this.events.fail(failure, sink);
    if (this.settings.isChat) return;
    if (!this.hasText) this.sayText(EVENT.output(this.settings.outputVariable), sink);
    this.finish(sink);
  }
}

const NOTHING = new Bytes();
