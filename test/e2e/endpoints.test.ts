/** OpenAI's SDK at the endpoints beside chat, through a real Envoy: forms with files go up, sound and pictures come down, byte for byte. */

import type OpenAI from "openai";
import { toFile } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";

let openai: Provider;
let claude: Provider;
let cohere: Provider;
let gateway: TestGateway;
let client: OpenAI;

beforeAll(async () => {
  openai = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
  claude = await startProvider({ protocol: "anthropic", keys: [providerKeys.CLAUDE_KEY] });
  cohere = await startProvider({ protocol: "cohere", keys: [COHERE_KEY], models: ["rerank-*"] });
  gateway = await startGateway(
    `providers:
  claude: { type: claude, url: ${claude.url}, keys: [env:CLAUDE_KEY] }
  openai: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY], models: { listen: whisper-1 } }
  cohere: { type: cohere, url: ${cohere.url}, keys: [env:COHERE_KEY], models: { sort: rerank-v3.5 } }
models:
  - { match: claude-*, to: claude }
  - { match: sort, to: cohere }
  - { match: "*", to: openai }
`,
    { environment: { COHERE_KEY } },
  );
  client = gateway.client();
});
afterAll(async () => {
  await gateway?.stop();
  await openai.stop();
  await claude.stop();
  await cohere.stop();
});
beforeEach(() => {
  openai.reset();
  cohere.reset();
});
afterEach(() => expect([...openai.refusals, ...cohere.refusals]).toEqual([]));

const COHERE_KEY = "provider-cohere-4c5d";

const SOUND = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 7)) & 0xff));
const answers = (value: unknown) => openai.next({ raw: { body: JSON.stringify(value) } });

test("images.generate", async () => {
  const picture = SOUND.toString("base64");
  answers({ created: 1, data: [{ b64_json: picture }], usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 } });
  const answer = await client.images.generate({ model: "gpt-image-1", prompt: "a dot" });
  expect(answer.data![0]!.b64_json).toBe(picture);
  expect(openai.requests[0]!.json).toEqual({ model: "gpt-image-1", prompt: "a dot" });
  expect((await gateway.newLines()).at(-1)!.facts).toMatchObject({
    provider: "openai",
    model: "gpt-image-1",
    input_tokens: 5,
    output_tokens: 7,
  });
});

test("images.edit with a file, whose bytes reach the provider", async () => {
  answers({ created: 1, data: [{ b64_json: "AA==" }] });
  await client.images.edit({ model: "gpt-image-1", prompt: "red", image: await toFile(SOUND, "a.png", { type: "image/png" }) });
  const [request] = openai.requests;
  expect(request!.path).toBe("/v1/images/edits");
  expect(request!.headers["content-type"]).toMatch(/^multipart\/form-data; ?boundary=/);
  expect(request!.body.includes(SOUND)).toBe(true);
});

test("audio.speech.create, as bytes", async () => {
  openai.next({ raw: { headers: { "content-type": "audio/mpeg" }, body: [SOUND.subarray(0, 1000), SOUND.subarray(1000)] } });
  const answer = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "Hi" });
  expect(answer.headers.get("content-type")).toBe("audio/mpeg");
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(SOUND);
});

test("audio.transcriptions.create with a file, whose model is mapped inside the form", async () => {
  answers({ text: "Hello", usage: { type: "duration", seconds: 3 } });
  const answer = await client.audio.transcriptions.create({ model: "listen", file: await toFile(SOUND, "a.wav") });
  expect(answer.text).toBe("Hello");
  const body = openai.requests[0]!.body;
  expect(body.includes('name="model"\r\n\r\nwhisper-1\r\n')).toBe(true);
  expect(body.includes(SOUND)).toBe(true);
  expect((await gateway.newLines()).at(-1)!.facts).toMatchObject({ model: "listen", upstream_model: "whisper-1", audio_seconds: 3 });
});

test.each(["/rerank", "/v1/rerank", "/v2/rerank"])("%s in Cohere's form, whose model is mapped, and whose answer passes", async (path) => {
  const documents = ["Rain falls in Bergen", "The sun shines in Rome", "It snows"];
  const asked = { model: "sort", query: "sun in Rome", documents, top_n: 2 };
  const answer = await client.post<{ results: unknown[] }>(gateway.url + path, { body: asked });
  expect(answer.results).toEqual([
    { index: 1, relevance_score: 1 },
    { index: 0, relevance_score: 1 / 3 },
  ]);
  const [request] = cohere.requests;
  expect(request!.path).toBe("/v2/rerank");
  expect(request!.json).toEqual({ ...asked, model: "rerank-v3.5" });
  expect((await gateway.newLines()).at(-1)!.facts).toMatchObject({
    provider: "cohere",
    model: "sort",
    upstream_model: "rerank-v3.5",
    searches: 1,
  });
  expect(openai.requests).toEqual([]);
});

test("what a provider refuses of a rerank is told in the client's form", async () => {
  const refused = client.post("/rerank", { body: { model: "sort", query: "sun", documents: [] } });
  await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringContaining("documents") });
  expect(cohere.refusals).toHaveLength(1);
  cohere.reset();
});

test("moderations.create without a model goes to the first provider that has the API", async () => {
  answers({ id: "modr-1", model: "omni-moderation-latest", results: [{ flagged: false }] });
  const answer = await client.moderations.create({ input: "Hi" });
  expect(answer.results[0]!.flagged).toBe(false);
  expect(openai.requests).toHaveLength(1);
});

test("… or to the one that the path begins with", async () => {
  const named = gateway.client({ baseURL: `${gateway.url}/openai/v1` });
  answers({ id: "modr-1", results: [] });
  await named.moderations.create({ input: "Hi" });
  expect(openai.requests[0]!.path).toBe("/v1/moderations");
});

test("a model of a provider without the API is refused in words", async () => {
  const asked = client.audio.speech.create({ model: "claude-x", voice: "alloy", input: "Hi" });
  await expect(asked).rejects.toThrow('Provider "claude" does not serve speech');
  expect(openai.requests).toEqual([]);
});

test("files, batches, fine-tuning and stored responses are refused", async () => {
  for (const asked of [
    () => client.files.list(),
    () => client.files.create({ purpose: "batch", file: toFile(SOUND, "a.jsonl") as never }),
    () => client.files.content("file-1"),
    () => client.batches.create({ input_file_id: "file-1", endpoint: "/v1/chat/completions", completion_window: "24h" }),
    () => client.fineTuning.jobs.list(),
  ])
    await expect(asked()).rejects.toMatchObject({ status: 403, message: expect.stringContaining("`stateful: true`") });
  for (const path of ["/v1/files/../files/x", "/v1//files/x", "/v1/files%2Fx", "/V1/files/x"]) {
    const { status } = await fetch(gateway.url + path);
    expect([403, 404]).toContain(status);
  }
  expect(openai.requests).toEqual([]);
});
