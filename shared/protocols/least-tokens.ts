/**
 * How many tokens a prompt surely has, for deciding that it can't fit into a window. Six characters a token is more than any vendor's tokenizer makes of usual text in whatever language (about four and a half for English and Russian,
 * one or two for Chinese); a character that is repeated counts once, since runs of blanks or dashes are one token. Images, sounds, files and thinking, which vendors count in their own ways or not at all, count nothing.
 */
import { Bytes } from "../bytes/bytes";
import { numberIn } from "../bytes/digits";
import { Source, Span, spanLength } from "../bytes/span";
import { Conversation, ItemKind } from "./conversation";

const CHARACTERS_PER_TOKEN: u64 = 6;
const view = new Bytes();

/** Tokens that a conversation has at least; at once 0 where even all of its bytes wouldn't be more than `enough`. */
export function leastTokens(conversation: Conversation, enough: u64): u64 {
  if (count(conversation, false) / CHARACTERS_PER_TOKEN <= enough) return 0;
  return count(conversation, true) / CHARACTERS_PER_TOKEN;
}

/** The limit that the client sets for the answer; 0: none that can be read. */
export function askedTokens(conversation: Conversation): u64 {
  return numberIn(conversation.source.point(conversation.maxTokensJson, view), 9);
}

/** Characters, or only bytes, which are as many or more and cost nothing. */
function count(conversation: Conversation, exact: bool): u64 {
  const source = conversation.source;
  let all: u64 = 0;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.ToolCall) all += size(source, item.value, exact);
    else if (item.kind == ItemKind.Text || item.kind == ItemKind.Refusal || item.kind == ItemKind.Document)
      all += size(source, item.text, exact);
  }
  // Vendors write schemas in shorter forms of their own.
  let tools: u64 = 0;
  for (let i = 0; i < conversation.toolCount; i++) {
    const tool = conversation.tool(i);
    if (tool.isFunction) tools += size(source, tool.description, exact) + size(source, tool.schemaJson, exact);
  }
  return all + tools / 2;
}

/** A JSON string's characters, each escape one. */
function size(source: Source, span: Span, exact: bool): u64 {
  if (!exact) return <u64>spanLength(span);
  const bytes = source.point(span, view);
  let characters: u64 = 0;
  let before: u32 = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = <u32>bytes.at(i);
    // Bytes that go on with a character in UTF-8.
    if ((byte & 0xc0) == 0x80) continue;
    if (byte == 0x5c) {
      i++;
      if (bytes.at(i) == 0x75) i += 4;
    } else if (byte == before && byte < 0x80) continue;
    before = byte;
    characters++;
  }
  return characters;
}
