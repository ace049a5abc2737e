/** What the tests of the client's side call. */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { OUTPUT, input } from "../../../test/assembly/io";
import { AnthropicProvider } from "../anthropic/provider";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { OpenAIProvider } from "../openai/provider";
import { Dialect, Endpoint } from "../operation";
import { AnswerSettings, Passage, ProviderProtocol, Target } from "../protocol";
import { writeConversation } from "../testing/conversation";
import { EventScript } from "../testing/events";
import { GeminiClient } from "./client";
import { writeRenamedPath } from "./client-path";
import { GeminiProvider } from "./provider";
export * from "../../../test/assembly/io";

const CLIENT = new GeminiClient();
const ANTHROPIC = new AnthropicProvider();
const OPENAI = new OpenAIProvider();
const GEMINI = new GeminiProvider();
const CONVERSATION = new Conversation();
const WRITER = new JsonWriter();

function read(): Failure | null {
  const path = input(1);
  const endpoint = Endpoint.of(path);
  CONVERSATION.reset(input(0), endpoint.dialect, endpoint.operation, path);
  return CLIENT.readRequest(CONVERSATION);
}

function fail(failure: Failure): void {
  WRITER.clear();
  CLIENT.writeFailure(failure, WRITER);
  OUTPUT.bytes(WRITER.view());
}

/** Reads a request (input 0) to a path (input 1): the conversation in lines, or the failure's body. */
export function readRequest(): bool {
  const failure = read();
  if (failure != null) {
    fail(failure);
    return false;
  }
  writeConversation(CONVERSATION, OUTPUT);
  return true;
}

/** What a path asks for: `dialect operation model stream array`. */
export function endpoint(): void {
  const endpoint = Endpoint.of(input());
  CONVERSATION.reset(Bytes.of("{}"), endpoint.dialect, endpoint.operation, input());
  OUTPUT.signed(endpoint.dialect);
  OUTPUT.byte(0x20);
  OUTPUT.signed(endpoint.operation);
  if (!endpoint.namesModel) return;
  CLIENT.readRequest(CONVERSATION);
  OUTPUT.byte(0x20);
  CONVERSATION.source.write(CONVERSATION.model, OUTPUT);
  if (CONVERSATION.stream) OUTPUT.ascii(CONVERSATION.streamsArray ? " array" : " events");
}

/** A path (input 0) with another model's name (input 1). */
export function renamedPath(): void {
  writeRenamedPath(input(0), input(1), OUTPUT);
}

function providerOf(dialect: i32): ProviderProtocol {
  return dialect == Dialect.Anthropic ? ANTHROPIC : dialect == Dialect.Gemini ? GEMINI : OPENAI;
}

/** Writes the request (input 0, to the path in input 1) for a provider's model (input 2; empty: the client's own): 0; 1 if it can't be read, 2 if it doesn't fit, and the failure's body; 3 if the client's own bytes will do. */
export function translate(provider: i32): i32 {
  const unread = read();
  if (unread != null) {
    fail(unread);
    return 1;
  }
  const target = new Target();
  target.provider = Bytes.of("there");
  target.client = Dialect.Gemini;
  target.modelChanged = !input(2).isEmpty;
  target.model = target.modelChanged ? input(2) : CONVERSATION.source.bytes(CONVERSATION.model);
  const protocol = providerOf(provider);
  const unfit = protocol.fits(CONVERSATION, target);
  if (unfit != null) {
    fail(unfit);
    return 2;
  }
  WRITER.clear();
  protocol.writeRequest(CONVERSATION, target, WRITER);
  OUTPUT.bytes(WRITER.view());
  return protocol.passesUnchanged(CONVERSATION, target) ? 3 : 0;
}

/** Plays events to an answer writer: streamed 1 as events, 2 as an array. */
export function writeAnswer(stream: i32, wantsThoughts: bool): void {
  const settings = new AnswerSettings();
  settings.created = 1700000000;
  settings.stream = stream > 0;
  settings.streamsArray = stream > 1;
  settings.wantsThoughts = wantsThoughts;
  settings.passage = Passage.Translated;
  settings.model = Bytes.of("asked-for");
  WRITER.clear();
  new EventScript().play(input(), CLIENT.writer(settings, WRITER));
  OUTPUT.bytes(WRITER.view());
}
