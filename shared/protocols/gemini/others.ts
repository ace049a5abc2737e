/** Members at the top of a client's body that the conversation has no field for: what goes to Gemini, what is dropped, what is refused. README.md says why. */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { othersFit as otherMembersFit, writeOwn } from "../other-members";
import { Target } from "../protocol";
import { SEARCH } from "../web-search";

/** Gemini's own, from a client who knows whom it talks to: they go as they are. */
const OWN: StaticArray<string> = ["cachedContent", "safetySettings"];
const OWN_AND_SEARCH: StaticArray<string> = ["cachedContent", "safetySettings", "web_search_options"];

/** Why the members beside the known ones can't be said; null: they can. */
export function othersFit(conversation: Conversation, target: Target): Failure | null {
  return otherMembersFit(conversation, target, conversation.cites && SEARCH.ofOptions(conversation) ? OWN_AND_SEARCH : OWN, "Gemini's");
}

/** Writes what goes to Gemini. */
export function writeOthers(conversation: Conversation, out: JsonWriter): void {
  writeOwn(conversation, OWN, out);
  const others = conversation.others;
  const source = conversation.source;
  for (let i = 0; i + 1 < others.length; i += 2)
    if (source.is(others.at(i), "service_tier")) writeServiceTier(source.point(others.at(i + 1), VIEW), out);
  writeServiceTier(source.point(conversation.chatMember("service_tier"), VIEW), out);
}

/** https://ai.google.dev/gemini-api/docs/flex-inference: Gemini has OpenAI's words but for `auto` and `default`, which leave it to the provider. */
function writeServiceTier(tier: Bytes, out: JsonWriter): void {
  if (!tier.is('"flex"') && !tier.is('"priority"')) return;
  out.key("serviceTier");
  out.raw(tier);
}

const VIEW = new Bytes();
