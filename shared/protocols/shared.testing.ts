/** What shared.test.ts calls. */
import { ByteWriter } from "../bytes/writer";
import { JsonWriter } from "../json/writer";
import { OUTPUT, input } from "../../test/assembly/io";
import { argumentsAreObject, escapedJson, writeArguments, writeArgumentsText } from "./arguments";
import { Conversation, Item, ItemKind, ValueForm } from "./conversation";
import { setUrl, writeUrl } from "./dataurl";
import { maskKeys } from "./mask";
import { Message, providerText } from "./message";
import { Dialect, Operation } from "./operation";
export * from "../../test/assembly/io";

const CONVERSATION = new Conversation();
const WRITER = new JsonWriter();

function call(form: ValueForm): Item {
  CONVERSATION.reset(input(), Dialect.OpenAI, Operation.Chat);
  const item = CONVERSATION.add(ItemKind.ToolCall);
  item.value = CONVERSATION.source.keep(input());
  item.valueForm = form;
  return item;
}

/** Arguments (a string's content, or JSON) as an object, written as the second element of an array; false if they are none. */
export function asObject(form: ValueForm): bool {
  const item = call(form);
  if (!argumentsAreObject(CONVERSATION.source, item)) return false;
  WRITER.clear();
  WRITER.beginArray();
  WRITER.unsigned(1);
  writeArguments(CONVERSATION.source, item, WRITER);
  WRITER.endArray();
  OUTPUT.bytes(WRITER.view());
  return true;
}

export function asText(form: ValueForm): void {
  WRITER.clear();
  writeArgumentsText(CONVERSATION.source, call(form), WRITER);
  OUTPUT.bytes(WRITER.view());
}

export function asPiece(): void {
  OUTPUT.bytes(escapedJson(input(), new ByteWriter(0)));
}

/** A URL (a string's content): `url`, or `mediaType data`, and how it is written again. */
export function splitUrl(): void {
  CONVERSATION.reset(input(), Dialect.OpenAI, Operation.Chat);
  const item = CONVERSATION.add(ItemKind.Image);
  const source = CONVERSATION.source;
  setUrl(source, source.keep(input()), item);
  if (item.url != 0) source.write(item.url, OUTPUT);
  else {
    source.write(item.mediaType, OUTPUT);
    OUTPUT.byte(0x20);
    source.write(item.data, OUTPUT);
  }
  WRITER.clear();
  writeUrl(source, item, WRITER);
  OUTPUT.byte(0x0a);
  OUTPUT.bytes(WRITER.view());
}

export function mask(): void {
  OUTPUT.bytes(maskKeys(input()));
}

export function fromProvider(): void {
  OUTPUT.bytes(providerText(input()));
}

export function quote(): void {
  OUTPUT.bytes(new Message().say("it is „").quoteBytes(input()).say("“, ").number(-3).bytes);
}
