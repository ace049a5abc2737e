import { expect, test } from "vitest";
import { claudePieces, openaiPieces } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post } from "../../test/modules/requests.ts";

const KEY = "abcXYZ/def+ghiJKL==";
const events = { "content-type": "text/event-stream" };
/** The client's own protocol, and nothing to take out. */
const asking = chat({ stream: true, stream_options: { include_usage: true } });
const [role, text] = openaiPieces(["Hi"]);
const error = (message: string): string => `data: ${JSON.stringify({ error: { message, type: "server_error", code: KEY } })}\n\n`;
/** One byte at a time: a key that is cut is a key. */
const bytewise = (...pieces: string[]): Buffer[] => [...Buffer.from(pieces.join(""))].map((byte) => Buffer.of(byte));

forEachPackaging(["ai-proxy"], (start) => {
  const provider = { type: "openai", apiTokens: [KEY] };

  test.each([
    ["an error", error(`bad key ${KEY}`)],
    ["an error that escapes it", error("bad key x").replace("bad key x", `bad key ${KEY.replace("/", "\\/").replaceAll("=", "\\u003d")}`)],
    ["a comment", `: ${KEY}\n\n`],
    ["an id", `id: ${KEY}\n\n`],
    ["what isn't JSON", `data: ${KEY}\n\n`],
    ["an event of another name", `event: x\ndata: {"a":"${KEY}"}\n\n`],
  ])("a provider's key in %s of a stream stays here, also cut in pieces", async (_, event) => {
    for (const chunks of [[role!, text!, event], bytewise(role!, text!, event)]) {
      const gateway = await start({ provider, script: () => ({ headers: events, chunks }) });
      const got = gateway.request(asking);
      expect(got.status).toBe(200);
      expect(got.body).toContain("Hi");
      expect(got.body).not.toContain(KEY);
      expect(got.body).not.toContain(KEY.replace("/", "\\/"));
    }
  });

  test.each([
    ["an error", `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "api_error", message: `bad key ${KEY}` } })}\n\n`],
    ["a comment", `: ${KEY}\n\n`],
    ["a ping", `event: ping\ndata: {"type":"ping","a":"${KEY}"}\n\n`],
  ])("a provider's key in %s of an Anthropic stream stays here, too", async (_, event) => {
    const begun = claudePieces(["Hi"]).slice(0, 4);
    const body = JSON.stringify({ model: "m", max_tokens: 1, stream: true, messages: [{ role: "user", content: "Hi" }] });
    for (const chunks of [[...begun, event], bytewise(...begun, event)]) {
      const gateway = await start({ provider: { type: "claude", apiTokens: [KEY] }, script: () => ({ headers: events, chunks }) });
      const got = gateway.request(post(body, {}, "/v1/messages"));
      expect(got.status).toBe(200);
      expect(got.body).toContain("Hi");
      expect(got.body.match(/event: error/g)).toHaveLength(1);
      expect(got.body).not.toContain(KEY);
    }
  });

  test("a provider's key in an error of a translated stream stays here", async () => {
    const failure = `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "api_error", message: `bad key ${KEY}` } })}\n\n`;
    const chunks = [...claudePieces(["Hi"]).slice(0, 3), failure];
    const gateway = await start({ provider: { type: "claude", apiTokens: [KEY] }, script: () => ({ headers: events, chunks }) });
    const got = gateway.request(chat({ stream: true }));
    expect(got.body).toContain("bad key ***");
    expect(got.body).not.toContain(KEY);
  });

  test("a key that an error's JSON escapes is found as the client would read it", async () => {
    const body = '{"error":{"message":"bad key abcXYZ\\/def+ghiJKL\\u003d\\u003d"}}';
    const gateway = await start({ provider, script: () => ({ status: 401, headers: { "content-type": "application/json" }, body }) });
    expect(errorOf(gateway.request(chat())).message).toBe("bad key ***");
  });

  test("an error of a stream is said once", async () => {
    const gateway = await start({ provider, script: () => ({ headers: events, chunks: [role!, text!, error("busy")] }) });
    expect(gateway.request(asking).body.match(/"error"/g)).toHaveLength(1);
  });

  test("a stream has no length, whatever the provider says", async () => {
    const length = String(Buffer.byteLength(role! + text!));
    const gateway = await start({ provider, script: () => ({ headers: { ...events, "content-length": length }, chunks: [role!, text!] }) });
    const got = gateway.request(asking);
    expect(got.headers).not.toHaveProperty("content-length");
    expect(got.body).toContain('"error"');
  });

  test.each(['a"b; 9', "9, <x>", "\u0000"])("a retry-after that is neither seconds nor a date goes no further: %j", async (value) => {
    const script = { status: 429, headers: { "content-type": "application/json", "retry-after": value }, body: "{}" };
    const gateway = await start({ provider, script: () => script });
    expect(gateway.request(chat()).headers["retry-after"] ?? "").not.toBe(value);
  });
});
