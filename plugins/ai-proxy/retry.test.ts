/** retryOnFailure: the provider is asked again. */
import { describe, expect, test } from "vitest";
import type { Callout, CalloutAnswer, CalloutScript } from "../../test/host/callout.ts";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { claudeAnswer, claudeStream, failing, openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging, PROVIDER } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, factsOf, post, textOf } from "../../test/modules/requests.ts";

/** A provider's answer as a call's. */
function called({ status, headers, body, chunks }: ProviderAnswer): CalloutAnswer {
  const text = chunks === undefined ? (body as string) : chunks.join("");
  return { after: 30, body: text, ...(status === undefined ? {} : { status }), ...(headers === undefined ? {} : { headers }) };
}

/** Answers calls one after the other, the last one again and again. */
function server(...answers: (ProviderAnswer | CalloutAnswer)[]): { calls: Callout[]; script: CalloutScript } {
  const calls: Callout[] = [];
  return {
    calls,
    script: (call) => {
      calls.push(call);
      const answer = answers[Math.min(calls.length, answers.length) - 1]!;
      return "stall" in answer || "reset" in answer ? answer : called(answer as ProviderAnswer);
    },
  };
}

forEachPackaging(["ai-proxy"], (start, packaging) => {
  // Where an upstream filter writes requests, Envoy asks again.
  describe.skipIf(packaging.perAttempt)("retryOnFailure", () => {
    const open = async (fields: object, script: CalloutScript, first: ProviderAnswer = failing(503, "no room", { "x-own": "1" })) =>
      start({
        provider: { type: "openai", apiTokens: ["sk-1"], retryOnFailure: { enabled: true }, ...fields },
        script: () => first,
        host: { callouts: { [PROVIDER]: script } },
      });

    test("enabled: the same request is made once more, and its answer is the client's", async () => {
      const { calls, script } = server(openaiAnswer("Hello", { "x-request-id": "r-2" }));
      const seen = (await open({}, script)).request(chat());
      expect([seen.status, textOf(seen)]).toEqual([200, "Hello"]);
      expect(seen.body).toBe(openaiAnswer("Hello").body);
      expect(calls).toHaveLength(1);
      const first = seen.attempts[0]!;
      expect(Buffer.from(calls[0]!.body).toString()).toBe(first.body);
      for (const name of [":path", ":authority", "authorization", "content-type"])
        expect(calls[0]!.headers.get(name)).toBe(name === ":path" ? first.path : first.headers[name]);
      expect(factsOf(seen)).toMatchObject({ attempts: 2, provider: PROVIDER, input_tokens: 3, output_tokens: 2 });
      expect(factsOf(seen)).not.toHaveProperty("error");
    });

    test("off, nothing is asked again", async () => {
      const { calls, script } = server(openaiAnswer("Hello"));
      for (const retryOnFailure of [{ enabled: false }, {}, { enabled: true, maxRetries: 0 }]) {
        expect((await open({ retryOnFailure }, script)).request(chat()).status).toBe(503);
      }
      expect(calls).toHaveLength(0);
    });

    test("an answer that succeeds isn't asked for again", async () => {
      const { calls, script } = server(openaiAnswer("other"));
      expect(textOf((await open({}, script, openaiAnswer("Hello"))).request(chat()))).toBe("Hello");
      expect(calls).toHaveLength(0);
    });

    test("translated, and with a key that wasn't tried", async () => {
      const { calls, script } = server(claudeAnswer("Hello", { "request-id": "r" }));
      const gateway = await open({ type: "claude", apiTokens: ["sk-1", "sk-2"] }, script);
      const seen = gateway.request(chat());
      expect([textOf(seen), seen.headers["content-type"]]).toEqual(["Hello", "application/json"]);
      expect(new Set([seen.attempts[0]!.headers["x-api-key"], calls[0]!.headers.get("x-api-key")])).toEqual(new Set(["sk-1", "sk-2"]));
    });

    test.each([
      ["the client's own protocol", {}, openaiStream(["Hel", "lo"])],
      ["another", { type: "claude" }, claudeStream(["Hel", "lo"])],
    ])("a stream in %s comes in one piece", async (_, fields, answer) => {
      const seen = (await open(fields, server(answer).script)).request(chat({ stream: true }));
      expect(textOf(seen)).toBe("Hello");
      expect(seen.headers["content-type"]).toMatch(/^text\/event-stream/);
      expect(seen.body).toMatch(/data: \[DONE\]\n\n$/);
    });

    test("maxRetries: so many times, and then the client gets the first failure", async () => {
      const { calls, script } = server(failing(500, "second"), failing(500, "third"));
      const seen = (await open({ retryOnFailure: { enabled: true, maxRetries: 2 } }, script)).request(chat());
      expect([seen.status, seen.headers["x-own"]]).toEqual([503, "1"]);
      expect(errorOf(seen).message).toContain("no room");
      expect(calls).toHaveLength(2);
      expect(factsOf(seen)).toMatchObject({ attempts: 3, error: 503 });
    });

    test("what breaks off is tried again, too", async () => {
      const { script } = server({ reset: "midway" }, openaiAnswer("Hello"));
      expect(textOf((await open({ retryOnFailure: { enabled: true, maxRetries: 2 } }, script)).request(chat()))).toBe("Hello");
    });

    test("retryTimeout: so long an attempt may take", async () => {
      const { calls, script } = server({ stall: true });
      const gateway = await open({ retryOnFailure: { enabled: true, retryTimeout: 700 } }, script);
      expect(gateway.request(chat()).status).toBe(503);
      expect(calls[0]!.timeout).toBe(700);
    });

    test.each<[string[] | undefined, number, number]>([
      [undefined, 400, 1],
      [undefined, 504, 1],
      [["429", "50[234]"], 429, 1],
      [["429", "50[234]"], 500, 0],
      [["4.*"], 504, 0],
      [["5"], 500, 0],
      [[], 500, 0],
    ])("retryOnStatus: %j and %d", async (retryOnStatus, status, expected) => {
      const { calls, script } = server(openaiAnswer("Hello"));
      const gateway = await open(
        { apiTokens: ["sk-one", "sk-two"], retryOnFailure: { enabled: true, retryOnStatus } },
        script,
        failing(status),
      );
      gateway.request(chat());
      expect(calls).toHaveLength(expected);
    });

    test("a failure without a body, or with one that is too large, is asked again for", async () => {
      for (const first of [{ status: 500 }, { status: 500, body: "x".repeat(100_000) }, { status: 502, chunks: ["a", 50, "b"] }]) {
        expect(textOf((await open({}, server(openaiAnswer("Hello")).script, first)).request(chat()))).toBe("Hello");
      }
    });

    test("pictures and the like, too", async () => {
      const body = '{"data":[{"b64_json":"AA=="}]}';
      const { calls, script } = server({ headers: { "content-type": "application/json" }, body });
      const gateway = await open({}, script);
      expect(gateway.request(post('{"model":"m","prompt":"p"}', {}, "/v1/images/generations"))).toMatchObject({ status: 200, body });
      expect(calls).toHaveLength(1);
    });

    test("a client that hangs up meanwhile leaves nothing behind", async () => {
      const { script } = server({ stall: true });
      const gateway = await open({}, script);
      const stream = gateway.open(chat());
      gateway.advance(100);
      gateway.hangUp(stream);
      gateway.advance(60_000);
      expect(factsOf(gateway.answer(stream))).toMatchObject({ attempts: 2 });
    });

    test("a key that the answer quotes isn't passed on", async () => {
      const { script } = server(openaiAnswer("your key is sk-1-secret", { "x-key": "sk-1-secret" }));
      const seen = (await open({ apiTokens: ["sk-1-secret"] }, script)).request(chat());
      expect(JSON.stringify([seen.headers, seen.body])).not.toContain("sk-1-secret");
    });
  });

  test.each<[object, string]>([
    [{ maxRetries: 11 }, "retryOnFailure.maxRetries: found number 11, expected a whole number from 0 to 10"],
    [{ retryTimeout: 0 }, "retryOnFailure.retryTimeout: found number 0, expected a whole number from 1"],
    [{ retryOnStatus: ["5.{2}"] }, 'retryOnFailure.retryOnStatus[0]: found in the pattern "5.{2}"'],
    [{ retryOnStatus: "5.*" }, "retryOnFailure.retryOnStatus: found"],
    [{ enabled: "yes" }, 'retryOnFailure.enabled: found "yes", expected'],
  ])("retryOnFailure: %j is refused", async (retryOnFailure, message) => {
    await expect(start({ provider: { type: "openai", retryOnFailure } })).rejects.toThrow(message);
  });
});

describe("retryOnFailure in a plan", () => {
  test("a target that stands there again is asked again, with Envoy's own retries", async () => {
    let asked = 0;
    const gateway = await startPlans({
      providers: { a: { does: () => (++asked < 3 ? failing(503) : openaiAnswer("Hello")) } },
      plans: [{ targets: ["a", "a", "a"] }],
    });
    expect(textOf(gateway.request(chat()))).toBe("Hello");
    expect(asked).toBe(3);
  });

  test("switched on for one of its targets it is refused", async () => {
    const setup = { providers: { a: { retryOnFailure: { enabled: true }, does: () => openaiAnswer("Hello") } } };
    await expect(startPlans(setup)).rejects.toThrow('plans[0].targets[0].provider: found "a", whose retryOnFailure is on, expected it off');
  });
});
