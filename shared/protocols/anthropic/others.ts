/** Members at the top of a client's body that the conversation has no field for. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart, span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Conversation } from "../conversation";

const VIEW = new Bytes();

/** Whether a member of another protocol's body is Anthropic's own, added there by a client who knows whom it talks to. Everything else is left out. */
export function isAnthropicMember(name: Bytes): bool {
  return (
    name.is("cache_control") ||
    name.is("container") ||
    name.is("context_management") ||
    name.is("mcp_servers") ||
    name.is("inference_geo") ||
    name.is("speed")
  );
}

/** Which members at the top of a client's body are the provider's own. */
export abstract class OwnMembers {
  abstract has(name: Bytes): bool;
}

@final
export class AnthropicMembers extends OwnMembers {
  has(name: Bytes): bool {
    return isAnthropicMember(name);
  }
}

/** Keeps the next value, a member of a known object that other protocols have no place for, by its path: `output_config.task_budget`. */
export function keepOther(json: JsonReader, conversation: Conversation, path: string): void {
  const start = conversation.source.arena.length;
  conversation.source.arena.ascii(path);
  conversation.source.arena.byte(0x2e);
  conversation.source.write(json.keySpan, conversation.source.arena);
  conversation.others.add(conversation.source.since(start));
  conversation.others.add(json.skip());
}

/** As `keepOther`, for a value that has been read. */
export function addOther(conversation: Conversation, path: string, value: Span): void {
  conversation.others.add(conversation.source.keepAscii(path));
  conversation.others.add(value);
}

/** The raw value of a member; `ABSENT` if it isn't there. */
export function otherMember(conversation: Conversation, name: string): Span {
  const others = conversation.others;
  for (let i = 0; i + 1 < others.length; i += 2) if (conversation.source.is(others.at(i), name)) return others.at(i + 1);
  return ABSENT;
}

/** As `otherMember`, for a string: its content; `ABSENT` if it is anything else. */
export function otherText(conversation: Conversation, name: string): Span {
  const value = otherMember(conversation, name);
  if (spanLength(value) < 2 || conversation.source.point(value, VIEW).at(0) != 0x22) return ABSENT;
  return (value & ARENA) | span(spanStart(value) + 1, spanLength(value) - 2);
}

const ARENA: Span = 1 << 63;
