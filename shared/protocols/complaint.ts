/** What is wrong with a request: the field, what was found, what was expected. */
import { Source, Span } from "../bytes/span";
import { describeJsonError } from "../json/errors";
import { JsonReader, JsonType } from "../json/reader";
import { Failure } from "./failure";
import { Message } from "./message";

/** Keeps the first failure of a request that is being read. Each protocol's own knows where in the request the reader stands. */
export abstract class RequestComplaint {
  failure: Failure | null = null;

  /** Forgets the former request. */
  clear(): void {
    this.failure = null;
  }

  /** The next value has another type than it should. After an error of the reader nothing is said: the text isn't JSON, and that is said at its end. */
  wrongType(field: string, json: JsonReader, expected: string): void {
    const found = json.peek();
    if (json.failed || found == JsonType.None) return;
    this.say(field, "is " + nameOf(found) + ", expected " + expected);
  }

  missing(field: string, json: JsonReader, expected: string): void {
    if (!json.failed) this.say(field, "is missing, expected " + expected);
  }

  /** A string that is none of those that it may be. */
  unknownWord(field: string, source: Source, found: Span, expected: string): void {
    if (this.failure != null) return;
    const path = this.path(field);
    this.failure = new Message().say("`").say(path).say('` is "').quote(source, found).say('", expected ').say(expected).field(path);
  }

  duplicate(field: string): void {
    this.say(field, "stands twice in the request, and two readers may take different ones: send it once");
  }

  /** A key that some readers take for another one, whatever the case of its letters. */
  otherSpelling(field: string, source: Source, key: Span): void {
    if (this.failure != null) return;
    const path = this.path(field);
    this.failure = new Message()
      .say('the field "')
      .quote(source, key)
      .say('" is `')
      .say(path)
      .say("` to readers that don't tell upper from lower case: spell it `")
      .say(field)
      .say("`")
      .field(path);
  }

  /** `words` follow the field's name. */
  say(field: string, words: string): void {
    if (this.failure != null) return;
    const path = this.path(field);
    this.failure = new Message().say("`").say(path).say("` ").say(words).field(path);
  }

  /** The field's name from the top of the request: `messages[1].content[0].text`. */
  abstract path(field: string): string;
}

/** A body that isn't JSON, or not all of it. */
export function notJson(json: JsonReader): Failure {
  return Failure.field(
    "",
    "the request body is not valid JSON: " + describeJsonError(json.error) + " at byte " + json.errorOffset.toString(),
  );
}

/** A body that is JSON but no object. */
export function notAnObject(found: JsonType, members: string): Failure {
  return Failure.field("", "the request body is " + nameOf(found) + ", expected an object with " + members);
}

function nameOf(type: JsonType): string {
  switch (type) {
    case JsonType.Object:
      return "an object";
    case JsonType.Array:
      return "an array";
    case JsonType.String:
      return "a string";
    case JsonType.Number:
      return "a number";
    case JsonType.Null:
      return "null";
    default:
      return "a boolean";
  }
}
