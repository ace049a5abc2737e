/** What json.test.ts calls. */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Span } from "../bytes/span";
import { OUTPUT, input } from "../../test/assembly/io";
import { find, findIn } from "./find";
import { describeJsonError } from "./errors";
import { JsonNumber } from "./number";
import { JsonReader, JsonType } from "./reader";
import { Seen } from "./seen";
import { escape, unescape } from "./unescape";
import { JsonWriter } from "./writer";
export * from "../../test/assembly/io";

const READER = new JsonReader();
const WRITER = new JsonWriter();
const NUMBER = new JsonNumber();
const VIEW = new Bytes();

/** Validates by skipping: the error, 0 for none. */
export function validate(): i32 {
  READER.start(input()).finish();
  return READER.error;
}

export function errorOffset(): i32 {
  return READER.errorOffset;
}

export function errorText(): void {
  OUTPUT.bytes(Bytes.of(describeJsonError(READER.error)));
}

/** Reads every value by its type and writes it again, without white space. The error. */
export function copy(): i32 {
  READER.start(input());
  WRITER.clear();
  copyValue();
  READER.finish();
  OUTPUT.bytes(WRITER.view());
  return READER.error;
}

function copyValue(): void {
  switch (READER.peek()) {
    case JsonType.Object:
      READER.enterObject();
      WRITER.beginObject();
      while (READER.nextKey()) {
        WRITER.keyEscaped(READER.bytes(READER.keySpan));
        copyValue();
      }
      WRITER.endObject();
      break;
    case JsonType.Array:
      READER.enterArray();
      WRITER.beginArray();
      while (READER.nextElement()) copyValue();
      WRITER.endArray();
      break;
    case JsonType.String: {
      const content = READER.string();
      OUTPUT.clear();
      unescape(READER.bytes(content), OUTPUT);
      if (READER.hasEscapes) WRITER.escaped(READER.bytes(content));
      else WRITER.text(OUTPUT.view());
      OUTPUT.clear();
      break;
    }
    case JsonType.Number:
      WRITER.raw(READER.bytes(READER.number()));
      break;
    case JsonType.True:
    case JsonType.False:
      WRITER.boolean(READER.bool() == JsonType.True);
      break;
    case JsonType.Null:
      READER.nothing();
      WRITER.nothing();
      break;
    default:
      break;
  }
}
