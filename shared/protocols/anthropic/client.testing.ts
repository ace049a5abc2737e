/** What the tests of the client's side call. */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { OUTPUT, input } from "../../../test/assembly/io";
import { Conversation } from "../conversation";
import { GeminiProvider } from "../gemini/provider";
import { OpenAIProvider } from "../openai/provider";
import { Dialect, Operation } from "../operation";
import { AnswerSettings, Passage, ProviderProtocol, Target } from "../protocol";
import { writeConversation } from "../testing/conversation";
import { EventScript } from "../testing/events";
import { AnthropicClient } from "./client";
import { Completeness } from "../completeness";
import { AnthropicProvider } from "./provider";
export * from "../../../test/assembly/io";

const CLIENT = new AnthropicClient();
const ANTHROPIC = new AnthropicProvider();
const OPENAI = new OpenAIProvider();
const GEMINI = new GeminiProvider();
const CONVERSATION = new Conversation();
const WRITER = new JsonWriter();

/** Reads a request: the conversation in lines, or the failure's body. */
export function readRequest(): bool {
  CONVERSATION.reset(input(), Dialect.Anthropic, Operation.Chat);
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

function providerOf(dialect: i32): ProviderProtocol {
  return dialect == Dialect.Anthropic ? ANTHROPIC : dialect == Dialect.Gemini ? GEMINI : OPENAI;
}

/** Writes the request (input 0) for a provider's model (input 1; empty: the client's own): 0; 1 if it can't be read, 2 if it doesn't fit, and the failure's body; 3 if the client's own bytes will do. */
export function translate(provider: i32): i32 {
  CONVERSATION.reset(input(0), Dialect.Anthropic, Operation.Chat);
  const unread = CLIENT.readRequest(CONVERSATION);
  WRITER.clear();
  if (unread != null) {
    CLIENT.writeFailure(unread, WRITER);
    OUTPUT.bytes(WRITER.view());
    return 1;
  }
  const target = new Target();
  target.provider = Bytes.of("there");
  target.client = Dialect.Anthropic;
  target.modelChanged = !input(1).isEmpty;
  target.model = target.modelChanged ? input(1) : CONVERSATION.source.bytes(CONVERSATION.model);
  const protocol = providerOf(provider);
  const unfit = protocol.fits(CONVERSATION, target);
  if (unfit != null) {
    CLIENT.writeFailure(unfit, WRITER);
    OUTPUT.bytes(WRITER.view());
    return 2;
  }
  protocol.writeRequest(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return protocol.passesUnchanged(CONVERSATION, target) ? 3 : 0;
}

/** Plays events to an answer writer. */
export function writeAnswer(stream: bool, passage: i32): void {
  const settings = new AnswerSettings();
  settings.created = 1700000000;
  settings.stream = stream;
  settings.passage = <Passage>passage;
  settings.model = Bytes.of("asked-for");
  WRITER.clear();
  new EventScript().play(input(), CLIENT.writer(settings, WRITER));
  OUTPUT.bytes(WRITER.view());
}

/** Whether the content of a string, in pieces of one byte and at once, is whole JSON: 0 or 1; 2 where the two differ. */
export function isComplete(): i32 {
  const content = input();
  const bytewise = new Completeness();
  for (let i = 0; i < content.length; i++) bytewise.add(content.slice(i, i + 1));
  const atOnce = new Completeness();
  atOnce.add(content);
  return bytewise.isComplete != atOnce.isComplete ? 2 : atOnce.isComplete ? 1 : 0;
}
