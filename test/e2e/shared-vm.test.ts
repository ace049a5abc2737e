/** Gate and attempt are two filters in one VM. They find each other by a handle that nobody else can make. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startChain, type Chain, type ChainOptions } from "./chain.ts";
import { models, providerKeys, providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
beforeAll(async () => {
  providers = await startProviders();
});
afterAll(async () => {
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const request = (content: string, stream = false): object => ({ model: "chat", stream, messages: [{ role: "user", content }] });

describe("sluice up", () => {
  let gateway: TestGateway;
  const yaml = (first: "openai" | "claude"): string =>
    `${providersYaml(providers)}models:
  - { match: chat, to: { provider: ${first}, model: ${models[first]} }, fallback: [{ provider: gemini, model: ${models.gemini} }] }
`;
  beforeAll(async () => {
    gateway = await startGateway(yaml("openai"));
  });
  afterAll(() => gateway?.stop());

  const active = (): Promise<number> => gateway.stat("wasm.envoy.wasm.runtime.v8.active");
  const created = (): Promise<number> => gateway.stat("wasm.envoy.wasm.runtime.v8.created");
  const load = async (count: number): Promise<void> => {
    providers.openai.always(({ body }) => (body.includes("fail") ? { error: { status: 503 } } : {}));
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const content = index % 3 === 0 ? `fail ${index}` : `number ${index}`;
        const answer = await gateway.post("/v1/chat/completions", request(content));
        const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
        expect(choices[0]!.message.content).toBe(content);
      }),
    );
  };

  test("each worker has one VM for both halves, whatever is asked of it, and no request makes another", async () => {
    const workers = await gateway.stat("server.concurrency");
    // Two in the main thread, for trying configurations and for what it runs itself, and one a worker.
    await expect.poll(active).toBe(workers + 2);
    const made = await created();
    await load(200);
    expect([await active(), await created()]).toEqual([workers + 2, made]);
  });

  test("a changed configuration is taken by the VMs that are there", async () => {
    const before = await active();
    for (const first of ["claude", "openai"] as const) {
      expect((await gateway.render(yaml(first))).status).toBe(0);
      await load(50);
    }
    // The one in which Envoy tried the configuration goes in its own time.
    await expect.poll(active).toBe(before);
  });

  test("slots of requests that hung up are given to others, and nobody gets another's answer", async () => {
    const before = await active();
    for (let round = 0; round < 3; round++) {
      const from = providers.openai.requests.length;
      providers.openai.always(({ body }) => (body.includes("hang") ? { hold: { headers: new Promise(() => {}) } } : {}));
      const hangUp = new AbortController();
      const hanging = Array.from({ length: 40 }, (_, index) =>
        gateway
          .client()
          .chat.completions.create(
            { model: "chat", stream: index % 2 === 0, messages: [{ role: "user", content: `hang ${index}` }] },
            { signal: hangUp.signal },
          ),
      );
      const ends = Promise.allSettled(hanging);
      await providers.openai.received(from + 39);
      const loaded = load(60);
      hangUp.abort();
      await loaded;
      expect((await ends).every(({ status }) => status === "rejected")).toBe(true);
    }
    expect(await active()).toBe(before);
  });
});

describe("an attempt that finds no exchange", () => {
  const base = (): Omit<ChainOptions, "links"> => ({
    routes: [{ name: "chat", match: { prefix: "/" }, route: { cluster: "plan", timeout: "0s" } }],
    providers: { openai: providers.openai.port },
    plans: { module: "ai-proxy", clusters: { plan: ["openai"] } },
  });
  const configuration = {
    providers: [{ id: "openai", type: "openai", apiTokens: [providerKeys.OPENAI_KEY] }],
    plans: [{ cluster: "plan", targets: [{ provider: "openai", model: models.openai }] }],
  };

  async function refused(chain: Chain, headers: Record<string, string> = {}): Promise<string> {
    const answer = await chain.post("/v1/chat/completions", request("Hi"), headers);
    expect(answer.status).toBe(503);
    expect(providers.openai.requests).toHaveLength(0);
    return answer.text();
  }

  test("without a gate: 503, whatever handle the client says", async () => {
    const chain = await startChain({ links: [], ...base() });
    await refused(chain);
    for (const handle of ["0.0.0", "1:0:0", "00000000000000000000000000000000"])
      await refused(chain, { "x-sluice-id": handle, "sluice.id": handle });
    await chain.stop();
  });

  test("with a gate in another VM: its handle is unknown here, and the client is told in its form", async () => {
    const options = base();
    const chain = await startChain({
      links: [{ module: "ai-proxy", configuration }],
      ...options,
      plans: { ...options.plans!, vmId: "another" },
    });
    const body = await refused(chain);
    expect(JSON.parse(body)).toMatchObject({ error: { type: "server_error", message: expect.stringMatching(/\w{4}/) } });
    await chain.stop();
  });

  test("with a gate in the same VM it is found", async () => {
    const chain = await startChain({ links: [{ module: "ai-proxy", configuration }], ...base() });
    const answer = await chain.post("/v1/chat/completions", request("Hi"), { "x-sluice-id": "0.0.0" });
    expect(answer.status).toBe(200);
    await chain.stop();
  });
});
