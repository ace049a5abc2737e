/** Writes an embeddings request: https://help.aliyun.com/zh/model-studio/text-embedding-synchronous-api */
import { ABSENT } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";
import { whyNoTexts, writeTexts } from "../embedding-input";
import { Failure } from "../failure";
import { othersFit, writeOwn } from "../other-members";
import { Target } from "../protocol";

/** Parameters that a client may add, who knows whom it talks to. */
const OWN: StaticArray<string> = ["text_type", "output_type", "instruct"];
const KNOWN: StaticArray<string> = ["text_type", "output_type", "instruct", "dimensions", "encoding_format"];

export function whyNoEmbeddings(conversation: Conversation, target: Target): Failure | null {
  const failure = whyNoTexts(conversation, target);
  return failure == null ? othersFit(conversation, target, KNOWN, "DashScope's") : failure;
}

/** Writes the body. The conversation fits. */
export function writeEmbeddings(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.startValue();
  out.beginObject();
  out.key("model");
  out.escaped(target.model);
  out.key("input");
  out.beginObject();
  out.key("texts");
  writeTexts(conversation, out);
  out.endObject();
  out.key("parameters");
  out.beginObject();
  if (conversation.dimensionsJson != ABSENT) {
    out.key("dimension");
    out.rawFrom(conversation.source, conversation.dimensionsJson);
  }
  writeOwn(conversation, OWN, out);
  out.endObject();
  out.endObject();
}
