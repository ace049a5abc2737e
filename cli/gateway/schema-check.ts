/** Checks a document against gateway.schema.json, and says in words what doesn't fit. */

import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import schema from "../schema/gateway.schema.json" with { type: "json" };
import type { Path, YamlDocument } from "./document.ts";
import { nearest } from "./nearest.ts";
import type { Problem } from "./problems.ts";

const validate = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
  schema,
);

/** Fields of the full gateway.yaml that later versions will have: refused by name, so that nobody believes that they work. `*` stands for one step. */
const notYet: readonly Path[] = [["cache"], ["guard"], ["consumers", "*", "models"], ["consumers", "*", "limits"]];

/** The problems of a document's form; empty if it is what the schema asks for. */
export function checkSchema(document: YamlDocument): Problem[] {
  const value = document.value;
  if (validate(value)) return [];
  return onePerPlace((validate.errors ?? []).filter((error) => !isEcho(error)).map((error) => toProblem(error, document)));
}

/** Errors that only say again what another one says: a bad name (also propertyNames), an empty text (also minLength), a branch. */
function isEcho(error: ErrorObject): boolean {
  return error.keyword === "if" || error.propertyName !== undefined || (error.keyword === "pattern" && error.data === "");
}

function toProblem(error: ErrorObject, document: YamlDocument): Problem {
  const path = pathOf(error.instancePath, document.value);
  const name = path.length === 0 ? "the file" : formatPath(path);
  const description = String(error.parentSchema?.description ?? "").replace(/\.$/, "");
  const value = (message: string): Problem => ({ severity: "error", message, position: document.valueAt(path) });
  const key = (child: string, message: string): Problem => ({ severity: "error", message, position: document.keyAt([...path, child]) });

  switch (error.keyword) {
    case "additionalProperties": {
      const field = String(error.params.additionalProperty);
      const whole = [...path, field];
      if (notYet.some((pattern) => pattern.length === whole.length && pattern.every((step, i) => step === "*" || step === whole[i]))) {
        return key(field, `${formatPath(whole)}: not yet in this version of Sluice; take it out`);
      }
      const fields = Object.keys(error.parentSchema?.properties ?? {});
      const near = nearest(field, fields);
      return key(field, `unknown field "${field}"${near ? `; did you mean "${near}"?` : ""} Fields here: ${fields.join(", ")}`);
    }
    case "required":
      return {
        severity: "error",
        message: `${name}: the field "${error.params.missingProperty}" is missing`,
        position: document.keyAt(path),
      };
    case "type":
      return value(`${name}: expected ${typeNames(error.params.type)}, found ${describe(error.data)}`);
    case "enum": {
      const allowed = (error.params.allowedValues as unknown[]).map(String);
      const near = typeof error.data === "string" ? nearest(error.data, allowed) : null;
      // A list as long as that of the vendors helps nobody who mistyped one.
      const list = near && allowed.length > 20 ? "" : ` One of ${allowed.join(", ")}`;
      return value(`${name}: unknown ${path.at(-1)} ${describe(error.data)}${near ? `; did you mean "${near}"?` : ""}${list}`);
    }
    case "const":
      return value(`${name}: expected ${JSON.stringify(error.params.allowedValue)}, found ${describe(error.data)}`);
    case "propertyNames": {
      const field = String(error.params.propertyName);
      return key(field, `"${field}" can't be a name here: letters, digits, dot, dash and underscore, a letter or digit first, at most 63`);
    }
    case "pattern":
      return value(`${name}: ${describe(error.data)} doesn't fit${description ? `: ${lowerFirst(description)}` : ""}${exampleOf(error)}`);
    case "minLength":
    case "minItems":
    case "minProperties":
      return value(`${name}: is empty, and needs at least one`);
    default:
      return value(`${name}: ${error.message}, found ${describe(error.data)}`);
  }
}

/** providers.openai.keys[0] */
export function formatPath(path: Path): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

function pathOf(pointer: string, root: unknown): Path {
  let at: unknown = root;
  return pointer
    .split("/")
    .slice(1)
    .map((step) => {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      const isIndex = Array.isArray(at);
      at = (at as Record<string, unknown> | null)?.[name];
      return isIndex ? Number(name) : name;
    });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return JSON.stringify(value);
}

function typeNames(types: unknown): string {
  const words: Record<string, string> = {
    string: "text",
    object: "an object",
    array: "a list",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
  };
  return [types]
    .flat()
    .map((type) => words[String(type)] ?? String(type))
    .join(" or ");
}

function exampleOf(error: ErrorObject): string {
  const examples: unknown = error.parentSchema?.examples;
  return Array.isArray(examples) && examples.length > 0 ? `, such as ${JSON.stringify(examples[0])}` : "";
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** `if`/`then` and shared definitions can report one thing by several ways. */
function onePerPlace(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ position, message }) => {
    const key = `${position.start} ${message}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
