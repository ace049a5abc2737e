/**
 * From Gemini's schemas, a part of OpenAPI's (https://ai.google.dev/api/caching#Schema), to JSON Schema, which other protocols take: types in lower case, `nullable` as a type of its own, and limits that are
 * strings (64-bit numbers are, in Google's JSON) as numbers.
 */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { isMember } from "./names";

/** What is nested deeper is left as it is: nobody takes it. */
const DEPTH_LIMIT = 32;

let closesObjects: bool = false;
const OUT = new JsonWriter();
const VIEW = new Bytes();

/**
 * The schema (raw JSON) in the source's arena. With `closed` its objects say that they have no other properties, which Gemini's answers never have, and which other protocols want to be
 * told (https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations).
 */
export function toJsonSchema(schema: Span, source: Source, closed: bool): Span {
  OUT.clear();
  closesObjects = closed;
  writeSchema(source.bytes(schema), DEPTH_LIMIT, OUT);
  const written = source.keep(OUT.view());
  OUT.clear();
  return written;
}

function writeSchema(schema: Bytes, depth: i32, out: JsonWriter): void {
  const json = new JsonReader().start(schema);
  if (depth == 0 || json.peek() != JsonType.Object) return out.raw(schema);
  const isNullable = saysNullable(schema);
  let isObject = false;
  let isOpen = true;
  out.beginObject();
  json.enterObject();
  while (json.nextKey()) {
    if (json.keyIs("properties")) isObject = true;
    else if (isMember(json, "additionalProperties", "additional_properties")) isOpen = false;
    if (json.keyIs("nullable") || isMember(json, "propertyOrdering", "property_ordering")) continue;
    if (json.keyIs("type")) writeType(json, isNullable, out);
    else if (json.keyIs("properties")) writeMap(json, depth, out);
    else if (isMember(json, "anyOf", "any_of")) writeList(json, depth, out);
    else if (json.keyIs("items")) {
      out.key("items");
      writeSchema(json.bytes(json.skip()), depth - 1, out);
    } else if (json.keyIs("enum") && isNullable) writeEnum(json, out);
    else if (json.keyIs("example")) {
      out.key("examples");
      out.beginArray();
      out.raw(json.bytes(json.skip()));
      out.endArray();
    } else if (!writeLimit(json, out)) {
      out.keyEscaped(json.bytes(json.keySpan));
      out.raw(json.bytes(json.skip()));
    }
  }
  if (closesObjects && isObject && isOpen) {
    out.key("additionalProperties");
    out.boolean(false);
  }
  out.endObject();
}

function saysNullable(schema: Bytes): bool {
  const json = new JsonReader().start(schema);
  let is = false;
  if (json.enterObject()) while (json.nextKey()) if (json.keyIs("nullable")) is = json.bool() == JsonType.True;
  return is;
}

function writeType(json: JsonReader, isNullable: bool, out: JsonWriter): void {
  const type = json.string();
  if (type == ABSENT) {
    out.key("type");
    return out.raw(json.bytes(json.skip()));
  }
  const word = json.point(type, VIEW).toLowerCase();
  if (word.is("type_unspecified")) return;
  out.key("type");
  if (isNullable && !word.is("null")) {
    out.beginArray();
    out.escaped(word);
    out.asciiText("null");
    out.endArray();
  } else out.escaped(word);
}

function writeMap(json: JsonReader, depth: i32, out: JsonWriter): void {
  out.key("properties");
  if (!json.enterObject()) return out.raw(json.bytes(json.skip()));
  out.beginObject();
  while (json.nextKey()) {
    out.keyEscaped(json.bytes(json.keySpan));
    writeSchema(json.bytes(json.skip()), depth - 1, out);
  }
  out.endObject();
}

function writeList(json: JsonReader, depth: i32, out: JsonWriter): void {
  out.key("anyOf");
  if (!json.enterArray()) return out.raw(json.bytes(json.skip()));
  out.beginArray();
  while (json.nextElement()) writeSchema(json.bytes(json.skip()), depth - 1, out);
  out.endArray();
}

/** Where null is allowed it has to be one of the values, too. */
function writeEnum(json: JsonReader, out: JsonWriter): void {
  out.key("enum");
  if (!json.enterArray()) return out.raw(json.bytes(json.skip()));
  out.beginArray();
  while (json.nextElement()) out.raw(json.bytes(json.skip()));
  out.nothing();
  out.endArray();
}

/** Writes a limit of how many; false, and nothing consumed, if the last key is none. */
function writeLimit(json: JsonReader, out: JsonWriter): bool {
  for (let i = 0; i < LIMITS.length; i += 2) {
    if (!isMember(json, LIMITS[i], LIMITS[i + 1])) continue;
    out.key(LIMITS[i]);
    const text = json.string();
    if (text != ABSENT && isDigits(json.point(text, VIEW))) out.raw(VIEW);
    else if (text != ABSENT) out.escaped(VIEW);
    else out.raw(json.bytes(json.skip()));
    return true;
  }
  return false;
}

function isDigits(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) if (<u32>text.at(i) - 0x30 > 9) return false;
  return !text.isEmpty && (text.length == 1 || text.at(0) != 0x30);
}

const LIMITS: StaticArray<string> = [
  "maxItems",
  "max_items",
  "minItems",
  "min_items",
  "maxLength",
  "max_length",
  "minLength",
  "min_length",
  "maxProperties",
  "max_properties",
  "minProperties",
  "min_properties",
];
