/** Writes a conversation as `chatcompletion_pro`: https://platform.minimaxi.com/document/guides/chat-model/pro */
import { ABSENT } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Conversation, ItemKind, Role } from "../conversation";
import { hasSystem, writeSystemText } from "../openai/message-writer";
import { writeJson } from "../openai/request-writer";
import { writeOwn } from "../other-members";
import { Target } from "../protocol";
import { writeTurn } from "../transcript";

export const OWN: StaticArray<string> = ["mask_sensitive_info", "sample_messages", "glyph"];

/** The bot has to have a name, by which its own messages and its answer go. */
const BOT = "assistant";
/** And something has to be said of it. */
const SETTING = "A helpful assistant.";

/** Writes the body. The conversation fits. */
export function writeChat(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  out.key("messages");
  writeMessages(conversation, out);
  out.key("bot_setting");
  out.beginArray();
  out.beginObject();
  out.key("bot_name");
  out.asciiText(BOT);
  out.key("content");
  if (hasSystem(conversation)) writeSystemText(conversation, out);
  else out.asciiText(SETTING);
  out.endObject();
  out.endArray();
  out.key("reply_constraints");
  out.beginObject();
  out.key("sender_type");
  out.asciiText("BOT");
  out.key("sender_name");
  out.asciiText(BOT);
  out.endObject();
  writeJson("tokens_to_generate", conversation.maxTokensJson, conversation, out);
  writeJson("temperature", conversation.temperatureJson, conversation, out);
  writeJson("top_p", conversation.topPJson, conversation, out);
  writeOwn(conversation, OWN, out);
  if (conversation.stream) {
    out.key("stream");
    out.boolean(true);
  }
  out.endObject();
}

function writeMessages(conversation: Conversation, out: JsonWriter): void {
  out.beginArray();
  for (let i = 0; i < conversation.itemCount; i++) {
    const turn = conversation.item(i);
    if (turn.kind != ItemKind.Turn || turn.role == Role.System || turn.role == Role.Developer) continue;
    const isBot = turn.role == Role.Assistant;
    out.beginObject();
    out.key("sender_type");
    out.asciiText(isBot ? "BOT" : "USER");
    out.key("sender_name");
    if (isBot) out.asciiText(BOT);
    else if (turn.name != ABSENT) out.escapedFrom(conversation.source, turn.name);
    else out.asciiText("user");
    out.key("text");
    out.beginString();
    writeTurn(conversation, i, out);
    out.endString();
    out.endObject();
  }
  out.endArray();
}
