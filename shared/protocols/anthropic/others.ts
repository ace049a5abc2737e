/** Members at the top of a client's body that the conversation has no field for. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart, span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Conversation } from "../conversation";

const VIEW = new Bytes();

/** Anthropic's own, added to another protocol's body by a client who knows whom it talks to: they go as they are. */
export const OWN_MEMBERS: StaticArray<string> = [
  "cache_control",
  "container",
  "context_management",
  "mcp_servers",
  "inference_geo",
  "speed",
];

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

/** A member that is a string: its content; `ABSENT` if it is anything else. */
export function otherText(conversation: Conversation, name: string): Span {
  const value = conversation.other(name);
  if (spanLength(value) < 2 || conversation.source.point(value, VIEW).at(0) != 0x22) return ABSENT;
  return (value & ARENA) | span(spanStart(value) + 1, spanLength(value) - 2);
}

const ARENA: Span = 1 << 63;
