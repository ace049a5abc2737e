/** Fields of providers that stand or fall with what Envoy does: retryOnFailure, context, firstByteTimeout, protocol. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startChain, type Chain } from "./chain.ts";
import { providerKeys, providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { downstreamHeaders, expectOnlyGoodRequests } from "./received.ts";

const question = { model: "gpt-4o", messages: [{ role: "user", content: "The answer" }] };

/** What Envoy itself adds to the calls of a filter. */
const callHeaders = ["x-envoy-internal", "x-envoy-expected-rq-timeout-ms", "x-forwarded-for"];

let providers: Providers;
let files: Server;
let fileUrl: string;
let fetched: string[] = [];

beforeAll(async () => {
  providers = await startProviders();
  files = createServer((request, response) => {
    fetched.push(`${request.method} ${request.url} ${request.headers.host}`);
    response.end('You know "A".');
  });
  await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
  fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/a/context.txt`;
});
afterAll(async () => {
  await new Promise((resolve) => files.close(resolve));
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => {
  fetched = [];
  Object.values(providers).forEach((provider) => provider.reset());
});

describe("in a gateway.yaml", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const { openai } = providers;
    const own = (id: string, settings: string): string =>
      `${id}: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY], settings: ${settings} }`;
    gateway = await startGateway(
      providersYaml(
        providers,
        own("again", "{ retryOnFailure: { enabled: true, maxRetries: 2 } }"),
        own("informed", `{ context: { fileUrl: "${fileUrl}" } }`),
        own("hasty", "{ firstByteTimeout: 300 }"),
        own("original", "{ protocol: original }"),
      ) + "models: [{ match: gpt-*, to: again, fallback: claude }]\n",
    );
  });
  afterAll(() => gateway?.stop());
  afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

  test("retryOnFailure: Envoy asks a provider again that stands in the plan again", async () => {
    providers.openai.next({ error: { status: 503 } }, { error: { status: 429 } });
    const answer = await gateway.client().chat.completions.create({ ...question, model: "gpt-4o" } as never);
    expect((answer as any).choices[0].message.content).toBe("The answer");
    expect([providers.openai.requests.length, providers.claude.requests.length]).toEqual([3, 0]);
  });

  test("context: the file is fetched through a cluster of its own, once, and goes to the provider", async () => {
    for (let i = 0; i < 2; i++) {
      const answer = await gateway.post("/v1/chat/completions", { ...question, model: "informed/gpt-4o" });
      expect(answer.status).toBe(200);
      await answer.text();
      const { messages } = JSON.parse(providers.openai.requests[i]!.body.toString());
      expect(messages[0]).toEqual({ role: "system", content: 'You know "A".' });
    }
    expect(fetched).toEqual([`GET /a/context.txt ${new URL(fileUrl).host}`]);
  });

  test("firstByteTimeout: a stream that doesn't begin is given up", async () => {
    providers.openai.next({ hold: { headers: new Promise(() => {}) } });
    const began = Date.now();
    const answer = await gateway.post("/v1/chat/completions", { ...question, model: "hasty/gpt-4o", stream: true });
    expect(answer.status).toBe(504);
    expect(Date.now() - began).toBeLessThan(3000);
  });

  test("protocol: original leaves the body as it is", async () => {
    const body = '{ "model":"gpt-4o" ,"messages":[ {"role":"user","content":"\\u0048i"} ] }';
    const answer = await gateway.post("/v1/chat/completions", body.replace("gpt-4o", "original/gpt-4o"));
    await answer.text();
    expect(providers.openai.requests[0]?.body.toString()).toBe(body);
  });
});

describe("downstream alone", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({
      links: [
        {
          module: "ai-proxy",
          configuration: {
            provider: { type: "openai", apiTokens: [providerKeys.OPENAI_KEY], retryOnFailure: { enabled: true, maxRetries: 2 } },
          },
        },
      ],
      routes: [{ name: "default", match: { prefix: "/" }, route: { cluster: "openai", timeout: "0s" } }],
      providers: { openai: providers.openai.port },
    });
  });
  afterAll(() => chain?.stop());
  afterEach(() => expectOnlyGoodRequests(Object.values(providers), [...downstreamHeaders, ...callHeaders]));

  test.each([false, true])("retryOnFailure: the filter asks again itself (stream: %s)", async (stream) => {
    providers.openai.next({ error: { status: 503 } }, { error: { status: 500 } });
    const answer = await chain.post("/v1/chat/completions", { ...question, stream });
    const body = await answer.text();
    expect([answer.status, providers.openai.requests.length]).toEqual([200, 3]);
    if (stream) expect(body).toMatch(/data: \[DONE\]\n\n$/);
    else expect(JSON.parse(body).choices[0].message.content).toBe("The answer");
  });

  test("where none succeeds the client gets the first failure", async () => {
    for (let i = 0; i < 3; i++) {
      providers.openai.reset();
      providers.openai.next(
        { error: { status: 503, message: "the first" } },
        { error: { status: 500, message: "the second" } },
        { error: { status: 500, message: "the third" } },
      );
      const answer = await chain.post("/v1/chat/completions", question);
      expect(answer.status).toBe(503);
      expect(((await answer.json()) as any).error.message).toContain("the first");
    }
  });

  test("a client that hangs up in between does no harm", async () => {
    providers.openai.next({ error: { status: 503 } }, { hold: { headers: new Promise(() => {}) } });
    const signal = AbortSignal.timeout(300);
    const request = fetch(`${chain.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
      signal,
    });
    await expect(request).rejects.toThrow();
    expect((await chain.post("/v1/chat/completions", question)).status).toBe(200);
  });
});
