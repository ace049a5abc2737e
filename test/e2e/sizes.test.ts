/** Large requests and answers, in one piece and in many. */

import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { askOverHttp2 } from "./http2-client.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const MiB = 1024 * 1024;
/** Of the first gateway; the second has the defaults. */
const smallLimit = 2 * MiB;

let providers: Providers;
let small: TestGateway;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  const target = (name: ProviderName): string => `{ provider: ${name}, model: ${models[name]} }`;
  const yaml =
    providersYaml(providers) +
    `models:
  - { match: gpt-*, to: openai }
  - { match: claude-*, to: claude }
  - { match: gemini-*, to: gemini }
  - { match: first-openai, to: ${target("openai")}, fallback: [${target("claude")}] }
  - { match: first-claude, to: ${target("claude")}, fallback: [${target("gemini")}] }
  - { match: first-gemini, to: ${target("gemini")}, fallback: [${target("openai")}] }
`;
  small = await startGateway(`${yaml}limits: { body: 2MiB, answer: 2MiB }\n`);
  gateway = await startGateway(yaml);
});
afterAll(async () => {
  await small?.stop();
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

const request = (model: string, content: unknown, more: object = {}): object => ({ model, messages: [{ role: "user", content }], ...more });
const names = Object.entries(models) as [ProviderName, string][];

/** Sends a body in pieces of this size, without saying how long it is. */
function postInPieces(url: string, path: string, body: Buffer, size: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url + path, { method: "POST", headers: { "content-type": "application/json" }, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode!, body: Buffer.concat(chunks).toString() }));
      answer.on("error", reject);
    });
    // An answer may come while the body is still on its way.
    sent.on("error", (error) => setImmediate(reject, error));
    for (let at = 0; at < body.length; at += size) sent.write(body.subarray(at, at + size));
    sent.end();
  });
}

describe("a body over the limit", () => {
  test.each([
    ["/v1/chat/completions", { error: { type: "invalid_request_error", message: expect.stringMatching(/limit/) } }],
    ["/v1/messages", { type: "error", error: { message: expect.stringMatching(/\w{4}/) } }],
    ["/v1beta/models/gemini-2.5-flash:generateContent", { error: { message: expect.stringMatching(/\w{4}/) } }],
  ])("is refused in the client's form at %s, with or without a length, on HTTP/1.1 and HTTP/2", async (path, form) => {
    const body = Buffer.from(JSON.stringify(request("gpt-4o", "a".repeat(smallLimit))));
    const answers = [
      await small.post(path, body).then(async (answer) => ({ status: answer.status, body: await answer.text() })),
      await postInPieces(small.url, path, body, 16_384),
      await askOverHttp2(small.url, path, body),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.body)).toMatchObject(form);
    }
    for (const provider of Object.values(providers)) expect(provider.requests).toHaveLength(0);
  });

  test("is counted to the byte", async () => {
    const empty = JSON.stringify(request("gpt-4o", "")).length;
    const sized = (size: number): object => request("gpt-4o", "a".repeat(size - empty));
    providers.openai.next({ text: "Long" });
    expect((await small.post("/v1/chat/completions", sized(smallLimit))).status).toBe(200);
    expect((await small.post("/v1/chat/completions", sized(smallLimit + 1))).status).toBe(413);
  });
});

describe.each(names)("%s", (name, model) => {
  test("a prompt of 10 MiB with images arrives whole", async () => {
    const images = Array.from({ length: 5 }, () =>
      Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), randomBytes(1.5 * MiB)]).toString("base64"),
    );
    const content = [
      { type: "text", text: "What do these show?" },
      ...images.map((data) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } })),
    ];
    const answer = await gateway.post("/v1/chat/completions", request(model, content));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: expect.stringMatching(/^What do these show\?/) } }] });
    const received = providers[name].requests[0]!.body;
    for (const image of images) expect(received.includes(image)).toBe(true);
  });

  test("the same is replayed into the next attempt", async () => {
    const next = { openai: providers.claude, claude: providers.gemini, gemini: providers.openai }[name];
    const text = `Hello ${"lorem ipsum ".repeat(400_000)}end`;
    providers[name].next({ error: { status: 503 } });
    next.next({ text: "Long" });
    const answer = await gateway.post("/v1/chat/completions", request(`first-${name}`, text));
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "Long" } }] });
    expect(next.requests).toHaveLength(1);
    expect(next.requests[0]!.body.includes(text)).toBe(true);
  });

  test("a body that comes in thousands of small chunks", async () => {
    const text = "Grüße, \u{1F30D}! ".repeat(300);
    const body = Buffer.from(JSON.stringify(request(model, text)));
    for (const size of [1, 7]) {
      const answer = await postInPieces(gateway.url, "/v1/chat/completions", body, size);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body).choices[0].message.content).toBe(text);
    }
  });

  test("a whole answer of 30 MiB passes", async () => {
    const text = "0123456789abcde\n".repeat((30 * MiB) / 17);
    providers[name].next({ text });
    const answer = await gateway.post("/v1/chat/completions", request(model, "Write a lot"));
    expect(answer.status).toBe(200);
    const { choices } = (await answer.json()) as { choices: { message: { content: string }; finish_reason: string }[] };
    expect(choices[0]!.message.content === text).toBe(true);
    expect(choices[0]!.finish_reason).toBe("stop");
  });

  test("a whole answer over the limit: the next provider answers; from the only one it is a 502", async () => {
    const text = "a".repeat(smallLimit);
    for (const framing of ["length", "chunked"] as const) {
      providers[name].next({ text, framing }, { text, framing });
      const fallback = await small.post("/v1/chat/completions", request(`first-${name}`, "Write a lot"));
      expect(fallback.status).toBe(200);
      expect(await fallback.json()).toMatchObject({ choices: [{ message: { content: "Write a lot" } }] });
      const refused = await small.post("/v1/chat/completions", request(model, "Write a lot"));
      expect(refused.status).toBe(502);
      expect(await refused.json()).toMatchObject({ error: { type: "server_error", message: expect.stringMatching(/limit|larger/) } });
    }
  });

  test("a whole answer far over the limit: the same", async () => {
    const text = "a".repeat(20 * MiB);
    providers[name].next({ text }, { text });
    const fallback = await small.post("/v1/chat/completions", request(`first-${name}`, "Write a lot"));
    expect(fallback.status).toBe(200);
    const refused = await small.post("/v1/chat/completions", request(model, "Write a lot"));
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: { type: "server_error" } });
  });

  test("a stream far over the limit passes: nothing of it is held", async () => {
    const text = Array.from({ length: 4000 }, (_, index) => `${index}:${"x".repeat(2000)}\n`);
    providers[name].next({ text });
    const stream = await small
      .client()
      .chat.completions.create({ model, stream: true, messages: [{ role: "user", content: "Write a lot" }] });
    let received = "";
    for await (const { choices } of stream) received += choices[0]?.delta.content ?? "";
    expect(received === text.join("")).toBe(true);
  });

  test("a stream cut anew into small chunks, down to single bytes, is the same stream", async () => {
    const ask = async (chunkSize?: number): Promise<string> => {
      providers[name].next({
        text: ["Grüße, ", "\u{1F30D} and ", '\\ "more"\n'],
        tools: [{ name: "f", arguments: ['{"city":"Zürich"}'], id: "call_0123456789" }],
        ...(chunkSize !== undefined && { chunkSize }),
      });
      const answer = await gateway.post(
        "/v1/chat/completions",
        request(model, "Hi", {
          stream: true,
          tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties: { city: { type: "string" } } } } }],
        }),
      );
      const text = await answer.text();
      expect(text).toMatch(/data: \[DONE\]\n\n$/);
      const deltas = text
        .split("\n\n")
        .flatMap((event) =>
          event.startsWith("data: {") ? (JSON.parse(event.slice(6)).choices as { delta: unknown; finish_reason: unknown }[]) : [],
        );
      return JSON.stringify(deltas.map(({ delta, finish_reason }) => [delta, finish_reason]))
        .replaceAll(/"id":"[^"]*"/g, '"id":""')
        .replaceAll(/"obfuscation":"[^"]*"/g, "");
    };
    const whole = await ask();
    expect(whole).toContain("Zürich");
    for (const size of [1, 2, 3, 5, 64, 1000]) expect(await ask(size)).toBe(whole);
  });
});
