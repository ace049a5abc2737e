import { describe, expect, test } from "vitest";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { openaiPieces } from "../../test/modules/answers.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, factsOf } from "../../test/modules/requests.ts";

const [role, text, ...rest] = openaiPieces(["Hi"]);
const standing = (pauses: number[]): ProviderAnswer => ({
  headers: { "content-type": "text/event-stream" },
  chunks: [role!, text!, ...pauses.flatMap((pause) => [pause, ": waits\n\n"]), ...(pauses.length > 0 ? rest : [])],
  then: pauses.length > 0 ? "end" : "stall",
});

describe("stallTimeout", () => {
  test("breaks off a stream that stands still after its first content", async () => {
    const gateway = await startPlans({ providers: { a: { does: () => standing([]) } }, "ai-proxy": { stallTimeout: 3000 } });
    const stream = gateway.open(chat({ stream: true }));
    gateway.advance(2_900);
    expect(gateway.answer(stream).ended).toBe("open");
    gateway.advance(400);
    const answer = gateway.answer(stream);
    expect(answer.ended).toBe("reset");
    expect(answer.body).toContain("Hi");
    expect(answer.body).not.toContain("[DONE]");
    expect(factsOf(answer)).toMatchObject({ provider: "a", error: 504, error_provider: "a", usage_estimated: true });
  });

  test("leaves one alone that shows any sign of life", async () => {
    const does = (): ProviderAnswer => standing([2_000, 2_000, 2_000]);
    const gateway = await startPlans({ providers: { a: { does } }, "ai-proxy": { stallTimeout: 3000 } });
    const answer = gateway.request(chat({ stream: true }));
    expect([answer.ended, answer.body.includes("[DONE]")]).toEqual(["complete", true]);
  });

  test("0 waits for ever", async () => {
    const gateway = await startPlans({ providers: { a: { does: () => standing([]) } }, "ai-proxy": { stallTimeout: 0 } });
    const stream = gateway.open(chat({ stream: true }));
    gateway.advance(250_000);
    expect(gateway.answer(stream).ended).toBe("open");
  });
});
