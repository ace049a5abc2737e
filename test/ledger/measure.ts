/** What becomes of a field, measured: what differs in the provider's request between a client's request with it and one without. */
import type { Assembly } from "../assembly/compile.ts";
import { fill, type Row } from "./fields.ts";
import { DIALECTS } from "../fixtures/dialects.ts";
import { clients, providers, type Client, type Provider } from "./protocols.ts";

/** What the ledger says of one field for one provider. */
export type Outcome =
  /** The value is in the provider's request as it was, at this path. */
  | { readonly carried: string }
  /** It makes this difference: path → value; null where it takes something away. */
  | { readonly converted: Readonly<Record<string, unknown>> }
  /** 400, whose `param` this is: the field's own name, or the part that holds it. */
  | { readonly refused: string }
  /** No difference; the key of the reason why that is harmless. */
  | { readonly dropped: string };

const WRITTEN = 0;

/** One request through reader, `fits` and writer: the provider's body, or the `param` of the refusal. */
export function translate(
  pairs: Assembly,
  client: Client,
  provider: Provider,
  body: string,
  drops = false,
  model: string = providers[provider].model,
  path: string = clients[client].path ?? "",
): { body: string } | { param: string; message: string } {
  const status = pairs.call("translate", [body, model, path], DIALECTS[client], DIALECTS[provider], drops ? 1 : 0);
  const output = pairs.output.toString();
  if (status === WRITTEN) return { body: output };
  const end = output.indexOf("\n");
  return { param: output.slice(0, end), message: output.slice(end + 1) };
}

/** The client's request of a row, with its value or without. */
export function requestOf(client: Client, row: Row, value: unknown): Record<string, unknown> {
  const { smallest } = clients[client];
  return { ...smallest, ...(fill(row.request, value) as object) };
}

/** What becomes of a row's value. A drop has no reason yet. */
export function measure(pairs: Assembly, client: Client, provider: Provider, row: Row): Outcome {
  // A provider is asked for the model that the plan names; here, where it is the model that counts, for the client's.
  const model = row.field === "model" ? "" : providers[provider].model;
  const told = translate(pairs, client, provider, JSON.stringify(requestOf(client, row, row.value)), false, model, row.path);
  if ("param" in told) return { refused: told.param };
  const path = pairs.text("path");
  let untold = translate(pairs, client, provider, JSON.stringify(requestOf(client, row, row.otherwise)), false, model);
  // Where only a value makes a setting one that can be said, all of the setting is the difference.
  if ("param" in untold) untold = translate(pairs, client, provider, JSON.stringify(clients[client].smallest), false, model);
  if ("param" in untold) throw new Error(`${row.field}: the request without it is refused: ${untold.message}`);
  const otherPath = pairs.text("path");
  const after = flatten(JSON.parse(told.body));
  if (path !== otherPath) after.push(["(path)", JSON.stringify(path)]);
  return difference(row.value, flatten(JSON.parse(untold.body)), after);
}

/** What a value makes of single values: the outcome of a difference. */
export function difference(value: unknown, before: readonly Leaf[], after: readonly Leaf[]): Outcome {
  const added = without(after, before);
  const removed = without(before, after);
  if (added.length === 0 && removed.length === 0) return { dropped: "" };
  const at = whereOf(value, added);
  if (at !== undefined) return { carried: at };
  const converted: Record<string, unknown> = {};
  for (const [leaf] of removed) converted[leaf] = null;
  for (const [leaf, json] of added) {
    const same = added.filter(([path]) => path === leaf);
    converted[leaf] = same.length === 1 ? (JSON.parse(json) as unknown) : same.map(([, other]) => JSON.parse(other) as unknown);
  }
  return { converted };
}

type Leaf = readonly [path: string, json: string];

/** All single values of a JSON value with their paths; a string that contains a JSON object or array is taken apart too. */
export function flatten(value: unknown, path = "", leaves: Leaf[] = []): Leaf[] {
  if (Array.isArray(value) && value.length > 0) for (const element of value) flatten(element, `${path}[]`, leaves);
  else if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
    for (const [key, member] of Object.entries(value)) flatten(member, path === "" ? key : `${path}.${key}`, leaves);
  } else {
    const inner = typeof value === "string" && /^[[{]/.test(value) ? parsed(value) : undefined;
    if (inner !== undefined) flatten(inner, `${path}>`, leaves);
    else leaves.push([path, JSON.stringify(value)]);
  }
  return leaves;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The leaves of `all` that `some` doesn't have, as often as it doesn't. */
function without(all: readonly Leaf[], some: readonly Leaf[]): Leaf[] {
  const left = new Map<string, number>();
  for (const [path, json] of some) left.set(`${path} ${json}`, (left.get(`${path} ${json}`) ?? 0) + 1);
  return all.filter(([path, json]) => {
    const count = left.get(`${path} ${json}`) ?? 0;
    left.set(`${path} ${json}`, count - 1);
    return count <= 0;
  });
}

/** The path below which every single value of `value` is among the leaves; undefined if one is missing. */
function whereOf(value: unknown, leaves: readonly Leaf[]): string | undefined {
  const wanted = flatten(value);
  const found = wanted.map(([path, json]) => leaves.find(([at, other]) => other === json && endsWith(at, path)));
  if (found.length === 0 || found.some((leaf) => leaf === undefined)) return undefined;
  const [first] = found as Leaf[];
  const [path] = wanted[0]!;
  const base = first![0].slice(0, first![0].length - path.length).replace(/[.>]$/, "");
  return base === "" ? first![0] : base;
}

function endsWith(at: string, path: string): boolean {
  return path === "" || at === path || at.endsWith(`.${path}`) || at.endsWith(`>${path}`) || (path.startsWith("[]") && at.endsWith(path));
}

/**
 * Whether a row's value comes back from a provider's form, read as that protocol's client would send it and written for the client's own: the difference that it makes in the request that came back is the one in the request
 * that was sent.
 */
export function comesBack(pairs: Assembly, client: Client, other: Client & Provider, row: Row): boolean {
  const sent = [row.value, row.otherwise].map((value) => requestOf(client, row, value));
  // What the path says, a body can't give back.
  if (row.path !== undefined) return false;
  const back = sent.map((request) => thereAndBack(pairs, client, other, JSON.stringify(request)));
  if (back.includes(undefined)) return false;
  const [told, untold] = sent.map((request) => flatten(request));
  const [toldBack, untoldBack] = back.map((body) => flatten(JSON.parse(body!)));
  const difference = without(told!, untold!).map(String);
  return difference.length > 0 && String(difference.toSorted()) === String(without(toldBack!, untoldBack!).map(String).toSorted());
}

/** A request in another protocol's form and back; undefined if it is refused on the way. */
export function thereAndBack(pairs: Assembly, client: Client, other: Client & Provider, body: string): string | undefined {
  const back = byWayOf(pairs, client, other, client as Client & Provider, body);
  return "param" in back ? undefined : back.body;
}

/** A request in the form of one protocol, read as its clients would send it, and written in the form of another. */
export function byWayOf(
  pairs: Assembly,
  client: Client,
  way: Client & Provider,
  to: Client & Provider,
  body: string,
): ReturnType<typeof translate> {
  const there = translate(pairs, client, way, body);
  if ("param" in there) return there;
  return translate(pairs, way, to, there.body, false, undefined, pairs.text("path"));
}

/** Whether what a row says arrives the same by way of another protocol's form: the difference that it makes is the one that it makes straight. */
export function arrivesByWayOf(pairs: Assembly, client: Client, way: Client & Provider, to: Client & Provider, row: Row): boolean {
  if (row.path !== undefined) return false;
  const sent = [row.value, row.otherwise].map((value) => JSON.stringify(requestOf(client, row, value)));
  const straight = sent.map((body) => translate(pairs, client, to, body));
  const round = sent.map((body) => byWayOf(pairs, client, way, to, body));
  const leaves = [...straight, ...round].map((told) => ("param" in told ? undefined : flatten(JSON.parse(told.body))));
  if (leaves.includes(undefined)) return false;
  const [told, untold, toldRound, untoldRound] = leaves as Leaf[][];
  const difference = without(told!, untold!).map(String);
  return difference.length > 0 && String(difference.toSorted()) === String(without(toldRound!, untoldRound!).map(String).toSorted());
}
