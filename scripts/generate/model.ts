/** A plugin's config.schema.json, read into the few kinds of field that the generated parsers know. */

/** A JSON Schema as the sources use it; anything else in one is refused, so that no constraint is written down and then not checked. */
export interface Schema {
  $schema?: string;
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: "object" | "array" | "string" | "integer" | "boolean";
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
  minItems?: number;
  minLength?: number;
  minimum?: number;
  maximum?: number;
  enum?: string[];
  default?: unknown;
  examples?: unknown[];
  /** The AssemblyScript class of an object. */
  "x-class"?: string;
  /** The value is never repeated in a message. */
  "x-secret"?: boolean;
  /** What a string looks like beyond its type: a member of `Form` in shared/config/forms.ts. */
  "x-form"?: "header-name" | "header-value" | "path" | "path-segment";
  /** The part that has the field, where only one does. */
  "x-scope"?: "global" | "rule";
  /** A rule does not start with the global part's value. */
  "x-inherit"?: boolean;
  /** A field that exists elsewhere and is ignored with a warning. */
  "x-not-yet"?: boolean;
  /** An object, or without a type any value, that is kept as it is written, raw JSON. */
  "x-raw"?: boolean;
  /** A list that isn't given differs from an empty one. */
  "x-absent-matters"?: boolean;
}

const KEYWORDS = new Set([
  ...["$schema", "$ref", "$defs", "title", "description", "type", "properties", "required", "additionalProperties", "items", "minItems"],
  ...["minLength", "minimum", "maximum", "enum", "default", "examples"],
  ...["x-class", "x-secret", "x-form", "x-scope", "x-inherit", "x-not-yet", "x-absent-matters", "x-raw"],
]);

/** What a value is. */
export type Kind =
  | { is: "text"; form: string; secret: boolean }
  | { is: "texts"; form: string; secret: boolean }
  | { is: "map" }
  | { is: "raw"; any: boolean }
  | { is: "whole"; minimum: number; maximum: number }
  | { is: "flag" }
  | { is: "choice"; enumName: string; values: string[] }
  | { is: "object"; className: string }
  | { is: "objects"; className: string };

export interface Field {
  /** As the configuration spells it. */
  name: string;
  /** As the code spells it. */
  member: string;
  description: string;
  kind: Kind;
  required: boolean;
  minItems: number;
  default: unknown;
  scope: "global" | "rule" | null;
  inherited: boolean;
  absentMatters: boolean;
  schema: Schema;
}

export interface NotYet {
  name: string;
  description: string;
  default: unknown;
}

export interface ObjectType {
  className: string;
  description: string;
  fields: Field[];
  notYet: NotYet[];
}

export interface Plugin {
  name: string;
  description: string;
  /** The plugin's own fields first, then the objects in them. */
  types: ObjectType[];
  schema: Schema;
}

/** Reads the schema of the plugin `name`; throws with the place where the schema has what the generator doesn't know. */
export function readPlugin(name: string, schema: Schema): Plugin {
  if (schema.title !== name) throw new Error(`${name}: the title must be the plugin's name`);
  const definitions = Object.entries(schema.$defs ?? {});
  const classes = new Map(definitions.map(([key, definition]) => [`#/$defs/${key}`, classOf(definition, `${name}: $defs.${key}`)]));
  const types = [
    readObject(schema, name, classes),
    ...definitions.map(([key, definition]) => readObject(definition, `${name}: ${key}`, classes)),
  ];
  return { name, description: schema.description ?? "", types, schema };
}

function readObject(schema: Schema, place: string, classes: Map<string, string>): ObjectType {
  checkKeywords(schema, place);
  const className = classOf(schema, place);
  if (schema.type !== "object") throw new Error(`${place}: not an object`);
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  for (const name of required)
    if (schema.properties?.[name] === undefined) throw new Error(`${place}: requires ${name}, which it doesn't have`);
  return {
    className,
    description: schema.description ?? "",
    fields: properties
      .filter(([, property]) => !property["x-not-yet"])
      .map(([name, property]) => readField(name, property, required.has(name), className, classes, `${place}.${name}`)),
    notYet: properties
      .filter(([, property]) => property["x-not-yet"])
      .map(([name, property]) => ({ name, description: describe(property, `${place}.${name}`), default: property.default })),
  };
}

function readField(name: string, schema: Schema, required: boolean, owner: string, classes: Map<string, string>, place: string): Field {
  checkKeywords(schema, place);
  const kind = kindOf(name, schema, owner, classes, place);
  const needsDefault = kind.is === "whole" || kind.is === "choice";
  if (needsDefault && !required && schema.default === undefined) throw new Error(`${place}: needs a default, or must be required`);
  if (schema["x-absent-matters"] && kind.is !== "texts" && kind.is !== "objects")
    throw new Error(`${place}: x-absent-matters is for lists`);
  return {
    name,
    member: camelCase(name),
    description: describe(schema, place),
    kind,
    required,
    minItems: schema.minItems ?? 0,
    default: schema.default,
    scope: schema["x-scope"] ?? null,
    inherited: schema["x-inherit"] ?? true,
    absentMatters: schema["x-absent-matters"] ?? false,
    schema,
  };
}

function kindOf(name: string, schema: Schema, owner: string, classes: Map<string, string>, place: string): Kind {
  if (schema.$ref !== undefined) return { is: "object", className: referred(schema.$ref, classes, place) };
  switch (schema.type) {
    case undefined:
      if (schema["x-raw"]) return { is: "raw", any: true };
      break;
    case "string":
      if (schema.enum === undefined) return { is: "text", ...textOf(schema, place) };
      return { is: "choice", enumName: owner.replace(/Fields$/, "") + pascalCase(name), values: schema.enum };
    case "boolean":
      return { is: "flag" };
    case "integer":
      if (schema.minimum === undefined || schema.maximum === undefined) throw new Error(`${place}: needs a minimum and a maximum`);
      return { is: "whole", minimum: schema.minimum, maximum: schema.maximum };
    case "array":
      checkKeywords(schema.items ?? {}, `${place}[]`);
      if (schema.items?.$ref !== undefined) return { is: "objects", className: referred(schema.items.$ref, classes, place) };
      if (schema.items?.type === "string") return { is: "texts", ...textOf(schema.items, place) };
      break;
    case "object":
      if (schema["x-raw"]) return { is: "raw", any: false };
      if (schema.additionalProperties?.type === "string") return { is: "map" };
      break;
  }
  throw new Error(`${place}: the generator knows no such field`);
}

function textOf(schema: Schema, place: string): { form: string; secret: boolean } {
  const form = schema["x-form"];
  if (schema.minLength !== undefined && schema.minLength !== 1) throw new Error(`${place}: only a minLength of 1 is checked`);
  if (form !== undefined && schema.minLength !== 1) throw new Error(`${place}: an x-form needs a minLength of 1`);
  const name = form !== undefined ? pascalCase(form) : schema.minLength === 1 ? "Filled" : "Any";
  return { form: name, secret: schema["x-secret"] ?? false };
}

function checkKeywords(schema: Schema, place: string): void {
  for (const keyword of Object.keys(schema))
    if (!KEYWORDS.has(keyword)) throw new Error(`${place}: the generator knows no keyword ${keyword}`);
}

function classOf(schema: Schema, place: string): string {
  const className = schema["x-class"];
  if (className === undefined) throw new Error(`${place}: needs an x-class`);
  return className;
}

function referred(reference: string, classes: Map<string, string>, place: string): string {
  const className = classes.get(reference);
  if (className === undefined) throw new Error(`${place}: ${reference} is not defined`);
  return className;
}

function describe(schema: Schema, place: string): string {
  if (!schema.description) throw new Error(`${place}: needs a description`);
  return schema.description;
}

/** `in_header` → `inHeader`, `header-name` → `headerName`. */
export function camelCase(name: string): string {
  return name.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());
}

export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** `enableOnPathSuffix` → `ENABLE_ON_PATH_SUFFIX`. */
export function constantCase(name: string): string {
  return camelCase(name)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase();
}
