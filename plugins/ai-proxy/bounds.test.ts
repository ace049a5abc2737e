import { describe, expect, test } from "vitest";
import { Gateway, type ClientRequest } from "../../test/host/gateway.ts";
import { module } from "../../test/host/modules.ts";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { claudeAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { refusalOf } from "../../test/modules/configuration.ts";
import { startYaml } from "../../test/modules/gateway-yaml.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, post, textOf } from "../../test/modules/requests.ts";

const clinic = { name: "clinic", credential: "sk-clinic", data: { regions: ["eu", "ch"], tags: ["gdpr"] } };
const demo = { name: "demo", credential: "sk-demo" };
const as = (key: string, more: Record<string, string> = {}): Record<string, string> => ({ authorization: `Bearer ${key}`, ...more });
const consumers = [clinic, demo];

forEachPackaging(["key-auth", "ai-proxy"], (start) => {
  const provider = (place: object): object => ({ type: "openai", apiTokens: ["sk-provider"], ...place });

  test.each<[string, object, number, string]>([
    ["in the region and with the tag", { region: "ch", tags: ["no-training", "gdpr"] }, 200, ""],
    ["elsewhere", { region: "us", tags: ["gdpr"] }, 403, "lacks region eu or ch"],
    ["without the tag", { region: "eu", tags: ["gdpr2"] }, 403, "lacks tag gdpr"],
    ["that says nothing", {}, 403, "lacks region eu or ch, tag gdpr"],
  ])("a consumer's data and a provider %s", async (_, place, status, lack) => {
    const gateway = await start({ "key-auth": { consumers }, provider: { ...provider(place) } });
    const answer = gateway.request(chat({}, as("sk-clinic")));
    expect(answer.status).toBe(status);
    expect(answer.attempts).toHaveLength(status === 200 ? 1 : 0);
    if (status === 403) {
      expect(errorOf(answer)).toMatchObject({ code: "data_boundary" });
      expect(errorOf(answer).message).toContain(`Consumer "clinic"'s data may not reach provider "provider", which ${lack}.`);
      expect(answer.body).not.toContain("sk-");
    } else expect(answer.attempts[0]!.headers).not.toHaveProperty("x-sluice-data");
    expect(gateway.request(chat({}, as("sk-demo"))).status).toBe(200);
  });

  test("nobody widens it with a header of their own", async () => {
    const gateway = await start({ "key-auth": { consumers }, provider: { ...provider({ region: "us" }) } });
    for (const said of ["*", "regions=us", ""])
      expect(gateway.request(chat({}, as("sk-clinic", { "x-sluice-data": said, "x-mse-consumer": "demo" }))).status).toBe(403);
  });

  test("who comes without any is refused where one is required, whatever they claim", async () => {
    const open = { "key-auth": { consumers, global_auth: false }, provider: { ...provider({ region: "eu", tags: ["gdpr"] }) } };
    const gateway = await start({ ...open, "ai-proxy": { requireDataBoundary: true } });
    for (const headers of [{}, { "x-sluice-data": "*" }, { "x-sluice-data": "regions=eu;tags=gdpr" }] as Record<string, string>[]) {
      const answer = gateway.request(chat({}, headers));
      expect([answer.status, errorOf(answer).code, answer.attempts.length]).toEqual([403, "data_boundary", 0]);
    }
    for (const key of ["sk-clinic", "sk-demo"]) expect(gateway.request(chat({}, as(key))).status).toBe(200);
    expect((await start(open)).request(chat()).status).toBe(200);
  });
});

forEachPackaging(["ai-proxy"], (start, packaging) => {
  test("without key-auth nobody is let through where a boundary is required", async () => {
    if (packaging.plugins.length > 1) return;
    const gateway = await start({ "ai-proxy": { requireDataBoundary: true } });
    for (const headers of [{}, { "x-sluice-data": "*" }] as Record<string, string>[])
      expect(gateway.request(chat({}, headers)).status).toBe(403);
  });
});

describe("an attacker with a key that may only reach eu", () => {
  const failing: ProviderAnswer = { status: 503, headers: { "content-type": "application/json" }, body: '{"error":{"message":"no"}}' };
  const yaml = `
version: 1
providers:
  us: { type: openai, keys: [sk-us-1, sk-us-2], models: { "alias-*": gpt-4o }, stateful: true }
  eu: { type: claude, keys: [sk-eu], region: eu, tags: [gdpr] }
  other: { type: claude, keys: [sk-other], region: eu }
models:
  - { match: gpt-*, to: us, fallback: [other, { provider: eu, model: claude-sonnet-4-5 }] }
  - { match: canary, to: [{ provider: eu, weight: 1 }, { provider: us, weight: 99 }], sticky: "header:x-session" }
  - { match: mine, to: [{ provider: us, weight: 99 }, { provider: eu, weight: 1 }], sticky: consumer }
  - { match: "alias-*", to: us, fallback: [] }
  - { match: claude-*, to: eu, fallback: [us, other] }
consumers:
  - { name: clinic, keys: [sk-clinic], data: { regions: [eu], tags: [gdpr] } }
  - { name: demo, keys: [sk-demo] }
remember_failures: false
`;
  let euFails = false;
  const start = (): Promise<Gateway> =>
    startYaml(yaml, {
      us: () => openaiAnswer("us"),
      eu: () => (euFails ? failing : claudeAnswer("eu")),
      other: () => claudeAnswer("other"),
    });

  test("reaches no other provider by a fallback, a canary, stickiness, an alias or a provider's name", async () => {
    const gateway = await start();
    const asked = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const model = ["gpt-4o", "canary", "mine", "alias-x", "claude-x", "us/gpt-4o", "other/claude-x", "eu/claude-x"][i % 8]!;
      const forged = { "x-session": `s${i}`, "x-higress-llm-provider": "us", "x-sluice-cluster": "plan", "x-sluice-data": "*" };
      const answer = gateway.request(chat({ model }, as("sk-clinic", i % 2 === 0 ? { "x-session": `s${i}` } : forged)));
      for (const attempt of answer.attempts) asked.add(attempt.provider);
      if (answer.status !== 200) expect([answer.status, errorOf(answer).code]).toEqual([403, "data_boundary"]);
    }
    expect(asked).toEqual(new Set(["eu"]));
    expect(textOf(gateway.request(chat({ model: "gpt-4o" }, as("sk-clinic"))))).toBe("eu");
    for (const model of ["alias-x", "us/gpt-4o", "other/claude-x"])
      expect(gateway.request(chat({ model }, as("sk-clinic"))).status).toBe(403);
  });

  test("gets the failure of the one that may be asked, not another's answer", async () => {
    euFails = true;
    const gateway = await start();
    for (const model of ["gpt-4o", "canary", "mine", "claude-x", "eu/claude-x"]) {
      const answer = gateway.request(chat({ model }, as("sk-clinic", { "x-session": "a" })));
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(new Set(answer.attempts.map(({ provider }) => provider))).toEqual(new Set(["eu"]));
    }
    expect(gateway.request(chat({ model: "claude-x" }, as("sk-demo"))).status).toBe(200);
    euFails = false;
  });

  test.each([
    ["moderations", "/v1/moderations", { input: "x" }],
    ["moderations of a provider that the path names", "/us/v1/moderations", { input: "x" }],
    ["files", "/v1/files", null],
    ["batches", "/v1/batches", { input_file_id: "file-1", endpoint: "/v1/chat/completions", completion_window: "24h" }],
    ["images", "/v1/images/generations", { prompt: "x" }],
    ["embeddings", "/v1/embeddings", { model: "us/text-embedding-3-small", input: "x" }],
    ["answers", "/v1/responses", { model: "us/gpt-4o", input: "x" }],
    ["speech", "/v1/audio/speech", { model: "us/tts-1", input: "x", voice: "alloy" }],
  ])("has no way by %s", async (_, path, body) => {
    const gateway = await start();
    const form =
      "--b\r\ncontent-disposition: form-data; name=purpose\r\n\r\nuser_data\r\n--b\r\ncontent-disposition: form-data; name=file; filename=a.txt\r\n\r\nsecret\r\n--b--\r\n";
    const request = (key: string): ClientRequest =>
      body === null
        ? post(form, as(key, { "content-type": "multipart/form-data; boundary=b" }), path)
        : post(JSON.stringify(body), as(key), path);
    // Another consumer's comes there; but for the batch, whose file isn't theirs either.
    if (path !== "/v1/batches") expect(gateway.request(request("sk-demo")).attempts.map(({ provider }) => provider)).toContain("us");
    const answer = gateway.request(request("sk-clinic"));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.attempts.filter(({ provider }) => provider !== "eu")).toEqual([]);
    expect(answer.body).not.toContain("sk-");
  });
});

test("with all orders of plans missing but one, no attempt goes beyond those that may be asked", async () => {
  const gateway = await startPlans({
    "key-auth": { consumers },
    providers: {
      first: { region: "eu", tags: ["gdpr"], does: () => ({ status: 503, headers: { "content-type": "application/json" }, body: "{}" }) },
      second: { does: () => openaiAnswer("second") },
    },
  });
  const answer = gateway.request(chat({}, as("sk-clinic")));
  expect([answer.status, answer.attempts.map(({ provider }) => provider)]).toEqual([503, ["first"]]);
  expect(textOf(gateway.request(chat({}, as("sk-demo"))))).toBe("second");
});

test("what isn't a name is refused", async () => {
  const configuration = (data: object): object => ({ consumers: [{ ...demo, data }] });
  const gateway = await Gateway.start({
    modules: [{ module: await module("key-auth"), name: "key-auth", configuration: { consumers } }],
    providers: { provider: () => openaiAnswer("x") },
  });
  const expected = "expected up to 64 letters, digits, dots, underscores and dashes, such as eu";
  expect(refusalOf(gateway, configuration({ regions: ["eu;tags=x"] }))).toContain(
    `key-auth: consumers[0].data.regions[0]: found "eu;tags=x", ${expected}`,
  );
  expect(refusalOf(gateway, configuration({ tags: ["a,b"] }))).toContain(`key-auth: consumers[0].data.tags[0]: found "a,b", ${expected}`);
  expect(refusalOf(gateway, configuration({}))).toContain("key-auth: consumers[0].data: found neither regions nor tags");
});
