/** How the fields of a provider's answer are listed: each with a value, and the smallest answer that has it, whole and streamed. */

export interface AnswerRow {
  /** The field, as the provider's documentation spells it. */
  readonly field: string;
  readonly value: unknown;
  /** What stands in place of the value in an answer that doesn't say it; `undefined` where it can be left out. */
  readonly otherwise: unknown;
  /** A whole answer with `HERE` where the value stands; null: it only stands in streams. */
  readonly whole: unknown;
  /** The events of a streamed answer with `HERE`; null: it only stands in whole answers, or the stream is no text. */
  readonly events: readonly unknown[] | null;
  /** The status of an error; 200 else. */
  readonly status: number;
}

/** A provider's answers. */
export interface ProviderAnswers {
  readonly source: string;
  /** The name of an event, on a line of its own; without, events have none. */
  readonly nameOf?: (event: Readonly<Record<string, unknown>>) => string;
  /** The end of a stream, as it is said. */
  readonly last: string;
  readonly rows: ReadonlyMap<string, AnswerRow>;
}

/** A list of rows under construction. */
export class AnswerList {
  readonly rows = new Map<string, AnswerRow>();

  field(name: string, value: unknown, whole: unknown, events: readonly unknown[] | null, otherwise?: unknown): this {
    this.rows.set(name, { field: name, value, otherwise, whole, events, status: 200 });
    return this;
  }

  /** An error with a status, beside one that says nothing but the status. */
  error(name: string, status: number, value: unknown, body: unknown, otherwise: unknown): this {
    this.rows.set(name, { field: name, value, otherwise, whole: body, events: null, status });
    return this;
  }
}
