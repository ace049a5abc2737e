/** Reads fields of a configuration, and says of each that is not as it should be where it is, what was found and what was expected. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ABSENT } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { describeJsonError } from "../json/errors";
import { JsonNumber } from "../json/number";
import { JsonReader, JsonType } from "../json/reader";
import { unescape } from "../json/unescape";
import { expectation, Form, hasForm } from "./forms";
import { nearest } from "./nearest";
import { Problems, cut, quoted } from "./problems";
import { TextMap } from "./text-map";

/** A boolean that may be left open. */
export enum Tristate {
  Absent,
  False,
  True,
}

/** Which part of a plugin's configuration is read. */
export enum Scope {
  Global,
  Rule,
}

/** Shared by every field that lists texts and isn't given: not to be written to. */
export const NO_TEXTS: Bytes[] = [];

/** More names than these aren't listed where one of them is meant. */
const LONG_LIST = 20;

const NO_NAMES = new StaticArray<string>(0);

/**
 * A reader of one part of a configuration, over text that `isJson` has accepted. The generated parsers use it; plugins use `problems` and `path` for what
 * only they can judge. A value that is null is as if its field weren't there. Texts are copies of their own. After a refusal nothing more is read, and
 * every answer is empty.
 */
@final
export class ConfigReader {
  readonly json: JsonReader = new JsonReader();
  scope: Scope = Scope.Global;

  private writtenPath: ByteWriter = new ByteWriter();
  /** For each open object and list, the length of its own path. */
  private levels: i32[] = [];
  /** For each open list, the index of its next item; 0 for objects. */
  private indexes: i32[] = [];
  private name: Bytes = new Bytes();
  private value: Bytes = new Bytes();
  private scratch: ByteWriter = new ByteWriter();
  private number: JsonNumber = new JsonNumber();
  private rulesNames: StaticArray<string> = NO_NAMES;

  constructor(readonly problems: Problems) {}

  /** Begins to read one value. `path` says where the value stands in the whole, `rulesNames` which fields of it belong to the rules, not to the plugin. */
  start(text: Bytes, scope: Scope = Scope.Global, path: string = "", rulesNames: StaticArray<string> = NO_NAMES): this {
    this.json.start(text);
    this.scope = scope;
    this.rulesNames = rulesNames;
    this.writtenPath.clear();
    this.writtenPath.bytes(Bytes.of(path));
    this.levels.length = 0;
    this.indexes.length = 0;
    return this;
  }

  /** Where the reader is, such as `consumers[1].name`; empty at the start of the whole. */
  get path(): string {
    return this.writtenPath.toString();
  }

  // Objects and lists. What was found in their place is never repeated: there may be a secret in it, such as a key that isn't in a list.

  /** Inside, if the value is an object; else the configuration is refused. */
  enterObject(): bool {
    return this.json.enterObject() ? this.open() : this.refuse("an object", true);
  }

  /** The next field of the object that was entered last, unless its value is null; false at the object's end. */
  nextField(): bool {
    while (this.nextMember()) if (!this.json.nothing() && !this.belongsToRules()) return true;
    return false;
  }

  /** As `nextField`, but every field there is. */
  nextMember(): bool {
    if (this.problems.refused || !this.json.nextKey()) return this.close();
    this.json.point(this.json.keySpan, this.name);
    const start = this.levels[this.levels.length - 1];
    this.writtenPath.cutTo(start);
    if (start > 0) this.writtenPath.byte(0x2e);
    this.writtenPath.bytes(this.name);
    return true;
  }

  /** Whether the field has this name. */
  is(name: string): bool {
    return this.json.keyIs(name);
  }

  /** Whether the field may stand in the part that is read; if not, a warning says so, and the field is passed over. */
  isFor(scope: Scope): bool {
    if (this.scope == scope) return true;
    this.problems.warn(this.path, scope == Scope.Rule ? "only a rule has it: ignored" : "only the global part has it: ignored");
    return false;
  }

  /**
   * Passes over a field that the plugin doesn't have (the object's fields are `known`) or doesn't support yet (`notYet`, whose defaults in JSON are
   * `defaults`), with a warning unless it changes nothing. One that is nearly a field there is refuses the configuration: without what it was meant to say,
   * such as `allow` or `_rules_`, a gateway would stand open.
   */
  passOver(known: StaticArray<string>, notYet: StaticArray<string> = NO_NAMES, defaults: StaticArray<string> = NO_NAMES): void {
    for (let i = 0; i < notYet.length; i++) {
      if (!this.is(notYet[i])) continue;
      if (!this.changesNothing(defaults[i])) this.problems.warn(this.path, "is not supported yet: ignored");
      return;
    }
    const start = this.levels[this.levels.length - 1];
    const place = this.writtenPath.view().slice(0, start).toString();
    let names = known;
    let meant = nearest(this.name, names);
    if (meant.length == 0 && this.levels.length == 1) {
      names = this.rulesNames;
      meant = nearest(this.name, names);
    }
    const found = `unknown field ${quoted(this.name)}`;
    if (meant.length == 0) this.problems.warn(place, found + ": ignored");
    else this.problems.refuseAll(place, `found ${found}, expected one of ${names.join(", ")}; did you mean "${meant}"?`);
  }

  /** Refuses the configuration unless a field was given. */
  require(given: bool, name: string, expected: string): void {
    if (given || this.problems.refused) return;
    const path = this.path;
    this.problems.refuse(path.length > 0 ? path + "." + name : name, "found nothing, expected " + expected);
  }

  /** Inside, if the value is a list; else the configuration is refused. */
  enterList(): bool {
    return this.json.enterArray() ? this.open() : this.refuse("a list", true);
  }

  /** The next item of the list that was entered last; false at its end. */
  nextItem(): bool {
    if (this.problems.refused || !this.json.nextElement()) return this.close();
    const top = this.levels.length - 1;
    this.writtenPath.cutTo(this.levels[top]);
    this.writtenPath.byte(0x5b);
    this.writtenPath.unsigned(this.indexes[top]++);
    this.writtenPath.byte(0x5d);
    return true;
  }

  /** Refuses a list, just read, that has fewer items than it must have. */
  requireItems(count: i32, minimum: i32): void {
    if (count < minimum) this.problems.refuse(this.path, `found ${count} items, expected at least ${minimum}`);
  }

  // Values.

  /** A text of the given form. A message about it repeats nothing of it if it is a secret. */
  text(form: Form = Form.Any, isSecret: bool = false): Bytes {
    const content = this.json.string();
    if (content == ABSENT) return this.refuseText(form, isSecret);
    this.scratch.clear();
    unescape(this.json.point(content, this.value), this.scratch);
    const text = this.scratch.copySince(0);
    if (hasForm(text, form)) return text;
    const found = isSecret ? "a string" : quoted(this.value);
    this.problems.refuse(this.path, `found ${text.isEmpty ? "an empty string" : found}, expected ${expectation(form)}`);
    return EMPTY;
  }

  /** A list of texts, each of the given form. */
  texts(form: Form = Form.Any, isSecret: bool = false): Bytes[] {
    const list = new Array<Bytes>();
    if (!this.enterList()) return list;
    while (this.nextItem()) list.push(this.text(form, isSecret));
    return list;
  }

  /** An object whose fields have any name, and texts as values. */
  textMap(): TextMap {
    const map = new TextMap();
    if (!this.enterObject()) return map;
    while (this.nextField()) {
      this.scratch.clear();
      unescape(this.name, this.scratch);
      const name = this.scratch.copySince(0);
      map.set(name, this.text());
    }
    return map;
  }

  /** An object as it is written, raw JSON in a buffer of its own. */
  rawObject(): Bytes {
    if (this.json.peek() == JsonType.Object) return this.json.bytes(this.json.skip()).copy();
    this.refuse("an object", true);
    return EMPTY;
  }

  /** Any value as it is written, raw JSON in a buffer of its own. */
  rawValue(): Bytes {
    return this.json.bytes(this.json.skip()).copy();
  }

  /** A whole number from `minimum` to `maximum`, however it is written (`60000`, `6e4`). */
  whole(minimum: i64, maximum: i64): i64 {
    if (this.json.peek() == JsonType.Number) {
      const span = this.json.number();
      const number = this.number;
      number.read(this.json.point(span, this.value));
      if (number.isWhole && number.fits && number.signed >= minimum && number.signed <= maximum) return number.signed;
      this.problems.refuse(this.path, `found number ${cut(this.value)}, expected a whole number from ${minimum} to ${maximum}`);
      return minimum;
    }
    this.refuse(`a whole number from ${minimum} to ${maximum}`);
    return minimum;
  }

  /** True or false. */
  flag(): bool {
    return this.tristate() == Tristate.True;
  }

  /** True or false, for a field that tells both from not being given. */
  tristate(): Tristate {
    const type = this.json.bool();
    if (type == JsonType.None) this.refuse("true or false");
    return type == JsonType.True ? Tristate.True : type == JsonType.False ? Tristate.False : Tristate.Absent;
  }

  /** The index of the name, among `names`, that the value is. */
  choice(names: StaticArray<string>): i32 {
    const content = this.json.string();
    if (content == ABSENT) {
      this.refuse("one of " + names.join(", "));
      return 0;
    }
    this.json.point(content, this.value);
    for (let i = 0; i < names.length; i++) if (this.value.is(names[i])) return i;
    const meant = nearest(this.value, names);
    const hint = meant.length > 0 ? `; did you mean "${meant}"?` : "";
    const expected = meant.length > 0 && names.length > LONG_LIST ? "the names in the documentation" : names.join(", ");
    this.problems.refuse(this.path, `found ${quoted(this.value)}, expected one of ${expected}${hint}`);
    return 0;
  }

  // What the messages are made of.

  private refuse(expected: string, isSecret: bool = false): bool {
    if (!this.problems.refused) this.problems.refuse(this.path, `found ${this.found(isSecret)}, expected ${expected}`);
    return false;
  }

  private refuseText(form: Form, isSecret: bool): Bytes {
    this.refuse(form == Form.Filled ? "a string" : expectation(form), isSecret);
    return EMPTY;
  }

  /** What the value is; its content only if it is short and no secret. */
  private found(isSecret: bool): string {
    const type = this.json.peek();
    switch (type) {
      case JsonType.String:
        return isSecret ? "a string" : quoted(this.json.point(this.json.string(), this.value));
      case JsonType.Number:
        return isSecret ? "a number" : "number " + cut(this.json.point(this.json.number(), this.value));
      case JsonType.True:
      case JsonType.False:
        return isSecret ? "a boolean" : type == JsonType.True ? "true" : "false";
      case JsonType.Object:
        return "an object";
      case JsonType.Array:
        return "a list";
      case JsonType.Null:
        return "null";
      default:
        return "nothing";
    }
  }

  /** Whether a field that isn't supported yet has the value that it would have by default, or one that switches it off. */
  private changesNothing(defaultValue: string): bool {
    const span = this.json.skip();
    const value = this.json.point(span, this.value);
    if (defaultValue.length > 0) return value.is(defaultValue);
    return value.is("false") || value.is('""') || value.is("[]") || value.is("{}") || value.is("0") || isSwitchedOff(value);
  }

  private belongsToRules(): bool {
    if (this.levels.length != 1) return false;
    const names = this.rulesNames;
    for (let i = 0; i < names.length; i++) if (this.is(names[i])) return true;
    return false;
  }

  private open(): bool {
    this.levels.push(this.writtenPath.length);
    this.indexes.push(0);
    return true;
  }

  private close(): bool {
    if (this.levels.length > 0) {
      this.writtenPath.cutTo(this.levels.pop());
      this.indexes.pop();
    }
    return false;
  }
}

/** Whether a configuration is JSON at all; if not, it is refused with the place. An error says nothing of the text: it may hold secrets. */
export function isJson(text: Bytes, problems: Problems): bool {
  const json = new JsonReader().start(text);
  if (json.finish()) return true;
  problems.refuse("", `the configuration is not valid JSON: ${describeJsonError(json.error)} at byte ${json.errorOffset}`);
  return false;
}

/** Whether a value is an object with `"enabled": false`. */
function isSwitchedOff(value: Bytes): bool {
  const json = new JsonReader().start(value);
  if (!json.enterObject()) return false;
  while (json.nextKey()) if (json.keyIs("enabled") && json.bool() == JsonType.False) return true;
  return false;
}
