/** The way out: through a CONNECT proxy, and to servers that want a certificate. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testAuthority } from "../providers/certificates.ts";
import { startProvider, type Provider } from "../providers/provider.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

/** A proxy that knows names which no resolver knows; it says 403 to others. */
class ConnectProxy {
  readonly asked: { authority: string; headers: IncomingMessage["headers"] }[] = [];
  /** Answers nobody any more. */
  refuses = false;
  readonly #server: Server = createServer((_, response) => void response.writeHead(405).end());
  readonly #sockets = new Set<Socket>();

  async start(ports: Readonly<Record<string, number>>): Promise<void> {
    this.#server.on("connect", (request: IncomingMessage, client: Socket) => {
      const authority = request.url!;
      this.asked.push({ authority, headers: request.headers });
      const port = ports[authority];
      this.#keep(client);
      if (port === undefined || this.refuses) return void client.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      const server = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        client.pipe(server).pipe(client);
      });
      this.#keep(server);
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
  }
}

let proxy: ConnectProxy;
let providers: { plain: Provider; tls: Provider; replica: Provider; mutual: Provider; direct: Provider };
let gateway: TestGateway;

beforeAll(async () => {
  const keys = [providerKeys.OPENAI_KEY];
  const tls = { names: ["llm.behind-proxy.test"] };
  providers = {
    plain: await startProvider({ protocol: "openai", keys }),
    tls: await startProvider({ protocol: "openai", keys, tls, http2: true }),
    replica: await startProvider({ protocol: "openai", keys, tls, http2: true }),
    mutual: await startProvider({ protocol: "openai", keys, tls: { names: ["llm.behind-proxy.test"], wantsClient: true } }),
    direct: await startProvider({ protocol: "openai", keys }),
  };
  proxy = new ConnectProxy();
  await proxy.start({
    "plain.behind-proxy.test:8000": providers.plain.port,
    "llm.behind-proxy.test:443": providers.tls.port,
    "llm.behind-proxy.test:8443": providers.replica.port,
    "llm.behind-proxy.test:9443": providers.mutual.port,
  });
  const authority = testAuthority();
  const client = authority.issue(["sluice"], "client");
  const provider = (id: string, url: string, more: string): string =>
    `  ${id}: { type: openai, url: ${url}, keys: [env:OPENAI_KEY], ${more} }`;
  gateway = await startGateway(
    [
      "providers:",
      provider("plain", "http://plain.behind-proxy.test:8000", `proxy: "${proxy.url}"`),
      provider("tls", "https://llm.behind-proxy.test", `proxy: "${proxy.url}", tls: { ca: ca.pem }`),
      provider(
        "several",
        "[https://llm.behind-proxy.test, https://llm.behind-proxy.test:8443]",
        `proxy: "${proxy.url}", tls: { ca: ca.pem }, balance: round_robin`,
      ),
      provider("unknown", "https://other.behind-proxy.test", `proxy: "${proxy.url}", tls: { ca: ca.pem }`),
      provider("mutual", `"https://127.0.0.1:${providers.mutual.port}"`, "tls: { ca: ca.pem, cert: client.pem, key: client-key.pem }"),
      provider(
        "both",
        "https://llm.behind-proxy.test:9443",
        `proxy: "${proxy.url}", tls: { ca: ca.pem, cert: client.pem, key: client-key.pem }`,
      ),
      provider("without", `"https://127.0.0.1:${providers.mutual.port}"`, "tls: { ca: ca.pem }"),
      provider("direct", providers.direct.url, "attempts: 1"),
      "models:",
      "  - { match: gpt-4o, to: tls, fallback: direct }",
      "",
    ].join("\n"),
    { files: { "ca.pem": authority.certificate, "client.pem": client.cert, "client-key.pem": client.key } },
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
  await proxy.stop();
});
beforeEach(() => {
  proxy.asked.length = 0;
  proxy.refuses = false;
  Object.values(providers).forEach((provider) => provider.reset());
});

async function ask(model: string, stream = false): Promise<[number, string]> {
  const answer = await gateway.post("/v1/chat/completions", { model, stream, messages: [{ role: "user", content: "Through" }] });
  return [answer.status, await answer.text()];
}

describe("proxy", () => {
  test.each([
    ["plain", "plain.behind-proxy.test:8000"],
    ["tls", "llm.behind-proxy.test:443"],
  ] as const)("%s: the proxy is asked for the provider's name", async (id, authority) => {
    for (const stream of [false, true]) {
      const [status, text] = await ask(`${id}/gpt-4o`, stream);
      expect([status, text]).toEqual([200, expect.stringContaining("Through")]);
      if (stream) expect(text).toMatch(/data: \[DONE\]\n\n$/);
    }
    expect(providers[id].requests).toHaveLength(2);
    expect(providers[id].requests[0]!.headers).toMatchObject({ authorization: `Bearer ${providerKeys.OPENAI_KEY}` });
    expect(providers[id].requests[0]!.httpVersion).toBe(id === "tls" ? "2.0" : "1.1");
    expect(new Set(proxy.asked.map((asked) => asked.authority))).toEqual(new Set([authority]));
    // What is inside the tunnel is none of the proxy's business.
    for (const { headers } of proxy.asked) expect(Object.keys(headers)).toEqual(["host"]);
    expectOnlyGoodRequests([providers[id]]);
  });

  test("several servers behind it", async () => {
    for (let i = 0; i < 12; i++) expect((await ask("several/gpt-4o"))[0]).toBe(200);
    expect(Math.min(providers.tls.requests.length, providers.replica.requests.length)).toBeGreaterThanOrEqual(3);
  });

  test("a proxy that refuses moves the request on, or is said to be the reason", async () => {
    const [status, text] = await ask("unknown/gpt-4o");
    expect([status, JSON.parse(text)]).toEqual([
      503,
      { error: expect.objectContaining({ message: expect.stringContaining('"unknown"') }) },
    ]);
    proxy.refuses = true;
    // Tunnels that are there already stay: a new gateway has none.
    const fresh = await startGateway(
      [
        "providers:",
        `  tls: { type: openai, url: https://llm.behind-proxy.test, keys: [env:OPENAI_KEY], proxy: "${proxy.url}" }`,
        `  direct: { type: openai, url: ${providers.direct.url}, keys: [env:OPENAI_KEY] }`,
        "models: [{ match: gpt-4o, to: tls, fallback: direct }]",
        "",
      ].join("\n"),
    );
    const answer = await fresh.post("/v1/chat/completions", { model: "gpt-4o", messages: [{ role: "user", content: "Through" }] });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-sluice-attempts")).toBe("tls;reason=unreachable, direct");
    await fresh.stop();
  });
});

describe("a server that wants a certificate", () => {
  test.each(["mutual", "both"])("gets it: %s", async (id) => {
    expect(await ask(`${id}/gpt-4o`)).toEqual([200, expect.stringContaining("Through")]);
    expect(providers.mutual.requests).toHaveLength(1);
    expect(proxy.asked).toHaveLength(id === "both" ? 1 : 0);
  });

  test("and refuses who has none", async () => {
    expect((await ask("without/gpt-4o"))[0]).toBe(503);
    expect(providers.mutual.requests).toHaveLength(0);
  });
});
