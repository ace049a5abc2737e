/** The `input` of OpenAI's embeddings requests, for protocols that take nothing but texts. */
import { Bytes } from "../bytes/bytes";
import { JsonReader, JsonType } from "../json/reader";
import { JsonWriter } from "../json/writer";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { cannotSay } from "./message";
import { Target } from "./protocol";

const JSON = new JsonReader();
const VIEW = new Bytes();

/** Why the input is more than texts; null: it is a text, or a list of them. */
export function whyNoTexts(conversation: Conversation, target: Target): Failure | null {
  const json = JSON.start(conversation.source.point(conversation.inputJson, VIEW));
  let isText = json.peek() == JsonType.String;
  if (!isText && json.enterArray()) {
    isText = true;
    while (json.nextElement()) if (json.peek() != JsonType.String) isText = false;
  }
  json.release();
  return isText ? null : cannotSay("input", "holds something else than texts", target, "send texts, no tokens");
}

/** Writes the input, which is texts, as a list of them. */
export function writeTexts(conversation: Conversation, out: JsonWriter): void {
  const input = conversation.source.point(conversation.inputJson, VIEW);
  if (input.at(0) == 0x5b) return out.raw(input);
  out.beginArray();
  out.raw(input);
  out.endArray();
}
