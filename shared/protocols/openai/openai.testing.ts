/** What the tests of this folder call. */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { OUTPUT, input } from "../../../test/assembly/io";
import { Conversation } from "../conversation";
import { Dialect, Operation } from "../operation";
import { AnswerSettings, Passage, Target } from "../protocol";
import { writeConversation } from "../testing/conversation";
import { EventLines, EventScript } from "../testing/events";
import { OpenAIClient } from "./client";
import { OpenAIProvider } from "./provider";
import { writeTranslated } from "./request-writer";
export * from "../../../test/assembly/io";

const CLIENT = new OpenAIClient();
const PROVIDER = new OpenAIProvider();
const CONVERSATION = new Conversation();
const WRITER = new JsonWriter();

/** Reads a request: the conversation in lines, or the failure's body. */
export function readRequest(operation: i32): bool {
  CONVERSATION.reset(input(), Dialect.OpenAI, <Operation>operation);
  const failure = CLIENT.readRequest(CONVERSATION);
  if (failure == null) {
    writeConversation(CONVERSATION, OUTPUT);
    return true;
  }
  WRITER.clear();
  CLIENT.writeFailure(failure, WRITER);
  OUTPUT.bytes(WRITER.view());
  return false;
}

/** Plays events to an answer writer: bits of `flags` are stream, includeUsage, legacyFunctions. */
export function writeAnswer(flags: i32, passage: i32): void {
  const settings = new AnswerSettings();
  settings.created = 1700000000;
  settings.stream = (flags & 1) != 0;
  settings.includeUsage = (flags & 2) != 0;
  settings.legacyFunctions = (flags & 4) != 0;
  settings.passage = <Passage>passage;
  settings.model = Bytes.of("asked-for");
  WRITER.clear();
  new EventScript().play(input(), CLIENT.writer(settings, WRITER));
  OUTPUT.bytes(WRITER.view());
}

/** Writes the request in `input(0)` for a provider whose model is `input(1)`, where that isn't empty. Whether the client's own bytes would do. */
export function writeRequest(operation: i32, takesStreamOptions: bool, takesMaxCompletionTokens: bool): bool {
  CONVERSATION.reset(input(0), Dialect.OpenAI, <Operation>operation);
  if (CLIENT.readRequest(CONVERSATION) != null) return false;
  const target = targetOf(input(1));
  target.takesStreamOptions = takesStreamOptions;
  target.takesMaxCompletionTokens = takesMaxCompletionTokens;
  WRITER.clear();
  PROVIDER.writeRequest(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return PROVIDER.passesUnchanged(CONVERSATION, target);
}

function targetOf(model: Bytes): Target {
  const target = new Target();
  target.provider = Bytes.of("there");
  target.modelChanged = !model.isEmpty;
  target.model = model;
  return target;
}

/** Reads the request in `input(0)` and writes it as if it had come in another protocol. Whether it fits; if not, the failure's body. */
export function translateRequest(): bool {
  CONVERSATION.reset(input(0), Dialect.OpenAI, Operation.Chat);
  if (CLIENT.readRequest(CONVERSATION) != null) return false;
  const target = targetOf(input(1));
  CONVERSATION.dialect = Dialect.Anthropic;
  const failure = PROVIDER.fits(CONVERSATION, target);
  WRITER.clear();
  if (failure != null) CLIENT.writeFailure(failure, WRITER);
  else writeTranslated(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return failure == null;
}

/** Reads the answer in `input(0)`, in pieces whose lengths are the bytes of `input(1)` (the rest in one): its events in lines. Bits of `flags` are stream, a client of another protocol, embeddings, includeUsage. */
export function readAnswer(flags: i32): void {
  const dialect = (flags & 2) != 0 ? Dialect.Anthropic : Dialect.OpenAI;
  CONVERSATION.reset(new Bytes(), dialect, (flags & 4) != 0 ? Operation.Embeddings : Operation.Chat);
  CONVERSATION.stream = (flags & 1) != 0;
  CONVERSATION.includeUsage = (flags & 8) != 0;
  const reader = CONVERSATION.stream ? PROVIDER.streamReader(CONVERSATION) : PROVIDER.wholeReader(CONVERSATION);
  const lines = new EventLines(OUTPUT);
  const answer = input(0);
  const cuts = input(1);
  let at = 0;
  for (let i = 0; i < cuts.length && at < answer.length; i++) {
    // A copy: what was handed over is the reader's only during the call.
    reader.read(answer.slice(at, at + cuts.at(i)).copy(), lines);
    at += cuts.at(i);
  }
  if (at < answer.length) reader.read(answer.slice(at).copy(), lines);
  reader.end(lines);
}

/** What an error answer says, as a line. */
export function readFailure(status: i32): void {
  new EventLines(OUTPUT).failure(PROVIDER.readFailure(status, input()));
}
