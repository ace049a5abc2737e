/** OpenAI's endpoints beside chat: read as far as policy needs it, passed byte for byte. */
import { describe, expect, test } from "vitest";
import type { ProviderAnswer, ProviderRequest } from "../../test/host/provider.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { errorOf, factsOf, post } from "../../test/modules/requests.ts";

const BOUNDARY = "----formdata-undici-0123456789";
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;
/** Bytes that are no text, with what looks like the end of a line in them. */
const SOUND = Uint8Array.from({ length: 700 }, (_, i) => (i * 37 + (i >> 3)) & 0xff);

interface FormPart {
  name: string;
  value: string | Uint8Array;
  file?: string;
  head?: string;
}

function form(...parts: FormPart[]): Uint8Array {
  const pieces = parts.flatMap(({ name, value, file, head }) => [
    Buffer.from(
      `--${BOUNDARY}\r\n${head ?? `Content-Disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"\r\nContent-Type: application/octet-stream`}`}\r\n\r\n`,
    ),
    Buffer.from(value as string),
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

const file: FormPart = { name: "file", value: SOUND, file: "speech.wav" };
const speech = (body: Record<string, unknown> = {}) =>
  post(JSON.stringify({ model: "tts-1", input: "Hi", voice: "alloy", ...body }), {}, "/v1/audio/speech");
const transcription = (...parts: FormPart[]) => post(form(...parts), { "content-type": FORM }, "/v1/audio/transcriptions");
const json = (value: unknown, status = 200): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

const requests: [path: string, body: Uint8Array | string, type: string][] = [
  ["/v1/images/generations", '{ "prompt" : "a dot", "model":"gpt-image-1" ,"n":1}', "application/json"],
  ["/v1/images/edits", form({ name: "model", value: "gpt-image-1" }, { name: "image", value: SOUND, file: "a.png" }), FORM],
  ["/v1/images/edits", '{"model":"gpt-image-1","images":[{"image_url":"https://x.test/a.png"}],"prompt":"red"}', "application/json"],
  ["/v1/images/variations", form({ name: "image", value: SOUND, file: "a.png" }), FORM],
  ["/v1/audio/speech", '{"model":"tts-1","input":"\\u0048i","voice":"alloy"}', "application/json"],
  ["/v1/audio/transcriptions", form(file, { name: "model", value: "whisper-1" }), FORM],
  ["/v1/audio/translations", form({ name: "model", value: "whisper-1" }, file), FORM],
  ["/v1/moderations", '{"input":"Hi"}', "application/json"],
];

forEachPackaging(["ai-proxy"], (start) => {
  test.each(requests)("%s reaches the provider byte for byte (%#)", async (path, body, type) => {
    const seen: ProviderRequest[] = [];
    const gateway = await start({ script: (request) => (seen.push(request), json({ ok: true })) });
    const answer = gateway.request({ method: "POST", path, headers: { "content-type": type }, body });
    expect([answer.status, answer.body]).toEqual([200, '{"ok":true}']);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.path).toBe(path);
    expect(Buffer.from(seen[0]!.body)).toEqual(Buffer.from(body as string));
    expect(seen[0]!.headers.get("content-type")).toBe(type);
    expect(seen[0]!.headers.get("authorization")).toBe("Bearer sk-provider");
  });

  test("an answer of any type is the client's, piece by piece, as soon as it comes", async () => {
    const chunks = [SOUND.slice(0, 100), SOUND.slice(100, 101), SOUND.slice(101)];
    const gateway = await start({ script: () => ({ headers: { "content-type": "audio/mpeg", "content-length": "700" }, chunks }) });
    const answer = gateway.request(speech());
    expect(answer.headers).toMatchObject({ "content-type": "audio/mpeg", "content-length": "700" });
    expect(answer.chunks.filter((chunk) => chunk.length > 0).map((chunk) => chunk.length)).toEqual([100, 1, 599]);
    expect(answer.bytes).toEqual(SOUND);
    expect(factsOf(answer)).toMatchObject({ provider: "provider", model: "tts-1" });
  });

  test("an answer is not held to its end", async () => {
    const gateway = await start({ script: () => ({ headers: { "content-type": "audio/mpeg" }, chunks: [SOUND, 5000, SOUND] }) });
    const stream = gateway.open(speech());
    gateway.advance(1000);
    expect(gateway.answer(stream).status).toBe(200);
    expect(gateway.answer(stream).bytes).toEqual(SOUND);
    gateway.advance(10_000);
    expect(gateway.answer(stream).bytes.length).toBe(1400);
  });

  test("a mapped model is written over the client's, in JSON and in forms", async () => {
    const seen: ProviderRequest[] = [];
    const gateway = await start({
      provider: { type: "openai", apiTokens: ["k"], modelMapping: { "tts-1": "speak", "whisper-1": "listen" } },
      script: (request) => (seen.push(request), json({})),
    });
    gateway.request(speech());
    gateway.request(transcription(file, { name: "model", value: "whisper-1" }, { name: "language", value: "de" }));
    expect(Buffer.from(seen[0]!.body).toString()).toBe('{"model":"speak","input":"Hi","voice":"alloy"}');
    expect(Buffer.from(seen[1]!.body)).toEqual(form(file, { name: "model", value: "listen" }, { name: "language", value: "de" }));
    expect(seen[1]!.headers.get("content-length")).toBe(String(seen[1]!.body.length));
  });

  test.each<[what: string, request: ReturnType<typeof post>, status: number, words: string]>([
    ["two models in JSON", post('{"model":"a","model":"b","input":"x"}', {}, "/v1/audio/speech"), 400, "`model` stands twice"],
    [
      "two models in a form",
      transcription({ name: "model", value: "a" }, file, { name: "model", value: "b" }),
      400,
      "`model` stands twice",
    ],
    ["a model that is a number", speech({ model: 1 }), 400, "`model` is a number, expected a string"],
    ["a model in another spelling", speech({ Model: "b" }), 400, '"Model" is `model`'],
    ["a model that is a file", transcription({ name: "model", value: "a", file: "m" }), 400, "`model` is a file"],
    ["no model where the API has no default", transcription(file), 400, "`model` is missing"],
    ["a form that isn't one", post("hello", { "content-type": FORM }, "/v1/audio/transcriptions"), 400, "does not begin with its boundary"],
    ["JSON for a sound", post("{}", {}, "/v1/audio/transcriptions"), 415, "Send a form"],
    ["a form for text", post(form(file), { "content-type": FORM }, "/v1/moderations"), 415, "Send JSON"],
    [
      "a model whose name some readers decode",
      transcription({ name: "mod%65l", value: "b" }, { name: "model", value: "a" }),
      400,
      "a name with a percent sign",
    ],
    [
      "a second name in one part",
      transcription({ name: "x", value: "b", head: `Content-Disposition: form-data; name="x"; name*=UTF-8''model` }),
      400,
      "more than `name` and `filename`",
    ],
    ["a stream that is a word", speech({ stream: "yes" }), 400, "`stream` is a string, expected a boolean"],
  ])("%s is refused", async (_, request, status, words) => {
    const gateway = await start();
    const answer = gateway.request(request);
    expect(answer.attempts).toEqual([]);
    expect([answer.status, errorOf(answer).message]).toEqual([status, expect.stringContaining(words)]);
  });

  test("a form may be cut anywhere", async () => {
    const body = form(file, { name: "model", value: "whisper-1" });
    const gateway = await start({ script: (request) => ({ headers: { "content-type": "text/plain" }, body: request.body }) });
    for (let cut = 1; cut < body.length; cut += 61) {
      const chunks = [body.slice(0, cut), body.slice(cut)];
      const answer = gateway.request({ method: "POST", path: "/v1/audio/transcriptions", headers: { "content-type": FORM }, chunks });
      expect(answer.headers["content-type"]).toBe("text/plain");
      expect(Buffer.from(answer.bytes)).toEqual(Buffer.from(body));
    }
  });

  test("a provider's error is in the client's form", async () => {
    const gateway = await start({
      script: () => json({ error: { message: "No voice.", type: "invalid_request_error", param: "voice" } }, 400),
    });
    const answer = gateway.request(speech());
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ message: "No voice.", param: "voice" });
  });

  test("a sound that breaks off is a failure in the facts", async () => {
    const gateway = await start({ script: () => ({ headers: { "content-type": "audio/mpeg" }, chunks: [SOUND], then: "reset" }) });
    expect(factsOf(gateway.request(speech()))).toMatchObject({ provider: "provider", error: 502, error_provider: "provider" });
  });

  test.each(["GET", "HEAD", "OPTIONS", "DELETE"])("%s is not what these paths take", async (method) => {
    const answer = (await start()).request({ method, path: "/v1/images/generations" });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
    expect(answer.attempts).toEqual([]);
  });
});

describe("usage becomes facts", () => {
  test.each<[what: string, path: string, answer: ProviderAnswer, facts: Record<string, number>]>([
    [
      "of a picture",
      "/v1/images/generations",
      json({
        created: 1,
        data: [{ b64_json: "A".repeat(50_000) }],
        usage: { total_tokens: 100, input_tokens: 50, output_tokens: 50, input_tokens_details: { text_tokens: 10, image_tokens: 40 } },
      }),
      { input_tokens: 50, output_tokens: 50 },
    ],
    [
      "of a stream of pictures",
      "/v1/images/generations",
      {
        headers: { "content-type": "text/event-stream" },
        chunks: [
          'event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image","b64_json":"AA',
          'AA"}\n\nevent: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"A","usa',
          'ge":{"total_tokens":7,"input_tokens":3,"output_tokens":4}}\n\n',
        ],
      },
      { input_tokens: 3, output_tokens: 4 },
    ],
    ["of nothing", "/v1/moderations", json({ id: "modr-1", results: [{ usage: { input_tokens: 9 } }] }), {}],
  ])("%s", async (_, path, answer, facts) => {
    const gateway = await startPlans({ providers: { a: { does: () => answer } } });
    const got = gateway.request(post('{"model":"m","input":"x"}', {}, path));
    const { input_tokens, output_tokens } = factsOf(got) as Record<string, number>;
    expect({ ...(input_tokens === undefined ? {} : { input_tokens, output_tokens }) }).toEqual(facts);
  });

  test("of a transcription, in tokens or in seconds", async () => {
    const usages = [
      { type: "tokens", input_tokens: 14, input_token_details: { text_tokens: 0, audio_tokens: 14 }, output_tokens: 45, total_tokens: 59 },
      { type: "duration", seconds: 9 },
    ];
    const gateway = await startPlans({ providers: { a: { does: () => json({ text: "Hi", usage: usages.shift() }) } } });
    const ask = () => factsOf(gateway.request(transcription(file, { name: "model", value: "whisper-1" })));
    expect(ask()).toMatchObject({ input_tokens: 14, output_tokens: 45 });
    expect(ask()).toMatchObject({ audio_seconds: 9 });
  });
});

describe("failover", () => {
  test("the next provider is asked when one fails before it answers", async () => {
    const gateway = await startPlans({
      providers: {
        a: { does: () => json({ error: { message: "m" } }, 503) },
        b: { does: () => ({ headers: { "content-type": "audio/mpeg" }, body: SOUND }) },
      },
    });
    const answer = gateway.request(speech());
    expect(answer.attempts).toHaveLength(2);
    expect(answer.bytes).toEqual(SOUND);
    expect(answer.headers["content-type"]).toBe("audio/mpeg");
  });

  test("a provider without the endpoint is struck", async () => {
    const gateway = await startPlans({
      providers: {
        a: { type: "claude", does: "stall" as never },
        b: { does: () => ({ headers: { "content-type": "audio/mpeg" }, body: SOUND }) },
      },
      plans: [{ targets: ["a", "b"] }, { weight: 0, targets: ["b"] }],
    });
    const answer = gateway.request(speech());
    expect(answer.attempts.map(({ provider }) => provider)).toEqual(["b"]);
  });

  test("one that has no other is refused in words", async () => {
    const gateway = await startPlans({ providers: { a: { type: "claude", does: () => "stall" } } });
    const answer = gateway.request(speech());
    expect([answer.status, errorOf(answer).message]).toEqual([
      400,
      'Provider "a" does not serve speech. Ask for a model of another provider.',
    ]);
  });
});
