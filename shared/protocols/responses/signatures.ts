/**
 * What other makers signed, in OpenAI's form, which has one place for it: a reasoning item's `encrypted_content`. What isn't OpenAI's has its maker in front (`anthropic:…`, `gemini:…`; a colon is in no base64), so that it is
 * told apart when the client sends its items back. Gemini's signature of a call stands in an item of its own in front of that call (`gemini-call:…`), as does Claude's redacted thinking (`anthropic-redacted:…`).
 */
import { Bytes } from "../../bytes/bytes";
import { Source, Span, span, spanLength, spanStart } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";

/** Who made what stands in an `encrypted_content`. */
export enum Maker {
  /** OpenAI, or a vendor of its protocol: nothing stands in front. */
  OpenAI,
  Anthropic,
  AnthropicRedacted,
  Gemini,
  GeminiCall,
  /** A vendor of chat completions that didn't say whose form it is. */
  Unnamed,
}

const MARKS: StaticArray<string> = ["", "anthropic:", "anthropic-redacted:", "gemini:", "gemini-call:", "signed:"];
const VIEW = new Bytes();

/** The maker of a signature, by the name that an answer's event gives it. */
export function makerOf(name: Bytes, isRedacted: bool): Maker {
  if (name.is("openai")) return Maker.OpenAI;
  if (name.is("gemini")) return Maker.Gemini;
  if (isRedacted) return Maker.AnthropicRedacted;
  return name.is("anthropic") ? Maker.Anthropic : Maker.Unnamed;
}

/** Writes content of a string: something opaque behind its maker's mark. */
export function writeMarked(opaque: Bytes, maker: Maker, out: JsonWriter): void {
  out.ascii(MARKS[maker]);
  out.moreEscaped(opaque);
}

/** The maker of what a client sent back as `encrypted_content`. */
export function markedMaker(content: Bytes): Maker {
  for (let i = <i32>Maker.Anthropic; i <= Maker.Unnamed; i++) if (content.startsWith(MARKS[i])) return <Maker>i;
  return Maker.OpenAI;
}

/** As `markedMaker`, for a span. */
export function makerIn(source: Source, content: Span): Maker {
  return markedMaker(source.point(content, VIEW));
}

/** What stands behind the mark. */
export function unmarked(content: Span, maker: Maker): Span {
  const length = MARKS[maker].length;
  return span(spanStart(content) + length, spanLength(content) - length);
}

/**
 * Whether a reasoning item's id is of our making: the answer's own id and a number, with a second underscore (`rs_msg_01…_0`), where OpenAI's have one. OpenAI looks for such an item among those that it keeps, and refuses what it
 * doesn't find.
 */
export function isOwnId(id: Bytes): bool {
  return id.indexOf(0x5f) >= 0 && id.indexOf(0x5f, id.indexOf(0x5f) + 1) >= 0;
}
