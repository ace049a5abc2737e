/** The ledger as data: what becomes of each client's field at each provider, and why a drop is harmless. */
import { existsSync, readFileSync } from "node:fs";
import type { Answering, AnswerOutcome } from "./answers/measure.ts";
import type { Outcome } from "./measure.ts";
import { clients, type Client, type Provider } from "./protocols.ts";

const folder = new URL("./", import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

/** Why leaving something out is harmless, by the key that a drop names. */
export const reasons = read("reasons.json") as Readonly<Record<string, string>>;

/** The rows of a client that come back from another protocol's form as they were (`openai-to-gemini`), or arrive the same by way of it (`responses-to-gemini-by-openai`). */
export function losslessRows(way: string): readonly string[] {
  return (read("there-and-back.json") as Record<string, string[]>)[way] ?? [];
}

/** The outcomes of a pair, by the name of the row; null where nobody has written any. */
export function outcomesOf(client: Client, provider: Provider): ReadonlyMap<string, Outcome> | null {
  const name = `${client}-to-${provider}.json`;
  const known = pairs.get(name);
  if (known !== undefined) return known;
  const found = existsSync(new URL(name, folder)) ? new Map(Object.entries(read(name) as Record<string, Outcome>)) : null;
  pairs.set(name, found);
  return found;
}

/** What becomes of each field of a provider's answer for each client, by the name of the row. */
export function answerOutcomes(provider: Answering): ReadonlyMap<string, Partial<Record<Client, AnswerOutcome>>> {
  return new Map(Object.entries(read(`answers/${provider}.json`) as Record<string, Partial<Record<Client, AnswerOutcome>>>));
}

const pairs = new Map<string, ReadonlyMap<string, Outcome> | null>();

/** Whether a refusal's `param` names a field, or the part of the request that holds it. */
export function names(param: string, field: string): boolean {
  const bare = param.replaceAll(/\[\d+\]/g, "[]");
  const place = field.replace(/[ ,].*$/, "");
  return (
    bare !== "" &&
    (place === bare ||
      place.startsWith(`${bare}.`) ||
      place.startsWith(`${bare}[`) ||
      bare.startsWith(`${place}.`) ||
      bare.startsWith(`${place}[`))
  );
}

/** The clients' fields with their outcomes per provider, in the order of the lists. */
export function* rowsOf(client: Client, provider: Provider): Generator<{ name: string; field: string; value: unknown; outcome: Outcome }> {
  const outcomes = outcomesOf(client, provider);
  for (const [name, { field, value }] of clients[client].rows) {
    const outcome = outcomes?.get(name);
    if (outcome !== undefined) yield { name, field, value, outcome };
  }
}
