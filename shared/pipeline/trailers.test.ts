import { expect, test } from "vitest";
import { claudeAnswer, claudePieces, failing, openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, textOf } from "../../test/modules/requests.ts";

const claude = { type: "claude", apiTokens: ["sk-claude"] };
const trailers = { "x-checksum": "1" };
const events = { "content-type": "text/event-stream" };

forEachPackaging(["ai-proxy"], (start) => {
  test("a request that ends with trailers reaches the provider as it was written for it", async () => {
    const gateway = await start({ provider: claude, script: () => claudeAnswer("Hello") });
    const { attempts, ...got } = gateway.request({ ...chat(), trailers });
    expect(textOf(got)).toBe("Hello");
    expect(JSON.parse(attempts[0]!.body)).toMatchObject({ max_tokens: 4096, messages: [{ role: "user" }] });
  });

  test.each([
    ["OpenAI's", undefined, openaiAnswer("Hello")],
    ["Claude's", claude, claudeAnswer("Hello")],
  ])("no trailer of a client reaches %s provider, and none of the provider's the client", async (_vendor, provider, answer) => {
    const secret = { authorization: "Bearer sk-bob", cookie: "a=b", "x-mse-consumer": "bob", "x-sluice-cluster": "evil", "x-custom": "1" };
    const quoted = { "x-key": "Bearer sk-provider", "set-cookie": "a=b", "x-envoy-foo": "1", "x-sluice-foo": "1" };
    const gateway = await start({
      ...(provider === undefined ? {} : { provider }),
      script: () => ({ ...answer, trailers: quoted }),
      host: { http2: true },
    });
    const got = gateway.request({ ...chat(), trailers: secret });
    expect(textOf(got)).toBe("Hello");
    expect(got.attempts[0]!.trailers ?? {}).toEqual({});
    expect(got.trailers ?? {}).toEqual({});
  });

  test.each([
    ["OpenAI's", undefined, openaiAnswer("Hello")],
    ["Claude's", claude, claudeAnswer("Hello")],
  ])("%s whole answer with trailers reaches the client", async (_vendor, provider, answer) => {
    const gateway = await start({ ...(provider === undefined ? {} : { provider }), script: () => ({ ...answer, trailers }) });
    const got = gateway.request(chat());
    expect(got).toMatchObject({ status: 200, ended: "complete" });
    expect(textOf(got)).toBe("Hello");
  });

  test.each([
    ["a body", failing(429)],
    ["no body", { status: 429, headers: { "content-type": "application/json" } }],
  ])("an error with %s and trailers is worded for the client", async (_what, answer) => {
    const gateway = await start({ script: () => ({ ...answer, trailers }) });
    const got = gateway.request(chat());
    expect(got).toMatchObject({ status: 429, ended: "complete" });
    expect(errorOf(got).message).not.toBe("");
  });

  test("a translated stream is whole at its last event, whatever trailers come behind it", async () => {
    const gateway = await start({ provider: claude, script: () => ({ headers: events, chunks: claudePieces(["Hel", "lo"]), trailers }) });
    const got = gateway.request(chat({ stream: true }));
    expect(got.ended).toBe("complete");
    expect(textOf(got)).toBe("Hello");
    expect(got.body.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("a stream that isn't complete when trailers come breaks off: no byte can be added behind it", async () => {
    const chunks = claudePieces(["Hel", "lo"]).slice(0, 5);
    const gateway = await start({ provider: claude, script: () => ({ headers: events, chunks, trailers }) });
    const got = gateway.request(chat({ stream: true }));
    expect(got).toMatchObject({ status: 200, ended: "reset" });
    expect(textOf(got)).toBe("Hello");
  });
});
