/** Writes a plugin's config.generated.ts: one AssemblyScript class an object, with its defaults and its parser. */
import { constantCase, pascalCase, type Field, type ObjectType, type Plugin } from "./model.ts";

/** The text of config.generated.ts, not formatted yet. */
export function writeAssembly(plugin: Plugin): string {
  const listed = new Set(
    plugin.types.flatMap(({ fields }) => fields.flatMap(({ kind }) => (kind.is === "objects" ? [kind.className] : []))),
  );
  const body = plugin.types
    .map((type, index) => writeType(type, index === 0) + (listed.has(type.className) ? writeListReader(type) : ""))
    .join("\n");
  return [
    "// Written by scripts/generate.ts from config.schema.json beside it: change that, then run `npm run generate`.",
    ...writeImports(body),
    "",
    body,
  ].join("\n");
}

/** Of what a parser may need, what this one does. */
function writeImports(body: string): string[] {
  const from = (file: string, names: string[]) => {
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
    return used.length > 0 ? [`import { ${used.join(", ")} } from "../../shared/${file}";`] : [];
  };
  return [
    ...from("bytes/bytes", ["Bytes", "EMPTY"]),
    ...from("config/forms", ["Form"]),
    ...from("config/reader", ["ConfigReader", "NO_TEXTS", "Scope", "Tristate"]),
    ...from("config/text-map", ["TextMap"]),
  ];
}

function writeType(type: ObjectType, isTop: boolean): string {
  const constant = constantCase(type.className);
  const notYet = type.notYet.length > 0 ? `, ${constant}_NOT_YET, ${constant}_NOT_YET_DEFAULTS` : "";
  const required = type.fields.filter((field) => field.required);
  return `
${type.fields.map(writeChoice).join("")}
const ${constant}: StaticArray<string> = ${JSON.stringify(type.fields.map((field) => field.name))};
${
  type.notYet.length === 0
    ? ""
    : `const ${constant}_NOT_YET: StaticArray<string> = ${JSON.stringify(type.notYet.map((field) => field.name))};
/** As JSON; empty where there is none. */
const ${constant}_NOT_YET_DEFAULTS: StaticArray<string> = ${JSON.stringify(type.notYet.map((field) => jsonOf(field.default)))};
`
}${type.fields.map(writeTextListDefault).join("")}
${comment(type.description)}
@final
export class ${type.className} {
  ${type.fields.map(writeMember).join("\n  ")}

  /** Reads an object${isTop ? "; a rule that inherits starts with a copy of the global part as `base`" : ""}. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader${isTop ? `, base: ${type.className} | null = null` : ""}): ${type.className} {
    const fields = ${isTop ? "base == null ? " : ""}new ${type.className}()${isTop ? " : base.copy()" : ""};
    ${required.map((field) => `let ${hasName(field)} = ${isTop ? "base != null" : "false"};`).join("\n    ")}
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      ${[...type.fields.map(writeRead), `reader.passOver(${constant}${notYet});`].join(" else ")}
    }
    ${required.map((field) => `reader.require(${hasName(field)}, ${JSON.stringify(field.name)}, ${JSON.stringify(expected(field))});`).join("\n    ")}
    return fields;
  }
${isTop ? writeCopy(type) : ""}
}
`;
}

function writeListReader(type: ObjectType): string {
  return `
function read${type.className}(reader: ConfigReader, minimum: i32): ${type.className}[] {
  const list = new Array<${type.className}>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(${type.className}.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}
`;
}

function writeCopy(type: ObjectType): string {
  const inherited = type.fields.filter((field) => field.inherited && field.scope === null);
  return `
  /** What a rule starts with: everything that rules inherit. Lists and objects are shared, as nobody changes them after parsing. */
  copy(): ${type.className} {
    const copy = new ${type.className}();
    ${inherited.map((field) => `copy.${field.member} = this.${field.member};`).join("\n    ")}
    return copy;
  }`;
}

/** The enum of a choice, and its names on the wire, in the same order. */
function writeChoice(field: Field): string {
  if (field.kind.is !== "choice") return "";
  const { enumName, values } = field.kind;
  return `
${comment(field.description)}
export enum ${enumName} { ${values.map(pascalCase).join(", ")} }

/** How the configuration spells each \`${enumName}\`. */
export const ${constantCase(enumName)}_NAMES: StaticArray<string> = ${JSON.stringify(values)};
`;
}

/** A list of texts with a default is made once, and shared. */
function writeTextListDefault(field: Field): string {
  if (field.kind.is !== "texts" || !Array.isArray(field.default)) return "";
  return `const ${textListDefault(field)}: Bytes[] = [${field.default.map((text) => `Bytes.of(${JSON.stringify(text)})`).join(", ")}];\n`;
}

function textListDefault(field: Field): string {
  return `DEFAULT_${constantCase(field.member)}`;
}

function writeMember(field: Field): string {
  const { type, value } = member(field);
  return `${comment(field.description, note(field))}\n  ${field.member}: ${type} = ${value};`;
}

/** The type of a field in AssemblyScript, and the value that it has when it isn't given. */
function member(field: Field): { type: string; value: string } {
  switch (field.kind.is) {
    case "text":
      return { type: "Bytes", value: typeof field.default === "string" ? `Bytes.of(${JSON.stringify(field.default)})` : "EMPTY" };
    case "texts":
      if (field.absentMatters) return { type: "Bytes[] | null", value: "null" };
      return { type: "Bytes[]", value: Array.isArray(field.default) ? textListDefault(field) : "NO_TEXTS" };
    case "map":
      return { type: "TextMap", value: "new TextMap()" };
    case "raw":
      return { type: "Bytes", value: "EMPTY" };
    case "whole":
      return { type: wholeType(field.kind), value: String(field.default ?? 0) };
    case "flag":
      return typeof field.default === "boolean"
        ? { type: "bool", value: String(field.default) }
        : { type: "Tristate", value: "Tristate.Absent" };
    case "choice":
      return { type: field.kind.enumName, value: `${field.kind.enumName}.${pascalCase(String(field.default ?? field.kind.values[0]))}` };
    case "object":
      return { type: `${field.kind.className} | null`, value: "null" };
    case "objects":
      return field.absentMatters
        ? { type: `${field.kind.className}[] | null`, value: "null" }
        : { type: `${field.kind.className}[]`, value: "[]" };
  }
}

function wholeType(kind: { minimum: number; maximum: number }): string {
  return kind.minimum >= -(2 ** 31) && kind.maximum < 2 ** 31 ? "i32" : "i64";
}

/** What the type doesn't say about a field that isn't given. */
function note(field: Field): string {
  if (field.required) return "";
  if (field.kind.is === "text" && field.default === undefined) return "Empty if not given.";
  if (field.absentMatters || field.kind.is === "object") return "Null if not given.";
  return "";
}

function writeRead(field: Field): string {
  const statements = [`fields.${field.member} = ${readCall(field)};`];
  if (field.required) statements.push(`${hasName(field)} = true;`);
  const body = statements.length > 1 ? `{ ${statements.join(" ")} }` : statements[0];
  const scoped = field.scope === null ? body : `{ if (reader.isFor(Scope.${pascalCase(field.scope)})) ${body} }`;
  return `if (reader.is(${JSON.stringify(field.name)})) ${scoped}`;
}

function readCall(field: Field): string {
  switch (field.kind.is) {
    case "text":
    case "texts": {
      const form = field.kind.form === "Any" && !field.kind.secret ? "" : `Form.${field.kind.form}`;
      return `reader.${field.kind.is}(${form}${field.kind.secret ? ", true" : ""})`;
    }
    case "map":
      return "reader.textMap()";
    case "raw":
      return field.kind.any ? "reader.rawValue()" : "reader.rawObject()";
    case "whole": {
      const call = `reader.whole(${field.kind.minimum}, ${field.kind.maximum})`;
      return wholeType(field.kind) === "i32" ? `<i32>${call}` : call;
    }
    case "flag":
      return typeof field.default === "boolean" ? "reader.flag()" : "reader.tristate()";
    case "choice":
      return `reader.choice(${constantCase(field.kind.enumName)}_NAMES)`;
    case "object":
      return `${field.kind.className}.parse(reader)`;
    case "objects":
      return `read${field.kind.className}(reader, ${field.minItems})`;
  }
}

function hasName(field: Field): string {
  return `has${pascalCase(field.member)}`;
}

/** What a message expects where a required field is missing. */
function expected(field: Field): string {
  switch (field.kind.is) {
    case "text":
      return "a string";
    case "texts":
    case "objects":
      return "a list";
    case "raw":
      return field.kind.any ? "a value" : "an object";
    case "map":
    case "object":
      return "an object";
    case "whole":
      return `a whole number from ${field.kind.minimum} to ${field.kind.maximum}`;
    case "flag":
      return "true or false";
    case "choice":
      return `one of ${field.kind.values.join(", ")}`;
  }
}

function jsonOf(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value);
}

function comment(...sentences: string[]): string {
  return `/** ${sentences.filter((sentence) => sentence !== "").join(" ")} */`;
}
