/** `sluice probe` against local providers: what the card says of one that can do all, and of one that can't. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Card } from "../../cli/probe/card.ts";
import { startSession, testModule, type Outcome, type Session } from "../../cli/testing/sluice.ts";
import { startProvider, type Provider } from "../providers/provider.ts";

const KEY = "sk-probe-secret";
let claude: Provider;
let session: Session;
beforeAll(async () => {
  claude = await startProvider({ protocol: "anthropic", keys: [KEY] });
});
afterAll(() => claude.stop());
beforeEach(() => {
  claude.reset();
  session = startSession();
  session.write(
    "gateway.yaml",
    `version: 1\nproviders:\n  claude: { type: claude, keys: [env:PROBED_KEY], url: "${claude.url}" }\nmodels:\n  - { match: claude-*, to: claude }\n`,
  );
});
afterEach(() => session.close());

const run = (...args: string[]): Promise<Outcome> => session.run(["probe", ...args, "--module", testModule], { PROBED_KEY: KEY });
const cardOf = (name: string): Card => JSON.parse(readFileSync(join(session.folder, name), "utf8")) as Card;

test("a provider that can do all has it on its card, with the day, and the key is nowhere", async () => {
  claude.always(({ json }) => {
    const isAnswered = JSON.stringify(json.messages).includes("tool_result");
    const tools = (isAnswered ? [] : (json.tools ?? [])) as { name: string }[];
    return {
      ...(tools.length > 0 && { tools: tools.map(({ name }) => ({ name, arguments: {} })) }),
      ...(json.thinking !== undefined && { thinking: "One and one is two." }),
    };
  });
  const { status, errors } = await run("claude", "--model", "claude-haiku-4-5", "--yes", "--out", "card.json");
  expect(errors).toContain("✓ parallel tool calls, streamed");
  expect(status).toBe(0);
  const card = cardOf("card.json");
  expect(card).toMatchObject({
    provider: "claude",
    type: "claude",
    model: "claude-haiku-4-5",
    date: new Date().toISOString().slice(0, 10),
  });
  expect(Object.entries(card.capabilities).filter(([, { can }]) => can !== "yes")).toEqual([]);
  expect(Object.keys(card.capabilities)).toHaveLength(claude.requests.length);
  expect(card.tokens.input).toBeGreaterThan(0);
  // The fixtures' answers have these members, too: nothing is new.
  expect(card.capabilities.tools!.differs?.missing ?? []).toEqual([]);
  expect(errors + JSON.stringify(card)).not.toContain(KEY);
}, 60_000);

test("one that refuses, and one that says something else, is told so", async () => {
  claude.always(({ json }) =>
    json.thinking === undefined ? { text: "no" } : { error: { status: 400, message: "this model does not think" } },
  );
  const { status } = await run("claude", "--model", "claude-haiku-4-5", "--yes", "--out", "card.json");
  expect(status).toBe(0);
  const { capabilities } = cardOf("card.json");
  expect(capabilities.chat).toMatchObject({ can: "yes" });
  expect(capabilities["parallel tool calls"]).toMatchObject({
    can: "no",
    because: "0 of 2 calls came",
    differs: { missing: expect.arrayContaining(["choices[].message.tool_calls[].id: string"]) },
  });
  expect(capabilities["JSON Schema"]).toMatchObject({ can: "no", because: "the text isn't what the schema asks for" });
  expect(capabilities.thinking).toMatchObject({ can: "refused", because: "400: this model does not think" });
}, 60_000);

test("nothing is asked before the cost is known and agreed to", async () => {
  const { status, errors } = await run("claude", "--model", "claude-haiku-4-5");
  expect(errors).toMatch(
    /^\d+ requests to claude for claude-haiku-4-5, with your key: about [\d,]+ tokens in, at most [\d,]+ out\.\nTo go on without being asked: --yes$/m,
  );
  expect([status, claude.requests.length]).toEqual([2, 0]);
});

test("a provider that the file doesn't have is said, with those that it has", async () => {
  const { status, errors } = await run("cluade", "--model", "m", "--yes");
  expect([status, errors]).toEqual([2, 'gateway.yaml has no provider "cluade". It has: claude.\n']);
});
