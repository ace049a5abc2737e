/** Whatever a client sends: what we write is what the provider takes, as strict as its documentation is. */
import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { ChatClient } from "../../../test/protocols/chat-client.ts";
import { checkMessages } from "../../../test/providers/anthropic/check.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));
const decoder = new TextDecoder("utf-8", { fatal: true });

const models = [
  "claude-3-7-sonnet-latest",
  "claude-opus-4-1",
  "claude-sonnet-4-5",
  "claude-opus-4-6",
  "claude-opus-4-7",
  "claude-sonnet-5",
  "claude-fable-5",
  "claude-opus-5-5",
  "other",
];

/** Why the provider would refuse what was written. */
function complaint(written: string): string | undefined {
  const json: unknown = JSON.parse(written);
  const request = { headers: { "anthropic-version": "2023-06-01" }, json } as unknown as Parameters<typeof checkMessages>[1];
  return checkMessages({ kind: "chat", stream: false, model: undefined }, request, { keys: [], models: ["*"], vendor: "" })?.message;
}

test("a request that fits is one that the provider takes", () => {
  const random = new Random(printedSeed("anthropic requests"));
  const client = new ChatClient(random);
  let fitting = 0;
  const cases = caseCount(3000);
  for (let i = 0; i < cases; i++) {
    const body = client.request();
    const model = random.pick(models);
    if (anthropic.call("translate", [JSON.stringify(body), model]) !== 0) continue;
    fitting++;
    const written = decoder.decode(anthropic.output);
    const refused = complaint(written);
    expect(refused, `${model}\n${JSON.stringify(body)}\n${written}`).toBeUndefined();
  }
  expect(fitting).toBeGreaterThan(cases / 4);
});

test("a request with any fault is refused or becomes JSON, and traps nothing", () => {
  const random = new Random(printedSeed("spoilt requests"));
  const client = new ChatClient(random);
  for (let i = caseCount(3000); i > 0; i--) {
    const spoilt = spoil(random, Buffer.from(JSON.stringify(client.request())));
    const status = anthropic.call("translate", [spoilt, random.pick(models)]);
    const output = decoder.decode(anthropic.output);
    if (status === 0) expect(() => JSON.parse(output) as unknown, output).not.toThrow();
    else expect(output).toContain(": ");
  }
});
