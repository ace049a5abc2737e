import { describe, expect, test } from "vitest";
import { claudeAnswer, failing, openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, post } from "../../test/modules/requests.ts";

const seconds = (time: string): number => Math.round(Date.parse(time) / 1000);
const inSeconds = (now: number, seconds: number): string => new Date((now + seconds) * 1000).toISOString().replace(".000Z", "Z");
const messages = post(JSON.stringify({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }), {}, "/v1/messages");

forEachPackaging(["ai-proxy"], (start) => {
  describe("a provider's limits and its id of the request, in the client's words:", () => {
    const claude = { type: "claude", apiTokens: ["k"] };
    const limits = (now: number): Record<string, string> => ({
      "request-id": "req_011",
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-input-tokens-reset": inSeconds(now, 90),
      "anthropic-ratelimit-tokens-reset": "soon",
    });

    test.each([
      ["an answer", (headers: Record<string, string>) => claudeAnswer("Hello", headers)],
      ["an error", (headers: Record<string, string>) => failing(429, "slow down", { ...headers, "retry-after": "7" })],
    ])("Anthropic's, for OpenAI's clients, with %s", async (_, answer) => {
      let now = 0;
      const gateway = await start({ provider: claude, script: () => answer(limits(now)) });
      now = Math.floor(gateway.envoy.clock.now / 1000);
      const { headers } = gateway.request(chat());
      expect(headers).toMatchObject({
        "x-request-id": "req_011",
        "x-ratelimit-limit-requests": "50",
        "x-ratelimit-remaining-requests": "49",
      });
      expect(headers["x-ratelimit-reset-input-tokens"]).toMatch(/^(89|90)s$/);
      expect(headers["anthropic-ratelimit-requests-limit"]).toBe("50");
      expect(headers).not.toHaveProperty("x-ratelimit-reset-tokens");
    });

    test.each([
      ["1h6m0s", 3960],
      ["7.66s", 8],
      ["20ms", 1],
      ["12", 12],
      ["1d", 86400],
    ])("OpenAI's, for Anthropic's clients: %s are %i s", async (reset, later) => {
      const headers = {
        "x-request-id": "req-9",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "29990",
        "x-ratelimit-reset-tokens": reset,
      };
      const gateway = await start({ script: () => openaiAnswer("Hello", headers) });
      const now = gateway.envoy.clock.now / 1000;
      const answer = gateway.request(messages);
      expect(answer.headers).toMatchObject({
        "request-id": "req-9",
        "anthropic-ratelimit-tokens-limit": "30000",
        "anthropic-ratelimit-tokens-remaining": "29990",
      });
      const at = seconds(answer.headers["anthropic-ratelimit-tokens-reset"]!);
      expect(at - now).toBeGreaterThan(later - 1.5);
      expect(at - now).toBeLessThan(later + 1.5);
    });

    test.each(["", "x", "5w", "s", "--", "1h6", "99999999999999999999s", ".", "1..5s"])("a reset of %j traps nobody", async (reset) => {
      const gateway = await start({
        script: () => openaiAnswer("Hello", { "x-ratelimit-reset-tokens": reset, "x-ratelimit-": "1", "x-ratelimit-limit": "2" }),
      });
      expect(gateway.request(messages).status).toBe(200);
    });

    test("a client of the same protocol gets them as they are, and no others", async () => {
      const gateway = await start({ provider: claude, script: () => claudeAnswer("Hello", limits(0)) });
      const { headers } = gateway.request(messages);
      expect(headers["anthropic-ratelimit-requests-limit"]).toBe("50");
      expect(Object.keys(headers).filter((name) => name.startsWith("x-ratelimit") || name === "x-request-id")).toEqual([]);
    });
  });
});
