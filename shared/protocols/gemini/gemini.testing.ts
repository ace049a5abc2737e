/** What gemini.test.ts calls. */
import { KIND_NAMES, REASON_NAMES } from "../testing/names";
import { Bytes } from "../../bytes/bytes";
import { OUTPUT, input } from "../../../test/assembly/io";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerReader, EventKind, EventSink } from "../answer";
import { Conversation } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { OpenAIClient } from "../openai/client";
import { Dialect, Operation } from "../operation";
import { Target } from "../protocol";
import { geminiFailure, geminiFailureEvent } from "./failure-writer";
import { GeminiProvider } from "./provider";
export * from "../../../test/assembly/io";

const PROVIDER = new GeminiProvider();
const OPENAI = new OpenAIClient();
const CONVERSATION = new Conversation();
const TARGET = new Target();
TARGET.provider = Bytes.of("gemini");
const WRITER = new JsonWriter();

/** OpenAI's body (input 0), for a model (input 1): Gemini's body, or the refusal as `!param message`. */
export function readAndWrite(operation: Operation): void {
  CONVERSATION.reset(input(0), Dialect.OpenAI, operation);
  TARGET.model = input(1);
  const unread = OPENAI.readRequest(CONVERSATION);
  if (unread != null) return refuse("?", unread);
  const unfit = PROVIDER.fits(CONVERSATION, TARGET);
  if (unfit != null) return refuse("!", unfit);
  WRITER.clear();
  PROVIDER.writeRequest(CONVERSATION, TARGET, WRITER);
  OUTPUT.bytes(WRITER.view());
}

function refuse(mark: string, failure: Failure): void {
  OUTPUT.ascii(mark);
  OUTPUT.bytes(Bytes.of(failure.param));
  OUTPUT.ascii(" ");
  OUTPUT.bytes(failure.message);
}

/** The path for a model's name (input 0, the content of a JSON string). */
export function path(stream: bool): void {
  CONVERSATION.reset(new Bytes(), Dialect.OpenAI, Operation.Chat);
  CONVERSATION.stream = stream;
  TARGET.model = input(0);
  PROVIDER.writePath(CONVERSATION, TARGET, OUTPUT);
}

let reader: AnswerReader = PROVIDER.streamReader(CONVERSATION);

/** Begins an answer; then `more` and `endAnswer`. */
export function beginAnswer(stream: bool): void {
  CONVERSATION.reset(new Bytes(), Dialect.OpenAI, Operation.Chat);
  reader = stream ? PROVIDER.streamReader(CONVERSATION) : PROVIDER.wholeReader(CONVERSATION);
}

/** A whole answer (input 0), cut into pieces of `size` bytes but for the first, which has `first`: its events, a line each. */
export function readAnswer(stream: bool, first: i32, size: i32): void {
  beginAnswer(stream);
  const answer = input(0);
  let at = 0;
  while (at < answer.length) {
    const length = min(at == 0 && first > 0 ? first : size, answer.length - at);
    // A buffer of its own, which is spoilt afterwards: nothing may point into it then.
    const piece = answer.slice(at, at + length).copy();
    reader.read(piece, DUMP);
    piece.buffer.fill(0x2a);
    at += length;
  }
  reader.end(DUMP);
}

/** The same without output, `rounds` times: the number of events, for measuring. */
export function readQuietly(rounds: i32, size: i32): i32 {
  COUNTER.count = 0;
  const answer = input(0);
  const piece = new Bytes();
  for (let round = 0; round < rounds; round++) {
    const reader = PROVIDER.streamReader(CONVERSATION);
    for (let at = 0; at < answer.length; at += size) reader.read(piece.set(answer.buffer, at, size), COUNTER);
    reader.end(COUNTER);
  }
  return COUNTER.count;
}

/** What an error answer (input 0) says: `kind status code retryAfter message`. */
export function readFailure(status: i32): void {
  dumpFailure(PROVIDER.readFailure(status, input(0)));
}

/** A failure written for Gemini's clients. */
export function writeFailure(kind: FailureKind, status: i32, inStream: bool): void {
  const failure = new Failure(kind, status, input(0));
  failure.param = input(1).toString();
  failure.retryAfter = input(2);
  WRITER.clear();
  if (inStream) geminiFailureEvent(failure, WRITER);
  else geminiFailure(failure, WRITER);
  OUTPUT.bytes(WRITER.view());
}

function dumpFailure(failure: Failure): void {
  OUTPUT.ascii(KIND_NAMES[failure.kind]);
  OUTPUT.ascii(" ");
  OUTPUT.signed(failure.status);
  OUTPUT.ascii(" ");
  OUTPUT.bytes(failure.code);
  OUTPUT.ascii(" ");
  OUTPUT.bytes(failure.retryAfter);
  OUTPUT.ascii(" ");
  // An event is a line, whatever a provider's words are.
  const message = failure.message.copy();
  for (let at = message.indexOf(0x0a); at >= 0; at = message.indexOf(0x0a, at)) message.fill(0x20, at, at + 1);
  OUTPUT.bytes(message);
}

class Counter extends EventSink {
  count: i32 = 0;

  override on(_event: AnswerEvent): void {
    this.count++;
  }
}

class Dump extends EventSink {
  override on(event: AnswerEvent): void {
    OUTPUT.ascii(EVENTS[event.kind]);
    OUTPUT.ascii(" ");
    OUTPUT.signed(event.choice);
    switch (event.kind) {
      case EventKind.Start:
        this.bytes(event.id);
        this.bytes(event.name);
        break;
      case EventKind.ToolCall:
        this.number(event.index);
        this.bytes(event.id);
        this.bytes(event.name);
        this.bytes(event.text);
        break;
      case EventKind.ToolArguments:
        this.number(event.index);
        this.bytes(event.text);
        break;
      case EventKind.Signature:
        this.bytes(event.text);
        this.bytes(event.name);
        break;
      case EventKind.Finish:
        OUTPUT.ascii(" ");
        OUTPUT.ascii(REASON_NAMES[event.reason]);
        break;
      case EventKind.Usage:
        this.number(event.usage.input);
        this.number(event.usage.cachedInput);
        this.number(event.usage.output);
        this.number(event.usage.reasoning);
        this.number(event.usage.inputAudio);
        this.number(event.usage.outputAudio);
        break;
      case EventKind.Failure: {
        const failure = event.failure;
        OUTPUT.ascii(" ");
        if (failure != null) dumpFailure(failure);
        break;
      }
      case EventKind.End:
        break;
      default:
        this.bytes(event.text);
    }
    OUTPUT.ascii("\n");
  }

  private bytes(bytes: Bytes): void {
    OUTPUT.ascii(" ");
    OUTPUT.bytes(bytes.isEmpty ? NOTHING : bytes);
  }

  private number(value: u64): void {
    OUTPUT.ascii(" ");
    OUTPUT.unsigned(value);
  }
}

const NOTHING = Bytes.of("-");
const DUMP = new Dump();
const COUNTER = new Counter();

const EVENTS: StaticArray<string> = [
  "Start",
  "Text",
  "Thinking",
  "Signature",
  "RedactedThinking",
  "Refusal",
  "ToolCall",
  "ToolArguments",
  "Finish",
  "Usage",
  "Logprobs",
  "Relay",
  "Failure",
  "End",
  "Embedding",
  "Citation",
];
