/** Claude thinks, signs it, and wants it back in front of its calls; chat completions have no place for that. OpenAI's SDK keeps what it knows, and two rounds of tools go well nevertheless. */

import type OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;
let client: OpenAI;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(`${providersYaml(providers)}models:\n  - { match: "*", to: claude }\n`);
  client = gateway.client();
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => providers.claude.reset());
afterEach(() => expectOnlyGoodRequests([providers.claude]));

const thoughts = ["First Rome.", "Then Oslo."];
const thinkTwice = (): void =>
  providers.claude.next(
    { thinking: [thoughts[0]!], tools: [{ name: "get_weather", arguments: { city: "Rome" } }] },
    { thinking: [thoughts[1]!], tools: [{ name: "get_weather", arguments: { city: "Oslo" } }] },
  );
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weatherIn = (city: string): string => `rain in ${city}`;

interface Turn {
  readonly role: string;
  readonly content: readonly { readonly type: string; readonly thinking?: string }[];
}
/** Both thoughts went back, each in front of its call; a wrong signature Claude would have refused. */
function expectThinkingKept(): void {
  const { messages } = providers.claude.requests[2]!.json as { messages: Turn[] };
  const turns = messages.filter(({ role }) => role === "assistant");
  expect(turns.map(({ content }) => content.map(({ type, thinking }) => thinking ?? type))).toEqual(
    thoughts.map((thought) => [thought, "tool_use"]),
  );
}

describe.each([
  ["whole", false],
  ["streamed", true],
] as const)("%s", (_, stream) => {
  // Words of its own for each, since what is kept belongs to a conversation.
  const messages: ChatCompletionMessageParam[] = [{ role: "user", content: `Weather in Rome and Oslo? (streamed: ${stream})` }];
  const request = { model: models.claude, messages, reasoning_effort: "medium" as const };

  test("runTools, two rounds", async () => {
    thinkTwice();
    const asked: string[] = [];
    const tool = {
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "The weather in a city.",
        parameters,
        parse: JSON.parse as (text: string) => { city: string },
        function: ({ city }: { city: string }): string => {
          asked.push(city);
          return weatherIn(city);
        },
      },
    };
    const runner = stream
      ? client.chat.completions.runTools({ ...request, tools: [tool], stream: true })
      : client.chat.completions.runTools({ ...request, tools: [tool] });
    expect(await runner.finalContent()).toContain("rain in Oslo");
    expect(asked).toEqual(["Rome", "Oslo"]);
    expectThinkingKept();
  });

  test.each(["by its id", "with everything but what the API's reference doesn't know"])(
    "a client that sends a call back %s",
    async (how) => {
      thinkTwice();
      const said: ChatCompletionMessageParam[] = [...messages, { role: "user", content: how }];
      const tools = [{ type: "function" as const, function: { name: "get_weather", parameters } }];
      for (let round = 0; round < 2; round++) {
        const answer = await (stream
          ? client.chat.completions.stream({ ...request, messages: said, tools }).finalChatCompletion()
          : client.chat.completions.create({ ...request, messages: said, tools }));
        const { content, tool_calls: calls } = answer.choices[0]!.message;
        const known = calls!.map((call) => {
          if (call.type !== "function") throw new Error(`a call of type ${call.type}`);
          return { id: call.id, type: call.type, function: { name: call.function.name, arguments: call.function.arguments } };
        });
        said.push({ role: "assistant", ...(how !== "by its id" && { content }), tool_calls: known });
        said.push(...known.map(({ id, function: { arguments: text } }) => ({ role: "tool" as const, tool_call_id: id, content: text })));
      }
      const last = await client.chat.completions.create({ ...request, messages: said, tools });
      expect(last.choices[0]!.message.content).toContain("Oslo");
      expectThinkingKept();
    },
  );
});
