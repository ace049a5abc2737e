/** What is no request for a provider is refused in the client's own form, with what to do, and reaches nobody. */

import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { askOverHttp2 } from "./http2-client.ts";

let providers: Providers;
let gateway: TestGateway;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers) +
      `limits: { body: 1MiB }
models:
  - { match: gpt-*, names: [gpt-4o, gpt-4o-mini], to: openai, fallback: [{ provider: claude, model: claude-sonnet-4-5 }] }
  - { match: claude-*, names: [claude-sonnet-4-5], to: claude }
`,
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
afterEach(() => {
  for (const provider of Object.values(providers)) expect(provider.requests).toHaveLength(0);
});

interface Refused {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

/** A request as it is, headers included: fetch would add some. */
function send(method: string, path: string, headers: Record<string, string>, body: string | Uint8Array): Promise<Refused> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port: gateway.port, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode!, type: answer.headers["content-type"], body: Buffer.concat(chunks).toString() }),
      );
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const json = { "content-type": "application/json" };
const valid = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] });
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const messages = `"messages":[{"role":"user","content":"Hi"}]`;

/** Name, status, `param` (null: none), what the message says, body, and headers if not just JSON's. */
const bodies: [string, number, string | null, RegExp, string | Uint8Array, Record<string, string>?][] = [
  ["not JSON", 400, null, /JSON/, "hello"],
  ["half a JSON", 400, null, /JSON/, valid.slice(0, -5)],
  ["bytes behind the JSON", 400, null, /JSON/, `${valid} x`],
  ["two objects", 400, null, /JSON/, valid + valid],
  ["a trailing comma", 400, null, /JSON/, valid.replace("}]}", "}],}")],
  ["a comment", 400, null, /JSON/, `/* hi */${valid}`],
  ["single quotes", 400, null, /JSON/, valid.replaceAll('"', "'")],
  ["NaN", 400, null, /JSON/, `{"model":"gpt-4o","temperature":NaN,${messages}}`],
  ["an array", 400, null, /object/, "[]"],
  ["a string", 400, null, /object/, '"gpt-4o"'],
  ["a number", 400, null, /object/, "1"],
  ["null", 400, null, /object/, "null"],
  ["an empty body", 400, null, /JSON|empty/, ""],
  ["only white space", 400, null, /JSON|empty/, " \n\t "],
  ["no model", 400, "model", /model/, `{${messages}}`],
  ["an empty model", 400, "model", /model/, `{"model":"",${messages}}`],
  ["a model that is a number", 400, "model", /model/, `{"model":4,${messages}}`],
  ["a model that is null", 400, "model", /model/, `{"model":null,${messages}}`],
  ["a model that is an object", 400, "model", /model/, `{"model":{"id":"gpt-4o"},${messages}}`],
  ["an unknown model", 404, "model", /not served here.*claude-sonnet-4-5/, `{"model":"claud-sonnet-4-5",${messages}}`],
  ["an unknown model far from all", 404, "model", /not served here/, `{"model":"zzz",${messages}}`],
  ["a model with a line break", 404, "model", /model/, `{"model":"gpt-4o\\r\\nx-evil: 1",${messages}}`],
  ["a model of 10,000 characters", 404, "model", /model/, `{"model":"gpt-${"4".repeat(10_000)}",${messages}}`],
  ["an unknown provider before the slash", 404, "model", /not served here/, `{"model":"nobody/gpt-4o",${messages}}`],
  ["model twice", 400, "model", /more than once|twice|duplicate/i, `{"model":"gpt-4o",${messages},"model":"claude-sonnet-4-5"}`],
  ["model twice, once escaped", 400, "model", /more than once|twice|duplicate/i, `{"model":"gpt-4o",${messages},"mod\\u0065l":"gpt-4"}`],
  ["messages twice", 400, "messages", /more than once|twice|duplicate/i, `{"model":"gpt-4o",${messages},${messages}}`],
  ["tools twice", 400, "tools", /more than once|twice|duplicate/i, `{"model":"gpt-4o","tools":[],${messages},"tools":[]}`],
  ["no messages", 400, "messages", /messages/, '{"model":"gpt-4o"}'],
  ["messages that are a string", 400, "messages", /messages/, '{"model":"gpt-4o","messages":"Hi"}'],
  ["nested 600 deep", 400, null, /deep|nest/i, `{"model":"gpt-4o",${messages},"metadata":${nested(600)}}`],
  ["nested 100,000 deep", 400, null, /deep|nest/i, nested(100_000)],
  [
    "invalid UTF-8",
    400,
    null,
    /UTF-8/,
    Buffer.concat([Buffer.from(valid.slice(0, -5)), Buffer.from([0xff, 0xfe]), Buffer.from(valid.slice(-5))]),
  ],
  [
    "an overlong UTF-8 sequence",
    400,
    null,
    /UTF-8/,
    Buffer.concat([Buffer.from(valid.slice(0, -5)), Buffer.from([0xc0, 0xaf]), Buffer.from(valid.slice(-5))]),
  ],
  ["a control character in a string", 400, null, /JSON/, `{"model":"gpt-4o","messages":[{"role":"user","content":"a\u0001b"}]}`],
  ["over the limit", 413, null, /limit|larger/, `{"model":"gpt-4o","messages":[{"role":"user","content":"${"a".repeat(1_200_000)}"}]}`],
  ["plain text", 415, null, /content-type|application\/json/, valid, { "content-type": "text/plain" }],
  ["a form", 415, null, /content-type|application\/json/, "model=gpt-4o", { "content-type": "application/x-www-form-urlencoded" }],
  ["another character set", 415, null, /UTF-8/, valid, { "content-type": 'application/json; x=1; Charset="utf-16"' }],
  ["no content type", 415, null, /content-type/, valid, {}],
  ["a compressed body", 415, null, /compressed|content-encoding/, gzipSync(valid), { ...json, "content-encoding": "gzip" }],
  ["a body said to be compressed", 415, null, /compressed|content-encoding/, valid, { ...json, "content-encoding": "br" }],
];

describe.each(["/v1/chat/completions", "/openai/v1/chat/completions?x=y"])("POST %s", (path) => {
  test.each(bodies)("%s", async (_name, status, param, message, body, headers = json) => {
    const refused = await send("POST", path, headers, body);
    expect(refused.type).toBe("application/json");
    const { error, ...rest } = JSON.parse(refused.body);
    expect({ status: refused.status, param: error.param, type: error.type }).toEqual({ status, param, type: "invalid_request_error" });
    expect(error.message).toMatch(message);
    expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
    expect(rest).toEqual({});
  });
});

test.each(bodies.filter(([, status]) => status !== 413))(
  "%s, over HTTP/2: the same",
  async (_name, status, _param, message, body, headers = json) => {
    const answer = await askOverHttp2(gateway.url, "/v1/chat/completions", body, {
      headers: { "content-type": [] as string[], ...headers },
    });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.message).toMatch(message);
  },
);

/** A refusal in each protocol's form. https://docs.anthropic.com/en/api/errors, https://cloud.google.com/apis/design/errors */
const forms = {
  openai: (status: number) => ({
    error: {
      message: expect.stringMatching(/\w{4}/),
      type: expect.stringMatching(status < 500 ? /^invalid_request_error$/ : /./),
      param: status === 400 ? expect.stringMatching(/^(prompt|input)$/) : null,
      code: expect.toSatisfy((code) => code === null || typeof code === "string"),
    },
  }),
  anthropic: () => ({
    type: "error",
    error: { type: expect.stringMatching(/_error$|^request_too_large$/), message: expect.stringMatching(/\w{4}/) },
  }),
  gemini: (status: number) => ({
    error: {
      code: status,
      message: expect.stringMatching(/\w{4}/),
      status: expect.stringMatching(/^[A-Z_]+$/),
      ...(status === 400 && { details: [expect.objectContaining({ "@type": "type.googleapis.com/google.rpc.BadRequest" })] }),
    },
  }),
} as const;

const paths: [string, string, number, keyof typeof forms][] = [
  ["GET", "/", 404, "openai"],
  ["GET", "/v1", 404, "openai"],
  ["GET", "/nowhere", 404, "openai"],
  ["POST", "/nowhere", 404, "openai"],
  ["POST", "/v1/completions", 400, "openai"],
  ["GET", "/v1/completions", 405, "openai"],
  ["POST", "/v1/responses", 400, "openai"],
  ["GET", "/v1/responses", 405, "openai"],
  ["POST", "/v1/vector_stores", 404, "openai"],
  ["GET", "/v1/files", 403, "openai"],
  ["POST", "/v1/models", 405, "openai"],
  ["DELETE", "/v1/models", 405, "openai"],
  ["GET", "/v1/chat/completions", 403, "openai"],
  ["DELETE", "/v1/chat/completions", 405, "openai"],
  ["OPTIONS", "/v1/chat/completions", 405, "openai"],
  ["POST", "/v1/messages", 400, "anthropic"],
  ["POST", "/v1/messages/batches", 404, "anthropic"],
  ["GET", "/v1/messages", 405, "anthropic"],
  ["POST", "/v1beta/models/gemini-2.5-flash:generateContent", 400, "gemini"],
  ["POST", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", 400, "gemini"],
  ["GET", "/v1beta/models/gemini-2.5-flash:generateContent", 405, "gemini"],
  ["POST", "/v1beta/models/gemini-2.5-flash:predict", 404, "gemini"],
  ["POST", "/v1beta/models", 405, "gemini"],
  ["POST", "/v1beta/cachedContents", 404, "gemini"],
  ["GET", "/sluice", 404, "openai"],
  ["GET", "/sluice/", 404, "openai"],
  ["POST", "/sluice/v1/chat/completions", 404, "openai"],
  ["POST", "/%73luice/v1/chat/completions", 404, "openai"],
  ["POST", "//sluice/v1/chat/completions", 404, "openai"],
  ["POST", "/v1/../sluice/v1/chat/completions", 404, "openai"],
  ["POST", "/sluice?/v1/chat/completions", 404, "openai"],
];

test.each(paths)("%s %s is a %i in the form of %s", async (method, path, status, form) => {
  const refused = await send(method, path, json, method === "GET" ? "" : valid);
  expect(refused.status).toBe(status);
  expect(refused.type).toBe("application/json");
  expect(JSON.parse(refused.body)).toEqual(forms[form](status));
});

test.each([
  ["/v1/chat/completions", "openai"],
  ["/v1/messages", "anthropic"],
  ["/v1beta/models/gemini-2.5-flash:generateContent", "gemini"],
] as const)("what Envoy itself refuses on %s is in the form of %s, too", async (path, form) => {
  const large = await send("POST", path, { ...json, long: "a".repeat(70_000) }, valid);
  expect(large.status).toBe(431);
  // Where the headers don't fit, Envoy has no path to go by.
  expect(JSON.parse(large.body)).toEqual(forms.openai(431));
  const upgrade = await send("GET", path, { connection: "upgrade", upgrade: "websocket" }, "");
  expect([403, 404, 405]).toContain(upgrade.status);
  expect(JSON.parse(upgrade.body)).toEqual(forms[form](upgrade.status));
});

test("a request that Envoy refuses before any filter sees it has its line in the access log, with the same fields", async () => {
  await gateway.newLines();
  await send("POST", "/v1/chat/completions?key=sk-in-the-query", { ...json, long: "a".repeat(70_000) }, valid);
  await send("GET", "/v1/models?key=sk-in-the-query", {}, "");
  const lines = await gateway.newLines();
  // Where the headers don't fit, Envoy has neither path nor id.
  expect(lines.map(({ status, facts }) => [status, facts])).toEqual([
    [431, { request_id: null, path: null }],
    [200, { request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), path: "/v1/models" }],
  ]);
  const [refused, served] = lines.map((line) => Object.keys(line).sort());
  expect(refused).toEqual(served);
});
