/** Writes a conversation as a generation: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source } from "../../bytes/span";
import { doubleValue } from "../../json/number";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, Effort, Item, ItemKind, ToolPolicy } from "../conversation";
import { writeUrl } from "../dataurl";
import { MessageForm, WithoutText } from "../openai/message-form";
import { writeMessages } from "../openai/message-writer";
import { writeTextDocument } from "../text-document";
import {
  writeChoice,
  writeJson,
  writeMembers,
  writeOutputFormat,
  writeStops,
  writeToolChoice,
  writeToolList,
} from "../openai/request-writer";
import { writeOwn } from "../other-members";
import { Target } from "../protocol";
import { budgetOf } from "../thinking-budgets";
import { isMultimodal } from "./models";

/** DashScope's own parameters, from a client who knows whom it talks to. */
export const OWN: StaticArray<string> = [
  "enable_search",
  "search_options",
  "repetition_penalty",
  "translation_options",
  "vl_high_resolution_images",
  "enable_code_interpreter",
];

/** `top_p` is above 0 and, of older models, below 1. */
const LEAST_P = 0.000001;
const MOST_P = 0.999999;

/** OpenAI's messages, in the text service; nothing but parts, without types, in the one for images. */
@final
class GenerationMessages extends MessageForm {
  constructor(isMultimodal: bool) {
    super();
    this.developerWord = "system";
    this.takesNames = this.takesRefusals = false;
    this.withoutText = WithoutText.Empty;
    this.onlyParts = isMultimodal;
  }

  override writePart(source: Source, item: Item, out: JsonWriter): void {
    out.beginObject();
    if (item.kind == ItemKind.Image) {
      out.key("image");
      writeUrl(source, item, out);
    } else {
      if (!this.onlyParts) {
        out.key("type");
        out.asciiText("text");
      }
      out.key("text");
      if (item.kind == ItemKind.Document) writeTextDocument(source, item, out);
      else out.escapedFrom(source, item.text);
    }
    out.endObject();
  }
}

const TEXT_MESSAGES = new GenerationMessages(false);
const MULTIMODAL_MESSAGES = new GenerationMessages(true);
const VIEW = new Bytes();

/** Writes the body. The conversation fits. */
export function writeGeneration(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  out.key("input");
  out.beginObject();
  out.key("messages");
  writeMessages(conversation, target, isMultimodal(conversation, target.model) ? MULTIMODAL_MESSAGES : TEXT_MESSAGES, out);
  out.endObject();
  out.key("parameters");
  writeParameters(conversation, target, out);
  out.endObject();
}

function writeParameters(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.beginObject();
  out.key("result_format");
  out.asciiText("message");
  if (conversation.stream) {
    // Without it each event has all of the text so far.
    out.key("incremental_output");
    out.boolean(true);
  }
  writeJson("max_tokens", conversation.maxTokensJson, conversation, out);
  writeJson("temperature", conversation.temperatureJson, conversation, out);
  writeP(conversation, out);
  writeJson("top_k", conversation.topKJson, conversation, out);
  writeJson("seed", conversation.seedJson, conversation, out);
  writeJson("n", conversation.countJson, conversation, out);
  writeJson("presence_penalty", conversation.presencePenaltyJson, conversation, out);
  writeStops("stop", conversation, out);
  writeOutputFormat(conversation, out);
  if (conversation.toolCount > 0) {
    writeToolList(conversation, ABSENT, false, out);
    if (conversation.toolPolicy != ToolPolicy.Absent) writeToolChoice(conversation, out);
    writeChoice("parallel_tool_calls", conversation.parallelToolCalls, out);
  }
  writeThinking(conversation, out);
  writeOwn(conversation, OWN, out);
  writeMembers(target, out);
  out.endObject();
}

/** What is outside of the range is its nearest end. */
function writeP(conversation: Conversation, out: JsonWriter): void {
  if (conversation.topPJson == ABSENT) return;
  const p = doubleValue(conversation.source.point(conversation.topPJson, VIEW));
  if (p >= LEAST_P && p <= MOST_P) return writeJson("top_p", conversation.topPJson, conversation, out);
  out.key("top_p");
  out.raw(p < LEAST_P ? LEAST : MOST);
}

const LEAST = Bytes.of("0.000001");
const MOST = Bytes.of("0.999999");

/** https://help.aliyun.com/zh/model-studio/deep-thinking: a switch, and a budget in tokens, which efforts stand for. */
function writeThinking(conversation: Conversation, out: JsonWriter): void {
  const effort = conversation.effort;
  const isOff = conversation.thinking == Choice.No || effort == Effort.None;
  const isOn = conversation.thinking == Choice.Yes || effort != Effort.Absent || conversation.thinkingBudgetJson != ABSENT;
  if (!isOff && !isOn) return;
  out.key("enable_thinking");
  out.boolean(!isOff);
  if (isOff) return;
  if (conversation.thinkingBudgetJson != ABSENT) return writeJson("thinking_budget", conversation.thinkingBudgetJson, conversation, out);
  const budget = budgetOf(effort);
  if (budget == 0) return;
  out.key("thinking_budget");
  out.unsigned(budget);
}
