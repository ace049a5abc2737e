/** Members at the top of a client's body that the conversation has no field for: what goes to the provider, what is dropped, what is refused. */
import { Bytes } from "../bytes/bytes";
import { Source, Span } from "../bytes/span";
import { JsonWriter } from "../json/writer";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { Message } from "./message";
import { isHarmlessOwn, isNothing } from "./own-members";
import { Target } from "./protocol";

/** Those that change nothing about the answer: they are about storing, caching, billing and abuse detection. `prediction` only makes it faster. */
const HARMLESS: StaticArray<string> = [
  "cache_control",
  "metadata",
  "prediction",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "speed",
  "store",
];

/** Why the members beside the known ones can't be said to a protocol (`whose`, as in "Gemini's"), which has `own` of its own; null: they can. */
export function othersFit(conversation: Conversation, target: Target, own: StaticArray<string>, whose: string): Failure | null {
  const others = conversation.others;
  const source = conversation.source;
  for (let i = 0; i + 1 < others.length; i += 2) {
    const name = others.at(i);
    if (source.point(name, NAME).isOneOf(own) || isHarmless(name, others.at(i + 1), source)) continue;
    if (isHarmlessOwn(conversation, name, others.at(i + 1))) continue;
    const word = source.bytes(name);
    const failure = new Message()
      .say("`")
      .quoteBytes(word)
      .say("` can't be said to the provider `")
      .text(target.provider)
      .say("`, which speaks ")
      .say(whose)
      .say(" protocol: leave it out, or ask another provider")
      .field(word.slice(0, 64).toString());
    failure.setting = failure.param;
    return failure;
  }
  return null;
}

/** Whether a member may be left out without a word. */
export function isHarmless(name: Span, value: Span, source: Source): bool {
  return source.point(name, NAME).isOneOf(HARMLESS) || isDefault(name, value, source);
}

/** Writes the members that the protocol itself knows, as they are. */
export function writeOwn(conversation: Conversation, own: StaticArray<string>, out: JsonWriter): void {
  const others = conversation.others;
  const source = conversation.source;
  for (let i = 0; i + 1 < others.length; i += 2) {
    if (!source.point(others.at(i), NAME).isOneOf(own)) continue;
    out.keyEscaped(source.bytes(others.at(i)));
    out.rawFrom(source, others.at(i + 1));
  }
}

const VIEW = new Bytes();
const NAME = new Bytes();

/** Whether a member says what happens anyway. */
function isDefault(name: Span, value: Span, source: Source): bool {
  const json = source.point(value, VIEW);
  // An empty object asks for a search, as it is.
  if (isNothing(json)) return !json.is("{}") || !source.is(name, "web_search_options");
  if (source.is(name, "modalities")) return source.is(value, '["text"]') || source.is(value, '[ "text" ]');
  // Of an embeddings request.
  if (source.is(name, "encoding_format")) return source.is(value, '"float"');
  return source.is(name, "verbosity") && source.is(value, '"medium"');
}
