/**
 * Signatures of other makers in Anthropic's form, which knows only Anthropic's own. What isn't Claude's has its maker in front (`gemini:…`; a colon is in no base64), so that it is told apart when the client
 * sends its blocks back. Gemini signs calls, too, for which a `tool_use` has no place: such a signature stands in front of its call, as a block of thinking without words (`gemini-call:…`),
 * since clients are told to send thinking back as it came.
 */
import { Bytes } from "../../bytes/bytes";
import { Source, Span, span, spanLength, spanStart } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Item } from "../conversation";

const GEMINI = "gemini:";
const GEMINI_CALL = "gemini-call:";
const VIEW = new Bytes();

/** Writes the content of a string: a signature, or redacted thinking, behind its maker's mark. No maker is the one whose protocol this is. */
export function writeMarked(opaque: Bytes, maker: Bytes, out: JsonWriter): void {
  if (!maker.isEmpty && !maker.is("anthropic")) {
    out.moreEscaped(maker);
    out.byte(0x3a);
  }
  out.moreEscaped(opaque);
}

export function writeCallSignature(signature: Bytes, out: JsonWriter): void {
  out.ascii(GEMINI_CALL);
  out.moreEscaped(signature);
}

/** Whether a signature or redacted thinking, as a client sends it, is Claude's own. */
export function isClaudes(opaque: Bytes): bool {
  return !opaque.isEmpty && !opaque.startsWith(GEMINI) && !opaque.startsWith(GEMINI_CALL);
}

/** What a client sent, without its mark; sets the maker of the block (`name`). Who signs calls has a name of its own, so that nobody takes the block for signed thinking. */
export function pickMarked(opaque: Span, block: Item, source: Source): Span {
  const content = source.point(opaque, VIEW);
  if (content.isEmpty) return opaque;
  if (content.startsWith(GEMINI)) return picked(opaque, "gemini", block, source);
  if (content.startsWith(GEMINI_CALL)) return picked(opaque, "gemini-call", block, source);
  block.name = source.keepAscii("anthropic");
  return opaque;
}

function picked(opaque: Span, maker: string, block: Item, source: Source): Span {
  block.name = source.keepAscii(maker);
  const length = maker.length + 1;
  return span(spanStart(opaque) + length, spanLength(opaque) - length);
}
