/** What a prompt begins with: by it Envoy finds the server that has seen that beginning before. */
import { ByteWriter } from "../../shared/bytes/writer";
import { SipHash } from "../../shared/crypto/siphash";
import { setHashKey } from "../../shared/host/foreign";
import { Conversation, ItemKind, Role } from "../../shared/protocols/conversation";

const hashes = new SipHash(0x736c7569636520, 0x70726f6d7074);
/** Bytes that are looked at, at most. */
const LONGEST = 32768;
const digits = new ByteWriter(24);

/**
 * Tells Envoy a hash over all up to the first words of the user's, where there are any: the turns of one conversation have it in common, and conversations that only have a system's words in common are spread.
 */
export function balanceByPrompt(conversation: Conversation): void {
  let hash: u64 = 0;
  let left = LONGEST;
  let hasUser = false;
  for (let i = 0; i < conversation.itemCount && left > 0; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) {
      if (hasUser) break;
      hasUser = item.role == Role.User;
    } else {
      const text = conversation.source.bytes(item.kind == ItemKind.Text ? item.text : item.data);
      if (text.isEmpty) continue;
      hash = (rotl(hash, 7) ^ hashes.of(text.slice(0, min(text.length, left)))) * 0x9e3779b97f4a7c15;
      left -= text.length;
    }
  }
  if (left == LONGEST) return;
  digits.clear();
  digits.unsigned(hash);
  setHashKey(digits.view());
}
