/** What all servers do alike: scripts, delivery, recording, HTTP/2, TLS, the program. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Behaviour, type Provider } from "./provider.ts";

const path = "/v1/chat/completions";
const body = (more: object = {}): string =>
  JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "one two three" }], ...more });

interface Received {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** What broke the answer off; undefined if it is whole. */
  error: string | undefined;
}

let provider: Provider;
beforeAll(async () => void (provider = await startProvider({ protocol: "openai" })));
beforeEach(() => provider.reset());
afterAll(() => provider.stop());

/** Sends with Node's own client, which decompresses nothing and tells a cut from an end. */
function send(payload = body(), headers: Record<string, string> = {}, on: Provider = provider): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = (on.ca === undefined ? httpRequest : httpsRequest)(
      {
        port: on.port,
        host: "127.0.0.1",
        path,
        method: "POST",
        headers: { authorization: "Bearer k", "content-type": "application/json", ...headers },
        ca: on.ca,
        servername: "localhost",
        agent: false,
      } as object,
      (answer) => {
        request.off("error", reject).on("error", () => {}); // from here on the answer tells
        const pieces: Buffer[] = [];
        const done = (error?: string): void =>
          resolve({ status: answer.statusCode!, headers: answer.headers as Record<string, string>, body: Buffer.concat(pieces), error });
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("end", () => done());
        answer.on("error", (error: NodeJS.ErrnoException) => done(error.code));
      },
    );
    request.on("error", reject);
    request.end(payload);
  });
}

describe("behaviours", () => {
  test("line up, then the usual one serves; a function sees the request", async () => {
    provider.always({ text: "usual" });
    provider.next({ text: "first" }, (request) => ({ text: `second of ${request.json.model}` }));
    const said = async (): Promise<string> => JSON.parse((await send()).body.toString()).choices[0].message.content;
    expect([await said(), await said(), await said()]).toEqual(["first", "second of gpt-4o", "usual"]);
    provider.reset();
    expect(await said()).toBe("one two three");
  });

  test("a stream in the pieces that the script gives", async () => {
    provider.next({ text: ["a", "bc", ""] });
    expect((await send(body({ stream: true }))).body.toString().match(/"content":"[^"]*"/g)).toEqual([
      '"content":""',
      '"content":"a"',
      '"content":"bc"',
      '"content":""',
    ]);
  });

  test.each<[string, Behaviour, Partial<Received>]>([
    [
      "an HTML page",
      { raw: { status: 502, headers: { "content-type": "text/html" }, body: "<html>bad gateway</html>" } },
      { status: 502, body: Buffer.from("<html>bad gateway</html>") },
    ],
    ["an empty body", { raw: { body: "" } }, { status: 200, body: Buffer.alloc(0) }],
    ["no JSON", { raw: { body: '{"id":' } }, { status: 200, body: Buffer.from('{"id":') }],
    [
      "an error in words of its own",
      { error: { status: 418, body: "teapot", headers: { "x-a": "b" } } },
      { status: 418, body: Buffer.from("teapot") },
    ],
  ])("%s", async (_, behaviour, expected) => {
    provider.next(behaviour);
    expect(await send()).toMatchObject(expected);
  });

  test("another content type, headers of its own, compression that nobody asked for", async () => {
    provider.next({ contentType: "text/plain", headers: { "x-extra": "1" }, gzip: true });
    const answer = await send();
    expect(answer.headers).toMatchObject({ "content-type": "text/plain", "x-extra": "1", "content-encoding": "gzip" });
    expect(gunzipSync(answer.body).toString()).toContain("one two three");
  });

  test("compression that was asked for, as the vendors do", async () => {
    expect((await send(body(), { "accept-encoding": "gzip" })).headers["content-encoding"]).toBe("gzip");
    expect((await send()).headers["content-encoding"]).toBeUndefined();
  });

  test("a stream without its finish reason, and one that turns into an error", async () => {
    provider.next({ withoutFinish: true }, { errorEvent: { status: 500, after: 1 } });
    const cut = await send(body({ stream: true }));
    expect(cut.error).toBeUndefined();
    expect(cut.body.toString()).toContain("three");
    expect(cut.body.toString()).not.toMatch(/finish_reason":"|DONE/);
    const failed = (await send(body({ stream: true }))).body.toString();
    expect(failed).toMatch(/"content":"one".*data: \{"error":\{[^\n]*\}\}\n\n$/s);
    expect(failed).not.toContain("two");
  });

  test("a huge answer arrives whole", async () => {
    provider.next({ text: "x".repeat(8 << 20) });
    expect((await send()).body.length).toBeGreaterThan(8 << 20);
  });
});

describe("delivery", () => {
  test.each<[string, Behaviour, string | undefined, boolean]>([
    ["a reset in a stream", { cut: { after: 100, how: "reset" } }, "ECONNRESET", true],
    ["a clean end in a stream", { cut: { after: 100, how: "end" } }, undefined, true],
    ["a reset in a whole answer", { cut: { after: 100, how: "reset" } }, "ECONNRESET", false],
    ["a clean end in a whole answer", { cut: { after: 100, how: "end" } }, undefined, false],
  ])("%s comes after exactly so many bytes", async (_, behaviour, error, stream) => {
    provider.next(behaviour);
    const answer = await send(body({ stream }));
    expect([answer.body.length, answer.error]).toEqual([100, error]);
    expect(provider.requests[0]!.sent).toBe(100);
    expect(await provider.requests[0]!.ended).toBe(error === undefined ? "complete" : "aborted");
  });

  test("a reset before the first byte of the body", async () => {
    provider.next({ cut: { after: 0, how: "reset" } });
    const answer = await send(body({ stream: true }));
    expect([answer.status, answer.body.length, answer.error]).toEqual([200, 0, "ECONNRESET"]);
  });

  test("framing by length, by chunks, by the connection's end", async () => {
    const framing = async (behaviour: Behaviour, stream = false): Promise<(string | undefined)[]> => {
      provider.next(behaviour);
      const { headers } = await send(body({ stream }));
      return [headers["content-length"] && "length", headers["transfer-encoding"], headers.connection];
    };
    expect(await framing({})).toEqual(["length", undefined, "close"]);
    expect(await framing({}, true)).toEqual([undefined, "chunked", "close"]);
    expect(await framing({ framing: "chunked" })).toEqual([undefined, "chunked", "close"]);
    expect(await framing({ framing: "close" }, true)).toEqual([undefined, undefined, "close"]);
  });

  test("it waits for promises before headers, the first byte, a chunk", async () => {
    const steps: string[] = [];
    const gate = (name: string): { promise: Promise<void>; open: () => void } => {
      const { promise, resolve } = Promise.withResolvers<void>();
      return { promise, open: () => (steps.push(name), resolve()) };
    };
    const [headers, first, third] = [gate("headers"), gate("first byte"), gate("third chunk")];
    provider.next({ hold: { headers: headers.promise, firstByte: first.promise, chunk: { index: 2, until: third.promise } } });
    const answering = fetch(`${provider.url}${path}`, {
      method: "POST",
      headers: { authorization: "Bearer k" },
      body: body({ stream: true }),
    });
    await provider.received(0);
    expect(provider.requests[0]!.status).toBeUndefined();
    headers.open();
    const answer = await answering;
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect(provider.requests[0]!.sent).toBe(0);
    first.open();
    let text = "";
    while (!text.includes('"one"')) text += (await reader.read()).value ?? "";
    expect(text).not.toContain("two");
    third.open();
    for (let step = await reader.read(); !step.done; step = await reader.read()) text += step.value;
    expect(text).toContain("[DONE]");
    expect(steps).toEqual(["headers", "first byte", "third chunk"]);
  });

  test("a client that hangs up ends the exchange", async () => {
    const never = Promise.withResolvers<void>();
    provider.next({ hold: { chunk: { index: 1, until: never.promise } } });
    const hangUp = new AbortController();
    const answer = await fetch(`${provider.url}${path}`, {
      method: "POST",
      headers: { authorization: "Bearer k" },
      body: body({ stream: true }),
      signal: hangUp.signal,
    });
    await answer.body!.getReader().read();
    hangUp.abort();
    expect(await provider.requests[0]!.ended).toBe("aborted");
  });

  test("bytes cut anew", async () => {
    provider.next({ chunkSize: 7 });
    const socket = connectTcp(provider.port, "127.0.0.1");
    const payload = body({ stream: true });
    socket.end(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ncontent-length: ${payload.length}\r\nconnection: close\r\n\r\n${payload}`,
    );
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    const sizes = Buffer.concat(pieces)
      .toString()
      .split("\r\n\r\n")
      .slice(1)
      .join("\r\n\r\n")
      .match(/^[0-9a-f]+\r?$/gm)!;
    expect(sizes.slice(0, 3).map((size) => size.trim())).toEqual(["7", "7", "7"]);
  });
});

describe("limits and delays", () => {
  test.each([
    ["openai", path, 26_214_401, 413],
    ["anthropic", "/v1/messages", 33_554_433, 413],
    ["gemini", "/v1beta/models/gemini-2.5-flash:generateContent", 104_857_601, 400],
  ] as const)("%s takes no larger body than the vendor", async (protocol, target, size, status) => {
    const started = await startProvider({ protocol });
    try {
      const answer = await fetch(started.url + target, { method: "POST", body: new Uint8Array(size).fill(0x20) });
      expect([answer.status, typeof ((await answer.json()) as { error: { message: string } }).error.message]).toEqual([status, "string"]);
      expect(started.requests[0]!.body.length).toBe(size);
    } finally {
      await started.stop();
    }
  });

  test("an answer that is delayed comes after one that isn't", async () => {
    provider.next({ text: "slow", delay: { headers: 40, firstByte: 20, between: 5 } }, { text: "fast" });
    const order: string[] = [];
    const ask = async (): Promise<void> => {
      const stream = (await send(body({ stream: true }))).body.toString();
      order.push(/"content":"(\w+)"/.exec(stream)![1]!);
    };
    const slow = ask();
    await provider.received(0);
    await Promise.all([slow, ask()]);
    expect(order).toEqual(["fast", "slow"]);
  });
});

describe("recording", () => {
  test("method, path, query, headers as they came, raw body, parsed body", async () => {
    const raw = `{"model":"gpt-4o","messages":[{"role":"user","content":"\\u0041"}]}`;
    await fetch(`${provider.url}${path}?a=1&b=2`, { method: "POST", headers: { Authorization: "Bearer k", "X-Mixed": "Case" }, body: raw });
    const request = provider.requests[0]!;
    expect(request).toMatchObject({
      method: "POST",
      path,
      target: `${path}?a=1&b=2`,
      httpVersion: "1.1",
      headers: { "x-mixed": "Case" },
      status: 200,
      refused: undefined,
    });
    expect(request.query.get("b")).toBe("2");
    expect(request.body.toString()).toBe(raw);
    expect(request.json.messages[0].content).toBe("A");
    expect(request.rawHeaders.length % 2).toBe(0);
  });

  test("a request may be waited for", async () => {
    const waiting = provider.received(1);
    await send();
    await send(body({ model: "gpt-4o-mini" }));
    expect((await waiting).json.model).toBe("gpt-4o-mini");
  });
});

describe("HTTP/2 and TLS", () => {
  async function sendHttp2(session: ClientHttp2Session): Promise<{ status: number; body: string; code: number }> {
    const stream = session.request({ ":method": "POST", ":path": path, authorization: "Bearer k" });
    stream.end(body({ stream: true }));
    stream.on("error", () => {});
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    let text = "";
    stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    await new Promise((resolve) => stream.once("close", resolve));
    return { status: Number(headers[":status"]), body: text, code: stream.rstCode };
  }

  test("h2 with prior knowledge, and a reset of the one stream", async () => {
    const started = await startProvider({ protocol: "openai", http2: true });
    const session = connectHttp2(started.url);
    try {
      expect(await sendHttp2(session)).toMatchObject({ status: 200, code: 0, body: expect.stringMatching(/\[DONE\]\n\n$/) });
      expect(started.requests[0]).toMatchObject({ httpVersion: "2.0", headers: { ":path": path, ":method": "POST" } });
      started.next({ cut: { after: 50, how: "reset" } });
      const cut = await sendHttp2(session);
      expect([cut.body.length, cut.code]).toEqual([50, 2]);
      expect(await started.requests[1]!.ended).toBe("aborted");
      started.next({ text: ["x".repeat(4 << 20), "end"] });
      expect((await sendHttp2(session)).body.length).toBeGreaterThan(4 << 20);
    } finally {
      session.destroy();
      await started.stop();
    }
  });

  test("TLS by a certificate of our own authority, h2 or http/1.1 by ALPN, with the name that was asked for", async () => {
    const started = await startProvider({ protocol: "openai", http2: true, tls: { names: ["api.openai.test"] } });
    const session = connectHttp2(started.url, { ca: started.ca!, servername: "api.openai.test" });
    try {
      expect((await sendHttp2(session)).status).toBe(200);
      expect((await send(body(), {}, started)).status).toBe(200);
      expect(started.requests.map((request) => [request.httpVersion, request.serverName])).toEqual([
        ["2.0", "api.openai.test"],
        ["1.1", "localhost"],
      ]);
      const stranger = connectHttp2(started.url, { ca: started.ca!, servername: "other.test" });
      const [error] = (await once(stranger, "error")) as [NodeJS.ErrnoException];
      expect(error.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    } finally {
      session.destroy();
      await started.stop();
    }
  });
});

describe("the program", () => {
  test("prints one line when it is ready, follows its script, ends on SIGTERM", async () => {
    const script = join(import.meta.dirname, "testdata", "script.json");
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), "--protocol", "anthropic", "--key", "k", "--script", script],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const url = /^anthropic provider listens on (http:\/\/127\.0\.0\.1:\d+)$/.exec((await lines.next()).value ?? "")![1];
    const ask = async (): Promise<[number, string | undefined]> => {
      const payload = JSON.stringify({ model: "claude-haiku-4-5", max_tokens: 10, messages: [{ role: "user", content: "x" }] });
      const answer = await fetch(`${url}/v1/messages`, {
        method: "POST",
        headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
        body: payload,
      });
      return [answer.status, ((await answer.json()) as { content?: { text: string }[] }).content?.[0]?.text];
    };
    expect([await ask(), await ask()]).toEqual([
      [429, undefined],
      [200, "from the script"],
    ]);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("says how it is used", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "--protocol", "nothing"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    for await (const piece of child.stderr) said += String(piece);
    expect(said).toContain("--protocol openai|anthropic|gemini");
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(2);
  });
});
