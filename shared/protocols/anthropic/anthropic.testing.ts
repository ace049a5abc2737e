/** What the tests of this folder call. */
import { KIND_NAMES, REASON_NAMES } from "../testing/names";
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { OUTPUT, input } from "../../../test/assembly/io";
import { AnswerEvent, AnswerReader, EventKind, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { Conversation } from "../conversation";
import { ChatRequestReader } from "../openai/request-reader";
import { Dialect, Operation } from "../operation";
import { Target } from "../protocol";
import { anthropicFailure, anthropicFailureEvent, readFailure } from "./errors";
import { AnthropicProvider } from "./provider";
import { MessageStreamReader } from "./stream-reader";
import { MessageWholeReader } from "./whole-reader";
export * from "../../../test/assembly/io";

/** Writes each event as one line of text. */
@final
class Dump extends EventSink {
  on(event: AnswerEvent): void {
    OUTPUT.ascii(nameOf(event.kind));
    if (event.kind == EventKind.ToolCall || event.kind == EventKind.ToolArguments) {
      OUTPUT.ascii(" ");
      OUTPUT.signed(event.index);
    }
    if (event.kind == EventKind.Finish) {
      OUTPUT.ascii(" ");
      OUTPUT.ascii(REASON_NAMES[event.reason]);
    }
    field("id", event.id);
    field("name", event.name);
    field("text", event.text);
    if (event.kind == EventKind.Usage) {
      const usage = event.usage;
      count(" in=", usage.input);
      count(" cached=", usage.cachedInput);
      count(" written=", usage.cacheWrite);
      count(" out=", usage.output);
      count(" thinking=", usage.reasoning);
    }
    const failure = event.failure;
    if (failure != null) dumpFailure(failure);
    OUTPUT.byte(0x0a);
  }
}

function field(name: string, value: Bytes): void {
  if (value.isEmpty) return;
  OUTPUT.ascii(" ");
  OUTPUT.ascii(name);
  OUTPUT.ascii("=");
  OUTPUT.bytes(value);
}

function count(label: string, value: u64): void {
  OUTPUT.ascii(label);
  OUTPUT.unsigned(value);
}

function dumpFailure(failure: Failure): void {
  OUTPUT.ascii(" kind=");
  OUTPUT.ascii(KIND_NAMES[failure.kind]);
  OUTPUT.ascii(" status=");
  OUTPUT.signed(failure.status);
  field("code", failure.code);
  field("message", failure.message);
}

function nameOf(kind: EventKind): string {
  switch (kind) {
    case EventKind.Start:
      return "start";
    case EventKind.Text:
      return "text";
    case EventKind.Thinking:
      return "thinking";
    case EventKind.Signature:
      return "signature";
    case EventKind.RedactedThinking:
      return "redacted";
    case EventKind.Refusal:
      return "refusal";
    case EventKind.ToolCall:
      return "call";
    case EventKind.ToolArguments:
      return "arguments";
    case EventKind.Finish:
      return "finish";
    case EventKind.Usage:
      return "usage";
    case EventKind.Citation:
      return "citation";
    case EventKind.Failure:
      return "failure";
    case EventKind.End:
      return "end";
    default:
      return "other";
  }
}

const DUMP = new Dump();

/** Reads a streamed answer in pieces of `size` bytes, but for one cut at `cut` (both 0 for none); each piece is in a buffer that is spoilt afterwards. */
export function readStream(size: i32, cut: i32): void {
  feed(new MessageStreamReader(false), size, cut);
}

export function readWhole(): void {
  feed(new MessageWholeReader(), 0, 0);
}

function feed(reader: AnswerReader, size: i32, cut: i32): void {
  const all = input();
  let at = 0;
  while (at < all.length) {
    let end = size > 0 ? min(at + size, all.length) : all.length;
    if (at < cut && end > cut) end = cut;
    const piece = all.slice(at, end).copy();
    reader.read(piece, DUMP);
    piece.buffer.fill(0x21);
    at = end;
  }
  reader.end(DUMP);
}

/** How long a stream takes to read `times` times, to be timed from outside: nothing is written. */
export function readStreamOften(times: i32): void {
  const all = input();
  for (let i = 0; i < times; i++) {
    const reader = new MessageStreamReader(false);
    reader.read(all, NOWHERE);
    reader.end(NOWHERE);
    if ((i & 63) == 0) __collect();
  }
}

@final
class Nowhere extends EventSink {
  on(_event: AnswerEvent): void {}
}
const NOWHERE = new Nowhere();

export function readError(status: i32): void {
  dumpFailure(readFailure(status, input()));
}

export function writeError(kind: i32, inStream: bool): void {
  const out = new JsonWriter();
  const failure = new Failure(<FailureKind>kind, 400, input());
  if (inStream) anthropicFailureEvent(failure, out);
  else anthropicFailure(failure, out);
  OUTPUT.bytes(out.view());
}

const CONVERSATION = new Conversation();
const REQUESTS = new ChatRequestReader();
const PROVIDER = new AnthropicProvider();
const WRITER = new JsonWriter();

/** From an OpenAI client's body (input 0) to the provider's, for the model in input 1: 0 and the body, or 1 (the client's fault) or 2 (it doesn't fit) and the failure. */
export function translate(): i32 {
  CONVERSATION.reset(input(0), Dialect.OpenAI, Operation.Chat);
  let failure = REQUESTS.read(CONVERSATION);
  if (failure != null) return refused(failure, 1);
  const target = new Target();
  target.provider = Bytes.of("claude");
  target.model = input(1);
  failure = PROVIDER.fits(CONVERSATION, target);
  if (failure != null) return refused(failure, 2);
  WRITER.clear();
  PROVIDER.writeRequest(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return 0;
}

function refused(failure: Failure, by: i32): i32 {
  OUTPUT.bytes(Bytes.of(failure.param));
  OUTPUT.ascii(": ");
  OUTPUT.bytes(failure.message);
  return by;
}

/** As `translate`, often, to be timed from outside. */
export function translateOften(times: i32): void {
  for (let i = 0; i < times; i++) {
    OUTPUT.clear();
    translate();
    if ((i & 63) == 0) __collect();
  }
}
