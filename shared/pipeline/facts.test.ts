import { expect, test } from "vitest";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { Gateway, type ModuleUse } from "../../test/host/gateway.ts";
import { module } from "../../test/host/modules.ts";
import { chat, factsOf } from "../../test/modules/requests.ts";

const configurations = {
  "model-router": {},
  "key-auth": { consumers: [{ name: "alice", credential: "sk-alice" }], keys: ["authorization"], in_header: true },
  "ai-proxy": { provider: { id: "p", type: "openai", apiTokens: ["k"] } },
} as const;

/** Modules one after the other, none of which leaves a header that tells of it unless it must. */
async function chain(...names: (keyof typeof configurations)[]): Promise<Gateway> {
  const modules: ModuleUse[] = [];
  for (const name of names) modules.push({ module: await module(name), configuration: configurations[name] });
  return Gateway.start({ modules, providers: { p: () => openaiAnswer("Hello") } });
}

const known = { consumer: "alice", model: "gpt-4o" };
const asAlice = chat({}, { authorization: "Bearer sk-alice" });

test.each([
  [["model-router", "key-auth"] as const, known],
  [["model-router", "key-auth", "ai-proxy"] as const, { ...known, provider: "p" }],
  [["key-auth", "model-router", "ai-proxy"] as const, { ...known, provider: "p" }],
  [["key-auth", "ai-proxy"] as const, { ...known, provider: "p" }],
])("what a module found out is kept by those behind it: %j", async (names, facts) => {
  const gateway = await chain(...names);
  expect(factsOf(gateway.request(asAlice))).toMatchObject(facts);
});

test("a module that never saw the request leaves what one before it says of the refusal", async () => {
  const gateway = await chain("key-auth", "ai-proxy");
  const answer = gateway.request(chat({}, { authorization: "Bearer wrong" }));
  expect(answer.status).toBe(401);
  expect(factsOf(answer)).toMatchObject({ error: 401, path: "/v1/chat/completions" });
});
