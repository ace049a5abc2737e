/** Whatever type a field has, and whatever a provider's answer lacks: refused by name, or handled; never a trap, never what isn't JSON. */
import { describe, expect, test } from "vitest";
import { assembly } from "../assembly/compile.ts";
import { readEvents, readFixtures } from "../fixtures/read.ts";
import { requestOf, translate } from "./measure.ts";
import { DIALECTS } from "../fixtures/dialects.ts";
import { clientNames, clients, providerNames } from "./protocols.ts";

const pairs = await assembly(new URL("../../shared/protocols/pairs.testing.ts", import.meta.url));

/** Of each type, and the odd ones: JSON, since some of it has no value in JavaScript. */
const WRONG = [
  "null",
  "true",
  "7",
  "-0.5",
  "1e999",
  "12345678901234567890",
  '""',
  '"odd"',
  '"data:image/x-odd;base64,!"',
  "[]",
  "[[]]",
  "{}",
  '{"type":"odd"}',
  "[".repeat(600) + "]".repeat(600),
];

type Path = readonly (string | number)[];

/** The paths of all values inside a value. */
function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (value === null || typeof value !== "object") return;
  for (const key of Object.keys(value))
    yield* pathsIn((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]);
}

/** A value in JSON with other JSON at a path; without it, the member or element left out. */
function withAt(value: unknown, [key, ...rest]: Path, json: string | undefined): string {
  if (key === undefined) return json ?? "";
  const isArray = Array.isArray(value);
  const members = Object.entries(value as object).flatMap(([name, member]) => {
    const text = name === String(key) ? withAt(member, rest, json) : JSON.stringify(member);
    return text === "" ? [] : [isArray ? text : `${JSON.stringify(name)}:${text}`];
  });
  return isArray ? `[${members.join(",")}]` : `{${members.join(",")}}`;
}

describe.each(clientNames)("a request of %s's client", (client) => {
  test("with any field of any type is refused by name, or becomes JSON", () => {
    const seen = new Set<string>();
    for (const [name, row] of clients[client].rows) {
      const request = requestOf(client, row, row.value);
      for (const path of pathsIn(request)) {
        for (const wrong of [undefined, ...WRONG]) {
          const body = withAt(request, path, wrong);
          if (seen.has(body)) continue;
          seen.add(body);
          for (const provider of providerNames) {
            const told = translate(pairs, client, provider, body);
            const where = `${name}, to ${provider}: ${body.slice(0, 400)}`;
            if ("body" in told) expect(() => JSON.parse(told.body) as unknown, where).not.toThrow();
            else {
              expect(() => JSON.parse(told.message) as unknown, where).not.toThrow();
              const isNamed = told.param !== "" || /nested|not valid JSON|expected an object/.test(told.message);
              expect(isNamed, `${told.message}\n${where}`).toBe(true);
            }
          }
        }
      }
    }
    expect(seen.size).toBeGreaterThan(client === "completions" ? 500 : 5000);
  });
});

const answered = readFixtures().filter(
  (fixture) =>
    fixture.providerAnswer &&
    fixture.client in clients &&
    fixture.provider in DIALECTS &&
    (fixture.provider as string) !== (fixture.client as string),
);

describe.each(clientNames)("an answer for %s's client", (client) => {
  const fixtures = answered.filter((fixture) => fixture.client === client);

  test.each(fixtures)("$name lacks any member, or has it of another type", ({ clientRequest, providerAnswer, provider }) => {
    const body = providerAnswer!.body.toString();
    const isJson = body.startsWith("{") || body.startsWith("[");
    const isEvents = /^(event|data):/m.test(body);
    if (!isJson && !isEvents) return;
    for (const spoilt of isJson ? spoiltJson(body) : spoiltEvents(body)) {
      const status = pairs.call(
        "spoiltAnswer",
        [clientRequest.body, spoilt, "", clientRequest.path],
        DIALECTS[client],
        DIALECTS[provider as keyof typeof DIALECTS],
        providerAnswer!.status,
      );
      const answer = pairs.output.toString();
      const isStream = status === 200 && /^(event|data):/.test(answer);
      const parts = isStream ? readEvents(answer).map(({ data }) => data) : [answer];
      for (const part of parts)
        if (part !== "[DONE]" && part !== "")
          expect(() => JSON.parse(part) as unknown, `${spoilt.slice(0, 600)}\n→ ${answer.slice(0, 600)}`).not.toThrow();
      if (isStream) expect(endsProperly(answer), `${spoilt}\n→ ${answer}`).toBe(true);
    }
  });
});

/** Whether a stream says that it has ended, or why it broke off. */
function endsProperly(answer: string): boolean {
  return /data: \[DONE\]\s*$|event: message_stop\b|event: response\.(completed|incomplete)\b|"finishReason":"|"error":/.test(answer);
}

function* spoiltJson(body: string): Generator<string> {
  const value: unknown = JSON.parse(body);
  for (const path of pathsIn(value))
    for (const wrong of [undefined, "null", "true", "7", '"odd"', "[]", "{}"]) yield withAt(value, path, wrong);
}

/** Each event of a stream in turn, spoilt. */
function* spoiltEvents(body: string): Generator<string> {
  const lines = body.split("\n");
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("data: {")) continue;
    for (const spoilt of spoiltJson(line.slice("data: ".length)))
      yield [...lines.slice(0, index), `data: ${spoilt}`, ...lines.slice(index + 1)].join("\n");
  }
}
