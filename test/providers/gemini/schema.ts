/** What Gemini refuses in a `Schema` whose fields it knows: https://ai.google.dev/api/caching#Schema */
import type { ErrorScript } from "../behaviour.ts";
import { isObject } from "../shape.ts";

const types = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL", "TYPE_UNSPECIFIED"];

/** The first reason, or undefined; `path` is where the schema stands. */
export function checkDeclaredSchema(schema: any, path: string): ErrorScript | undefined {
  const refuse = (at: string, why: string): ErrorScript => ({ status: 400, type: "INVALID_ARGUMENT", message: `* ${path}${at}: ${why}\n` });
  const type = String(schema.type ?? "TYPE_UNSPECIFIED").toUpperCase();
  if (!types.includes(type)) {
    return {
      status: 400,
      type: "INVALID_ARGUMENT",
      message: `Invalid value at '${path}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), "${schema.type}"`,
    };
  }
  if (type === "TYPE_UNSPECIFIED" && schema.anyOf === undefined) return refuse(".type", "must be specified");
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (type === "OBJECT" && Object.keys(properties).length === 0) return refuse(".properties", "should be non-empty for OBJECT type");
  if (type === "ARRAY" && schema.items === undefined) return refuse(".items", "missing field.");
  if (schema.enum !== undefined && type !== "STRING") return refuse(".enum", "only allowed for STRING type");
  if (schema.enum?.includes("")) return refuse(`.enum[${schema.enum.indexOf("")}]`, "cannot be empty");
  if (type === "STRING" && schema.format !== undefined && schema.format !== "enum" && schema.format !== "date-time") {
    return refuse(".format", "only 'enum' and 'date-time' are supported for STRING type");
  }
  for (const [index, name] of (schema.required ?? []).entries()) {
    if (!Object.hasOwn(properties, name)) return refuse(`.required[${index}]`, "property is not defined");
  }
  for (const [name, child] of Object.entries(properties)) {
    const refused = checkDeclaredSchema(child, `${path}.properties[${name}]`);
    if (refused) return refused;
  }
  for (const [index, child] of (schema.anyOf ?? []).entries()) {
    const refused = checkDeclaredSchema(child, `${path}.any_of[${index}]`);
    if (refused) return refused;
  }
  return schema.items === undefined ? undefined : checkDeclaredSchema(schema.items, `${path}.items`);
}
