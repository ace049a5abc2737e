/** Members of a request that only the client's own protocol has, for providers of another. */
import { Bytes } from "../bytes/bytes";
import { Span } from "../bytes/span";
import { JsonReader } from "../json/reader";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { unknownMember } from "./message";
import { Dialect } from "./operation";
import { Target } from "./protocol";

/** Anthropic's, that change nothing about the answer: the README of anthropic/ says why each is harmless. */
const ANTHROPICS: StaticArray<string> = ["cache_control", "service_tier", "speed"];
/** Gemini's: the README of gemini/ says why each is harmless. */
const GEMINIS: StaticArray<string> = ["labels", "serviceTier", "store"];

/** Why the members that an Anthropic or Gemini client sends beside those that all protocols have can't be said; null: they can be left out. `cites`: whether the provider can be told to cite a document, and how to read it. */
export function ownMembersFit(conversation: Conversation, target: Target, cites: bool = false): Failure | null {
  if (conversation.dialect != Dialect.Anthropic && conversation.dialect != Dialect.Gemini) return null;
  const others = conversation.others;
  const source = conversation.source;
  for (let i = 0; i + 1 < others.length; i += 2) {
    const name = others.at(i);
    if (cites && isToldOfDocument(source.bytes(name), source.bytes(others.at(i + 1)))) continue;
    if (isNothing(source.bytes(others.at(i + 1))) || isHarmlessOwn(conversation, name, others.at(i + 1))) continue;
    return unknownMember(source.bytes(name), target, "leave it out, or route this model to a provider that takes it.");
  }
  return null;
}

/** Whether a member that only the protocol of an Anthropic or Gemini client has may be left out without a word. */
export function isHarmlessOwn(conversation: Conversation, name: Span, value: Span): bool {
  const source = conversation.source;
  if (conversation.dialect == Dialect.Anthropic) return source.bytes(name).isOneOf(ANTHROPICS);
  if (conversation.dialect != Dialect.Gemini) return false;
  return source.bytes(name).isOneOf(GEMINIS) || (source.is(name, "safetySettings") && blocksNothing(source.bytes(value)));
}

/** Whether a value says nothing: null, or an empty list or object. */
export function isNothing(json: Bytes): bool {
  return json.is("null") || json.is("[]") || json.is("{}");
}

/** Whether safety settings ask for no blocking: what another provider does by itself is then no less than was asked for. https://ai.google.dev/api/generate-content#HarmBlockThreshold */
function blocksNothing(settings: Bytes): bool {
  const json = new JsonReader().start(settings);
  let blocks = false;
  if (json.enterArray())
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (!json.keyIs("threshold")) continue;
        const word = json.bytes(json.string());
        if (!word.is("BLOCK_NONE") && !word.is("OFF") && !word.is("HARM_BLOCK_THRESHOLD_UNSPECIFIED")) blocks = true;
      }
    }
  return !blocks;
}

/** Whether a member says of a document that it is to be cited (`Item.isCited`), or how it is to be read (`Item.context`). */
function isToldOfDocument(name: Bytes, value: Bytes): bool {
  return name.endsWith("].citations") || (name.endsWith("].context") && value.at(0) == 0x22);
}
