/** Embeddings of OpenAI's clients at Gemini: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { whyNoTexts } from "../embedding-input";
import { Failure } from "../failure";
import { cannotSay, unknownMember } from "../message";
import { Target } from "../protocol";
import { writeModelName } from "./request";

/** The most requests of one batch: https://ai.google.dev/gemini-api/docs/embeddings says none, Google refuses more. */
const MOST_TEXTS = 100;

const READER = new JsonReader();
const VIEW = new Bytes();

/** Why the texts can't be embedded by Gemini; null: they can. */
export function embeddingsFit(conversation: Conversation, target: Target): Failure | null {
  const failure = whyNoTexts(conversation, target);
  if (failure != null) return failure;
  const json = READER.start(conversation.source.bytes(conversation.inputJson));
  let count = 0;
  if (json.enterArray()) while (json.nextElement()) count++;
  json.release();
  if (count > MOST_TEXTS) return cannotSay("input", "has more than 100 texts", target, "send at most 100 at once");
  return othersFit(conversation, target);
}

/** Of other members those are left out that change nothing about the vectors. */
function othersFit(conversation: Conversation, target: Target): Failure | null {
  const others = conversation.others;
  const source = conversation.source;
  for (let i = 0; i + 1 < others.length; i += 2) {
    const name = others.at(i);
    if (source.is(name, "encoding_format") || source.is(name, "dimensions") || source.is(others.at(i + 1), "null")) continue;
    return unknownMember(source.bytes(name), target, "leave it out");
  }
  return null;
}

/** Writes a batch: one request for each text. */
export function writeEmbeddings(conversation: Conversation, target: Target, out: JsonWriter): void {
  const json = READER.start(conversation.source.bytes(conversation.inputJson));
  out.beginObject();
  out.key("requests");
  out.beginArray();
  const only = json.string();
  if (only != ABSENT) writeText(only, conversation, target, out);
  else if (json.enterArray()) while (json.nextElement()) writeText(json.string(), conversation, target, out);
  out.endArray();
  out.endObject();
  json.release();
}

function writeText(text: Span, conversation: Conversation, target: Target, out: JsonWriter): void {
  out.beginObject();
  out.key("model");
  writeModelName(target.model, out);
  out.key("content");
  out.beginObject();
  out.key("parts");
  out.beginArray();
  out.beginObject();
  out.key("text");
  out.escaped(READER.point(text, VIEW));
  out.endObject();
  out.endArray();
  out.endObject();
  if (conversation.dimensionsJson != ABSENT) {
    out.key("outputDimensionality");
    out.rawFrom(conversation.source, conversation.dimensionsJson);
  }
  out.endObject();
}
