/** What the tests of this folder call. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { OUTPUT, input } from "../../../test/assembly/io";
import { AnthropicClient } from "../anthropic/client";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { OpenAIClient } from "../openai/client";
import { Dialect, Operation } from "../operation";
import { ClientProtocol, Target } from "../protocol";
import { EventLines } from "../testing/events";
import { BedrockOptions, CacheRetention } from "./options";
import { BedrockProvider } from "./provider";
import { ConverseStreamReader } from "./stream-reader";
import { ConverseWholeReader } from "./whole-reader";
export * from "../../../test/assembly/io";

const OPENAI = new OpenAIClient();
const ANTHROPIC = new AnthropicClient();
const CONVERSATION = new Conversation();
const WRITER = new JsonWriter();

/**
 * From a client's body (input 0) to Bedrock's, for the model in input 1, with the additional fields in input 2: 0 and the body, or 1 (the client's fault) or 2 (it doesn't fit) and the failure. `positions`: system 1, last
 * message of the user's 2, last message 4.
 */
export function translate(dialect: i32, retention: i32, positions: i32): i32 {
  const client: ClientProtocol = dialect == Dialect.Anthropic ? ANTHROPIC : OPENAI;
  CONVERSATION.reset(input(0), <Dialect>dialect, Operation.Chat);
  let failure = client.readRequest(CONVERSATION);
  if (failure != null) return refused(failure, 1);
  const target = new Target();
  target.provider = Bytes.of("bedrock");
  target.client = <Dialect>dialect;
  target.model = input(1);
  const options = new BedrockOptions();
  options.additionalFields = input(2);
  options.retention = <CacheRetention>retention;
  options.cachesSystem = (positions & 1) != 0;
  options.cachesLastUserMessage = (positions & 2) != 0;
  options.cachesLastMessage = (positions & 4) != 0;
  const provider = new BedrockProvider(options);
  failure = provider.fits(CONVERSATION, target);
  if (failure != null) return refused(failure, 2);
  WRITER.clear();
  provider.writeRequest(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return 0;
}

function refused(failure: Failure, by: i32): i32 {
  OUTPUT.bytes(Bytes.of(failure.param));
  OUTPUT.ascii(": ");
  OUTPUT.bytes(failure.message);
  return by;
}

/** The path for the model in input 0. */
export function path(stream: bool): void {
  CONVERSATION.reset(input(1), Dialect.OpenAI, Operation.Chat);
  CONVERSATION.stream = stream;
  const target = new Target();
  target.model = input(0);
  const out = new ByteWriter();
  new BedrockProvider(new BedrockOptions()).writePath(CONVERSATION, target, out);
  OUTPUT.bytes(out.view());
}

/** Reads a streamed answer in pieces of `size` bytes, but for one cut at `cut` (both 0 for none); each piece is in a buffer that is spoilt afterwards. */
export function readStream(size: i32, cut: i32): void {
  feed(new ConverseStreamReader(), size, cut);
}

export function readWhole(): void {
  feed(new ConverseWholeReader(), 0, 0);
}

function feed(reader: AnswerReader, size: i32, cut: i32): void {
  const lines = new EventLines(OUTPUT);
  const all = input();
  let at = 0;
  while (at < all.length) {
    let end = size > 0 ? min(at + size, all.length) : all.length;
    if (at < cut && end > cut) end = cut;
    const piece = all.slice(at, end).copy();
    reader.read(piece, lines);
    piece.buffer.fill(0x21);
    at = end;
  }
  reader.end(lines);
}

/** What an answer with an error status says (input 0), with the header's type (input 1). */
export function readError(status: i32): void {
  const failure = new BedrockProvider(new BedrockOptions()).readNamedFailure(status, input(1), input(0));
  new EventLines(OUTPUT).failure(failure);
}
