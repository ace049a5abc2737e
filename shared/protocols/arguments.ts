/** The arguments of a tool call between their two forms: a JSON object (Anthropic, Gemini) and a string that contains one (OpenAI). */
import { Bytes } from "../bytes/bytes";
import { Source, spanLength } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { isJson } from "../json/find";
import { JsonType } from "../json/reader";
import { escape, unescape } from "../json/unescape";
import { JsonWriter } from "../json/writer";
import { Item, ValueForm } from "./conversation";

const TEXT = new ByteWriter(0);

/** Whether a call's arguments are a JSON object; none at all counts as `{}`. What isn't one can't be said to a protocol that wants an object. */
export function argumentsAreObject(source: Source, call: Item): bool {
  if (spanLength(call.value) == 0) return true;
  const value = source.bytes(call.value);
  if (call.valueForm == ValueForm.Json) return value.at(0) == 0x7b;
  TEXT.clear();
  unescape(value, TEXT);
  const text = TEXT.view();
  const areObject = isBlank(text) || isJson(text, JsonType.Object);
  TEXT.clear();
  return areObject;
}

/** Writes a call's arguments as a JSON value. Whoever calls has seen that they are an object (`argumentsAreObject`). */
export function writeArguments(source: Source, call: Item, out: JsonWriter): void {
  const value = source.bytes(call.value);
  if (call.valueForm == ValueForm.Json && !value.isEmpty) return out.raw(value);
  TEXT.clear();
  unescape(value, TEXT);
  const text = TEXT.view();
  if (isBlank(text)) {
    out.beginObject();
    out.endObject();
  } else out.raw(text);
  TEXT.clear();
}

/** Writes a call's arguments as a string that contains JSON. */
export function writeArgumentsText(source: Source, call: Item, out: JsonWriter): void {
  const value = source.bytes(call.value);
  if (value.isEmpty) out.asciiText("{}");
  else if (call.valueForm == ValueForm.EscapedJson) out.escaped(value);
  else out.embed(value);
}

/** A raw JSON value as the content of a string, for the events of an answer. The result is valid until `scratch` is written to. */
export function escapedJson(json: Bytes, scratch: ByteWriter): Bytes {
  scratch.clear();
  escape(json, scratch);
  return scratch.view();
}

function isBlank(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) if (text.at(i) > 0x20) return false;
  return true;
}
