/** Whole conversations in another protocol's form and back, and by way of it to a third: what the ledger calls lossless is the same at the end. */
import { describe, expect, test } from "vitest";
import { assembly } from "../assembly/compile.ts";
import { caseCount, printedSeed, Random } from "../assembly/random.ts";
import { Drawer } from "./draw.ts";
import { between } from "./interactions.ts";
import { losslessRows } from "./ledger.ts";
import { arrivesByWayOf, byWayOf, comesBack, flatten, translate } from "./measure.ts";
import { clients, type Client, type Provider } from "./protocols.ts";

const pairs = await assembly(new URL("../../shared/protocols/pairs.testing.ts", import.meta.url));
const CASES = caseCount(10_000);

/** Protocols with both sides: any client's conversation is written in them, and read from them. */
const forms = ["openai", "anthropic", "gemini"] as const;
const ways = forms.flatMap((from) => forms.filter((to) => to !== from).map((to) => [from, to] as const));

describe.each(ways)("%s to %s and back", (client, other) => {
  const name = `${client}-to-${other}`;

  test("the ledger says which rows come back", () => {
    const found = [...clients[client].rows].filter(([, row]) => comesBack(pairs, client, other, row));
    expect(losslessRows(name)).toEqual(found.map(([row]) => row));
  });

  test("a conversation of such rows is the same when it comes back", () => {
    forEachConversation(
      client,
      name,
      [
        [client, other],
        [other, client],
      ],
      (body) => {
        const there = translate(pairs, client, other, body);
        const back = "param" in there ? there : translate(pairs, other, client, there.body, false, undefined, pairs.text("path"));
        const again = "param" in back ? back : translate(pairs, client, other, back.body, false, undefined, pairs.text("path"));
        if ("param" in back || "param" in again) expect.fail(`refused: ${JSON.stringify(back)}\n${body}`);
        expect(contentOf(again.body), body).toEqual(contentOf((there as { body: string }).body));
        expect(marksOf(back.body), body).toEqual(marksOf(body));
      },
    );
  });
});

/** Nothing but what clients of Responses say is written in its form, so nothing comes back in it. */
describe.each(ways)("responses by way of %s to %s", (way, to) => {
  const name = `responses-to-${to}-by-${way}`;

  test("the ledger says which rows arrive the same", () => {
    const found = [...clients.responses.rows].filter(([, row]) => arrivesByWayOf(pairs, "responses", way, to, row));
    expect(losslessRows(name)).toEqual(found.map(([row]) => row));
  });

  test("a conversation of such rows arrives the same", () => {
    forEachConversation(
      "responses",
      name,
      [
        ["responses", way],
        ["responses", to],
        [way, to],
      ],
      (body) => {
        const straight = translate(pairs, "responses", to, body);
        const round = byWayOf(pairs, "responses", way, to, body);
        if ("param" in straight || "param" in round) expect.fail(`refused: ${JSON.stringify([straight, round])}\n${body}`);
        expect(contentOf(round.body).filter(isSaid), body).toEqual(contentOf(straight.body).filter(isSaid));
      },
    );
  });
});

/** Not what Anthropic's form wants where the client says nothing, a limit, nor a schema's label, which only OpenAI's forms have. */
function isSaid(value: string): boolean {
  return !/^(max_completion_tokens|generationConfig\.maxOutputTokens|max_tokens),4096$|^response_format\.json_schema\.name,/.test(value);
}

/** Calls `check` with conversations of lossless rows that make nothing of each other on these stretches of the way. */
function forEachConversation(
  client: Client,
  name: string,
  stretches: readonly (readonly [Client, Provider])[],
  check: (body: string) => void,
): void {
  const lossless = new Set(losslessRows(name));
  const drawer = new Drawer(
    client,
    new Random(printedSeed(name)),
    () => false,
    (row) => lossless.has(row),
  );
  let checked = 0;
  for (let i = 0; i < CASES; i++) {
    const { body, pieces } = drawer.next();
    const rows = pieces.map((piece) => piece.name);
    if (stretches.some(([from, to]) => between(from, to, rows).length > 0)) continue;
    check(body);
    checked++;
  }
  expect(checked).toBeGreaterThan(CASES / 3);
}

/** Where a protocol's form has what is said, and what the system says. */
const PLACES = new Set(["messages", "contents"]);
const SYSTEM = new Set(["system", "systemInstruction"]);

/** All that a request says: single values in order, behind who says them and how they are called, apart from how turns and texts of one speaker are divided. */
function contentOf(body: string): string[] {
  const members = Object.entries(JSON.parse(body) as Record<string, unknown>);
  const turns = members.flatMap(([key, value]) =>
    PLACES.has(key) ? (value as Record<string, unknown>[]) : SYSTEM.has(key) ? [{ role: "system", content: value }] : [],
  );
  const settings = members.filter(([key]) => !PLACES.has(key) && !SYSTEM.has(key));
  turns.sort((one, other) => Number(other["role"] === "system") - Number(one["role"] === "system"));
  const said = turns.flatMap(({ role, ...message }) =>
    flatten(message).flatMap(([path, json]) => {
      const key = path
        .split(".")
        .at(-1)!
        .replace(/^content(\[\])*$/, "text");
      if (key === "type" || json === "null") return [];
      return json.split("\\n").map((line) => `${String(role)} ${key} ${line.replaceAll(/^"|"$/g, "")}`);
    }),
  );
  return [...said, ...settings.flatMap(([key, value]) => flatten(value, key).map(String))];
}

/** The marks of a request, which its texts and ids end with. */
function marksOf(body: string): string[] {
  return (body.match(/x\d+y/g) ?? []).toSorted();
}
