import { Bytes } from "../bytes/bytes";
import { Failure } from "./failure";

/** Why a model stopped. */
export enum FinishReason {
  /** Absent, or not said. */
  None,
  Stop,
  /** A stop sequence; the event's `text` is which, where the provider says it. */
  StopSequence,
  Length,
  ToolCalls,
  /** The provider's filter cut or withheld the answer. */
  ContentFilter,
  /** The model refused. */
  Refusal,
  /** The provider paused a long turn (Anthropic's `pause_turn`). */
  Pause,
  /** As `Length`: prompt and answer together are as long as the model can take. */
  ContextWindow,
}

/** 2^53 - 1, to which counts are bounded: what a double holds exactly, as clients in JavaScript read them. */
export const COUNT_LIMIT: u64 = (1 << 53) - 1;

/** Tokens, as the provider counted them. `input` holds all of the prompt: fresh, read from a cache, written to a cache. Counts are bounded to `COUNT_LIMIT`. */
@final
export class Usage {
  input: u64 = 0;
  /** Of `input`: read from the provider's prompt cache. */
  cachedInput: u64 = 0;
  /** Of `input`: written to the provider's prompt cache. */
  cacheWrite: u64 = 0;
  output: u64 = 0;
  /** Of `output`: spent on thinking. */
  reasoning: u64 = 0;
  inputAudio: u64 = 0;
  outputAudio: u64 = 0;
  /** Searches that a rerank is billed as (Cohere's `billed_units.search_units`). */
  searches: u64 = 0;
  /** Seconds of sound that were transcribed, rounded up. */
  seconds: u64 = 0;
  /** False until the provider has reported any. */
  known: bool = false;
  /** The gateway's own estimate (`estimate.ts`), since the provider reported none, or not all. */
  estimated: bool = false;

  clear(): void {
    this.input = this.cachedInput = this.cacheWrite = this.output = this.reasoning = this.inputAudio = this.outputAudio = 0;
    this.searches = this.seconds = 0;
    this.known = this.estimated = false;
  }

  set(other: Usage): void {
    this.input = other.input;
    this.cachedInput = other.cachedInput;
    this.cacheWrite = other.cacheWrite;
    this.output = other.output;
    this.reasoning = other.reasoning;
    this.inputAudio = other.inputAudio;
    this.outputAudio = other.outputAudio;
    this.searches = other.searches;
    this.seconds = other.seconds;
    this.known = other.known;
    this.estimated = other.estimated;
  }
}

export enum EventKind {
  /** The answer begins: `id` (the provider's), `name` (the model that answers). Not content. */
  Start,
  /** More text: `text`. */
  Text,
  /** More thinking: `text`. */
  Thinking,
  /** The signature of the thinking so far: `text`; `name` is whose form it has (`anthropic`, `gemini`), since only its maker can read it. */
  Signature,
  /** A block of thinking that only the provider can read: `text`; `name` as with a signature. */
  RedactedThinking,
  /** More of a refusal: `text`. */
  Refusal,
  /** A tool call begins: `index` (0-based, counted over the calls of this choice), `id`, `name`; `text` is the call's own signature (Gemini's thought signature), mostly empty. */
  ToolCall,
  /** More of the arguments of call `index`: `text`, a piece of JSON text as string content (escaped once: what unescaped and joined is JSON). */
  ToolArguments,
  /** Why the model stopped: `reason`. */
  Finish,
  /** `usage`: the whole count so far, never a difference; the last one holds. */
  Usage,
  /** Log probabilities of a choice, raw JSON in OpenAI's form: `text`. */
  Logprobs,
  /** Bytes that the client gets as they are: the provider speaks the client's protocol. */
  Relay,
  /** The provider failed inside its answer: `failure`. Nothing follows but `End`. */
  Failure,
  /** The answer is complete (or has failed): always the last event. */
  End,
  /** A vector of an embeddings answer: `index` says whose text it is of, `text` is it, raw JSON: an array of numbers, or a string of base64. */
  Embedding,
  /** Where something that the text so far says comes from: `text`, one source of one passage, as `Citation` (`citation.ts`) writes it. */
  Citation,
}

/**
 * One step of an answer. `text`, `id` and `name` are contents of JSON strings, still escaped (but for `Relay`, `Logprobs`, `Embedding` and `Citation`); the views are valid during the call that hands the event on.
 */
@final
export class AnswerEvent {
  kind: EventKind = EventKind.Start;
  /** Which of `n` answers, 0-based. */
  choice: i32 = 0;
  index: i32 = 0;
  text: Bytes = new Bytes();
  id: Bytes = new Bytes();
  name: Bytes = new Bytes();
  /** Of a start: the conversation that the vendor keeps, by which the client may go on with it; empty: none. */
  thread: Bytes = new Bytes();
  reason: FinishReason = FinishReason.None;
  usage: Usage = new Usage();
  failure: Failure | null = null;

  /** Whether this event commits the answer to the client: text, thinking, a refusal, a tool call or a finish reason. */
  get isContent(): bool {
    switch (this.kind) {
      case EventKind.Text:
      case EventKind.Thinking:
      case EventKind.Signature:
      case EventKind.RedactedThinking:
      case EventKind.Refusal:
      case EventKind.ToolCall:
      case EventKind.ToolArguments:
      case EventKind.Finish:
      case EventKind.Embedding:
      case EventKind.Citation:
        return true;
      default:
        return false;
    }
  }
}

/** Takes the events of an answer, one by one, in order. */
export abstract class EventSink {
  abstract on(event: AnswerEvent): void;
}

/**
 * Reads one answer of a provider: made for the request, fed with bytes cut anywhere, ended once. It owns one `AnswerEvent` and hands it to the sink again and again.
 * Whatever the bytes are it ends with `End`, after a `Failure` where they make no complete answer: garbage, an error, an end without a finish reason.
 */
export abstract class AnswerReader {
  /** The next bytes. A reader for whole answers is fed once, with all of them. */
  abstract read(bytes: Bytes, sink: EventSink): void;
  /** The provider's last byte has come. */
  abstract end(sink: EventSink): void;
}

/** Writes one answer in a client's protocol. What it has written is in `out` and belongs to the caller, who clears it. */
export abstract class AnswerWriter extends EventSink {
  /** The content type of what is written. */
  abstract get contentType(): string;
}
