/** From the events of a Messages stream to the events of an answer. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader } from "../../json/reader";
import { EventKind, EventSink } from "../answer";
import { TextUse } from "../answer-text";
import { escapedJson } from "../arguments";
import { CITATION, CitedPassage } from "../citation";
import { Failure, FailureKind } from "../failure";
import { AnswerEvents } from "./answer-events";
import { finishReasonOf } from "./answer-parts";
import { readCitation } from "./citations";
import { failureOf } from "./errors";
import { OpenTool, OpenTools } from "./open-tools";
import { BlockKind, WireEvent, WireKind } from "./wire-event";

/**
 * Turns the data of one server-sent event after the other into answer events. The kind is taken from the data's `type`; the event's own name says the same and is
 * not looked at. Blocks and deltas of unknown types are passed over.
 */
@final
export class MessageStream {
  readonly events: AnswerEvents = new AnswerEvents();
  /** The message is complete. */
  isStopped: bool = false;
  private readonly wire: WireEvent = new WireEvent();
  private readonly tools: OpenTools = new OpenTools();
  private readonly passage: CitedPassage = new CitedPassage();
  private readonly scratch: ByteWriter = new ByteWriter(0);
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();

  constructor(
    /** Whether bytes are still to be handed on behind the message's end, in front of the answer's. */
    private readonly relays: bool,
    use: TextUse = TextUse.None,
  ) {
    this.events.use = use;
  }

  /** The data of the next event; once the answer has ended nothing is read. False if it is not a JSON object. */
  on(data: Bytes, sink: EventSink): bool {
    const events = this.events;
    if (events.ended) return true;
    const wire = this.wire;
    if (!wire.read(data, events.usage)) return false;
    switch (wire.kind) {
      case WireKind.BlockDelta:
        this.onDelta(sink);
        break;
      case WireKind.BlockStart:
        this.onBlock(sink);
        break;
      case WireKind.BlockStop:
        this.closeTool(wire.index, sink);
        if (this.passage.isCited) this.tellCitations(sink);
        break;
      case WireKind.MessageStart:
        events.start(this.at(wire.id), this.atSecond(wire.model), sink);
        events.reportUsage(sink);
        break;
      case WireKind.MessageDelta:
        this.onMessageDelta(sink);
        break;
      case WireKind.MessageStop:
        this.finish(ABSENT, sink);
        this.isStopped = true;
        if (!this.relays) events.end(sink);
        break;
      case WireKind.Error:
        events.fail(failureOf(wire.error, wire.reader, 0), sink);
        break;
      default:
        break;
    }
    return true;
  }

  fail(message: string, sink: EventSink): void {
    this.events.fail(Failure.of(FailureKind.Provider, message), sink);
  }

  /** The provider has said its last byte: after a stop reason that is an end, before it a failure. */
  end(sink: EventSink): void {
    const events = this.events;
    if (events.finished) events.end(sink);
    else this.fail("the provider ended the stream before it was complete", sink);
  }

  private onDelta(sink: EventSink): void {
    const wire = this.wire;
    const type = wire.reader.point(wire.partType, this.view);
    if (type.is("text_delta")) this.events.text(EventKind.Text, this.at(wire.text), sink);
    else if (type.is("input_json_delta")) this.onArguments(sink);
    else if (type.is("thinking_delta")) this.events.text(EventKind.Thinking, this.at(wire.thinking), sink);
    else if (type.is("signature_delta")) this.events.text(EventKind.Signature, this.at(wire.signature), sink);
    else if (type.is("citations_delta") && this.events.use != TextUse.None) this.passage.add(this.at(wire.citation));
  }

  /** The sources of the block that ends: all of its text rests on each. */
  private tellCitations(sink: EventSink): void {
    const events = this.events;
    const passage = this.passage;
    for (let i = 0; i < passage.sources.length; i++) {
      const citation = CITATION.clear();
      if (!readCitation(CITATIONS.start(passage.sources[i]), citation)) continue;
      citation.start = passage.start;
      citation.end = events.points;
      events.citation(citation, sink);
    }
    passage.begin(events.points);
  }

  /** Pieces for a block that isn't a client's tool call (a server tool's) have no open tool. */
  private onArguments(sink: EventSink): void {
    const tool = this.tools.find(this.wire.index);
    if (tool == null || this.wire.partialJson == ABSENT) return;
    const piece = this.at(this.wire.partialJson);
    if (piece.isEmpty) return;
    tool.hasArguments = true;
    this.events.toolArguments(tool.call, piece, sink);
  }

  private onBlock(sink: EventSink): void {
    const wire = this.wire;
    const events = this.events;
    switch (wire.blockKind) {
      case BlockKind.Text:
        this.passage.begin(events.points);
        events.text(EventKind.Text, this.at(wire.text), sink);
        break;
      case BlockKind.Thinking:
        events.text(EventKind.Thinking, this.at(wire.thinking), sink);
        events.text(EventKind.Signature, this.at(wire.signature), sink);
        break;
      case BlockKind.RedactedThinking:
        events.text(EventKind.RedactedThinking, this.at(wire.data), sink);
        break;
      case BlockKind.ToolUse:
        const call = events.toolCall(this.at(wire.id), this.atSecond(wire.name), sink);
        this.tools.open(wire.index, call, this.inputOf(wire.input));
        break;
      default:
        break;
    }
  }

  /** An input that came with the block's start, escaped, in bytes of its own; null where it is the usual `{}`. */
  private inputOf(input: Span): Bytes | null {
    const json = this.at(input);
    if (json.length <= 2 || json.at(0) != 0x7b) return null;
    return escapedJson(json, this.scratch).copy();
  }

  /** A call whose input came in no pieces has what its start said: `{}`, or all of it at once. */
  private closeTool(block: i32, sink: EventSink): void {
    const tool = this.tools.close(block);
    if (tool != null) this.completeArguments(tool, sink);
  }

  private completeArguments(tool: OpenTool, sink: EventSink): void {
    if (tool.hasArguments) return;
    const input = tool.input;
    this.events.toolArguments(tool.call, input == null ? EMPTY_OBJECT : input, sink);
  }

  private onMessageDelta(sink: EventSink): void {
    if (this.wire.stopReason != ABSENT) this.finish(this.wire.stopReason, sink);
    this.events.reportUsage(sink);
  }

  private finish(stopReason: Span, sink: EventSink): void {
    const events = this.events;
    if (events.finished) return;
    for (let tool = this.tools.closeLast(); tool != null; tool = this.tools.closeLast()) this.completeArguments(tool, sink);
    if (this.passage.isCited) this.tellCitations(sink);
    events.text(EventKind.Refusal, this.at(this.wire.refusal), sink);
    const reason = finishReasonOf(this.at(stopReason), events.toolCalls > 0);
    events.finish(reason, this.atSecond(this.wire.stopSequence), sink);
  }

  private at(s: Span): Bytes {
    return this.wire.reader.point(s, this.view);
  }

  private atSecond(s: Span): Bytes {
    return this.wire.reader.point(s, this.secondView);
  }
}

const CITATIONS = new JsonReader();
const EMPTY_OBJECT = Bytes.of("{}");
