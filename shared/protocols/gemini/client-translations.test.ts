/** Whatever a Gemini client says that fits: what is written is what the provider takes, and what was said is in it. */
import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { checkMessages } from "../../../test/providers/anthropic/check.ts";
import { signatureOf } from "../../../test/providers/anthropic/signature.ts";
import { checkBody } from "../../../test/providers/gemini/check.ts";
import { checkChat } from "../../../test/providers/openai/check.ts";

const client = await assembly(new URL("./client.testing.ts", import.meta.url));
const decoder = new TextDecoder("utf-8", { fatal: true });

const [OPENAI, ANTHROPIC, GEMINI] = [0, 1, 2];
/** What `translate` answers where the client's own bytes will do. */
const UNCHANGED = 3;
const models: Record<number, string[]> = {
  [OPENAI]: ["gpt-4o", "gpt-4.1"],
  [ANTHROPIC]: ["claude-sonnet-4-5", "claude-opus-4-1"],
  [GEMINI]: ["gemini-2.5-flash", "gemini-3-flash"],
};
const setup = { keys: [], models: ["*"], vendor: "openai" };
const path = "/v1beta/models/m:generateContent";
/** As anthropic's signatures are marked on their way through Gemini's clients. */
const mark = "YW50aHJvcGlj";

function complaint(provider: number, model: string, json: unknown): string | undefined {
  if (provider === OPENAI) return checkChat(json, setup)?.message;
  if (provider === GEMINI) return checkBody({ kind: "chat", stream: false, model }, json, setup)?.message;
  const request = { headers: { "anthropic-version": "2023-06-01" }, json } as unknown as Parameters<typeof checkMessages>[1];
  return checkMessages({ kind: "chat", stream: false, model: undefined }, request, setup)?.message;
}

type Json = Record<string, unknown>;

/** Makes requests that Gemini takes, and notes every text in them: each is there once. */
class Client {
  said: string[] = [];
  private readonly random: Random;
  private count = 0;

  constructor(random: Random) {
    this.random = random;
  }

  request(): Json {
    this.said = [];
    const contents: Json[] = [{ role: "user", parts: [{ text: this.text() }] }];
    for (let rounds = this.random.below(3); rounds > 0; rounds--) contents.push(...this.round());
    const body: Json = { contents };
    if (this.random.once(3)) body["systemInstruction"] = { parts: [{ text: this.text() }] };
    if (this.random.once(3)) body["safetySettings"] = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];
    body["tools"] = [
      {
        functionDeclarations: [
          {
            name: "f",
            description: "d",
            parameters: { type: "OBJECT", properties: { a: { type: "STRING", nullable: this.random.once(2) } } },
          },
          { name: "g", parametersJsonSchema: { type: "object", properties: { b: { type: "integer" } }, additionalProperties: false } },
          { name: "h" },
        ],
      },
    ];
    if (this.random.once(3)) {
      const mode = this.random.pick(["AUTO", "ANY", "NONE"]);
      const functionCallingConfig: Json = { mode };
      if (mode === "ANY" && this.random.once(2)) functionCallingConfig["allowedFunctionNames"] = this.random.pick([["f"], ["f", "g"]]);
      body["toolConfig"] = { functionCallingConfig };
    }
    const config: Json = {};
    const maybe = (name: string, ...values: unknown[]): void => {
      if (this.random.once(5)) config[name] = this.random.pick(values);
    };
    maybe("temperature", 0, 0.5, 1);
    maybe("topK", 1, 40);
    maybe("maxOutputTokens", 3000, 20000);
    maybe("stopSequences", ["a"], ["b", "c"]);
    maybe("candidateCount", 1);
    maybe("seed", 5);
    maybe("thinkingConfig", { thinkingBudget: 0 }, { thinkingBudget: -1, includeThoughts: true }, { thinkingBudget: 1024 });
    if (Object.keys(config).length > 0) body[this.random.pick(["generationConfig", "generation_config"])] = config;
    return body;
  }

  private text(): string {
    const text = `<${this.count++}>${this.random.pick(["", "Grüße ", '"q" ', "\n", "😀"])}`;
    this.said.push(text);
    return text;
  }

  /** Calls with their responses, by id or by name and order; or an answer and another question. */
  private round(): Json[] {
    if (this.random.once(2)) {
      const parts = this.random.pick<() => Json[]>([
        () => [{ text: this.text() }],
        () => [{ text: "hm", thought: true }, { text: this.text() }],
        () => [
          { text: "h", thought: true },
          { text: "m", thought: true },
          { text: "", thought: true, thoughtSignature: mark + signatureOf("hm") },
          { text: this.text() },
        ],
      ])();
      return [
        { role: "model", parts },
        { role: "user", parts: [{ text: this.text() }, ...this.media()] },
      ];
    }
    const hasIds = this.random.once(2);
    const calls = Array.from({ length: 1 + this.random.below(3) }, () => ({
      ...(hasIds ? { id: `c${this.count++}` } : {}),
      name: this.random.pick(["f", "g"]),
      args: this.random.pick([{}, { a: "é\n" }, { a: { b: [1, 2.5] } }]),
    }));
    const responses = calls.map(({ args: _, ...call }) => ({
      functionResponse: {
        ...call,
        response: this.random.pick<() => Json>([() => ({ result: this.text() }), () => ({ error: this.text() }), () => ({ x: [1] })])(),
      },
    }));
    return [
      {
        role: "model",
        parts: calls.map((call, i) => ({
          functionCall: call,
          ...(i === 0 ? { thoughtSignature: "skip_thought_signature_validator" } : {}),
        })),
      },
      { role: "user", parts: responses },
    ];
  }

  private media(): Json[] {
    return this.random.pick<Json[]>([
      [],
      [{ inlineData: { mimeType: "image/png", data: "AAAA" } }],
      [{ inline_data: { mime_type: "application/pdf", data: "AAAA" } }],
      [{ fileData: { mimeType: "image/jpeg", fileUri: "https://x.test/a.jpg" } }],
      [{ inlineData: { mimeType: "text/plain", data: "SGk=" } }],
    ]);
  }
}

test.each([
  ["OpenAI", OPENAI],
  ["Anthropic", ANTHROPIC],
])("what fits %s is what it takes, with everything that was said", (_, provider) => {
  const random = new Random(printedSeed(`gemini client to ${provider}`));
  const maker = new Client(random);
  let fitting = 0;
  const cases = caseCount(2000);
  for (let i = 0; i < cases; i++) {
    const body = maker.request();
    const model = random.pick(models[provider]!);
    const status = client.call("translate", [JSON.stringify(body), path, model], provider);
    if (status !== 0) continue;
    fitting++;
    const written = decoder.decode(client.output);
    const json: unknown = JSON.parse(written);
    const context = `${model}\n${JSON.stringify(body)}\n${written}`;
    expect(complaint(provider, model, json), context).toBeUndefined();
    const strings = JSON.stringify(json);
    for (const text of maker.said) expect(strings.split(JSON.stringify(text).slice(1, -1)).length, `${text}\n${context}`).toBe(2);
  }
  expect(fitting).toBeGreaterThan(cases / 4);
});

test("to Gemini the bytes are the client's, but for thoughts of another maker", () => {
  const random = new Random(printedSeed("gemini client to gemini"));
  const maker = new Client(random);
  for (let i = caseCount(2000); i > 0; i--) {
    const body = JSON.stringify(maker.request());
    const status = client.call("translate", [body, path, ""], GEMINI);
    const written = decoder.decode(client.output);
    if (!body.includes(mark)) {
      expect(status).toBe(UNCHANGED);
      expect(written).toBe(body);
      continue;
    }
    expect(status).toBe(0);
    expect(written).not.toContain(mark);
    for (const text of maker.said) expect(written).toContain(JSON.stringify(text).slice(1, -1));
    expect(() => JSON.parse(written) as unknown).not.toThrow();
  }
});

test("a request with any fault is refused or becomes JSON, and traps nothing", () => {
  const random = new Random(printedSeed("spoilt gemini requests"));
  const maker = new Client(random);
  const paths = [path, "/v1beta/models/m:countTokens", "/v1beta/models/m:embedContent", "/v1beta/models/m:batchEmbedContents"];
  for (let i = caseCount(4000); i > 0; i--) {
    const spoilt = spoil(random, Buffer.from(JSON.stringify(maker.request())));
    const provider = random.pick([OPENAI, ANTHROPIC, GEMINI]);
    const changed = random.once(2) ? random.pick(models[provider]!) : "";
    const status = client.call("translate", [spoilt, random.pick(paths), changed], provider);
    const output = decoder.decode(client.output);
    expect(() => JSON.parse(output) as unknown, output).not.toThrow();
    if (status === 1 || status === 2) expect(JSON.parse(output)).toMatchObject({ error: { code: 400 } });
  }
});
