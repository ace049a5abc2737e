/** Writes a conversation as `ChatCompletions`, with keys in OpenAI's spelling: https://cloud.tencent.com/document/product/1729/105701 */
import { ABSENT, Source } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, Effort, Item, ItemKind, Tool, ToolPolicy } from "../conversation";
import { writeUrl } from "../dataurl";
import { MessageForm, WithoutText } from "../openai/message-form";
import { writeMessages } from "../openai/message-writer";
import { writeOpenAIPart } from "../openai/part-writer";
import { writeJson, writeStops, writeString } from "../openai/request-writer";
import { writeOwn } from "../other-members";
import { Target } from "../protocol";

/** The API's own members, from a client who knows whom it talks to. */
export const OWN: StaticArray<string> = [
  "EnableEnhancement",
  "SearchInfo",
  "Citation",
  "EnableSpeedSearch",
  "EnableMultimedia",
  "EnableDeepSearch",
  "ForceSearchEnhancement",
  "StreamModeration",
  "EnableRecommendedQuestions",
];

/** The system's words come first, in one message; a list of parts is `Contents`. */
@final
class HunyuanMessages extends MessageForm {
  constructor() {
    super();
    this.takesNames = this.takesRefusals = false;
    this.joinsSystem = true;
    this.withoutText = WithoutText.Empty;
    this.partsKey = "contents";
  }

  override writePart(source: Source, item: Item, out: JsonWriter): void {
    if (item.kind != ItemKind.Image) return writeOpenAIPart(source, item, out);
    out.beginObject();
    out.key("type");
    out.asciiText("image_url");
    out.key("image_url");
    out.beginObject();
    out.key("url");
    writeUrl(source, item, out);
    out.endObject();
    out.endObject();
  }
}

const MESSAGES = new HunyuanMessages();

/** Writes the body. The conversation fits. */
export function writeChat(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  out.key("messages");
  writeMessages(conversation, target, MESSAGES, out);
  writeTools(conversation, out);
  writeJson("temperature", conversation.temperatureJson, conversation, out);
  writeJson("top_p", conversation.topPJson, conversation, out);
  writeJson("seed", conversation.seedJson, conversation, out);
  writeStops("stop", conversation, out);
  const isOff = conversation.thinking == Choice.No || conversation.effort == Effort.None;
  const isOn = conversation.thinking == Choice.Yes || conversation.effort != Effort.Absent || conversation.thinkingBudgetJson != ABSENT;
  if (isOff || isOn) {
    out.key("enable_thinking");
    out.boolean(!isOff);
  }
  writeOwn(conversation, OWN, out);
  out.key("stream");
  out.boolean(conversation.stream);
  out.endObject();
}

/** A certain tool is `custom`, and stands beside the list once more. */
function writeTools(conversation: Conversation, out: JsonWriter): void {
  if (conversation.toolCount == 0) return;
  out.key("tools");
  out.beginArray();
  for (let i = 0; i < conversation.toolCount; i++) writeTool(conversation, conversation.tool(i), out);
  out.endArray();
  const policy = conversation.toolPolicy;
  if (policy == ToolPolicy.Absent) return;
  out.key("tool_choice");
  out.asciiText(policy == ToolPolicy.Named ? "custom" : policy == ToolPolicy.None ? "none" : "auto");
  if (policy != ToolPolicy.Named) return;
  const name = conversation.source.bytes(conversation.toolChoiceName);
  for (let i = 0; i < conversation.toolCount; i++) {
    if (!conversation.source.bytes(conversation.tool(i).name).equals(name)) continue;
    out.key("custom_tool");
    return writeTool(conversation, conversation.tool(i), out);
  }
}

/** The schema is a string that contains JSON. */
function writeTool(conversation: Conversation, tool: Tool, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("function");
  out.key("function");
  out.beginObject();
  writeString("name", tool.name, conversation, out);
  writeString("description", tool.description, conversation, out);
  out.key("parameters");
  if (tool.schemaJson == ABSENT) out.asciiText("{}");
  else out.embed(conversation.source.bytes(tool.schemaJson));
  out.endObject();
  out.endObject();
}
