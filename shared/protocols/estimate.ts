/**
 * Tokens where nobody has counted them. A token is about four bytes of English, code or JSON, and the same of UTF-8 in other scripts (three bytes a character, three quarters of a token), whatever the model:
 * good to a fifth for usual text, and said to be an estimate wherever it is told.
 */
import { Span, spanLength } from "../bytes/span";
import { Conversation, ItemKind } from "./conversation";

const BYTES_PER_TOKEN: u64 = 4;
/** An image of about a megapixel, a page or two of a document, half a minute of audio: what vendors bill for such lies between 300 and 1,600. */
const TOKENS_PER_MEDIUM: u64 = 1000;
/** Who speaks, and where a message ends. */
const TOKENS_PER_TURN: u64 = 3;

/** About how many tokens so many bytes of text are. */
export function tokensOfBytes(bytes: u64): u64 {
  return (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
}

/** About how many tokens a conversation is as a prompt, its tools included. */
export function estimateInput(conversation: Conversation): u64 {
  let bytes: u64 = size(conversation.inputJson) + size(conversation.outputSchemaJson);
  let tokens: u64 = 0;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    switch (item.kind) {
      case ItemKind.Turn:
        tokens += TOKENS_PER_TURN;
        break;
      case ItemKind.Image:
      case ItemKind.Audio:
        tokens += TOKENS_PER_MEDIUM;
        break;
      case ItemKind.Document:
        if (size(item.text) > 0) bytes += size(item.text);
        else tokens += TOKENS_PER_MEDIUM;
        break;
      case ItemKind.ToolCall:
        bytes += size(item.name) + size(item.value);
        break;
      case ItemKind.Unknown:
        bytes += size(item.whole);
        break;
      default:
        bytes += size(item.text);
        break;
    }
  }
  for (let i = 0; i < conversation.toolCount; i++) {
    const tool = conversation.tool(i);
    bytes += tool.isFunction ? size(tool.name) + size(tool.description) + size(tool.schemaJson) : size(tool.whole);
  }
  return tokens + tokensOfBytes(bytes);
}

function size(span: Span): u64 {
  return <u64>spanLength(span);
}
