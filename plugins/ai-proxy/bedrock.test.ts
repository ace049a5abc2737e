import { describe, expect, test } from "vitest";
import type { ReceivedRequest } from "../../test/providers/recording.ts";
import { checkSignature, type AwsCredential } from "../../test/providers/bedrock/signature.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf } from "../../test/modules/requests.ts";

type Json = Record<string, any>;
const model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const accessKey = "AKIDEXAMPLEEXAMPLE01";
const secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const base = { type: "bedrock", awsRegion: "eu-central-1" };
const signed = { ...base, awsAccessKey: accessKey, awsSecretKey: secretKey };
const answer = {
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    metrics: { latencyMs: 1 },
  }),
};
/** Where the host's clock begins. */
const HOST_TIME = Date.parse("2026-01-01T00:00:00Z");
const script = (): typeof answer => answer;

/** The signature, judged by Node's crypto, of what the provider got. */
function complaint(
  attempt: { headers: Record<string, string>; bytes: Uint8Array },
  credential: Partial<AwsCredential> = {},
): string | undefined {
  const { headers, bytes } = attempt;
  const request = {
    method: headers[":method"],
    target: headers[":path"],
    headers: { ...headers, host: headers[":authority"] },
    body: Buffer.from(bytes),
  } as unknown as ReceivedRequest;
  return checkSignature(request, [{ accessKey, secretKey, sessionToken: undefined, ...credential }], HOST_TIME)?.message;
}

forEachPackaging(["ai-proxy"], (start) => {
  const ask = async (
    provider: Json,
    body: Json = {},
    env: Record<string, string> = {},
  ): Promise<{ headers: Record<string, string>; bytes: Uint8Array; body: string }> => {
    const gateway = await start({ provider, script, env });
    const { attempts, status, body: said } = gateway.request(chat({ model, ...body }));
    expect(status, said).toBe(200);
    return attempts[0]! as never;
  };
  const sent = async (provider: Json, body: Json = {}): Promise<Json> => JSON.parse((await ask(provider, body)).body);
  const system = { role: "system", content: "Be brief." };
  const turns = [system, { role: "user", content: "a" }, { role: "assistant", content: "b" }, { role: "user", content: "c" }];
  const point = { cachePoint: { type: "default" } };
  const hour = { cachePoint: { type: "default", ttl: "1h" } };

  describe("signatures", () => {
    test("awsAccessKey and awsSecretKey sign host, path and body as they leave, in awsRegion", async () => {
      const attempt = await ask(signed);
      expect(attempt.headers).toMatchObject({
        ":authority": "bedrock-runtime.eu-central-1.amazonaws.com",
        ":path": "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
        "x-amz-date": expect.stringMatching(/^\d{8}T\d{6}Z$/),
        authorization: expect.stringMatching(new RegExp(`Credential=${accessKey}/\\d{8}/eu-central-1/bedrock/aws4_request`)),
      });
      expect(complaint(attempt)).toBeUndefined();
      expect(complaint(attempt, { secretKey: "another" })).toContain("does not match");
      expect(complaint({ ...attempt, bytes: Buffer.from(`${attempt.body} `) })).toContain("does not match");
    });

    test("a model's ARN is one segment of the path, and its signature holds", async () => {
      const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3";
      const attempt = await ask(signed, { model: arn, stream: false });
      expect(attempt.headers[":path"]).toBe(`/model/${encodeURIComponent(arn)}/converse`);
      expect(complaint(attempt)).toBeUndefined();
    });

    test("awsSessionToken goes along, signed", async () => {
      const attempt = await ask({ ...signed, awsSessionToken: "FwoGZXIvYXdzEBY+tok/en==" });
      expect(attempt.headers["x-amz-security-token"]).toBe("FwoGZXIvYXdzEBY+tok/en==");
      expect(complaint(attempt, { sessionToken: "FwoGZXIvYXdzEBY+tok/en==" })).toBeUndefined();
    });

    test("they may come from the environment", async () => {
      const provider = { ...base, awsAccessKey: "env:ID", awsSecretKey: "env:SECRET" };
      expect(complaint(await ask(provider, {}, { ID: accessKey, SECRET: secretKey }))).toBeUndefined();
    });

    test("providerDomain names FIPS and dual-stack endpoints", async () => {
      const attempt = await ask({ ...signed, providerDomain: "bedrock-runtime-fips.us-east-1.amazonaws.com" });
      expect(attempt.headers[":authority"]).toBe("bedrock-runtime-fips.us-east-1.amazonaws.com");
      expect(complaint(attempt)).toBeUndefined();
    });

    test("apiTokens are sent in place of a signature", async () => {
      const { headers } = await ask({ ...base, apiTokens: ["ABSKkey"] });
      expect(headers["authorization"]).toBe("Bearer ABSKkey");
      expect(headers).not.toHaveProperty("x-amz-date");
    });

    test("a provider that quotes the secret is not believed", async () => {
      const error = { status: 403, headers: { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" } };
      const gateway = await start({
        provider: signed,
        script: () => ({ ...error, body: JSON.stringify({ message: `no: ${secretKey}` }) }),
      });
      const refused = gateway.request(chat({ model }));
      expect(refused.body).not.toContain(secretKey);
      expect(errorOf(refused)).toMatchObject({ message: "no: ***", code: "AccessDeniedException" });
    });
  });

  describe("bad configuration is refused in one line, without the secret", () => {
    test.each<[string, Json, string]>([
      ["no region", { ...signed, awsRegion: undefined }, "awsRegion: found nothing, expected the name of a region"],
      ["a region that is none", { ...signed, awsRegion: "us_east/1" }, 'awsRegion: found "us_east/1", expected the name of a region'],
      ["no credential", base, "apiTokens: found nothing, expected a Bedrock API key, or awsAccessKey and awsSecretKey"],
      ["no secret", { ...signed, awsSecretKey: undefined }, "awsSecretKey: found something else"],
      ["a secret that is none", { ...signed, awsSecretKey: "se cret-se cret-se cret" }, "awsSecretKey: found something else"],
      ["an id that is none", { ...signed, awsAccessKey: "AKIA" }, "awsAccessKey: found something else"],
      [
        "a variable that isn't set",
        { ...signed, awsSecretKey: "env:NOT_THERE" },
        "awsSecretKey: the environment variable NOT_THERE is not set",
      ],
      [
        "a retention that is none",
        { ...signed, promptCacheRetention: "1h" },
        'promptCacheRetention: found "1h", expected in_memory or 24h',
      ],
      [
        "fields that are no object",
        { ...signed, bedrockAdditionalFields: [1] },
        "bedrockAdditionalFields: found a list, expected an object",
      ],
    ])("%s", async (_, provider, words) => {
      const refusal = await start({ provider: JSON.parse(JSON.stringify(provider)), script }).then(
        () => "",
        (error: unknown) => String(error),
      );
      expect(refusal).toContain(words);
      expect(refusal).not.toContain("se cret");
      expect(refusal).not.toContain(secretKey);
    });
  });

  test("bedrockAdditionalFields are merged into additionalModelRequestFields, and win", async () => {
    const provider = { ...signed, bedrockAdditionalFields: { top_k: 9, é: [1.5] } };
    const { additionalModelRequestFields } = await sent(provider, { top_k: 3, additionalModelRequestFields: { x: 1, top_k: 4 } });
    expect(additionalModelRequestFields).toEqual({ top_k: 9, é: [1.5], x: 1 });
  });

  test.each([
    ["in_memory", point],
    ["24h", hour],
  ])("promptCacheRetention %s", async (promptCacheRetention, expected) => {
    const body = await sent({ ...signed, promptCacheRetention }, { messages: turns });
    expect(body["system"]).toEqual([{ text: "Be brief." }, expected]);
    expect(JSON.stringify(body["messages"])).not.toContain("cachePoint");
  });

  test("the client's prompt_cache_retention wins", async () => {
    const body = await sent({ ...signed, promptCacheRetention: "in_memory" }, { messages: turns, prompt_cache_retention: "24h" });
    expect(body["system"]).toEqual([{ text: "Be brief." }, hour]);
  });

  test.each<[Json, number, number[]]>([
    [{ systemPrompt: true }, 1, []],
    [{ systemPrompt: false, lastUserMessage: true }, 0, [2]],
    [{ lastMessage: true }, 1, [2]],
    [{ systemPrompt: true, lastUserMessage: true, lastMessage: true }, 1, [2]],
  ])("bedrockPromptCachePointPositions %j", async (bedrockPromptCachePointPositions, inSystem, inMessages) => {
    const provider = { ...signed, promptCacheRetention: "in_memory", bedrockPromptCachePointPositions };
    const body = await sent(provider, { messages: turns });
    expect(body["system"].filter((block: Json) => block["cachePoint"])).toHaveLength(inSystem);
    const places = body["messages"].flatMap(({ content }: Json, index: number) => (content.at(-1).cachePoint ? [index] : []));
    expect(places).toEqual(inMessages);
  });

  test("a prefill is the last message, but not the last of the user's", async () => {
    const positions = { systemPrompt: false, lastUserMessage: true, lastMessage: true };
    const provider = { ...signed, promptCacheRetention: "in_memory", bedrockPromptCachePointPositions: positions };
    const body = await sent(provider, {
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ],
    });
    expect(body["messages"].map(({ content }: Json) => content.at(-1))).toEqual([point, point]);
  });
});
