/** Vertex AI through a real Envoy: a service account's token, Gemini's and Anthropic's publishers, and what becomes of a request when there is no token. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { startVertex, type Vertex } from "../providers/vertex/index.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";

const CLAUDE = "claude-sonnet-4-5@20250929";
const said = [{ role: "user" as const, content: "Say hello" }];
let vertex: Vertex;
let openai: Provider;
let gateway: TestGateway;

async function start(): Promise<TestGateway> {
  const settings = "{ vertexRegion: us-east5, vertexAuthKey: env:SERVICE_ACCOUNT }";
  return startGateway(
    `providers:
  vertex: { type: vertex, url: ${vertex.url}, token_url: ${vertex.url}, settings: ${settings} }
  openai: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY] }
models:
  - { match: alone-*, to: { provider: vertex, model: gemini-2.5-flash } }
  - { match: "*", to: vertex, fallback: { provider: openai, model: gpt-4o } }
`,
    { environment: { SERVICE_ACCOUNT: vertex.account.file() }, expectedInLog: /no access token/ },
  );
}

beforeAll(async () => {
  vertex = await startVertex();
  openai = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
});
afterAll(async () => {
  await vertex?.stop();
  await openai?.stop();
});

describe("with a service account", () => {
  beforeAll(async () => {
    gateway = await start();
  });
  afterAll(() => gateway?.stop());
  beforeEach(() => openai.reset());
  afterEach(() => expect(vertex.refusals).toEqual([]));

  test("requests that come at once wait for one token", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => gateway.client().chat.completions.create({ model: "gemini-2.5-flash", messages: said })),
    );
    expect(answers.map((answer) => answer.choices[0]!.finish_reason)).toEqual(Array(8).fill("stop"));
    expect(vertex.tokens.tokens).toHaveLength(1);
    expect(openai.requests).toHaveLength(0);
  });

  test.each(["gemini-2.5-flash", CLAUDE])("OpenAI's SDK streams from %s", async (model) => {
    const stream = await gateway.client().chat.completions.create({ model, messages: said, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).not.toBe("");
    expect(vertex.paths.at(-1)).toMatch(model === CLAUDE ? /anthropic.*:streamRawPredict$/ : /google.*:streamGenerateContent\?alt=sse$/);
    expect(openai.requests).toHaveLength(0);
  });

  test("Anthropic's SDK speaks to Claude, whole and streamed", async () => {
    const ask = { model: CLAUDE, max_tokens: 100, messages: said };
    const whole = await gateway.anthropic().messages.create(ask);
    expect(whole.content[0]!.type).toBe("text");
    expect(vertex.paths.at(-1)).toMatch(/anthropic\/models\/claude-sonnet-4-5@20250929:rawPredict$/);
    const streamed = await gateway.anthropic().messages.stream(ask).finalMessage();
    expect(streamed.stop_reason).toBe("end_turn");
    expect(vertex.paths.at(-1)).toMatch(/:streamRawPredict$/);
    expect(openai.requests).toHaveLength(0);
  });

  test("nothing secret is in the log", () => {
    expect(gateway.output).not.toMatch(/ya29\.|PRIVATE KEY/);
    expect(vertex.tokens.tokens).toHaveLength(1);
  });
});

describe("without a token", () => {
  beforeAll(async () => {
    vertex.tokenFailure = 400;
    gateway = await start();
  });
  afterAll(() => gateway?.stop());

  test("the next provider answers", async () => {
    const answer = await gateway.client().chat.completions.create({ model: "gemini-2.5-flash", messages: said });
    expect(answer.model).toContain("gpt-4o");
  });

  test("and where there is none, the client hears why", async () => {
    const answer = await gateway.post("/v1/chat/completions", { model: "alone-1", messages: said });
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain("no access token for it (the token endpoint answered 400 invalid_grant)");
  });
});
