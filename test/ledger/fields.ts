/** How the fields of a client protocol are listed: each with a value, and the smallest request that has it. */

/** Stands in a request for the value under test. */
export const HERE = "<here>";

export interface Row {
  /** The field, as the protocol's documentation spells it, with `[]` for an element: `messages[].content[].text`. */
  readonly field: string;
  readonly value: unknown;
  /** The request beside the client's smallest one, with `HERE` where the value stands. */
  readonly request: unknown;
  /** What stands in place of the value in a request that doesn't say it; `undefined` where it can be left out. */
  readonly otherwise: unknown;
  /** The path that says the value, where the body doesn't; the value is then for readers alone. */
  readonly path?: string;
}

/** Row by its name in the ledger: the field, and the value unless the field has only one. */
export type Rows = ReadonlyMap<string, Row>;

/** A protocol's fields, and how to send a request in it. */
export interface ClientFields {
  readonly title: string;
  readonly source: string;
  /** The path of a request that isn't streamed, where it says something that the body doesn't. */
  readonly path?: string;
  /** The member at the top that is the list of turns; empty: there is none. */
  readonly turns: string;
  /** The smallest request: what every request has beside the field under test. */
  readonly smallest: Readonly<Record<string, unknown>>;
  readonly rows: Rows;
}

/** A list of rows under construction. */
export class FieldList {
  readonly rows = new Map<string, Row>();

  /** A member at the top, with each of the values. */
  top(field: string, ...values: unknown[]): this {
    return this.within(field, { [field]: HERE }, ...values);
  }

  /** A field that stands where `HERE` is in `request`, with each of the values. */
  within(field: string, request: unknown, ...values: unknown[]): this {
    return this.list(field, request, undefined, values);
  }

  /** As `within`, for a field that must be there: `otherwise` is what a request has that doesn't say the value. */
  instead(field: string, request: unknown, otherwise: unknown, ...values: unknown[]): this {
    return this.list(field, request, otherwise, values);
  }

  /** What the path says, not the body. */
  atPath(field: string, value: string, path: string): this {
    const isOnly = !field.startsWith("(");
    this.rows.set(isOnly ? field : `${field} ${JSON.stringify(value)}`, { field, value, request: {}, otherwise: undefined, path });
    return this;
  }

  private list(field: string, request: unknown, otherwise: unknown, values: unknown[]): this {
    for (const value of values) {
      const isOnly = values.length === 1 && !this.rows.has(field);
      const name = isOnly ? field : `${field} ${JSON.stringify(value)}`;
      if (this.rows.has(name)) throw new Error(`${name} is listed twice`);
      this.rows.set(name, { field, value, request, otherwise });
    }
    return this;
  }
}

/** A request with `value` at its `HERE`; `undefined` takes the member or element out. */
export function fill(template: unknown, value: unknown): unknown {
  if (template === HERE) return value;
  if (Array.isArray(template)) return template.map((element) => fill(element, value)).filter((element) => element !== undefined);
  if (template === null || typeof template !== "object") return template;
  const filled: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(template)) {
    const inner = fill(member, value);
    if (inner !== undefined) filled[key] = inner;
  }
  return filled;
}
