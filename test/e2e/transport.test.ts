/** HTTP/1.1 and HTTP/2, in the clear and over TLS, on both sides: the same answers. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { models, providerKeys, startGateway, type ProviderName, type TestGateway } from "./gateway.ts";
import { askOverHttp2 } from "./http2-client.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const wires = ["http1", "h2c", "tls1", "tls2"] as const;
type Wire = (typeof wires)[number];
const vendors = [
  ["openai", "openai", "openai"],
  ["claude", "anthropic", "claude"],
  ["gemini", "gemini", "gemini"],
] as const;

let providers: Record<string, Provider>;
let gateway: TestGateway;

const providerOf = (wire: Wire, name: ProviderName): Provider => providers[`${name}-${wire}`]!;
const modelOf = (wire: Wire, name: ProviderName): string => `${name}-${wire}/${models[name]}`;

beforeAll(async () => {
  providers = {};
  const lines: string[] = [];
  for (const [name, protocol, type] of vendors) {
    for (const wire of wires) {
      const variable = `${name.toUpperCase()}_KEY` as keyof typeof providerKeys;
      const secure = wire.startsWith("tls");
      const provider = await startProvider({
        protocol,
        keys: [providerKeys[variable]],
        http2: wire === "h2c" || wire === "tls2",
        ...(secure && { tls: { names: [`${name}.example.com`] } }),
      });
      providers[`${name}-${wire}`] = provider;
      const more = secure ? `, tls: { ca: ca.pem, server_name: ${name}.example.com }` : wire === "h2c" ? ", http2: true" : "";
      lines.push(`  ${name}-${wire}: { type: ${type}, url: "${provider.url}", keys: [env:${variable}]${more} }`);
    }
  }
  const ca = Object.values(providers).find((provider) => provider.ca !== undefined)!.ca!;
  // Each wire falls back to the next: what fails over HTTP/2 is tried over HTTP/1.1, and so on.
  const chain = wires.map((wire, index) => `{ provider: ${vendors[index % 3]![0]}-${wire}, model: ${models[vendors[index % 3]![0]]} }`);
  gateway = await startGateway(
    ["providers:", ...lines, "models:", `  - { match: every-wire, to: ${chain[0]}, fallback: [${chain.slice(1).join(", ")}] }`, ""].join(
      "\n",
    ),
    { files: { "ca.pem": ca } },
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const request = (model: string, stream: boolean): object => ({
  model,
  stream,
  messages: [{ role: "user", content: "Grüße über die Leitung" }],
});

/** The text of an answer that came whole or as a stream. */
function textIn(body: string): string {
  if (!body.startsWith("data: ")) return JSON.parse(body).choices[0].message.content as string;
  expect(body).toMatch(/data: \[DONE\]\n\n$/);
  const chunks = body.split("\n\n").flatMap((event) => (event.startsWith("data: {") ? [JSON.parse(event.slice(6))] : []));
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}

const combinations = wires.flatMap((wire) => vendors.map(([name]) => [wire, name] as const));

test.each(combinations)("a provider over %s: %s", async (wire, name) => {
  for (const stream of [false, true]) {
    const over1 = await gateway.post("/v1/chat/completions", request(modelOf(wire, name), stream));
    expect(over1.status).toBe(200);
    expect(textIn(await over1.text())).toBe("Grüße über die Leitung");
    const over2 = await askOverHttp2(gateway.url, "/v1/chat/completions", request(modelOf(wire, name), stream));
    expect(over2).toMatchObject({ status: 200, reset: undefined });
    expect(textIn(over2.body)).toBe("Grüße über die Leitung");
  }
  const { requests } = providerOf(wire, name);
  expect(requests).toHaveLength(4);
  for (const received of requests) expect(received.httpVersion).toBe(wire === "h2c" || wire === "tls2" ? "2.0" : "1.1");
  // Node doesn't tell the name of a session that was taken up again.
  const asked = new Set(requests.flatMap(({ serverName }) => serverName ?? []));
  expect(asked).toEqual(new Set(wire.startsWith("tls") ? [`${name}.example.com`] : []));
});

test.each([false, true])("one request tries every wire in turn (streamed: %s)", async (stream) => {
  for (const [index, wire] of wires.slice(0, 3).entries()) providerOf(wire, vendors[index % 3]![0]).next({ error: { status: 503 } });
  const answer = await askOverHttp2(gateway.url, "/v1/chat/completions", request("every-wire", stream));
  expect(answer.status).toBe(200);
  expect(textIn(answer.body)).toBe("Grüße über die Leitung");
  for (const [index, wire] of wires.entries()) expect(providerOf(wire, vendors[index % 3]![0]).requests).toHaveLength(1);
});

describe.each(["h2c", "tls2"] as const)("over %s", (wire) => {
  test.each(vendors.map(([name]) => name))("a stream that %s resets after the first content is seen to be broken", async (name) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const words = Array.from({ length: 60 }, (_, index) => `word${index} `);
    providerOf(wire, name).next({ text: words, hold: { chunk: { index: 6, until: promise } }, cut: { after: 4000, how: "reset" } });
    const answer = await askOverHttp2(gateway.url, "/v1/chat/completions", request(modelOf(wire, name), true), {
      onData: (text) => text.includes("word") && resolve(),
    });
    expect(answer).toMatchObject({ status: 200, reset: "INTERNAL_ERROR" });
    expect(answer.body).not.toContain("[DONE]");
  });

  test.each(vendors.map(([name]) => name))("a client that hangs up resets the request at %s", async (name) => {
    providerOf(wire, name).next({ hold: { headers: new Promise(() => {}) } });
    const hangUp = new AbortController();
    const asked = fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request(modelOf(wire, name), true)),
      signal: hangUp.signal,
    });
    const received = await providerOf(wire, name).received(0);
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    expect(await received.ended).toBe("aborted");
  });
});

test("fifty requests at once, over both, get each their own answer", async () => {
  const asked = Array.from({ length: 50 }, async (_, index) => {
    const [name] = vendors[index % 3]!;
    const wire = wires[index % 4]!;
    const body = { model: modelOf(wire, name), stream: index % 2 === 0, messages: [{ role: "user", content: `number ${index}` }] };
    const text =
      index % 5 === 0
        ? (await askOverHttp2(gateway.url, "/v1/chat/completions", body)).body
        : await (await gateway.post("/v1/chat/completions", body)).text();
    expect(textIn(text)).toBe(`number ${index}`);
  });
  await Promise.all(asked);
});
