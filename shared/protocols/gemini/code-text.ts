/** Code that Gemini ran, and what came of it, as the Markdown that clients of other protocols get for them. */
import { Bytes } from "../../bytes/bytes";
import { Source, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";

/** Appends a block of code, as content of a JSON string. `text` is content itself. */
export function appendCode(text: Bytes, isPython: bool, out: ByteWriter): void {
  out.ascii("\\n```");
  if (isPython) out.ascii("python");
  out.ascii("\\n");
  out.bytes(text);
  out.ascii("\\n```\\n");
}

/** As `appendCode`, into the source's arena. */
export function writeCode(source: Source, text: Span, language: Span, isCode: bool): Span {
  const content = source.bytes(text).copy();
  const isPython = isCode && source.is(language, "PYTHON");
  const start = source.arena.length;
  appendCode(content, isPython, source.arena);
  return source.since(start);
}
