/** Every fixture, there and back: the provider's request from the client's, and the client's answer from the provider's, however that was cut. */
import { beforeAll, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { DIALECTS } from "../../test/fixtures/dialects.ts";
import { compareAnswer, compareRequest, providerSetups, readFixtures, type Fixture } from "../../test/fixtures/read.ts";

/** As `Special` numbers them. */
const TAKES_REASONING_CONTENT = 1;
const WITHOUT_CALL_IDS = 2;
/** What Vertex AI wants in the bodies of Claude's requests: https://docs.claude.com/en/api/claude-on-vertex-ai */
const VERTEX_VERSION = "vertex-2023-10-16";

let protocols: Assembly;
beforeAll(async () => {
  protocols = await assembly(new URL("./fixtures.testing.ts", import.meta.url));
}, 300_000);

/** The model that the provider is asked for, as the content of a JSON string; empty where the client's own will do. */
function modelOf({ clientRequest, setup }: Fixture): string {
  const inPath = /\/models\/([^:]+):/.exec(clientRequest.path)?.[1];
  const asked: string = inPath ?? JSON.parse(clientRequest.body.toString()).model;
  const names = (pattern: string): boolean => pattern === asked || (pattern.endsWith("*") && asked.startsWith(pattern.slice(0, -1)));
  const mapped = Object.entries(setup.modelMapping ?? {}).find(([pattern]) => names(pattern))?.[1];
  return mapped === undefined ? "" : JSON.stringify(mapped).slice(1, -1);
}

function answer(fixture: Fixture, cuts: number[]): { status: number; body: Buffer } {
  const { clientRequest, providerAnswer, client, provider } = fixture;
  const status = protocols.call(
    "answer",
    [
      clientRequest.body,
      providerAnswer!.body,
      Uint8Array.from(cuts),
      clientRequest.path,
      providerAnswer!.headers["x-amzn-errortype"] ?? "",
    ],
    DIALECTS[client],
    DIALECTS[provider],
    providerAnswer!.status,
  );
  return { status, body: protocols.output };
}

/** What else stands in a provider's configuration is the module's to give to its protocol: see test/fixtures/modules.test.ts. */
const isPlain = ({ setup, provider }: Fixture): boolean =>
  Object.entries(setup).every(
    ([name, value]) =>
      ["type", "apiTokens", "modelMapping"].includes(name) || name.startsWith("vertex") || value === providerSetups[provider][name],
  ) && !["spark", "minimax"].includes(provider === "openai" ? setup.type : "");
const fixtures = readFixtures().filter(isPlain);
const answered = fixtures.filter(({ providerAnswer }) => providerAnswer);

test.each(fixtures)("$name: the request", (fixture) => {
  const { clientRequest, providerRequest, clientAnswer, client, provider, setup } = fixture;
  const status = protocols.call(
    "request",
    [clientRequest.body, modelOf(fixture), clientRequest.path, setup.type === "vertex" && provider === "anthropic" ? VERTEX_VERSION : ""],
    DIALECTS[client],
    DIALECTS[provider],
    setup.type === "deepseek" ? TAKES_REASONING_CONTENT : setup.type === "vertex" ? WITHOUT_CALL_IDS : 0,
  );
  const body = protocols.output;
  expect(providerRequest ? compareRequest(providerRequest, { body }) : compareAnswer(clientAnswer, { status, body })).toEqual([]);
});

test.each(answered)("$name: the answer", (fixture) => {
  expect(compareAnswer(fixture.clientAnswer, answer(fixture, []))).toEqual([]);
});

test.each(answered.filter(({ providerAnswer }) => providerAnswer!.isStream))(
  "$name: the answer is the same however it is cut",
  (fixture) => {
    const whole = answer(fixture, []).body;
    const size = fixture.providerAnswer!.body.length;
    expect(answer(fixture, new Array<number>(size).fill(1)).body.equals(whole)).toBe(true);
    for (let at = 1; at < size; at++) {
      const cuts = [...new Array<number>(Math.floor(at / 255)).fill(255), at % 255];
      if (!answer(fixture, cuts).body.equals(whole)) expect.fail(`cut at ${at} the answer differs`);
    }
  },
);
