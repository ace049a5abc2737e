/** What the tests of shared/protocols/openai have in common. */
import { readFile } from "node:fs/promises";
import { type Assembly, assembly } from "../assembly/compile.ts";

const FOLDER = new URL("../../shared/protocols/openai/", import.meta.url);

export const CHAT = 1;
export const EMBEDDINGS = 2;
export const PATIENCE = { timeout: 3_600_000 };

export type Json = Record<string, unknown>;

/** The smallest message. */
export const HI = { role: "user", content: "hi" };

/** The functions of openai.testing.ts. */
export const compiled = (): Promise<Assembly> => assembly(new URL("openai.testing.ts", FOLDER));

/** A body: objects as JSON, texts as they are. */
export const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

/** The smallest request, and more. */
export const ask = (more: Json): Json => ({ model: "m", messages: [HI], ...more });

/** A request of these messages. */
export const tell = (...messages: unknown[]): Json => ({ model: "m", messages });

/** Flags of `readAnswer`. */
export const STREAM = 1;
/** The client speaks another protocol: a stream isn't relayed. */
export const TRANSLATED = 2;
export const EMBEDDING_ANSWER = 4;
/** The client asked for usage: nothing has to be taken out of a stream. */
export const ASKED = 8;

export const FIXTURES = new URL("fixtures/", FOLDER);
export const fixture = (name: string): Promise<Buffer> => readFile(new URL(name, FIXTURES));

const UNCUT = new Uint8Array();

/** The events of an answer, a line each, with spaces for tabs. */
export const events = (openai: Assembly, answer: Uint8Array | string, flags: number): string[] =>
  openai
    .text("readAnswer", [answer, UNCUT], flags)
    .trimEnd()
    .split("\n")
    .map((line) => line.replaceAll("\t", " ").trimEnd());

/** An answer's events, and the bytes that are relayed, whose pieces depend on how the stream was cut. */
export function apart(openai: Assembly, answer: Uint8Array | string, flags: number, cuts = UNCUT): { said: string; relayed: string } {
  openai.call("readAnswer", [answer, cuts], flags);
  const said: Buffer[] = [];
  const relayed: Buffer[] = [];
  for (let rest = openai.output; rest.length > 0;) {
    const line = rest.subarray(0, rest.indexOf(0x0a) + 1);
    const relay = /^relay\t(\d+)\t/.exec(line.toString("latin1"));
    const [from, length] = relay ? [relay[0].length, Number(relay[1])] : [0, line.length];
    (relay ? relayed : said).push(rest.subarray(from, from + length));
    rest = rest.subarray(from + length + (relay ? 1 : 0));
  }
  return { said: Buffer.concat(said).toString(), relayed: Buffer.concat(relayed).toString() };
}
