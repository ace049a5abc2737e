/** What the tests of this folder call. */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { OUTPUT, input } from "../../../test/assembly/io";
import { Conversation } from "../conversation";
import { Dialect, Operation } from "../operation";
import { AnswerSettings, Passage } from "../protocol";
import { writeConversation } from "../testing/conversation";
import { EventScript } from "../testing/events";
import { OpenAIClient } from "./client";
export * from "../../../test/assembly/io";

const CLIENT = new OpenAIClient();
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
