import { expect, test } from "vitest";
import { claudeAnswer, claudeStream, openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, textOf } from "../../test/modules/requests.ts";

const claude = { type: "claude", apiTokens: ["sk-claude"] };

forEachPackaging(["ai-proxy"], (start) => {
  test.each([
    ["OpenAI's", undefined, openaiAnswer("Hello")],
    ["Claude's", claude, claudeAnswer("Hello")],
  ])("a stream was asked for, and %s whole answer reaches the client as one", async (_vendor, provider, answer) => {
    const gateway = await start({ ...(provider === undefined ? {} : { provider }), script: () => answer });
    const got = gateway.request(chat({ stream: true }));
    expect(got).toMatchObject({ status: 200, ended: "complete" });
    expect(got.headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(textOf(got)).toBe("Hello");
    expect(got.body.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test.each([
    ["OpenAI's", undefined, openaiStream(["Hel", "lo"])],
    ["Claude's", claude, claudeStream(["Hel", "lo"])],
  ])("a whole answer was asked for, and %s stream reaches the client as one", async (_vendor, provider, answer) => {
    const gateway = await start({ ...(provider === undefined ? {} : { provider }), script: () => answer });
    const got = gateway.request(chat());
    expect(got).toMatchObject({ status: 200, ended: "complete" });
    expect(got.headers["content-type"]).toBe("application/json");
    expect(textOf(got)).toBe("Hello");
  });

  test("a conversation of more parts than any model takes is refused before its items fill the memory", async () => {
    const gateway = await start();
    const messages = Array.from({ length: 10_001 }, () => ({ role: "user", content: "x" }));
    const got = gateway.request(chat({ messages }));
    expect(got).toMatchObject({ status: 400, attempts: [] });
    expect(errorOf(got)).toMatchObject({ param: "messages", type: "invalid_request_error" });
    expect(gateway.request(chat()).status).toBe(200);
    expect(gateway.request(chat({ messages: messages.slice(0, 9_000) })).status).toBe(200);
  });
});
