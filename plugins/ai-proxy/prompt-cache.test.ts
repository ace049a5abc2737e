import { describe, expect, test } from "vitest";
import { claudeAnswer, failing } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat } from "../../test/modules/requests.ts";

type Json = Record<string, unknown>;
const marker = { type: "ephemeral" };
const tools = ["a", "b"].map((name) => ({ type: "function", function: { name, parameters: { type: "object" } } }));
const system = { role: "system", content: "Be brief." };
const user = (content: unknown): Json => ({ role: "user", content });
const round = [
  user("one"),
  {
    role: "assistant",
    content: null,
    tool_calls: ["x", "y"].map((id) => ({ id, type: "function", function: { name: "a", arguments: "{}" } })),
  },
  { role: "tool", tool_call_id: "x", content: "1" },
  { role: "tool", tool_call_id: "y", content: "2" },
];
const sent = (answer: { attempts: readonly { body: string }[] }, attempt = 0): Json => JSON.parse(answer.attempts[attempt]!.body);

/** Where markers are: paths to them, such as `messages.2.content.1`. */
function marked(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "cache_control" ? [path] : marked(inner, path === "" ? key : `${path}.${key}`),
  );
}

forEachPackaging(["ai-proxy"], (start) => {
  describe("promptCache: auto", () => {
    const provider = { type: "claude", apiTokens: ["k"], promptCache: "auto" };
    const script = (): ReturnType<typeof claudeAnswer> => claudeAnswer("Hello");

    test.each([
      ["one turn", [user("one")], ["messages.0.content.0"]],
      ["system and tools", [system, user("one")], ["system.0", "messages.0.content.0", "tools.1"]],
      ["a second round", [user("one"), { role: "assistant", content: "1" }, user("two")], ["messages.0.content.0", "messages.2.content.0"]],
      [
        "several parts",
        [
          user([
            { type: "text", text: "one" },
            { type: "text", text: "two" },
          ]),
        ],
        ["messages.0.content.1"],
      ],
      ["results of tools", round, ["messages.0.content.0", "messages.2.content.1", "tools.1"]],
    ])("marks %s", async (name, messages, expected) => {
      const gateway = await start({ provider, script });
      const needsTools = expected.includes("tools.1");
      const body = sent(gateway.request(chat({ messages, ...(needsTools && { tools }) })));
      expect(marked(body)).toEqual(expect.arrayContaining(expected));
      expect(marked(body), name).toHaveLength(expected.length);
      expect(JSON.stringify(body)).toContain(`"cache_control":${JSON.stringify(marker)}`);
    });

    test("leaves a client's own markers alone", async () => {
      const gateway = await start({ provider, script });
      const part = { type: "text", text: "one", cache_control: { type: "ephemeral", ttl: "1h" } };
      expect(
        marked(sent(gateway.request(chat({ messages: [system, user([part]), { role: "assistant", content: "1" }, user("two")] })))),
      ).toEqual(["messages.0.content.0"]);
    });
  });

  test("without it nothing is marked", async () => {
    const gateway = await start({ provider: { type: "claude", apiTokens: ["k"] }, script: () => claudeAnswer("Hello") });
    expect(marked(sent(gateway.request(chat({ messages: [system, user("one")], tools }))))).toEqual([]);
  });
});

test("promptCache holds for its own provider only", async () => {
  const gateway = await startPlans({
    providers: {
      first: { type: "claude", promptCache: "auto", does: () => failing(529) },
      second: { type: "claude", does: () => claudeAnswer("Hello") },
    },
  });
  const answer = gateway.request(chat({ messages: [system, user("one")] }));
  expect([marked(sent(answer, 0)).length, marked(sent(answer, 1)).length]).toEqual([2, 0]);
});
