import { describe, expect, test } from "vitest";
import { claudeAnswer, failing, openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, factsOf, post, textOf } from "../../test/modules/requests.ts";

const slow = (after: number) => () => ({ ...openaiAnswer("Late"), after });
const slowStream = (after: number) => () => ({ ...openaiStream(["Late"]), after });
const own = (timeout: string): Record<string, string> => ({ "x-sluice-timeout": timeout });

describe("a client's deadline", () => {
  test.each([
    ["x-sluice-timeout", "2", 2000],
    ["x-sluice-timeout", "2.5s", 2500],
    ["x-sluice-timeout", "750ms", 750],
    ["x-sluice-timeout", "1m", 60_000],
    ["x-stainless-timeout", "3", 3000],
  ])("%s: %s", async (name, value, limit) => {
    for (const [takes, status] of [
      [limit - 100, 200],
      [limit + 100, 504],
    ]) {
      const gateway = await startPlans({ providers: { a: { does: slow(takes!) } } });
      const answer = gateway.request(chat({}, { [name]: value }));
      expect(answer.status).toBe(status);
    }
  });

  test("the gateway's own word counts more than the SDK's", async () => {
    const gateway = await startPlans({ providers: { a: { does: slow(1000) } } });
    expect(gateway.request(chat({}, { ...own("2"), "x-stainless-timeout": "0.5" })).status).toBe(200);
    expect(gateway.request(chat({}, { ...own("0.5"), "x-stainless-timeout": "2" })).status).toBe(504);
  });

  test("holds for all attempts together, and says who was tried", async () => {
    const start = () =>
      startPlans({
        providers: {
          a: { does: () => ({ ...failing(503), after: 600 }) },
          b: { does: () => ({ ...failing(429), after: 600 }) },
          c: { does: slow(600) },
        },
      });
    expect(textOf((await start()).request(chat({}, own("2s"))))).toBe("Late");
    const answer = (await start()).request(chat({}, own("1s")));
    expect(answer.status).toBe(504);
    expect(answer.attempts).toHaveLength(2);
    expect(errorOf(answer).message).toContain("within the time that the client set");
    expect(answer.headers["x-sluice-attempts"]).toBe("a;status=503;reason=overloaded, b;reason=deadline");
    expect(factsOf(answer)).toMatchObject({ error: 504, attempts: 2 });
  });

  test("is told in the client's protocol", async () => {
    const gateway = await startPlans({ providers: { a: { type: "claude", does: () => ({ ...claudeAnswer("Late"), after: 900 }) } } });
    const body = JSON.stringify({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] });
    const answer = gateway.request(post(body, own("0.2"), "/v1/messages"));
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([504, { type: "error", error: { type: expect.any(String) } }]);
  });

  test("of a stream bounds the time until it begins, and not how long it goes on", async () => {
    const begins = (after: number) => startPlans({ providers: { a: { does: slowStream(after) } } });
    expect((await begins(600)).request(chat({ stream: true }, own("0.5"))).status).toBe(504);
    const [first, ...rest] = openaiStream(["One", "Two", "Three"]).chunks as string[];
    const long = await startPlans({
      providers: { a: { does: () => ({ ...openaiStream([]), chunks: [first!, ...rest.flatMap((chunk) => [400, chunk])] }) } },
    });
    const answer = long.request(chat({ stream: true }, own("1s")));
    expect([answer.status, answer.ended]).toEqual([200, "complete"]);
    expect(answer.body).toContain("[DONE]");
  });

  test("reaches no provider, and counts against none", async () => {
    const gateway = await startPlans({ providers: { a: { does: slow(400) }, b: { does: () => openaiAnswer("Other") } } });
    for (let i = 0; i < 8; i++) expect(gateway.request(chat({}, own("100ms"))).status).toBe(504);
    const answer = gateway.request(chat({}, own("10s")));
    expect(factsOf(answer)).toMatchObject({ provider: "a" });
    expect(Object.keys(answer.attempts[0]!.headers).filter((name) => name.includes("timeout"))).toEqual([]);
  });

  test.each(["", "soon", "0", "-1", "25h", "1e3", "NaN", "99999999999999999999", "5 s"])(
    "%j in x-sluice-timeout is refused",
    async (value) => {
      const gateway = await startPlans({ providers: { a: { does: () => openaiAnswer("Hi") } } });
      const answer = gateway.request(chat({}, own(value)));
      expect(answer.status).toBe(value === "1h1" ? 200 : 400);
      if (answer.status === 400)
        expect(errorOf(answer).message).toContain(`x-sluice-timeout: found "${value}", expected a time from 1ms to 24h`);
    },
  );

  test.each(["soon", "0", "-5", "NOT_GIVEN", "1e9", "1000000"])("%j in x-stainless-timeout is passed over", async (value) => {
    const gateway = await startPlans({ providers: { a: { does: () => openaiAnswer("Hi") } } });
    expect(gateway.request(chat({}, { "x-stainless-timeout": value })).status).toBe(200);
  });
});

forEachPackaging(["ai-proxy"], (start) => {
  test("a client's deadline ends a request", async () => {
    const gateway = await start({ provider: { type: "openai", apiTokens: ["sk-1"] }, script: slow(900) });
    expect(textOf(gateway.request(chat({}, own("1s"))))).toBe("Late");
    const answer = gateway.request(chat({}, own("500ms")));
    expect([answer.status, errorOf(answer).message]).toEqual([504, expect.stringContaining("x-sluice-timeout")]);
  });
});
