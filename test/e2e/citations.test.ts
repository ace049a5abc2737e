/** A search of the web by a client's own SDK, answered in another protocol: the sources come in the client's form, in a stream and in what the SDK makes of it. */
import { readFileSync } from "node:fs";
import { GoogleGenAI } from "@google/genai";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

const stranger = (name: string): { raw: { headers: Record<string, string>; body: string } } => ({
  raw: {
    headers: { "content-type": "text/event-stream" },
    body: readFileSync(new URL(`../fixtures/${name}/provider-answer`, import.meta.url), "utf8"),
  },
});
const claude = stranger("openai-to-anthropic/citations-stream");
const gemini = stranger("anthropic-to-gemini/citations-stream");
const text = '😀 In Köln: 24 Grad und Sonne. Der "Pegel": 3,10 m.';
const pages = [
  { url: "https://wetter.example/koeln", title: "Wetter Köln", start_index: 11, end_index: 29 },
  { url: "https://rhein.example/pegel", title: "Rheinpegel", start_index: 29, end_index: 50 },
];

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers) + "models:\n  - { match: claude-*, to: claude }\n  - { match: gemini-*, to: gemini }\n",
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

test("OpenAI's chat completions", async () => {
  providers.claude.next(claude);
  const stream = await gateway.client().chat.completions.create({
    model: "claude-sonnet-4-5",
    messages: [{ role: "user", content: "Wetter?" }],
    web_search_options: {},
    stream: true,
  });
  const annotations: unknown[] = [];
  for await (const { choices } of stream) {
    const delta = choices[0]?.delta as { annotations?: unknown[] } | undefined;
    annotations.push(...(delta?.annotations ?? []));
  }
  expect(annotations).toEqual(pages.map((page) => ({ type: "url_citation", url_citation: page })));
});

test("OpenAI's Responses", async () => {
  providers.claude.next(claude);
  const stream = gateway.client().responses.stream({ model: "claude-sonnet-4-5", input: "Wetter?", tools: [{ type: "web_search" }] });
  const added: unknown[] = [];
  stream.on("event", (event) => {
    if (event.type === "response.output_text.annotation.added") added.push(event.annotation);
  });
  const response = await stream.finalResponse();
  const annotations = pages.map((page) => ({ type: "url_citation", ...page }));
  expect(added).toEqual(annotations);
  expect(response.output).toMatchObject([{ content: [{ text, annotations }] }]);
});

test("Gemini's", async () => {
  providers.claude.next(claude);
  const client = new GoogleGenAI({ apiKey: "sk-anyone", httpOptions: { baseUrl: gateway.url } });
  const stream = await client.models.generateContentStream({
    model: "claude-sonnet-4-5",
    contents: "Wetter?",
    config: { tools: [{ googleSearch: {} }] },
  });
  let grounding: unknown;
  for await (const { candidates } of stream) grounding = candidates?.[0]?.groundingMetadata ?? grounding;
  expect(grounding).toEqual({
    groundingChunks: pages.map(({ url, title }) => ({ web: { uri: url, title } })),
    groundingSupports: pages.map(({ start_index, end_index }, i) => {
      const [start, end] = [start_index, end_index].map((at) => Buffer.byteLength([...text].slice(0, at).join("")));
      return {
        segment: { startIndex: start, endIndex: end, text: [...text].slice(start_index, end_index).join("") },
        groundingChunkIndices: [i],
      };
    }),
  });
});

test("Anthropic's", async () => {
  providers.gemini.next(gemini);
  const client = gateway.anthropic({ apiKey: "sk-anyone" });
  const message = await client.messages
    .stream({
      model: "gemini-2.5-flash",
      max_tokens: 64,
      messages: [{ role: "user", content: "Wetter?" }],
      tools: [{ type: "web_search_20250305", name: "web_search" }],
    })
    .finalMessage();
  expect(message.content).toMatchObject([
    {
      text: "In Köln scheint die Sonne. 😀 Morgen auch.",
      citations: ["wetter.example", "sonne.example", "sonne.example"].map((title) => ({ type: "web_search_result_location", title })),
    },
  ]);
});
