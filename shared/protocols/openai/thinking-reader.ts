/**
 * Reads the thinking that a client sends back. Chat completions have no form for signed thinking; two are in use: `thinking_blocks` (LiteLLM's, with Anthropic's blocks;
 * the one that we write) and `reasoning_details` (https://openrouter.ai/docs/use-cases/reasoning-tokens).
 */
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Conversation, Item, ItemKind } from "../conversation";
import { VIEW, wordOf } from "../values";

/** `[{"type":"thinking","thinking":…,"signature":…,"format":…},{"type":"redacted_thinking","data":…}]`. False if it holds nothing. */
export function readThinkingBlocks(json: JsonReader, conversation: Conversation): bool {
  return readBlocks(json, conversation, "thinking", "redacted_thinking");
}

/** `[{"type":"reasoning.text","text":…,"signature":…,"format":…},{"type":"reasoning.encrypted","data":…}]`. False if it holds nothing. */
export function readReasoningDetails(json: JsonReader, conversation: Conversation): bool {
  return readBlocks(json, conversation, "reasoning.text", "reasoning.encrypted");
}

function readBlocks(json: JsonReader, conversation: Conversation, plain: string, redacted: string): bool {
  const before = conversation.itemCount;
  if (!json.enterArray()) return false;
  while (json.nextElement()) if (json.enterObject()) readBlock(json, conversation, plain, redacted);
  return conversation.itemCount > before;
}

function readBlock(json: JsonReader, conversation: Conversation, plain: string, redacted: string): void {
  const from = json.offset - 1;
  let isPlain = false;
  let isRedacted = false;
  let text = ABSENT;
  let signature = ABSENT;
  let format = ABSENT;
  let data = ABSENT;
  while (json.nextKey()) {
    if (json.keyIs("type")) {
      const type = wordOf(json, json.string(), VIEW);
      isPlain = type.is(plain);
      isRedacted = type.is(redacted);
    } else if (json.keyIs("thinking") || json.keyIs("text")) text = json.string();
    else if (json.keyIs("signature")) signature = json.string();
    else if (json.keyIs("format")) format = json.string();
    else if (json.keyIs("data")) data = json.string();
  }
  if (isRedacted && spanLength(data) > 0) {
    const block = conversation.add(ItemKind.RedactedThinking);
    block.data = data;
    block.whole = json.spanSince(from);
    setFormat(json, format, block, conversation);
  } else if (isPlain && (spanLength(text) > 0 || spanLength(signature) > 0)) {
    const block = conversation.add(ItemKind.Thinking);
    block.text = text;
    block.signature = signature;
    block.whole = json.spanSince(from);
    setFormat(json, format, block, conversation);
  }
}

/** OpenRouter's words are `anthropic-claude-v1` and `google-gemini-v1`. */
function setFormat(json: JsonReader, format: Span, block: Item, conversation: Conversation): void {
  json.point(format, VIEW);
  if (VIEW.startsWith("anthropic")) block.name = conversation.source.keepAscii("anthropic");
  else if (VIEW.startsWith("google") || VIEW.is("gemini")) block.name = conversation.source.keepAscii("gemini");
}
