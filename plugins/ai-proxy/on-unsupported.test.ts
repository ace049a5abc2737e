/** What becomes of what a provider can't be told: refused, or left out and named. */
import { describe, expect, test } from "vitest";
import { claudeAnswer, claudeStream, geminiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, factsOf } from "../../test/modules/requests.ts";

const IMAGE = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
const AUDIO = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } };
const TOOL = { type: "function", function: { name: "look", parameters: { type: "object" } } };
const claude = (onUnsupported?: string): Record<string, unknown> => ({
  type: "claude",
  apiTokens: ["k"],
  ...(onUnsupported && { onUnsupported }),
});
const messages = (...parts: unknown[]): unknown[] => [{ role: "user", content: [{ type: "text", text: "Hi" }, ...parts] }];

/** Name, what can't be told to Claude, what is named, and the same request without it. */
const cases: [string, Record<string, unknown>, string[], Record<string, unknown>][] = [
  ["n", { n: 2 }, ["n"], {}],
  ["logprobs", { logprobs: true, top_logprobs: 3 }, ["logprobs", "top_logprobs"], {}],
  ["penalties", { presence_penalty: 1, frequency_penalty: 0.5 }, ["presence_penalty", "frequency_penalty"], {}],
  ["a temperature over 1", { temperature: 1.5, top_p: 0.3 }, ["temperature"], { top_p: 0.3 }],
  ["token biases", { logit_bias: { "50256": -100 } }, ["logit_bias"], {}],
  ["a member of OpenAI's", { verbosity: "low" }, ["verbosity"], {}],
  ["audio", { messages: messages(AUDIO, IMAGE) }, ["messages[0].content"], { messages: messages(IMAGE) }],
  ["a foreign tool", { tools: [{ type: "custom", custom: { name: "c" } }, TOOL] }, ["tools[0]"], { tools: [TOOL] }],
];

forEachPackaging(["ai-proxy"], (start) => {
  describe("onUnsupported", () => {
    test.each(cases)("%s is refused", async (_, body) => {
      const gateway = await start({ provider: claude(), script: () => claudeAnswer("Hello") });
      const answer = gateway.request(chat({ model: "claude-sonnet-4-5", ...body }));
      expect(answer.status).toBe(400);
      expect(answer.attempts).toEqual([]);
      expect(answer.headers).not.toHaveProperty("x-sluice-dropped");
    });

    test.each(cases)("drop: %s is left out, and named", async (_, body, names, rest) => {
      const gateway = await start({ provider: claude("drop"), script: () => claudeAnswer("Hello") });
      const answer = gateway.request(chat({ model: "claude-sonnet-4-5", ...body }));
      expect(answer.status, answer.body).toBe(200);
      expect(answer.headers["x-sluice-dropped"]).toBe(names.join(","));
      expect(factsOf(answer)["dropped"]).toEqual(names);
      const lines = gateway.logLines.filter(({ level }) => level === "warn").map(({ message }) => message);
      expect(lines).toContain(`The provider "provider" can't be told, and wasn't: ${names.join(", ")}`);
      const without = gateway.request(chat({ model: "claude-sonnet-4-5", ...rest }));
      expect(answer.attempts[0]!.body).toBe(without.attempts[0]!.body);
      expect(without.headers).not.toHaveProperty("x-sluice-dropped");
      expect(factsOf(without)).not.toHaveProperty("dropped");
    });

    test("drop: a stream says it too", async () => {
      const gateway = await start({ provider: claude("drop"), script: () => claudeStream(["Hello"]) });
      const answer = gateway.request(chat({ model: "claude-sonnet-4-5", stream: true, n: 3 }));
      expect(answer.headers["x-sluice-dropped"]).toBe("n");
    });

    test.each<[string, Record<string, unknown>, string]>([
      ["what is malformed", { max_tokens: 1.5 }, "max_tokens"],
      [
        "a tool choice among some tools",
        { tools: [TOOL], tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } } },
        "tool_choice",
      ],
      [
        "a result whose call only OpenAI knows",
        {
          messages: [
            { role: "user", content: "Hi" },
            { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "custom", custom: { name: "c", input: "x" } }] },
            { role: "tool", tool_call_id: "c1", content: "r" },
          ],
        },
        "messages[2].tool_call_id",
      ],
      ["a conversation with nothing left in it", { messages: [{ role: "user", content: [AUDIO] }] }, "messages"],
    ])("drop: %s is refused", async (_, body, param) => {
      const gateway = await start({ provider: claude("drop"), script: () => claudeAnswer("Hello") });
      const answer = gateway.request(chat({ model: "claude-sonnet-4-5", ...body }));
      expect(answer.status).toBe(400);
      expect(errorOf(answer).param).toBe(param);
    });

    test("drop: of a name that the client made up only plain characters are told", async () => {
      const gateway = await start({
        provider: { type: "gemini", apiTokens: ["k"], onUnsupported: "drop" },
        script: () => geminiAnswer("Hello"),
      });
      const answer = gateway.request(chat({ model: "gemini-2.5-flash", "x\r\nset-cookie: a=b": 1 }));
      expect(answer.headers["x-sluice-dropped"]).toBe("x?r?nset-cookie??a?b");
      expect(gateway.logLines.map(({ message }) => message)).toContain(
        `The provider "provider" can't be told, and wasn't: x?r?nset-cookie??a?b`,
      );
    });
  });
});
