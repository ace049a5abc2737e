/** Whole conversations, drawn from the ledger's rows, from each client to each provider: nothing is lost or refused but what the ledger says. */
import { afterAll, describe, expect, test } from "vitest";
import { assembly } from "../assembly/compile.ts";
import { caseCount, printedSeed, Random } from "../assembly/random.ts";
import { bodyOf, CALL_ID, Drawer, type Conversation, type Drawn } from "./draw.ts";
import { between } from "./interactions.ts";
import { outcomesOf } from "./ledger.ts";
import { flatten, translate, type Outcome } from "./measure.ts";
import { clientNames, providerNames, type Client, type Provider } from "./protocols.ts";

const pairs = await assembly(new URL("../../shared/protocols/pairs.testing.ts", import.meta.url));
const CASES = caseCount(10_000);

interface Proof {
  readonly path: string;
  /** A piece of JSON, in which `@` stands for the mark. */
  readonly json: string;
}

const proofs = new Map<string, readonly Proof[]>();

/** What must stand in a provider's request for a row. */
function proofsOf(client: Client, provider: Provider, name: string, value: unknown, outcome: Outcome): readonly Proof[] {
  const key = `${client} ${provider} ${name}`;
  const known = proofs.get(key);
  if (known !== undefined) return known;
  const leaves = "carried" in outcome ? flatten(value, outcome.carried) : "converted" in outcome ? flatten(outcome.converted) : [];
  const found = leaves
    // Of what is taken away there is nothing to find; the JSON inside a string is spelled otherwise.
    .filter(([path, json]) => json !== "null" && !path.startsWith("(path)") && !path.includes(">"))
    .flatMap(([path, json]) => {
      const marked = json.replaceAll(/(?<=[ -]\d+)(?=\\n|"$)/g, "@").replaceAll(CALL_ID, "$&@");
      if (JOINED.test(path)) return linesOf(marked).map((line) => ({ path, json: line }));
      // A text may stand in a longer one; other values stand behind their key.
      if (marked !== json) return [{ path, json: marked.replace(/^"/, "").replace(/"$/, "") }];
      return [{ path, json: path.endsWith("]") ? json : `"${path.split(".").at(-1)!}":${json}` }];
    });
  proofs.set(key, found);
  return found;
}

/** Where several texts become one, with whose they are in front: a text's neighbours aren't the same in another conversation. */
const JOINED =
  /^(query|text_input|context|text\[\]|messages\[\]\.text|bot_setting\[\]\.content|[Mm]essages\[\]\.[Cc]ontent|input\.messages\[\]\.content)$/;

/** Of a text that is joined from others, the lines with a mark; all of it where none has one. */
function linesOf(json: string): string[] {
  const text = json.replace(/^"/, "").replace(/"$/, "");
  const lines = text.split("\\n").filter((line) => line.includes("@"));
  return lines.length > 0 ? lines : [text];
}

const bare = (param: string): string => param.replaceAll(/\[\d+\]/g, "[]");

/** What is wrong with what became of a conversation; undefined: nothing. */
function complaint(client: Client, provider: Provider, { body, pieces }: Conversation): string | undefined {
  const outcomes = outcomesOf(client, provider)!;
  const met = between(
    client,
    provider,
    pieces.map(({ name }) => name),
  );
  const refusals = pieces.flatMap(({ name }) => {
    const outcome = outcomes.get(name)!;
    return "refused" in outcome ? [bare(outcome.refused)] : [];
  });
  const allowed = [...refusals, ...met.flatMap(({ refused }) => refused ?? [])];
  const told = translate(pairs, client, provider, body);
  if ("param" in told) return allowed.includes(bare(told.param)) ? undefined : `refused: ${told.message}`;
  if (refusals.length > 0) return `told, though the ledger says that ${refusals.join(" and ")} is refused`;
  try {
    JSON.parse(told.body);
  } catch {
    return "no JSON";
  }
  for (const { name, row, mark } of pieces) {
    const losses = met.filter((one) => one.refused === undefined && one.rows.test(name));
    const outcome = outcomes.get(name)!;
    for (const { path, json } of proofsOf(client, provider, name, row.value, outcome)) {
      const proof = json.replaceAll("@", mark);
      if (!told.body.includes(proof) && !losses.some(({ only }) => only === undefined || only.test(path)))
        return `${name} is lost: no ${proof}`;
    }
  }
  return undefined;
}

const everyPair = clientNames.flatMap((client) => providerNames.map((provider) => [client, provider] as const));
const rare = (client: Client, provider: Provider) => (name: string) => "refused" in (outcomesOf(client, provider)?.get(name) ?? {});

describe.each(everyPair)("%s to %s", (client, provider) => {
  test("nothing is lost or refused that the ledger doesn't list", () => {
    const drawer = new Drawer(client, new Random(printedSeed(`${client} to ${provider}`)), rare(client, provider));
    const wrong = new Map<string, string>();
    for (let i = 0; i < CASES; i++) {
      const conversation = drawer.next();
      const why = complaint(client, provider, conversation);
      const kind = why?.replaceAll(/x\d+y|\d+/g, "");
      if (why !== undefined && !wrong.has(kind!))
        wrong.set(kind!, `${why}\n  ${conversation.pieces.map(({ name }) => name).join("; ")}\n  ${conversation.body}`);
      if (wrong.size > 20) break;
    }
    expect([...wrong.values()]).toEqual([]);
  });

  // Nothing is refused, so nothing dropped, on the way to a client's own protocol.
  test.runIf(provider !== (client as string))("what is dropped leaves the request that never had it", () => {
    const drawer = new Drawer(
      client,
      new Random(printedSeed(`${client} to ${provider}, dropping`)),
      (name) => !rare(client, provider)(name),
    );
    const outcomes = outcomesOf(client, provider)!;
    const isRefused = ({ name }: Drawn): boolean => "refused" in outcomes.get(name)!;
    let dropped = 0;
    for (let i = 0; i < CASES / 2; i++) {
      const { body, pieces } = drawer.next();
      const refused = pieces.filter(isRefused);
      if (refused.length === 0 || refused.some(({ messages, keys }) => messages !== "" || keys.includes("tools"))) continue;
      const told = translate(pairs, client, provider, body, true);
      if ("param" in told) continue;
      const names = pairs.text("dropped");
      expect(names).not.toBe("");
      dropped++;
      const rest = pieces.filter((piece) => !isRefused(piece));
      expect(told, names).toEqual(translate(pairs, client, provider, bodyOf(client, rest), true));
    }
    expect(dropped).toBeGreaterThan(0);
  });
});

afterAll(() => proofs.clear());
