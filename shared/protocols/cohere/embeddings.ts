/** Writes an embeddings request of version 2: https://docs.cohere.com/reference/embed */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { whyNoTexts, writeTexts } from "../embedding-input";
import { Failure } from "../failure";
import { othersFit, writeOwn } from "../other-members";
import { Target } from "../protocol";

/** What a client may add, who knows whom it talks to. */
const OWN: StaticArray<string> = ["input_type", "truncate"];
/** What is understood besides: `encoding_format` is what the client's answer has, whatever the provider's. */
const KNOWN: StaticArray<string> = ["input_type", "truncate", "dimensions", "encoding_format"];

export function whyNoEmbeddings(conversation: Conversation, target: Target): Failure | null {
  const failure = whyNoTexts(conversation, target);
  return failure == null ? othersFit(conversation, target, KNOWN, "Cohere's") : failure;
}

/** Writes the body. The conversation fits. */
export function writeEmbed(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  out.key("texts");
  writeTexts(conversation, out);
  out.key("embedding_types");
  out.raw(FLOAT);
  if (conversation.dimensionsJson != ABSENT) {
    out.key("output_dimension");
    out.rawFrom(conversation.source, conversation.dimensionsJson);
  }
  // It has to be said, and OpenAI knows no such thing: of the texts that are embedded most are to be found later.
  if (conversation.other("input_type") == ABSENT) {
    out.key("input_type");
    out.asciiText("search_document");
  }
  writeOwn(conversation, OWN, out);
  out.endObject();
}

const FLOAT = Bytes.of('["float"]');
