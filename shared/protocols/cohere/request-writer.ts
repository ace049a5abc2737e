/** Writes a conversation as a chat of version 2: https://docs.cohere.com/reference/chat */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { doubleValue } from "../../json/number";
import { JsonWriter } from "../../json/writer";
import { Choice, Conversation, Effort, OutputFormat, ToolPolicy } from "../conversation";
import { MessageForm, WithoutText } from "../openai/message-form";
import { writeMessages } from "../openai/message-writer";
import { writeJson, writeStops, writeToolList } from "../openai/request-writer";
import { writeOwn } from "../other-members";
import { Target } from "../protocol";
import { writeOutputSchema } from "../schema";
import { budgetOf } from "../thinking-budgets";

/** Cohere's own members, from a client who knows whom it talks to. */
export const OWN: StaticArray<string> = ["documents", "citation_options", "safety_mode", "priority", "strict_tools"];

/** `p` is from 0.01 to 0.99. */
const LEAST_P = 0.01;
const MOST_P = 0.99;

/** Messages are OpenAI's, but for the words beside calls, which are a plan. */
@final
class CohereMessages extends MessageForm {
  constructor() {
    super();
    this.developerWord = "system";
    this.takesNames = this.takesRefusals = false;
    this.withoutText = WithoutText.Omitted;
  }

  override thinkingKey(besideCalls: bool, _target: Target): string {
    return besideCalls ? "tool_plan" : "";
  }
}

const MESSAGES = new CohereMessages();
const VIEW = new Bytes();

/** Writes the body. The conversation fits. */
export function writeChat(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  out.key("messages");
  writeMessages(conversation, target, MESSAGES, out);
  writeTools(conversation, out);
  writeFormat(conversation, out);
  writeJson("max_tokens", conversation.maxTokensJson, conversation, out);
  writeJson("temperature", conversation.temperatureJson, conversation, out);
  writeP(conversation, out);
  writeJson("k", conversation.topKJson, conversation, out);
  writeJson("seed", conversation.seedJson, conversation, out);
  writeJson("frequency_penalty", conversation.frequencyPenaltyJson, conversation, out);
  writeJson("presence_penalty", conversation.presencePenaltyJson, conversation, out);
  writeStops("stop_sequences", conversation, out);
  writeThinking(conversation, out);
  writeOwn(conversation, OWN, out);
  if (conversation.stream) {
    out.key("stream");
    out.boolean(true);
  }
  out.endObject();
}

/** There is no word for a certain tool: it is the only one that is offered, and one has to be called. */
function writeTools(conversation: Conversation, out: JsonWriter): void {
  if (conversation.toolCount == 0) return;
  const policy = conversation.toolPolicy;
  const isNamed = policy == ToolPolicy.Named;
  writeToolList(conversation, isNamed ? conversation.toolChoiceName : ABSENT, false, out);
  if (areStrict(conversation)) {
    out.key("strict_tools");
    out.boolean(true);
  }
  if (policy == ToolPolicy.Absent || policy == ToolPolicy.Auto) return;
  out.key("tool_choice");
  out.asciiText(policy == ToolPolicy.None ? "NONE" : "REQUIRED");
}

/** Whether all tools are strict: Cohere knows one word for all, which a client may say itself. */
function areStrict(conversation: Conversation): bool {
  for (let i = 0; i < conversation.toolCount; i++) if (conversation.tool(i).strict != Choice.Yes) return false;
  for (let i = 0; i + 1 < conversation.others.length; i += 2)
    if (conversation.source.is(conversation.others.at(i), "strict_tools")) return false;
  return true;
}

/** https://docs.cohere.com/docs/structured-outputs */
function writeFormat(conversation: Conversation, out: JsonWriter): void {
  const format = conversation.outputFormat;
  if (format != OutputFormat.JsonObject && format != OutputFormat.JsonSchema) return;
  out.key("response_format");
  out.beginObject();
  out.key("type");
  out.asciiText("json_object");
  if (format == OutputFormat.JsonSchema) {
    out.key("json_schema");
    writeOutputSchema(conversation, out);
  }
  out.endObject();
}

/** What is outside of Cohere's range is its nearest end. */
function writeP(conversation: Conversation, out: JsonWriter): void {
  if (conversation.topPJson == ABSENT) return;
  const p = doubleValue(conversation.source.point(conversation.topPJson, VIEW));
  if (p >= LEAST_P && p <= MOST_P) return writeJson("p", conversation.topPJson, conversation, out);
  out.key("p");
  out.raw(p < LEAST_P ? LEAST : MOST);
}

const LEAST = Bytes.of("0.01");
const MOST = Bytes.of("0.99");

/** https://docs.cohere.com/docs/reasoning: a budget in tokens, which efforts stand for. */
function writeThinking(conversation: Conversation, out: JsonWriter): void {
  const isOff = conversation.thinking == Choice.No || conversation.effort == Effort.None;
  const budget = budgetOf(conversation.effort);
  if (!isOff && budget == 0 && conversation.thinking == Choice.Absent && conversation.thinkingBudgetJson == ABSENT) return;
  out.key("thinking");
  out.beginObject();
  out.key("type");
  out.asciiText(isOff ? "disabled" : "enabled");
  if (!isOff) writeBudget(conversation.thinkingBudgetJson, budget, conversation, out);
  out.endObject();
}

function writeBudget(named: Span, ofEffort: u64, conversation: Conversation, out: JsonWriter): void {
  if (named != ABSENT) return writeJson("token_budget", named, conversation, out);
  if (ofEffort == 0) return;
  out.key("token_budget");
  out.unsigned(ofEffort);
}
