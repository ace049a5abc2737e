/** What a model says, as the items of a response's `output`: https://platform.openai.com/docs/api-reference/responses/object#responses/object-output */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { findIn } from "../../json/find";
import { JsonWriter } from "../../json/writer";
import { Completeness } from "../completeness";
import { AnswerEvent, EventKind, FinishReason } from "../answer";
import { measure } from "../../json/measure";
import { CITATION, Citation } from "../citation";
import { canAnnotate, writeFlatAnnotation } from "../openai/annotations";
import { spanLength, spanStart } from "../../bytes/span";
import { Maker, makerOf, writeMarked } from "./signatures";

/** More items in one answer nobody writes. */
const ITEM_LIMIT = 4096;

export enum OutputKind {
  Message,
  Reasoning,
  Call,
}

/** A part of a message, as its pieces come: content of a JSON string. */
@final
export class OutputPart {
  readonly text: ByteWriter = new ByteWriter(0);
  /** Log probabilities: elements of an array, raw JSON. */
  readonly logprobs: ByteWriter = new ByteWriter(0);
  /** Annotations: elements of an array, raw JSON; how many. */
  annotations: JsonWriter | null = null;
  annotationCount: i32 = 0;

  constructor(
    readonly index: i32,
    readonly isRefusal: bool,
    /** Where in the answer's text it begins, in code points; 0 where they aren't counted. */
    readonly start: i32 = 0,
  ) {}

  annotate(annotation: Bytes): void {
    let annotations = this.annotations;
    if (annotations == null) {
      annotations = new JsonWriter();
      this.annotations = annotations;
    }
    annotations.raw(annotation);
    this.annotationCount++;
  }
}

/** An item, as its pieces come. All text is content of JSON strings. */
@final
export class OutputItem {
  /** Of a message. */
  readonly parts: Array<OutputPart> = [];
  /** The thinking's words, or the call's arguments. */
  readonly text: ByteWriter = new ByteWriter(0);
  /** Of thinking: whether it has words. */
  hasText: bool = false;
  /** Of thinking: `encrypted_content`, with its maker's mark. */
  readonly encrypted: JsonWriter = new JsonWriter(0);
  /** Of a call. */
  callId: Bytes = NOTHING;
  name: Bytes = NOTHING;
  readonly completeness: Completeness = new Completeness();
  isOpen: bool = true;
  /** The answer ended before the item did. */
  isIncomplete: bool = false;

  constructor(
    readonly kind: OutputKind,
    /** Its place in `output`. */
    readonly index: i32,
  ) {}
}

/** Hears how the output grows. */
export interface OutputListener {
  added(item: OutputItem): void;
  partAdded(item: OutputItem, part: OutputPart): void;
  /** More of a part, or of the item's own text, where `part` is null; `logprobs` are those of this piece. */
  grown(item: OutputItem, part: OutputPart | null, text: Bytes, logprobs: Bytes): void;
  /** An annotation, raw JSON, the last of the part's. */
  annotated(item: OutputItem, part: OutputPart, annotation: Bytes): void;
  partDone(item: OutputItem, part: OutputPart): void;
  done(item: OutputItem): void;
}

/** Gathers an answer's content into items. */
@final
export class Output {
  readonly items: Array<OutputItem> = [];
  /** The items that are calls, by their number. */
  private readonly calls: Array<OutputItem> = [];
  /** The message or thinking that may go on. */
  private current: OutputItem | null = null;
  private readonly logprobs: ByteWriter = new ByteWriter(0);
  private readonly view: Bytes = new Bytes();
  /** Code points of the text so far, where sources were asked for. */
  private points: i32 = 0;

  constructor(
    private readonly listener: OutputListener | null,
    /** Whether sources were asked for. */
    private readonly cites: bool,
  ) {}

  /** Takes an event that is content, or its log probabilities. */
  on(event: AnswerEvent): void {
    switch (event.kind) {
      case EventKind.Text:
        this.addText(event.text, false);
        break;
      case EventKind.Refusal:
        this.addText(event.text, true);
        break;
      case EventKind.Thinking:
        this.addThinking(event.text);
        break;
      case EventKind.Signature:
        this.sign(event.text, makerOf(event.name, false), this.thinking());
        break;
      case EventKind.RedactedThinking:
        this.sign(event.text, makerOf(event.name, true), this.begin(OutputKind.Reasoning));
        break;
      case EventKind.ToolCall:
        this.addCall(event);
        break;
      case EventKind.ToolArguments:
        this.addArguments(event);
        break;
      case EventKind.Citation:
        this.cite(CITATION.read(event.text));
        break;
      case EventKind.Logprobs:
        this.keepLogprobs(event.text);
        break;
      case EventKind.Finish:
        this.finish(
          event.reason == FinishReason.Length ||
            event.reason == FinishReason.ContextWindow ||
            event.reason == FinishReason.ContentFilter ||
            event.reason == FinishReason.Refusal,
        );
        break;
      default:
        break;
    }
  }

  private addText(text: Bytes, isRefusal: bool): void {
    if (text.isEmpty) return;
    let item = this.current;
    if (item == null || item.kind != OutputKind.Message) item = this.begin(OutputKind.Message);
    const part = this.partOf(item, isRefusal);
    part.text.bytes(text);
    if (this.cites && !isRefusal) this.points += measure(text);
    const logprobs = this.logprobs.pointAt(this.view);
    addElements(logprobs, part.logprobs);
    const listener = this.listener;
    if (listener != null) listener.grown(item, part, text, logprobs);
    this.logprobs.clear();
  }

  /** A source of the text that came last, where its message still goes on. */
  private cite(citation: Citation): void {
    const item = this.current;
    if (item == null || item.kind != OutputKind.Message || item.parts.length == 0 || !canAnnotate(citation)) return;
    const part = item.parts[item.parts.length - 1];
    if (part.isRefusal) return;
    ANNOTATION.clear();
    writeFlatAnnotation(citation, part.start, ANNOTATION);
    part.annotate(ANNOTATION.view());
    const listener = this.listener;
    if (listener != null) listener.annotated(item, part, ANNOTATION.view());
  }

  /** The last part, if it is of this kind, else another. */
  private partOf(item: OutputItem, isRefusal: bool): OutputPart {
    const parts = item.parts;
    const listener = this.listener;
    if (parts.length > 0) {
      const last = parts[parts.length - 1];
      if (last.isRefusal == isRefusal) return last;
      if (listener != null) listener.partDone(item, last);
    }
    const part = new OutputPart(parts.length, isRefusal, this.points);
    parts.push(part);
    if (listener != null) listener.partAdded(item, part);
    return part;
  }

  private addThinking(text: Bytes): void {
    if (text.isEmpty) return;
    const item = this.thinking();
    const listener = this.listener;
    const isFirst = !item.hasText;
    item.hasText = true;
    if (isFirst && listener != null) listener.partAdded(item, THINKING_PART);
    item.text.bytes(text);
    if (listener != null) listener.grown(item, null, text, NOTHING);
  }

  /** The thinking that is open, or another. */
  private thinking(): OutputItem {
    const item = this.current;
    return item != null && item.kind == OutputKind.Reasoning ? item : this.begin(OutputKind.Reasoning);
  }

  /** A signature ends the thinking that it signs. One without thinking has an item of its own. */
  private sign(opaque: Bytes, maker: Maker, item: OutputItem): void {
    writeMarked(opaque, maker, item.encrypted);
    this.closeCurrent(false);
  }

  private addCall(event: AnswerEvent): void {
    if (!event.text.isEmpty) this.sign(event.text, Maker.GeminiCall, this.begin(OutputKind.Reasoning));
    const item = this.make(OutputKind.Call);
    item.callId = event.id.copy();
    item.name = event.name.copy();
    this.calls.push(item);
    const listener = this.listener;
    if (listener != null) listener.added(item);
  }

  private addArguments(event: AnswerEvent): void {
    if (<u32>event.index >= <u32>this.calls.length || event.text.isEmpty) return;
    const item = this.calls[event.index];
    if (!item.isOpen) return;
    item.text.bytes(event.text);
    item.completeness.add(event.text);
    const listener = this.listener;
    if (listener != null) listener.grown(item, null, event.text, NOTHING);
  }

  /** Of OpenAI's form of chat completions, `{"content":[…],"refusal":[…]}`, what is in the first list. */
  private keepLogprobs(json: Bytes): void {
    const content = findIn(json, "content");
    if (spanLength(content) < 2) return;
    const list = new Bytes(json.buffer, spanStart(content) + 1, spanLength(content) - 2);
    if (json.buffer[spanStart(content)] == 0x5b) addElements(list, this.logprobs);
    this.logprobs.onOneLine(0);
  }

  private begin(kind: OutputKind): OutputItem {
    const item = this.make(kind);
    this.current = item;
    const listener = this.listener;
    if (listener != null) listener.added(item);
    return item;
  }

  /** Another item, behind those that are complete. Calls may be told side by side: one whose arguments are not all there stays open. */
  private make(kind: OutputKind): OutputItem {
    this.closeCurrent(false);
    for (let i = 0; i < this.calls.length; i++)
      if (this.calls[i].isOpen && this.calls[i].completeness.isComplete) this.close(this.calls[i], false);
    const item = new OutputItem(kind, this.items.length);
    if (this.items.length < ITEM_LIMIT) this.items.push(item);
    return item;
  }

  private closeCurrent(isIncomplete: bool): void {
    const item = this.current;
    this.current = null;
    if (item != null) this.close(item, isIncomplete);
  }

  private close(item: OutputItem, isIncomplete: bool): void {
    if (!item.isOpen) return;
    item.isOpen = false;
    item.isIncomplete = isIncomplete;
    const listener = this.listener;
    if (item.kind == OutputKind.Message && item.parts.length > 0) {
      const last = item.parts[item.parts.length - 1];
      // Of vendors that tell them behind the text.
      addElements(this.logprobs.pointAt(this.view), last.logprobs);
      this.logprobs.clear();
      if (listener != null) listener.partDone(item, last);
    }
    if (listener != null) listener.done(item);
  }

  private finish(isIncomplete: bool): void {
    for (let i = 0; i < this.items.length; i++) this.close(this.items[i], isIncomplete);
    this.current = null;
  }
}

const NOTHING = new Bytes();
const ANNOTATION = new JsonWriter(0);
/** Thinking has one part, whose text is the item's. */
export const THINKING_PART = new OutputPart(0, false);

function addElements(elements: Bytes, to: ByteWriter): void {
  if (elements.isEmpty) return;
  if (to.length > 0) to.byte(0x2c);
  to.bytes(elements);
}
