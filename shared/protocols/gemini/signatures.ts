/**
 * Signatures of other makers in Gemini's form, where a signature is base64 that clients may decode and encode again (Google's own library for Python does, in the alphabet for URLs). So a signature of Claude's, which is
 * base64 itself, has a mark in front that is base64 of nine bytes, and both together are still base64. Its redacted thinking has a mark of its own.
 */
import { Bytes } from "../../bytes/bytes";
import { Source, Span, span, spanLength, spanStart } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { Item, ItemKind } from "../conversation";

/** `anthropic` */
const CLAUDES = "YW50aHJvcGlj";
/** `redacted:` */
const REDACTED = "cmVkYWN0ZWQ6";
const MARK_LENGTH = 12;
/** What Google documents for calls that another model made: https://ai.google.dev/gemini-api/docs/thought-signatures#faqs */
export const NO_SIGNATURE = "skip_thought_signature_validator";

const VIEW = new Bytes();

/** Writes the content of a string: a signature, behind a mark where Gemini isn't its maker. */
export function writeSignature(signature: Bytes, maker: Bytes, out: JsonWriter): void {
  if (!maker.is("gemini")) out.ascii(CLAUDES);
  out.moreEscaped(signature);
}

export function writeRedacted(data: Bytes, out: JsonWriter): void {
  out.ascii(REDACTED);
  out.moreEscaped(data);
}

/** Whether a signature, as a client sends it, is of another maker. */
export function isForeign(signature: Bytes): bool {
  return signature.startsWith(CLAUDES) || signature.startsWith(REDACTED);
}

/** Sets what a thought is signed with, without the mark, and its maker. */
export function pickSignature(signature: Span, thought: Item, source: Source): void {
  const content = source.point(signature, VIEW);
  if (!isForeign(content)) {
    thought.name = source.keepAscii("gemini");
    thought.signature = signature;
    return;
  }
  const isRedacted = content.startsWith(REDACTED);
  thought.name = source.keepAscii("anthropic");
  const own = inStandardAlphabet(span(spanStart(signature) + MARK_LENGTH, spanLength(signature) - MARK_LENGTH), source);
  if (!isRedacted) {
    thought.signature = own;
    return;
  }
  thought.kind = ItemKind.RedactedThinking;
  thought.data = own;
}

/** Undoes what a library may have done that encoded for URLs. */
function inStandardAlphabet(content: Span, source: Source): Span {
  const bytes = source.bytes(content);
  if (bytes.indexOf(0x2d) < 0 && bytes.indexOf(0x5f) < 0) return content;
  COPY.clear();
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    COPY.byte(byte == 0x2d ? 0x2b : byte == 0x5f ? 0x2f : byte);
  }
  return source.keep(COPY.view());
}

const COPY = new ByteWriter(0);
