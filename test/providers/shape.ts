/** The shapes that a vendor takes, and what in a value departs from them. Each vendor words the departures its own way. */

export type Shape = (
  | { readonly is: "any" | "boolean" | "object" }
  | { readonly is: "string"; readonly values?: readonly string[]; readonly pattern?: RegExp; readonly min?: number; readonly max?: number }
  | { readonly is: "number" | "integer"; readonly min?: number; readonly max?: number }
  | { readonly is: "array"; readonly of: Shape; readonly min?: number; readonly max?: number }
  /** An object with any names. */
  | { readonly is: "map"; readonly of: Shape }
  /** An object with these names; `open`: others are ignored. */
  | { readonly is: "fields"; readonly fields: Readonly<Record<string, Shape>>; readonly open?: boolean }
  /** An object whose fields hang on one of them. */
  | { readonly is: "tagged"; readonly by: string; readonly of: Readonly<Record<string, Shape>>; readonly otherwise?: string }
  /** The first whose JSON type fits. */
  | { readonly is: "either"; readonly of: readonly Shape[] }
  /** A shape that contains itself. */
  | { readonly is: "later"; readonly of: () => Shape }
) & { readonly required?: boolean; readonly nullable?: boolean };

export interface Issue {
  readonly path: readonly (string | number)[];
  readonly problem: "unknown" | "missing" | "type" | "value" | "low" | "high" | "short" | "long" | "pattern";
  readonly shape: Shape;
  readonly value: unknown;
}

export const any: Shape = { is: "any" };
export const boolean: Shape = { is: "boolean" };
export const object: Shape = { is: "object" };
export const string: Shape = { is: "string" };
export const integer: Shape = { is: "integer" };
export const number: Shape = { is: "number" };
export const oneOf = (...values: string[]): Shape => ({ is: "string", values });
export const between = (min: number, max: number): Shape => ({ is: "number", min, max });
export const array = (of: Shape, min?: number, max?: number): Shape => ({
  is: "array",
  of,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
export const map = (of: Shape): Shape => ({ is: "map", of });
export const fields = (shape: Record<string, Shape>, open = false): Shape => ({ is: "fields", fields: shape, open });
export const tagged = (by: string, of: Record<string, Shape>, otherwise?: string): Shape => ({
  is: "tagged",
  by,
  of,
  ...(otherwise === undefined ? {} : { otherwise }),
});
export const either = (...of: Shape[]): Shape => ({ is: "either", of });
export const later = (of: () => Shape): Shape => ({ is: "later", of });
export const required = (shape: Shape): Shape => ({ ...shape, required: true });
export const nullable = (shape: Shape): Shape => ({ ...shape, nullable: true });

/** What departs from the shape, in the order of the text; empty if nothing does. */
export function issuesIn(value: unknown, shape: Shape, path: readonly (string | number)[] = []): Issue[] {
  const issue = (problem: Issue["problem"]): Issue[] => [{ path, problem, shape, value }];
  if (value === null && shape.nullable) return [];
  switch (shape.is) {
    case "any":
      return [];
    case "later":
      return issuesIn(value, shape.of(), path);
    case "boolean":
      return typeof value === "boolean" ? [] : issue("type");
    case "object":
      return isObject(value) ? [] : issue("type");
    case "string":
      if (typeof value !== "string") return issue("type");
      if (shape.values && !shape.values.includes(value)) return issue("value");
      if (shape.min !== undefined && value.length < shape.min) return issue("short");
      if (shape.max !== undefined && value.length > shape.max) return issue("long");
      return shape.pattern && !shape.pattern.test(value) ? issue("pattern") : [];
    case "integer":
    case "number":
      if (typeof value !== "number" || (shape.is === "integer" && !Number.isInteger(value))) return issue("type");
      if (shape.min !== undefined && value < shape.min) return issue("low");
      return shape.max !== undefined && value > shape.max ? issue("high") : [];
    case "array":
      if (!Array.isArray(value)) return issue("type");
      if (shape.min !== undefined && value.length < shape.min) return issue("short");
      if (shape.max !== undefined && value.length > shape.max) return issue("long");
      return value.flatMap((item, index) => issuesIn(item, shape.of, [...path, index]));
    case "map":
      return isObject(value) ? Object.entries(value).flatMap(([name, item]) => issuesIn(item, shape.of, [...path, name])) : issue("type");
    case "either": {
      const match = shape.of.find((option) => fits(value, option));
      return match ? issuesIn(value, match, path) : issue("type");
    }
    case "tagged": {
      if (!isObject(value)) return issue("type");
      const tag = value[shape.by] ?? shape.otherwise;
      if (tag === undefined) return [{ path: [...path, shape.by], problem: "missing", shape, value }];
      const option = typeof tag === "string" && Object.hasOwn(shape.of, tag) ? shape.of[tag] : undefined;
      return option ? issuesIn(value, option, path) : [{ path: [...path, shape.by], problem: "value", shape, value: tag }];
    }
    case "fields": {
      if (!isObject(value)) return issue("type");
      const missing = Object.entries(shape.fields)
        .filter(([name, field]) => field.required && value[name] === undefined)
        .map(([name, field]): Issue => ({ path: [...path, name], problem: "missing", shape: field, value: undefined }));
      const present = Object.entries(value).flatMap(([name, item]): Issue[] => {
        const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
        if (field) return issuesIn(item, field, [...path, name]);
        return shape.open ? [] : [{ path: [...path, name], problem: "unknown", shape, value: item }];
      });
      return [...missing, ...present];
    }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON type of a shape, as the vendors' messages name it. */
export function typeName(shape: Shape): "string" | "number" | "integer" | "boolean" | "array" | "object" {
  switch (shape.is) {
    case "array":
    case "boolean":
    case "string":
    case "number":
    case "integer":
      return shape.is;
    case "either":
      return typeName(shape.of[0]!);
    case "later":
      return typeName(shape.of());
    default:
      return "object";
  }
}

function fits(value: unknown, shape: Shape): boolean {
  if (value === null) return shape.nullable === true;
  switch (typeName(shape)) {
    case "string":
      return typeof value === "string";
    case "number":
    case "integer":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    default:
      return isObject(value);
  }
}
