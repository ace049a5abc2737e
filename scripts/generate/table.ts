/** Writes the tables of fields in a plugin's README.md. */
import type { Field, Kind, ObjectType, Plugin } from "./model.ts";

export const BEGIN = "<!-- fields:begin -->";
export const END = "<!-- fields:end -->";

/** The text of README.md with its tables written anew; throws where the marks are missing. */
export function replaceTables(readme: string, plugin: Plugin): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`plugins/${plugin.name}/README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${writeTables(plugin)}\n${readme.slice(end)}`;
}

function writeTables(plugin: Plugin): string {
  const tables = plugin.types.map((type, index) => (index === 0 ? "" : `\`${nameOf(type)}\`: ${type.description}\n\n`) + writeTable(type));
  return tables.join("\n");
}

function writeTable(type: ObjectType): string {
  const hasScopes = type.fields.some((field) => field.scope !== null);
  const head = ["field", "type", "default", ...(hasScopes ? ["where"] : []), "meaning"];
  const rows = type.fields.map((field) => [
    `\`${field.name}\``,
    typeName(field.kind),
    defaultOf(field),
    ...(hasScopes ? [field.scope === null ? "everywhere" : field.scope === "rule" ? "rules" : "global part"] : []),
    meaning(field),
  ]);
  const lines = [head, head.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
  );
  return `${lines.join("\n")}\n${writeNotYet(type)}`;
}

function writeNotYet(type: ObjectType): string {
  if (type.notYet.length === 0) return "";
  const names = type.notYet.map((field) => `\`${field.name}\``).join(", ");
  return `\nNot supported yet, and ignored with a warning: ${names}.\n`;
}

function meaning(field: Field): string {
  const sentences = [field.description];
  if (field.kind.is === "whole") sentences.push(`From ${field.kind.minimum} to ${field.kind.maximum}.`);
  if (field.kind.is === "choice") sentences.push(`One of ${field.kind.values.map((value) => `\`${value}\``).join(", ")}.`);
  if (!field.inherited) sentences.push("Not inherited by rules.");
  return sentences.join(" ");
}

function defaultOf(field: Field): string {
  if (field.required) return "required";
  if (field.default === undefined) return "–";
  if (Array.isArray(field.default)) return field.default.map((value) => `\`${String(value)}\``).join(" ");
  return `\`${String(field.default)}\``;
}

function typeName(kind: Kind): string {
  switch (kind.is) {
    case "text":
    case "choice":
      return "string";
    case "texts":
      return "list of strings";
    case "map":
      return "object of strings";
    case "raw":
      return kind.any ? "any value" : "object";
    case "whole":
      return "whole number";
    case "flag":
      return "boolean";
    case "object":
      return `[${readable(kind.className)}]`;
    case "objects":
      return `list of ${readable(kind.className)}s`;
  }
}

function nameOf(type: ObjectType): string {
  return readable(type.className);
}

/** `ConsumerFields` → `consumer`. */
function readable(className: string): string {
  return className.replace(/Fields$/, "").toLowerCase();
}
