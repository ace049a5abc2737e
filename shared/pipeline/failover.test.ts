import { describe, expect, test } from "vitest";
import { claudeAnswer, openaiAnswer, openaiPieces } from "../../test/modules/answers.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, factsOf, textOf } from "../../test/modules/requests.ts";
import type { ProviderAnswer } from "../../test/host/provider.ts";

const html = (status: number): ProviderAnswer => ({ status, headers: { "content-type": "text/html" }, body: "<html>no</html>" });
const json = (status: number, body: unknown): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const openai = (status: number, code: string): ProviderAnswer => json(status, { error: { message: "m", type: "t", code } });
const claude = (status: number, type: string): ProviderAnswer => json(status, { type: "error", error: { type, message: "m" } });
const gemini = (status: number, word: string): ProviderAnswer => json(status, { error: { code: status, message: "m", status: word } });

describe("the next provider is asked", () => {
  test.each<[what: string, type: string, answer: ProviderAnswer]>([
    ...[401, 402, 403, 408, 409, 425, 429, 498, 500, 503, 529].flatMap((status): [string, string, ProviderAnswer][] => [
      [`claude's ${status} with a client's error in words`, "claude", claude(status, "invalid_request_error")],
      [`gemini's ${status} with a client's error in words`, "gemini", gemini(status, "INVALID_ARGUMENT")],
      [`openai's ${status} with a client's error in words`, "openai", openai(status, "context_length_exceeded")],
    ]),
    ["openai's 403 for a model that the project may not use", "openai", openai(403, "model_not_found")],
    ...[400, 404, 413, 422].map((status): [string, string, ProviderAnswer] => [`a page with ${status}`, "openai", html(status)]),
  ])("after %s", async (_, type, answer) => {
    const gateway = await startPlans({ providers: { a: { type, does: () => answer }, b: { does: () => openaiAnswer("from b") } } });
    const got = gateway.request(chat());
    expect(got.attempts).toHaveLength(2);
    expect([got.status, textOf(got)]).toEqual([200, "from b"]);
  });

  test.each<[what: string, type: string, answer: ProviderAnswer, status: number]>([
    ["400", "claude", claude(400, "invalid_request_error"), 400],
    ["404", "gemini", gemini(404, "NOT_FOUND"), 404],
    ["422", "openai", openai(422, "x"), 422],
  ])("but not after %s: the request is at fault", async (_, type, answer, status) => {
    const gateway = await startPlans({ providers: { a: { type, does: () => answer }, b: { does: () => claudeAnswer("from b") } } });
    const got = gateway.request(chat());
    expect(got.attempts).toHaveLength(1);
    expect([got.status, errorOf(got).type]).toEqual([status, "invalid_request_error"]);
  });

  test("a page that blames the request is the provider's failure where nobody is left", async () => {
    const gateway = await startPlans({ providers: { a: { does: () => html(404) } } });
    const got = gateway.request(chat());
    expect([got.status, errorOf(got).type]).toEqual([502, "server_error"]);
  });
});

describe("the facts say whose a failure is", () => {
  test("of a time limit", async () => {
    const gateway = await startPlans({
      providers: { a: { does: () => "stall" } },
      "ai-proxy": { answerTimeout: 1000, firstContentTimeout: 1000 },
    });
    const got = gateway.request(chat());
    expect(got.status).toBe(504);
    expect(errorOf(got).message).toContain('Provider "a"');
    expect(factsOf(got)).toMatchObject({ error: 504, error_provider: "a" });
  });

  test("of a connection that isn't there", async () => {
    const gateway = await startPlans({ providers: { a: { does: () => "refuse" } } });
    const got = gateway.request(chat());
    expect(got.status).toBe(503);
    expect(factsOf(got)).toMatchObject({ error: 503, error_provider: "a" });
  });

  test("of an error inside a stream that had begun", async () => {
    const [role, text] = openaiPieces(["Hi"]);
    const error = 'data: {"error":{"message":"broken","type":"server_error"}}\n\n';
    const chunks = [role!, text!, error];
    const gateway = await startPlans({
      providers: { a: { does: () => ({ headers: { "content-type": "text/event-stream" }, chunks }) } },
    });
    const got = gateway.request(chat({ stream: true }));
    expect(factsOf(got)).toMatchObject({ provider: "a", error: expect.any(Number), error_provider: "a" });
  });

  test("of a stream that broke off, but not of a client that went away", async () => {
    const [role, text] = openaiPieces(["Hi"]);
    const does = (): ProviderAnswer => ({ headers: { "content-type": "text/event-stream" }, chunks: [role!, text!], then: "reset" });
    const gateway = await startPlans({ providers: { a: { does } } });
    expect(factsOf(gateway.request(chat({ stream: true })))).toMatchObject({ provider: "a", error: 502, error_provider: "a" });

    const stalls = await startPlans({ providers: { a: { does: () => ({ ...does(), then: "stall" }) } } });
    const stream = stalls.open({ ...chat({ stream: true }) });
    stalls.advance(100);
    stalls.hangUp(stream);
    const left = factsOf(stalls.answer(stream));
    expect(left).toMatchObject({ provider: "a" });
    expect(left).not.toHaveProperty("error");
  });
});
