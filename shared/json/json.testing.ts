/** What json.test.ts calls. */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Source, Span, span, spanLength, spanStart } from "../bytes/span";
import { OUTPUT, input } from "../../test/assembly/io";
import { find, findIn, isJson } from "./find";
import { describeJsonError } from "./errors";
import { JsonNumber, doubleValue } from "./number";
import { JsonReader, JsonType } from "./reader";
import { Seen } from "./seen";
import { escape, unescape } from "./unescape";
import { JsonWriter } from "./writer";
export * from "../../test/assembly/io";

const READER = new JsonReader();
const WRITER = new JsonWriter();
const NUMBER = new JsonNumber();
const SEEN = new Seen();

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

/** As `validate`, on the part `[from, to)` of the input, whose neighbours must not be read. */
export function validatePart(from: i32, to: i32): i32 {
  READER.start(input().slice(from, to)).finish();
  return READER.error;
}

/** Reads every value of a part of the input by its type, and writes it again without white space. The error. */
export function copyPart(from: i32, to: i32): i32 {
  READER.start(input().slice(from, to));
  WRITER.clear();
  copyValue();
  READER.finish();
  OUTPUT.clear();
  OUTPUT.bytes(WRITER.view());
  return READER.error;
}

/**
 * Asks the reader of the first input what the bytes of the second say, in any order, then finishes. The error; -1 if an answer was impossible: a span outside the text, or a yes
 * after an error.
 */
export function drive(from: i32, to: i32): i32 {
  const questions = input(1);
  READER.start(input().slice(from, to));
  for (let i = 0; i < questions.length; i++) {
    const failedBefore = READER.failed;
    let answer: Span = ABSENT;
    let yes = false;
    switch (questions.at(i) % 14) {
      case 0:
        yes = READER.enterObject();
        break;
      case 1:
      case 2:
        yes = READER.nextKey();
        answer = READER.keySpan;
        break;
      case 3:
        yes = READER.enterArray();
        break;
      case 4:
      case 5:
        yes = READER.nextElement();
        break;
      case 6:
        answer = READER.skip();
        break;
      case 7:
        answer = READER.string();
        break;
      case 8:
        answer = READER.number();
        break;
      case 9:
        yes = READER.bool() != JsonType.None;
        break;
      case 10:
        yes = READER.nothing();
        break;
      case 11:
        yes = READER.peek() != JsonType.None;
        break;
      case 12:
        yes = READER.leaveTo(READER.depth - (i % 3));
        break;
      default:
        yes = READER.keyIs("model");
        break;
    }
    if (failedBefore && (yes || answer != ABSENT)) return -1;
    if (answer != ABSENT && (spanStart(answer) < from || spanStart(answer) + spanLength(answer) > to)) return -1;
  }
  const finished = READER.finish();
  return finished == READER.failed ? -1 : READER.error;
}

/** The decoded text of a JSON string. */
export function decode(): void {
  const content = READER.start(input()).string();
  unescape(READER.bytes(content), OUTPUT);
}

/** The content of a JSON string, taken as it is, decoded. */
export function decodeContent(): void {
  unescape(input(), OUTPUT);
}

/** A text as the content of a JSON string. */
export function encode(): void {
  escape(input(), OUTPUT);
}

/** Whether the first key of the object in the first input is the text of the second. */
export function keyIs(): bool {
  READER.start(input());
  return READER.enterObject() && READER.nextKey() && READER.keyIs(input(1).toString());
}

/** What the path in the second input leads to in the first. */
export function pathIn(): bool {
  const found = findIn(input(), input(1).toString());
  if (found == ABSENT) return false;
  const text = input();
  OUTPUT.range(text.buffer, spanStart(found), spanLength(found));
  return true;
}

/** As `pathIn`, then the rest is read: the error. */
export function findAndFinish(): i32 {
  find(READER.start(input()), input(1).toString());
  READER.finish();
  return READER.error;
}

export function isValid(): bool {
  return isJson(input());
}

export function isObject(): bool {
  return isJson(input(), JsonType.Object);
}

/** What the input is worth as a number, in words: unsigned, signed, whole, fits. */
export function number(): bool {
  const isNumber = NUMBER.read(input());
  OUTPUT.unsigned(NUMBER.unsigned);
  OUTPUT.byte(0x20);
  OUTPUT.signed(NUMBER.signed);
  OUTPUT.ascii(NUMBER.isWhole ? " whole" : " fraction");
  OUTPUT.ascii(NUMBER.fits ? " fits" : " clamped");
  return isNumber;
}

export function double(): f64 {
  return doubleValue(input());
}

/** Whether a key of the object comes twice; only `a` and `b` are looked for. */
export function hasDuplicate(): bool {
  SEEN.clear();
  READER.start(input());
  if (READER.enterObject())
    while (READER.nextKey()) {
      if (READER.keyIs("a")) SEEN.first(0);
      else if (READER.keyIs("b")) SEEN.first(1);
    }
  return SEEN.hasDuplicate;
}

/** Types that the reader sees at the top of an object, and what it leaves when asked for another type. */
export function wrongTypes(): void {
  READER.start(input());
  READER.enterObject();
  while (READER.nextKey()) {
    OUTPUT.bytes(READER.bytes(READER.keySpan));
    OUTPUT.byte(0x3d);
    if (READER.enterObject()) {
      OUTPUT.ascii("object");
      READER.leaveTo(1);
    } else if (READER.enterArray()) {
      OUTPUT.ascii("array");
      READER.leaveTo(1);
    } else if (READER.string() != ABSENT) OUTPUT.ascii("string");
    else if (READER.number() != ABSENT) OUTPUT.ascii("number");
    else if (READER.bool() != JsonType.None) OUTPUT.ascii("bool");
    else if (READER.nothing()) OUTPUT.ascii("null");
    else OUTPUT.ascii("nothing");
    OUTPUT.byte(0x20);
  }
  OUTPUT.ascii(READER.finish() ? "finished" : "failed");
}

/** Reads part of each nested value, leaves the rest, and goes on with the next. */
export function partly(): void {
  READER.start(input());
  READER.enterObject();
  while (READER.nextKey()) {
    if (!READER.keyIs("items") || !READER.enterArray()) continue;
    while (READER.nextElement()) {
      const level = READER.depth;
      if (!READER.enterObject()) continue;
      while (READER.nextKey()) {
        if (!READER.keyIs("name")) continue;
        OUTPUT.bytes(READER.bytes(READER.string()));
        OUTPUT.byte(0x20);
        break;
      }
      READER.leaveTo(level);
    }
  }
  OUTPUT.ascii(READER.finish() ? "finished" : "failed");
}

/** One of everything that a writer writes, twice, as two events of a stream. */
export function writeAll(): void {
  const text = input();
  const source = new Source();
  source.reset(input(1));
  WRITER.clear();
  for (let i = 0; i < 2; i++) {
    WRITER.ascii("data: ");
    WRITER.startValue();
    WRITER.beginObject();
    WRITER.key("text");
    WRITER.text(text);
    WRITER.key("literal");
    WRITER.asciiText("literal");
    WRITER.keyText(text);
    WRITER.beginArray();
    WRITER.unsigned(u64.MAX_VALUE);
    WRITER.signed(i64.MIN_VALUE);
    WRITER.signed(0);
    WRITER.boolean(true);
    WRITER.boolean(false);
    WRITER.nothing();
    WRITER.beginObject();
    WRITER.endObject();
    WRITER.beginArray();
    WRITER.endArray();
    WRITER.raw(input(1));
    WRITER.rawFrom(source, span(0, input(1).length));
    WRITER.endArray();
    WRITER.key("parts");
    WRITER.beginString();
    WRITER.ascii("at ");
    WRITER.unsigned(1);
    WRITER.ascii(" of ");
    WRITER.signed(-2);
    WRITER.moreText(text);
    WRITER.moreEscaped(Bytes.of("\\n"));
    WRITER.endString();
    WRITER.keyEscaped(Bytes.of("\\u0065"));
    WRITER.escaped(Bytes.of("\\u0065"));
    WRITER.key("arguments");
    WRITER.embed(input(1));
    WRITER.key("span");
    WRITER.escapedFrom(source, source.keepAscii("in the arena"));
    WRITER.key("count");
    WRITER.unsigned(0);
    WRITER.endObject();
    WRITER.ascii("\n\n");
  }
  OUTPUT.bytes(WRITER.view());
}

/** A JSON text into a string and out again. */
export function embedAndBack(): void {
  WRITER.clear();
  WRITER.embed(input());
  const embedded = WRITER.view().copy();
  WRITER.clear();
  WRITER.beginArray();
  WRITER.unsigned(1);
  WRITER.unescaped(READER.bytes(READER.start(embedded).string()));
  WRITER.endArray();
  OUTPUT.bytes(WRITER.view());
}
