import { describe, expect, test } from "vitest";
import { claudeAnswer, claudeStream, openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, post } from "../../test/modules/requests.ts";

/** What Envoy itself adds to a request. */
const ENVOYS_OWN = ["x-forwarded-proto", "x-request-id", "x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms"];

forEachPackaging(["ai-proxy"], (start, packaging) => {
  describe("to the provider", () => {
    test("go those that every provider gets, and no others", async () => {
      const gateway = await start();
      const [attempt] = gateway.request(
        chat(
          {},
          {
            accept: "application/json",
            "user-agent": "me/1",
            "idempotency-key": "i-1",
            "accept-encoding": "gzip, br",
            "accept-language": "de",
            cookie: "a=b",
            "x-custom": "1",
            "openai-organization": "org",
            "anthropic-beta": "b",
            "x-forwarded-for": "1.2.3.4",
            "x-stainless-os": "Linux",
            forwarded: "for=1.2.3.4",
            origin: "https://x",
            referer: "https://x/y",
            "x-mse-consumer": "root",
            "x-sluice-cluster": "a",
            "x-hi-original-auth": "b",
          },
        ),
      ).attempts;
      const names = Object.keys(attempt!.headers).filter((name) => !ENVOYS_OWN.includes(name));
      expect(names.sort()).toEqual([
        ":authority",
        ":method",
        ":path",
        ":scheme",
        "accept",
        "authorization",
        "content-length",
        "content-type",
        "idempotency-key",
        "user-agent",
      ]);
      expect(attempt!.headers).toMatchObject({ accept: "application/json", "user-agent": "me/1", "idempotency-key": "i-1" });
    });

    test("Envoy isn't told what only Higress understands", async () => {
      const gateway = await start();
      expect(gateway.request(chat()).facts).not.toHaveProperty("clear_route_cache");
    });

    test.each([
      ["openai", "openai-beta", true],
      ["deepseek", "openai-beta", false],
      ["claude", "openai-beta", false],
      ["openai", "anthropic-beta", false],
    ])("%s gets %s: %s", async (type, name, passes) => {
      const gateway = await start({
        provider: { type, apiTokens: ["k"] },
        script: () => (type === "claude" ? claudeAnswer("a") : openaiAnswer("a")),
      });
      const { headers } = gateway.request(chat({}, { [name]: "x=1" })).attempts[0]!;
      expect(headers[name]).toBe(passes ? "x=1" : undefined);
    });

    test("goes no accept-encoding, so that no answer is compressed", async () => {
      const gateway = await start({ provider: { type: "openai", apiTokens: ["k"], passHeaders: ["accept-encoding"] } });
      expect(gateway.request(chat({}, { "accept-encoding": "gzip" })).attempts[0]!.headers).not.toHaveProperty("accept-encoding");
    });

    test("go those that passHeaders names, in whatever case", async () => {
      const provider = { type: "openai", apiTokens: ["k"], passHeaders: ["OpenAI-Organization", "x-team", "x-absent"] };
      const gateway = await start({ provider });
      const [attempt] = gateway.request(chat({}, { "openai-organization": "org", "X-Team": "a", "x-other": "b" })).attempts;
      expect(attempt!.headers).toMatchObject({ "openai-organization": "org", "x-team": "a" });
      expect(attempt!.headers).not.toHaveProperty("x-other");
      expect(attempt!.headers).not.toHaveProperty("x-absent");
    });

    test.each([
      "cookie",
      "authorization",
      "proxy-authorization",
      "x-api-key",
      "api-key",
      "x-goog-api-key",
      "content-length",
      "transfer-encoding",
      "host",
      "x-mse-consumer",
    ])("goes no %s, though passHeaders names it", async (name) => {
      const gateway = await start({ provider: { type: "deepseek", passHeaders: [name] } });
      const value = name === "content-length" ? "" : "mine";
      const [attempt] = gateway.request(chat({}, value === "" ? {} : { [name]: value })).attempts;
      expect(attempt!.headers[name] ?? "").not.toBe("mine");
      expect(attempt!.headers["content-length"]).toBe(String(attempt!.bytes.length));
    });

    test("a header that repeats goes as often", async () => {
      const gateway = await start({ provider: { type: "openai", apiTokens: ["k"], passHeaders: ["x-tag"] } });
      const request = chat();
      const headers = [...Object.entries(request.headers as Record<string, string>), ["x-tag", "1"], ["x-tag", "2"]] as [string, string][];
      expect(gateway.request({ ...request, headers }).attempts[0]!.headers["x-tag"]).toBe("1, 2");
    });

    test.each<[string, Record<string, string>, Record<string, string>, string | undefined, string | undefined]>([
      ["openai", {}, {}, undefined, undefined],
      ["gemini", {}, {}, undefined, undefined],
      ["claude", {}, {}, "beta-1,beta-2", "2099-01-01"],
      ["claude", { claudeVersion: "2023-01-01" }, {}, "beta-1,beta-2", "2023-01-01"],
      ["claude", {}, { "anthropic-version": "" }, "beta-1,beta-2", "2023-06-01"],
    ])("goes a client of Anthropic's version, and its betas, to Anthropic only: %s %j %j", async (type, setup, more, beta, version) => {
      const gateway = await start({ provider: { type, apiTokens: ["k"], ...setup } });
      const headers = { "x-api-key": "mine", "anthropic-beta": "beta-1,beta-2", "anthropic-version": "2099-01-01", ...more };
      const body = JSON.stringify({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "Hi" }] });
      const [attempt] = gateway.request(post(body, headers, "/v1/messages")).attempts;
      expect(attempt!.headers["anthropic-beta"]).toBe(beta);
      expect(attempt!.headers["anthropic-version"]).toBe(version);
      expect(JSON.stringify(attempt!.headers)).not.toContain("mine");
    });

    test("the length is the body's", async () => {
      for (const type of ["openai", "claude", "gemini"]) {
        const gateway = await start({ provider: { type, apiTokens: ["k"], modelMapping: { "*": "another-model" } } });
        const [attempt] = gateway.request(chat({ messages: [{ role: "user", content: "é🙂" }] })).attempts;
        expect(attempt!.headers["content-length"]).toBe(String(attempt!.bytes.length));
        expect(() => JSON.parse(attempt!.body)).not.toThrow();
      }
    });
  });

  describe("to the client", () => {
    const told = {
      "x-ratelimit-remaining-requests": "99",
      "retry-after": "1",
      "openai-processing-ms": "12",
      "x-request-id": "req_1",
    };
    const kept = { "set-cookie": "a=b", "alt-svc": 'h3=":443"', "strict-transport-security": "max-age=1" };

    test.each([
      ["whole", openaiAnswer("Hello", { ...told, ...kept }), { stream: false }, "openai"],
      ["streamed", openaiStream(["Hello"], { ...told, ...kept }), { stream: true }, "openai"],
      ["translated", claudeAnswer("Hello", { ...told, ...kept }), { stream: false }, "claude"],
      ["translated and streamed", claudeStream(["Hello"], { ...told, ...kept }), { stream: true }, "claude"],
    ])("go the provider's, but for those of its own connection and site: %s", async (_, answer, body, type) => {
      const gateway = await start({ provider: { type, apiTokens: ["k"] }, script: () => answer });
      const seen = gateway.request(chat(body));
      expect(seen.status).toBe(200);
      expect(seen.headers).toMatchObject(told);
      for (const name of Object.keys(kept)) expect(seen.headers).not.toHaveProperty(name);
    });

    test.each([
      ["openai", openaiAnswer],
      ["claude", claudeAnswer],
    ])("never a header that quotes the provider's key, or asks for one: %s", async (type, answer) => {
      const quoting = { "x-debug": "Bearer local-key.42!", "www-authenticate": "Bearer", "x-other": "local-key" };
      const gateway = await start({ provider: { type, apiTokens: ["local-key.42!"] }, script: () => answer("Hello", quoting) });
      const seen = gateway.request(chat());
      expect(seen.status).toBe(200);
      expect(seen.headers).not.toHaveProperty("x-debug");
      expect(seen.headers).not.toHaveProperty("www-authenticate");
      expect(seen.headers["x-other"]).toBe("local-key");
    });

    test.each(["openai", "claude", "gemini"])(
      "never the provider's key out of its errors, whatever the key looks like: %s",
      async (type) => {
        const message = "wrong key local-key.42! (local-key.42!)";
        const body = JSON.stringify({
          type: "error",
          error: { message, type: "authentication_error", status: "UNAUTHENTICATED", code: 401 },
        });
        const gateway = await start({
          provider: { type, apiTokens: ["other-key", "local-key.42!"] },
          script: () => ({
            status: 401,
            headers: { "content-type": "application/json", "www-authenticate": "Bearer local-key.42!" },
            body,
          }),
        });
        const seen = gateway.request(chat());
        expect(seen.status).toBe(401);
        expect(seen.body).toContain("wrong key *** (***)");
        expect(JSON.stringify([seen.headers, seen.body])).not.toContain("local-key.42");
      },
    );

    test("the type and the length are the client's answer's", async () => {
      const gateway = await start({
        provider: { type: "claude", apiTokens: ["k"] },
        script: (request) => {
          const whole = claudeAnswer("Hello");
          const isStream = Buffer.from(request.body).includes('"stream":true');
          return isStream
            ? claudeStream(["Hello"], { "content-length": String(claudeStream(["Hello"]).chunks!.join("").length) })
            : {
                ...whole,
                headers: { "content-type": "application/json; charset=utf-8", "content-length": String((whole.body as string).length) },
              };
        },
      });
      const whole = gateway.request(chat());
      expect(whole.headers).toMatchObject({ "content-type": "application/json", "content-length": String(whole.bytes.length) });
      const streamed = gateway.request(chat({ stream: true }));
      expect(streamed.headers["content-type"]).toMatch(/^text\/event-stream/);
      expect(streamed.headers).not.toHaveProperty("content-length");
    });
  });

  test("the query of the client doesn't go on", async () => {
    const gateway = await start();
    expect(gateway.request({ ...chat(), path: "/v1/chat/completions?key=secret&x=1" }).attempts[0]!.path).toBe("/v1/chat/completions");
  });

  if (packaging.perAttempt)
    test("limits of time and retries don't reach the provider", async () => {
      const gateway = await start();
      const { headers } = gateway.request(chat()).attempts[0]!;
      for (const name of ["x-envoy-max-retries", "x-envoy-upstream-rq-per-try-timeout-ms", "x-sluice-cluster"])
        expect(headers).not.toHaveProperty(name);
    });
});
