import { Bytes } from "../bytes/bytes";
import { ABSENT, Span } from "../bytes/span";
import { JsonReader, JsonType } from "./reader";

/**
 * Moves the reader from in front of a value to in front of what a dotted path leads to inside it (`usage.input_tokens`, `choices.0.delta`): an array's
 * elements are named by their index. True: the value is next. False: there is none (everything up to where it is known to be missing is consumed) or there is an error.
 * Of equal keys the first counts. Keys with a dot or outside ASCII can't be named.
 */
export function find(reader: JsonReader, path: string): bool {
  let from = 0;
  while (from <= path.length) {
    let to = path.indexOf(".", from);
    if (to < 0) to = path.length;
    if (!(reader.enterObject() ? findKey(reader, path, from, to) : reader.enterArray() && findIndex(reader, path, from, to))) return false;
    from = to + 1;
  }
  return true;
}

/** The raw bytes of what a dotted path leads to in a text, as a span of its buffer; `ABSENT` if there is none. Reads no further than that value. */
export function findIn(text: Bytes, path: string): Span {
  READER.start(text);
  const found = find(READER, path) ? READER.skip() : ABSENT;
  READER.release();
  return found;
}

/** Whether a text is one valid JSON value of the given type (`None`: of any). */
export function isJson(text: Bytes, type: JsonType = JsonType.None): bool {
  READER.start(text);
  const isValid = (type == JsonType.None || READER.peek() == type) && READER.finish();
  READER.release();
  return isValid;
}

const READER = new JsonReader();

function findKey(reader: JsonReader, path: string, from: i32, to: i32): bool {
  while (reader.nextKey()) if (reader.keyIsPart(path, from, to)) return true;
  return false;
}

function findIndex(reader: JsonReader, path: string, from: i32, to: i32): bool {
  let index = 0;
  for (let i = from; i < to; i++) {
    const digit = path.charCodeAt(i) - 0x30;
    if (<u32>digit > 9 || index > 100_000_000) return false;
    index = index * 10 + digit;
  }
  if (from == to) return false;
  while (reader.nextElement()) if (index-- == 0) return true;
  return false;
}
