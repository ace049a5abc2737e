/**
 * Where a prompt is cached, if the client said nothing about it: Anthropic caches what stands in front of a marker (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching), of which a request may have four.
 * Tools and system texts are the same from turn to turn; the last turn's marker writes what the next request reads, and the one before reads what the last request wrote.
 */
import { ABSENT, Span } from "../bytes/span";
import { Conversation, ItemKind, Role } from "./conversation";

const MARKER = '{"type":"ephemeral"}';

/** Whether the client marks what is to be cached: then nobody else does. */
export function hasCachePoints(conversation: Conversation): bool {
  for (let i = 0; i < conversation.toolCount; i++) if (conversation.tool(i).cacheControl != ABSENT) return true;
  for (let i = 0; i < conversation.itemCount; i++) if (conversation.item(i).cacheControl != ABSENT) return true;
  return conversation.other("cache_control") != ABSENT;
}

/** Marks the last tool, the last system text, the last turn and the one that the last request ended with. */
export function setCachePoints(conversation: Conversation): void {
  const marker = conversation.source.keepAscii(MARKER);
  if (conversation.toolCount > 0) conversation.tool(conversation.toolCount - 1).cacheControl = marker;
  let role = Role.User;
  let system = -1;
  let last = -1;
  let before = -1;
  let isNewRound = true;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) {
      role = item.role;
      if (role == Role.Assistant) isNewRound = true;
      else if (role == Role.User || role == Role.Tool) {
        if (isNewRound) before = last;
        last = i;
        isNewRound = false;
      }
    } else if (item.kind == ItemKind.Text && (role == Role.System || role == Role.Developer)) system = i;
  }
  mark(conversation, system, marker);
  mark(conversation, last, marker);
  mark(conversation, before, marker);
}

/** Takes back what `setCachePoints` did: another target may not want it. */
export function clearCachePoints(conversation: Conversation): void {
  for (let i = 0; i < conversation.toolCount; i++) conversation.tool(i).cacheControl = ABSENT;
  for (let i = 0; i < conversation.itemCount; i++) conversation.item(i).cacheControl = ABSENT;
}

function mark(conversation: Conversation, index: i32, marker: Span): void {
  if (index >= 0) conversation.item(index).cacheControl = marker;
}
