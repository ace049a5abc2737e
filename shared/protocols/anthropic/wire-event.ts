/** One event of a Messages stream, taken apart: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { UsageParts } from "./answer-parts";
import { ErrorObject } from "./errors";

/** What an event's `type` says. */
export enum WireKind {
  /** `ping`, and whatever comes in the future: passed over. */
  Other,
  MessageStart,
  BlockStart,
  BlockDelta,
  BlockStop,
  MessageDelta,
  MessageStop,
  Error,
}

/** What a content block's `type` says. */
export enum BlockKind {
  /** Server tools and their results, and whatever comes in the future: passed over. */
  Other,
  Text,
  Thinking,
  RedactedThinking,
  ToolUse,
}

export function blockKindOf(type: Bytes): BlockKind {
  if (type.is("text")) return BlockKind.Text;
  if (type.is("tool_use")) return BlockKind.ToolUse;
  if (type.is("thinking")) return BlockKind.Thinking;
  if (type.is("redacted_thinking")) return BlockKind.RedactedThinking;
  return BlockKind.Other;
}

/**
 * The members of an event that we use, in whatever order they came. Spans are offsets into the event's data, contents of JSON strings but for `input`; they are
 * valid until the next `read`. One object serves a whole stream.
 */
@final
export class WireEvent {
  readonly reader: JsonReader = new JsonReader();
  kind: WireKind = WireKind.Other;
  /** Which content block; -1 where the event names none. */
  index: i32 = -1;

  // Of `message` and `content_block`.
  id: Span = ABSENT;
  model: Span = ABSENT;
  name: Span = ABSENT;
  /** The type of the block or of the delta. */
  partType: Span = ABSENT;
  text: Span = ABSENT;
  thinking: Span = ABSENT;
  signature: Span = ABSENT;
  data: Span = ABSENT;
  partialJson: Span = ABSENT;
  /** Raw JSON. */
  input: Span = ABSENT;
  /** A citation, raw JSON. */
  citation: Span = ABSENT;

  stopReason: Span = ABSENT;
  stopSequence: Span = ABSENT;
  refusal: Span = ABSENT;

  readonly error: ErrorObject = new ErrorObject();
  private readonly number: JsonNumber = new JsonNumber();
  private readonly view: Bytes = new Bytes();

  /** Reads an event's data; usage goes into `usage`. False if it isn't a JSON object. */
  read(json: Bytes, usage: UsageParts): bool {
    const reader = this.reader.start(json);
    this.clear();
    if (!reader.enterObject()) return false;
    let type = ABSENT;
    while (reader.nextKey()) {
      if (reader.keyIs("type")) type = reader.string();
      else if (reader.keyIs("index")) this.index = this.readIndex();
      else if (reader.keyIs("delta") || reader.keyIs("content_block")) this.readPart();
      else if (reader.keyIs("message")) this.readMessage(usage);
      else if (reader.keyIs("usage")) usage.read(reader);
      else if (reader.keyIs("error")) this.error.read(reader);
    }
    if (!reader.finish()) return false;
    this.kind = this.kindOf(reader.point(type, this.view));
    return true;
  }

  /** The type of the block that begins. */
  get blockKind(): BlockKind {
    return blockKindOf(this.reader.point(this.partType, this.view));
  }

  private clear(): void {
    this.kind = WireKind.Other;
    this.index = -1;
    this.id = this.model = this.name = this.partType = this.text = this.thinking = ABSENT;
    this.signature = this.data = this.partialJson = this.input = this.citation = ABSENT;
    this.stopReason = this.stopSequence = this.refusal = ABSENT;
    this.error.clear();
  }

  /** The event's kind, from its `type`; an event with an error but without a type is an error. */
  private kindOf(type: Bytes): WireKind {
    if (type.is("content_block_delta")) return WireKind.BlockDelta;
    if (type.is("content_block_start")) return WireKind.BlockStart;
    if (type.is("content_block_stop")) return WireKind.BlockStop;
    if (type.is("message_start")) return WireKind.MessageStart;
    if (type.is("message_delta")) return WireKind.MessageDelta;
    if (type.is("message_stop")) return WireKind.MessageStop;
    if (type.is("error") || (type.isEmpty && this.error.present)) return WireKind.Error;
    return WireKind.Other;
  }

  private readIndex(): i32 {
    const number = this.reader.number();
    if (number == ABSENT || !this.number.read(this.reader.point(number, this.view)) || this.number.negative) return -1;
    return this.number.magnitude < <u64>i32.MAX_VALUE ? <i32>this.number.magnitude : -1;
  }

  private readMessage(usage: UsageParts): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("id")) this.id = reader.string();
      else if (reader.keyIs("model")) this.model = reader.string();
      else if (reader.keyIs("usage")) usage.read(reader);
    }
  }

  private readPart(): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("type")) this.partType = reader.string();
      else if (reader.keyIs("text")) this.text = reader.string();
      else if (reader.keyIs("partial_json")) this.partialJson = reader.string();
      else if (reader.keyIs("thinking")) this.thinking = reader.string();
      else if (reader.keyIs("signature")) this.signature = reader.string();
      else if (reader.keyIs("id")) this.id = reader.string();
      else if (reader.keyIs("name")) this.name = reader.string();
      else if (reader.keyIs("input")) this.input = reader.skip();
      else if (reader.keyIs("data")) this.data = reader.string();
      else if (reader.keyIs("stop_reason")) this.stopReason = reader.string();
      else if (reader.keyIs("stop_sequence")) this.stopSequence = reader.string();
      else if (reader.keyIs("stop_details")) this.readStopDetails();
      else if (reader.keyIs("citation")) this.citation = reader.skip();
    }
  }

  /** Why the model refused, in words: `{"type":"refusal","category":…,"explanation":…}`. */
  private readStopDetails(): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) if (reader.keyIs("explanation")) this.refusal = reader.string();
  }
}
