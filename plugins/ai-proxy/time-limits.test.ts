/** firstByteTimeout: how long a provider may take to begin a stream. */
import { describe, expect, test } from "vitest";
import { openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, textOf } from "../../test/modules/requests.ts";

const keys = { apiTokens: ["sk-1"] };

forEachPackaging(["ai-proxy"], (start) => {
  describe("firstByteTimeout", () => {
    test("ends an attempt at a stream that hasn't begun", async () => {
      const slow = () => ({ ...openaiStream(["Hello"]), after: 700 });
      const ask = async (firstByteTimeout: number) =>
        (await start({ provider: { type: "openai", ...keys, firstByteTimeout }, script: slow })).request(chat({ stream: true }));
      expect((await ask(500)).status).toBe(504);
      const seen = await ask(900);
      expect(textOf(seen)).toBe("Hello");
      expect(Object.keys(seen.attempts[0]!.headers).filter((name) => name.includes("per-try"))).toEqual([]);
    });

    test("says nothing about answers that don't stream", async () => {
      const gateway = await start({
        provider: { type: "openai", ...keys, firstByteTimeout: 500 },
        script: () => ({ ...openaiAnswer("Hello"), after: 700 }),
      });
      expect(textOf(gateway.request(chat()))).toBe("Hello");
    });

    test.each([
      [-1, "found number -1"],
      ["1s", 'found "1s"'],
    ])("%j is refused", async (firstByteTimeout, found) => {
      await expect(start({ provider: { type: "openai", firstByteTimeout } })).rejects.toThrow(
        `firstByteTimeout: ${found}, expected a whole number from 0 to 86400000`,
      );
    });
  });
});

describe("firstByteTimeout in a plan", () => {
  const slow = () => ({ ...openaiStream(["slow"]), after: 700 });
  const quick = () => openaiStream(["quick"]);

  test("lets the next target answer", async () => {
    const gateway = await startPlans({
      providers: { a: { firstByteTimeout: 500, does: slow }, b: { firstByteTimeout: 100, does: quick } },
    });
    expect(textOf(gateway.request(chat({ stream: true })))).toBe("quick");
  });

  test("is the longest of its targets', firstContentTimeout being theirs who have none", async () => {
    const ask = async (a: object, b: object, firstContentTimeout: number) => {
      const gateway = await startPlans({
        providers: { a: { ...a, does: slow }, b: { ...b, does: quick } },
        "ai-proxy": { firstContentTimeout },
      });
      return textOf(gateway.request(chat({ stream: true })));
    };
    expect(await ask({ firstByteTimeout: 500 }, { firstByteTimeout: 900 }, 100)).toBe("slow");
    expect(await ask({ firstByteTimeout: 500 }, {}, 900)).toBe("slow");
    expect(await ask({ firstByteTimeout: 500 }, {}, 100)).toBe("quick");
    expect(await ask({}, {}, 500)).toBe("quick");
  });
});
