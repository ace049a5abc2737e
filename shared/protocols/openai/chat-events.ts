/** From what a provider said to the events of an answer: streamed and whole answers alike. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, EventKind, EventSink, FinishReason } from "../answer";
import { escapedJson } from "../arguments";
import { CITATION } from "../citation";
import { Failure, FailureKind } from "../failure";
import { readAnnotation, readPage } from "./annotations";
import { CallTracker, TrackedCall } from "./call-tracker";
import { WireChoice, WireChunk } from "./wire-chunk";

/** What is kept of one choice while its answer comes. */
@final
class ChoiceState {
  readonly calls: CallTracker = new CallTracker();
  hasSaid: bool = false;
  isFinished: bool = false;
}

/** The index under which the old `function_call` goes: it is one call, and no piece of it has an id. */
const FUNCTION_CALL: i32 = i32.MAX_VALUE;

// Shared by all answers: what they hold is used up within one call.
const NESTED = new JsonReader();
const INNER = new JsonReader();
const SCRATCH = new ByteWriter(0);
const CITED = new JsonWriter(0);

/** Hands events on in one reused `AnswerEvent`: `Start` first, `End` last and once. One object for each answer. */
@final
export class ChatEvents {
  /** Nothing more is said: `End` has been. */
  hasEnded: bool = false;

  private readonly event: AnswerEvent = new AnswerEvent();
  private hasStarted: bool = false;
  /** The pages that were found have been named: a stream may name them with every chunk. */
  private hasPages: bool = false;
  private readonly states: Array<ChoiceState | null> = [];
  private begun: i32 = 0;
  private finished: i32 = 0;
  /** The answer's own id, of which ids of calls are made that have none. */
  private id: Bytes = new Bytes();
  private readonly nested: JsonReader = NESTED;
  private readonly inner: JsonReader = INNER;
  private readonly number: JsonNumber = new JsonNumber();
  private readonly scratch: ByteWriter = SCRATCH;
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();

  constructor(private readonly isWhole: bool) {}

  /** Whether every choice that began has a finish reason, and there is one. */
  get isComplete(): bool {
    return this.begun > 0 && this.finished == this.begun;
  }

  /** Hands on what a chunk says. */
  say(chunk: WireChunk, sink: EventSink): void {
    if (chunk.choiceCount == 0 && !chunk.hasUsage) return;
    this.start(chunk, sink);
    for (let i = 0; i < chunk.choiceCount && !this.hasEnded; i++) this.sayChoice(chunk, chunk.choice(i), sink);
    if (!chunk.hasUsage || this.hasEnded) return;
    const event = this.begin(EventKind.Usage);
    event.usage.set(chunk.usage);
    sink.on(event);
  }

  fail(failure: Failure, sink: EventSink): void {
    if (this.hasEnded) return;
    const event = this.begin(EventKind.Failure);
    event.failure = failure;
    sink.on(event);
    event.failure = null;
    this.end(sink);
  }

  end(sink: EventSink): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    sink.on(this.begin(EventKind.End));
  }

  /** Ends the choices that have begun and have no finish reason, of vendors that say none. */
  finishAll(sink: EventSink): void {
    for (let i = 0; i < this.states.length; i++) {
      const state = this.states[i];
      if (state == null || state.isFinished) continue;
      state.isFinished = true;
      this.finished++;
      const event = this.begin(EventKind.Finish);
      event.choice = i;
      event.reason = state.calls.count > 0 ? FinishReason.ToolCalls : FinishReason.Stop;
      event.text.set(event.text.buffer, 0, 0);
      sink.on(event);
    }
  }

  /** Bytes for the client, as they are. */
  relay(buffer: StaticArray<u8>, from: i32, to: i32, sink: EventSink): void {
    if (to <= from) return;
    const event = this.begin(EventKind.Relay);
    event.text.set(buffer, from, to - from);
    sink.on(event);
  }

  private begin(kind: EventKind): AnswerEvent {
    this.event.kind = kind;
    return this.event;
  }

  private start(chunk: WireChunk, sink: EventSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const event = this.begin(EventKind.Start);
    chunk.json.point(chunk.id, event.id);
    chunk.json.point(chunk.model, event.name);
    this.id = event.id.copy();
    sink.on(event);
  }

  private state(index: i32): ChoiceState {
    while (this.states.length <= index) this.states.push(null);
    let state = this.states[index];
    if (state == null) {
      state = new ChoiceState();
      this.states[index] = state;
      this.begun++;
    }
    return state;
  }

  private sayChoice(chunk: WireChunk, choice: WireChoice, sink: EventSink): void {
    const state = this.state(choice.index);
    const event = this.event;
    const json = chunk.json;
    event.choice = choice.index;
    const repeats = chunk.isCompletion && !this.isWhole && state.hasSaid;
    if (choice.hasMessage) state.hasSaid = true;
    if (repeats) return this.sayFinish(json, choice, state, sink);
    this.text(EventKind.Thinking, json, choice.thinking, sink);
    if (choice.thinkingBlocksJson != ABSENT) this.sayBlocks(this.inside(json, choice.thinkingBlocksJson), choice.thinking == ABSENT, sink);
    else if (choice.reasoningDetailsJson != ABSENT)
      this.sayBlocks(this.inside(json, choice.reasoningDetailsJson), choice.thinking == ABSENT, sink);
    this.text(EventKind.Logprobs, json, choice.logprobsJson, sink);
    this.text(EventKind.Text, json, choice.content, sink);
    if (choice.contentJson != ABSENT) this.sayParts(this.inside(json, choice.contentJson), sink);
    this.text(EventKind.Refusal, json, choice.refusal, sink);
    if (spanLength(choice.annotationsJson) > 2) this.sayAnnotations(this.inside(json, choice.annotationsJson), sink);
    if (spanLength(chunk.pagesJson) > 2 && !this.hasPages) this.sayPages(this.inside(json, chunk.pagesJson), sink);
    if (choice.toolCallsJson != ABSENT) this.sayCalls(this.inside(json, choice.toolCallsJson), state.calls, sink);
    if (choice.functionCallJson != ABSENT) this.sayFunctionCall(this.inside(json, choice.functionCallJson), state.calls, sink);
    this.sayFinish(json, choice, state, sink);
  }

  private text(kind: EventKind, json: JsonReader, text: Span, sink: EventSink): void {
    if (spanLength(text) == 0) return;
    const event = this.begin(kind);
    json.point(text, event.text);
    sink.on(event);
  }

  private inside(json: JsonReader, value: Span): JsonReader {
    return this.nested.start(json.point(value, this.view));
  }

  /** `[{"type":"text","text":…},{"type":"thinking","thinking":[{"type":"text","text":…}]}]`: https://docs.mistral.ai/capabilities/reasoning/ */
  private sayParts(json: JsonReader, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (json.keyIs("text")) this.text(EventKind.Text, json, json.string(), sink);
        else if (json.keyIs("refusal")) this.text(EventKind.Refusal, json, json.string(), sink);
        else if (json.keyIs("thinking")) {
          this.text(EventKind.Thinking, json, json.string(), sink);
          if (!json.enterArray()) continue;
          while (json.nextElement()) {
            if (json.enterObject()) while (json.nextKey()) if (json.keyIs("text")) this.text(EventKind.Thinking, json, json.string(), sink);
          }
        }
      }
    }
  }

  /** Signed and opaque thinking; thinking itself only where it isn't said outside the blocks too. */
  private sayBlocks(json: JsonReader, withText: bool, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      let text = ABSENT;
      let signature = ABSENT;
      let data = ABSENT;
      let format = ABSENT;
      while (json.nextKey()) {
        if (json.keyIs("thinking") || json.keyIs("text")) text = json.string();
        else if (json.keyIs("signature")) signature = json.string();
        else if (json.keyIs("data")) data = json.string();
        else if (json.keyIs("format")) format = json.string();
      }
      if (withText) this.text(EventKind.Thinking, json, text, sink);
      setFormat(json.point(format, this.secondView), this.event);
      this.text(EventKind.Signature, json, signature, sink);
      this.text(EventKind.RedactedThinking, json, data, sink);
    }
  }

  private sayAnnotations(json: JsonReader, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) if (readAnnotation(json, CITATION.clear())) this.sayCitation(sink);
  }

  /** Sources of no passage: the vendors don't say what of the answer stands in which. */
  private sayPages(json: JsonReader, sink: EventSink): void {
    if (!json.enterArray()) return;
    this.hasPages = true;
    while (json.nextElement()) if (readPage(json, CITATION.clear())) this.sayCitation(sink);
  }

  private sayCitation(sink: EventSink): void {
    CITED.clear();
    CITATION.write(CITED);
    const event = this.begin(EventKind.Citation);
    CITED.pointAt(event.text);
    sink.on(event);
  }

  private sayCalls(json: JsonReader, calls: CallTracker, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      let index = -1;
      let id = ABSENT;
      let functionJson = ABSENT;
      let signature = ABSENT;
      while (json.nextKey()) {
        if (json.keyIs("index")) index = this.readIndex(json);
        else if (json.keyIs("id")) id = json.string();
        else if (json.keyIs("function")) functionJson = json.skip();
        else if (json.keyIs("extra_content")) signature = signatureOf(json);
      }
      this.sayCall(json, calls, index, id, functionJson, signature, sink);
    }
  }

  private sayFunctionCall(json: JsonReader, calls: CallTracker, sink: EventSink): void {
    this.sayCall(json, calls, FUNCTION_CALL, ABSENT, json.skip(), ABSENT, sink);
  }

  /** A call, or a piece of one: its beginning once its name is there, then its arguments. */
  private sayCall(json: JsonReader, calls: CallTracker, index: i32, id: Span, functionJson: Span, signature: Span, sink: EventSink): void {
    let name = ABSENT;
    let text = ABSENT;
    let objectJson = ABSENT;
    const inner = this.inner.start(json.point(functionJson, this.secondView));
    if (inner.enterObject()) {
      while (inner.nextKey()) {
        if (inner.keyIs("name")) name = inner.string();
        else if (inner.keyIs("arguments")) {
          text = inner.string();
          if (text == ABSENT && !inner.nothing()) objectJson = inner.skip();
        }
      }
    }
    const ownId = json.point(id, this.event.id);
    const hasName = spanLength(name) > 0;
    const call = this.isWhole ? calls.begin(index, ownId) : calls.find(index, ownId, hasName);
    const hasArguments = spanLength(text) > 0 || spanLength(objectJson) > 0;
    const event = this.event;
    event.index = call.position;
    if (!call.isAnnounced && (hasName || hasArguments)) {
      call.isAnnounced = true;
      this.begin(EventKind.ToolCall);
      this.setCallId(call);
      inner.point(name, event.name);
      json.point(signature, event.text);
      sink.on(event);
    }
    if (!hasArguments) return;
    this.begin(EventKind.ToolArguments);
    if (objectJson == ABSENT) inner.point(text, event.text);
    else copyView(escapedJson(inner.point(objectJson, this.view), this.scratch), event.text);
    sink.on(event);
  }

  /** The call's id; one is made for a call without: unique as the answer's own id is. */
  private setCallId(call: TrackedCall): void {
    const event = this.event;
    copyView(call.id, event.id);
    if (!call.id.isEmpty) return;
    const made = this.scratch;
    made.clear();
    made.ascii("call_");
    made.bytes(this.id);
    made.byte(0x5f);
    made.unsigned(<u64>event.choice);
    made.byte(0x5f);
    made.unsigned(<u64>call.position);
    made.pointAt(event.id);
  }

  private sayFinish(json: JsonReader, choice: WireChoice, state: ChoiceState, sink: EventSink): void {
    const word = json.point(choice.finish, this.view);
    if (word.isEmpty || word.is("null")) {
      // A whole answer has come whole, also where the provider doesn't say why it stopped.
      if (!this.isWhole) return;
    } else if (isBreakdown(word)) {
      return this.fail(breakdown(word), sink);
    }
    if (state.isFinished) return;
    state.isFinished = true;
    this.finished++;
    const event = this.begin(EventKind.Finish);
    event.reason = finishReasonOf(word, state.calls.count > 0);
    event.text.set(event.text.buffer, 0, 0);
    sink.on(event);
  }

  private readIndex(json: JsonReader): i32 {
    const number = json.number();
    if (number == ABSENT || !this.number.read(json.point(number, this.secondView)) || this.number.negative) return -1;
    return this.number.unsigned < <u64>FUNCTION_CALL ? <i32>this.number.unsigned : -1;
  }
}

function copyView(from: Bytes, to: Bytes): void {
  to.set(from.buffer, from.start, from.length);
}

const ANTHROPIC = Bytes.of("anthropic");
const GEMINI = Bytes.of("gemini");

/** OpenRouter's words are `anthropic-claude-v1` and `google-gemini-v1`. */
function setFormat(format: Bytes, event: AnswerEvent): void {
  if (format.startsWith("anthropic")) copyView(ANTHROPIC, event.name);
  else if (format.startsWith("google") || format.is("gemini")) copyView(GEMINI, event.name);
  else event.name.set(event.name.buffer, 0, 0);
}

/** `{"google":{"thought_signature":…}}` */
function signatureOf(json: JsonReader): Span {
  let signature = ABSENT;
  if (!json.enterObject()) return signature;
  while (json.nextKey()) {
    if (!json.keyIs("google") || !json.enterObject()) continue;
    while (json.nextKey()) if (json.keyIs("thought_signature")) signature = json.string();
  }
  return signature;
}

/** Whether a `finish_reason` says that the answer is not complete. */
export function isBreakdown(word: Bytes): bool {
  return word.is("error") || word.is("insufficient_system_resource") || word.is("network_error") || word.is("abort");
}

/** The failure that such a word stands for. */
export function breakdown(word: Bytes): Failure {
  const kind = word.is("insufficient_system_resource") ? FailureKind.Overloaded : FailureKind.Provider;
  const failure = Failure.of(kind, "the provider broke off the answer");
  failure.code = word.copy();
  return failure;
}

/** What a `finish_reason` means, in OpenAI's words and those of its vendors. A word of the future ends the answer like any other. */
export function finishReasonOf(word: Bytes, hasCalls: bool): FinishReason {
  if (word.is("stop")) return FinishReason.Stop;
  if (word.is("tool_calls") || word.is("function_call")) return FinishReason.ToolCalls;
  if (word.is("length") || word.is("max_tokens") || word.is("model_length")) return FinishReason.Length;
  if (word.is("content_filter") || word.is("sensitive")) return FinishReason.ContentFilter;
  if (word.is("stop_sequence")) return FinishReason.StopSequence;
  return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
}
