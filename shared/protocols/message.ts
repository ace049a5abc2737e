/** Words for people: the texts of failures, whoever makes them. */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Source, Span } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { unescape } from "../json/unescape";
import { Conversation, Item, ItemKind, Role } from "./conversation";
import { Failure, FailureKind } from "./failure";
import { maskKeys } from "./mask";
import { Dialect } from "./operation";
import { Target } from "./protocol";

/** What is kept of a provider's own words, in bytes. */
const PROVIDER_TEXT_LIMIT = 4096;
/** What is quoted of a client's value, in bytes. */
const QUOTE_LIMIT = 80;

/** Puts a message together: `new Message().say("`n` is ").quote(source, n).field("n")`. For the way of errors only. */
@final
export class Message {
  private readonly out: ByteWriter = new ByteWriter(128);

  /** Our own words; any characters. */
  say(words: string): this {
    this.out.bytes(Bytes.of(words));
    return this;
  }

  /** Text in UTF-8. */
  text(utf8: Bytes): this {
    this.out.bytes(utf8);
    return this;
  }

  number(value: i64): this {
    this.out.signed(value);
    return this;
  }

  /** A value from a request (raw JSON, or a string's content), decoded and cut. */
  quote(source: Source, value: Span): this {
    return this.quoteBytes(source.bytes(value));
  }

  /** As `quote`, for bytes that stand elsewhere. */
  quoteBytes(content: Bytes): this {
    const decoded = new ByteWriter(QUOTE_LIMIT);
    unescape(content.slice(0, QUOTE_LIMIT * 2), decoded);
    this.out.bytes(cut(decoded.view(), QUOTE_LIMIT));
    if (content.length > QUOTE_LIMIT) this.out.bytes(Bytes.of("…"));
    return this;
  }

  get bytes(): Bytes {
    return this.out.copySince(0);
  }

  failure(kind: FailureKind): Failure {
    const failure = Failure.of(kind, "");
    failure.message = this.bytes;
    return failure;
  }

  /** A 400 about a field of the client's request, in the client's spelling. */
  field(param: string): Failure {
    const failure = this.failure(FailureKind.InvalidRequest);
    failure.param = param;
    return failure;
  }
}

/** Text cut to `limit` bytes, between two characters. */
export function cut(utf8: Bytes, limit: i32): Bytes {
  if (utf8.length <= limit) return utf8;
  let end = limit;
  while (end > 0 && (utf8.at(end) & 0xc0) == 0x80) end--;
  return utf8.slice(0, end);
}

/** What a provider says about an error, from the content of a JSON string: decoded, cut to 4 KiB, keys masked, in a buffer of its own. */
export function providerText(content: Bytes): Bytes {
  const decoded = new ByteWriter(content.length);
  unescape(content, decoded);
  return maskKeys(cut(decoded.view(), PROVIDER_TEXT_LIMIT));
}

/**
 * The refusal of something that this provider can't be told: `what` says what was found ("asks for 2 answers"), `instead` what to do. `field` is OpenAI's name for it; the client's own is said.
 * A setting may be left out instead, if the provider is configured so; an item or a tool too, where `ofItem` or `ofTool` says which. What is malformed is refused in any case: `always`.
 */
export function cannotSay(field: string, what: string, target: Target, instead: string): Failure {
  const name = clientsName(field, target.client);
  const failure = new Message()
    .say("`")
    .say(name)
    .say("` ")
    .say(what)
    .say(", which the provider `")
    .text(target.provider)
    .say("` can't be asked for: ")
    .say(instead)
    .field(name);
  failure.setting = field;
  return failure;
}

/** The refusal of a member at the top (its name: a JSON string's content) that only the client's own protocol has. */
export function unknownMember(name: Bytes, target: Target, instead: string): Failure {
  return cannotSay(name.slice(0, 64).toString(), "is known to its own protocol only", target, instead);
}

/** How a client names the message that holds the item at `index`: `messages[2]`, for each message is one turn; a turn that is none is Anthropic's `system`, and Gemini's `systemInstruction`. */
export function messageField(conversation: Conversation, index: i32): string {
  if (conversation.dialect == Dialect.Responses) return inputField(conversation.item(index));
  if (conversation.dialect == Dialect.Completions) return "prompt";
  let message = -1;
  let turn = NO_TURN;
  for (let i = 0; i <= index; i++) {
    const item = conversation.item(i);
    if (item.kind != ItemKind.Turn) continue;
    turn = item;
    if (item.whole != ABSENT) message++;
  }
  const isGemini = conversation.dialect == Dialect.Gemini;
  if (turn.kind == ItemKind.Turn && turn.whole == ABSENT) return isGemini ? "systemInstruction" : "system";
  return (isGemini ? "contents[" : "messages[") + max(message, 0).toString() + "]";
}

/** Responses' `input` is one text, or a list of items; `instructions` are a turn that stands outside of it. */
function inputField(item: Item): string {
  if (item.place >= 0) return "input[" + item.place.toString() + "]";
  return item.kind == ItemKind.Turn && item.role == Role.System ? "instructions" : "input";
}

const NO_TURN = new Item();
NO_TURN.kind = ItemKind.Unknown;

function clientsName(field: string, client: Dialect): string {
  if (client == Dialect.Anthropic) return anthropicName(field);
  if (client == Dialect.Gemini) return geminiName(field);
  return client == Dialect.Responses ? responsesName(field) : field;
}

/** What clients of Responses call a field of chat completions: https://platform.openai.com/docs/api-reference/responses/create */
function responsesName(field: string): string {
  if (field == "messages") return "input";
  if (field == "max_tokens") return "max_output_tokens";
  if (field == "logprobs") return "top_logprobs";
  if (field == "response_format") return "text.format";
  if (field == "response_format.json_schema.schema") return "text.format.schema";
  if (field == "reasoning_effort") return "reasoning.effort";
  if (field.endsWith(".function.parameters")) return field.replace(".function.parameters", ".parameters");
  if (field.endsWith(".tool_call_id")) return field.replace(".tool_call_id", ".call_id");
  // A call is an element of `input` by itself.
  const call = field.indexOf(".tool_calls[");
  if (call < 0) return field;
  if (field.endsWith(".function.arguments")) return field.slice(0, call) + ".arguments";
  return field.slice(0, call) + (field.endsWith(".id") ? ".call_id" : "");
}

/** What Anthropic's clients call a field of OpenAI's: https://docs.anthropic.com/en/api/messages */
function anthropicName(field: string): string {
  if (field == "stop") return "stop_sequences";
  if (field == "response_format") return "output_config.format";
  if (field == "response_format.json_schema.schema") return "output_config.format.schema";
  if (field == "reasoning_effort") return "output_config.effort";
  if (field == "thinking_budget") return "thinking.budget_tokens";
  if (field == "parallel_tool_calls") return "tool_choice.disable_parallel_tool_use";
  return field;
}

/** What Gemini's clients call a field of OpenAI's: https://ai.google.dev/api/generate-content. Of a content its parts are named, whichever of them it is. */
function geminiName(field: string): string {
  const bracket = field.indexOf("]");
  if (field.startsWith("contents[") && bracket > 0) return field.length > bracket + 1 ? field.slice(0, bracket + 1) + ".parts" : field;
  if (field.startsWith("systemInstruction")) return "systemInstruction";
  if (field.startsWith("tools")) return "tools";
  for (let i = 0; i < GEMINI_NAMES.length; i += 2) if (field == GEMINI_NAMES[i]) return GEMINI_NAMES[i + 1];
  return field;
}

const GEMINI_NAMES: StaticArray<string> = [
  "messages",
  "contents",
  "tool_choice",
  "toolConfig.functionCallingConfig",
  "response_format",
  "generationConfig.responseMimeType",
  "response_format.json_schema.schema",
  "generationConfig.responseJsonSchema",
  "reasoning_effort",
  "generationConfig.thinkingConfig.thinkingLevel",
  "thinking_budget",
  "generationConfig.thinkingConfig.thinkingBudget",
  "thinking.budget_tokens",
  "generationConfig.thinkingConfig.thinkingBudget",
  "thinking",
  "generationConfig.thinkingConfig",
  "n",
  "generationConfig.candidateCount",
  "stop",
  "generationConfig.stopSequences",
  "max_tokens",
  "generationConfig.maxOutputTokens",
  "temperature",
  "generationConfig.temperature",
  "top_p",
  "generationConfig.topP",
  "top_k",
  "generationConfig.topK",
  "seed",
  "generationConfig.seed",
  "logprobs",
  "generationConfig.responseLogprobs",
  "top_logprobs",
  "generationConfig.logprobs",
  "presence_penalty",
  "generationConfig.presencePenalty",
  "frequency_penalty",
  "generationConfig.frequencyPenalty",
];
