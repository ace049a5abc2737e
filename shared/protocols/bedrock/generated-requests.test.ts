/** Whatever a client sends: what we write is what Bedrock takes, as strict as its documentation is, and what the Claude behind it takes. */
import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { ChatClient } from "../../../test/protocols/chat-client.ts";
import { checkConverse } from "../../../test/providers/bedrock/check.ts";

const bedrock = await assembly(new URL("./bedrock.testing.ts", import.meta.url));
const decoder = new TextDecoder("utf-8", { fatal: true });

const models = [
  "anthropic.claude-3-7-sonnet-20250219-v1:0",
  "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1",
  "anthropic.claude-opus-4-7",
  "anthropic.claude-sonnet-5",
  "anthropic.claude-fable-5",
  "amazon.nova-pro-v1:0",
  "us.amazon.nova-2-lite-v1:0",
  "openai.gpt-oss-120b-1:0",
  "meta.llama3-1-70b-instruct-v1:0",
  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4",
];
const fields = ["", '{"top_k":7}', '{"thinking":{"type":"disabled"},"x":[1]}'];

/** Why the provider would refuse what was written. */
function complaint(model: string, written: string): string | undefined {
  const request = { json: JSON.parse(written) as unknown } as Parameters<typeof checkConverse>[1];
  return checkConverse({ kind: "chat", stream: false, model }, request, { keys: [], models: ["*"], vendor: "" })?.message;
}

test("a request that fits is one that the provider takes", () => {
  const random = new Random(printedSeed("bedrock requests"));
  const client = new ChatClient(random);
  let fitting = 0;
  const cases = caseCount(3000);
  for (let i = 0; i < cases; i++) {
    const body = client.request();
    if (random.once(5)) body["prompt_cache_retention"] = random.pick(["24h", "in_memory"]);
    const model = random.pick(models);
    // What configuration and client say themselves beside what Claude is asked for is their own affair.
    const isClaude = model.includes("claude");
    if (!isClaude && random.once(5)) body["additionalModelRequestFields"] = { y: 1, top_k: 3 };
    const more = isClaude ? "" : random.pick(fields);
    if (bedrock.call("translate", [JSON.stringify(body), model, more], 0, random.below(3), random.below(8)) !== 0) continue;
    fitting++;
    const written = decoder.decode(bedrock.output);
    const refused = complaint(model, written);
    expect(refused, `${model}\n${JSON.stringify(body)}\n${written}`).toBeUndefined();
  }
  expect(fitting).toBeGreaterThan(cases / 4);
});

test("a request with any fault is refused or becomes JSON, and traps nothing", () => {
  const random = new Random(printedSeed("spoilt requests"));
  const client = new ChatClient(random);
  for (let i = caseCount(3000); i > 0; i--) {
    const spoilt = spoil(random, Buffer.from(JSON.stringify(client.request())));
    const status = bedrock.call("translate", [spoilt, random.pick(models), random.pick(fields)], random.below(2), random.below(3), 7);
    const output = decoder.decode(bedrock.output);
    if (status === 0) expect(() => JSON.parse(output) as unknown, output).not.toThrow();
    else expect(output).toContain(": ");
  }
});
