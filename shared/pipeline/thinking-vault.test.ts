import { describe, expect, test } from "vitest";
import type { Gateway } from "../../test/host/gateway.ts";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { claudeAnswer, geminiAnswer } from "../../test/modules/answers.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat } from "../../test/modules/requests.ts";

type Json = Record<string, unknown>;

const JSON_TYPE = { "content-type": "application/json" };
const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
const question = { role: "user", content: "How is it in Paris?" };
const call = (id: string, more: Json = {}): Json => ({
  id,
  type: "function",
  function: { name: "weather", arguments: '{"city":"Paris"}' },
  ...more,
});
/** What a client sends that keeps only what it knows: neither `thinking_blocks` nor `extra_content`. */
const round = (...ids: string[]): Json[] => [
  question,
  { role: "assistant", content: null, tool_calls: ids.map((id) => call(id)) },
  ...ids.map((id) => ({ role: "tool", tool_call_id: id, content: "mild" })),
];

const event = (data: { type: string } & Json): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const blocks: Json[] = [
  { type: "thinking", thinking: 'The "user" wants Paris.', signature: "EqQBCgIYAhIM+/=" },
  { type: "redacted_thinking", data: "EroB" },
  { type: "text", text: "I'll look." },
  { type: "tool_use", id: "toolu_01", name: "weather", input: { city: "Paris" } },
  { type: "tool_use", id: "toolu_02", name: "weather", input: { city: "Rome" } },
];
const claudeCalls: ProviderAnswer = {
  headers: JSON_TYPE,
  body: JSON.stringify({
    ...JSON.parse(claudeAnswer("").body as string),
    content: blocks,
    stop_reason: "tool_use",
  }),
};
const claudeStreamedCalls: ProviderAnswer = {
  headers: { "content-type": "text/event-stream" },
  chunks: [
    event({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    }),
    event({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: 'The "user" ' } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "wants Paris." } }),
    event({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "EqQBCgIYAhIM+/=" } }),
    event({ type: "content_block_stop", index: 0 }),
    event({ type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: "EroB" } }),
    event({ type: "content_block_stop", index: 1 }),
    event({ type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "toolu_01", name: "weather", input: {} } }),
    event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"city":"Paris"}' } }),
    event({ type: "content_block_stop", index: 2 }),
    event({ type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 9 } }),
    event({ type: "message_stop" }),
  ],
};
const keys = { consumers: ["anna", "bert"].map((name) => ({ name, credential: `key-${name}` })), keys: ["authorization"], in_header: true };

/** A gateway whose provider gives these answers, one after the other. */
async function gatewayTo(type: string, ...answers: ProviderAnswer[]): Promise<Gateway> {
  return startPlans({ providers: { there: { type, does: () => answers.shift() ?? answers.at(-1)! } }, "key-auth": keys });
}

const by = (name: string, body: Json): ReturnType<typeof chat> =>
  chat({ tools, reasoning_effort: "low", model: "claude-sonnet-4-5", ...body }, { authorization: `key-${name}` });
const sent = (answer: { attempts: readonly { body: string }[] }): Json => JSON.parse(answer.attempts[0]!.body);
const assistantOf = (body: Json): Json[] =>
  (body.messages as { role: string; content: Json[] }[]).find(({ role }) => role === "assistant")!.content;

describe("Claude's thinking, which a client left out,", () => {
  test.each([
    ["a whole answer", false, claudeCalls],
    ["a stream", true, claudeStreamedCalls],
  ])("stands in front of its call again after %s, and Claude goes on thinking", async (_, stream, answer) => {
    const gateway = await gatewayTo("claude", answer, claudeAnswer("Mild."));
    expect(gateway.request(by("anna", { stream, messages: [question] })).status).toBe(200);
    const body = sent(gateway.request(by("anna", { messages: round("toolu_01") })));
    expect(assistantOf(body)).toEqual([
      blocks[0],
      blocks[1],
      { type: "tool_use", id: "toolu_01", name: "weather", input: { city: "Paris" } },
    ]);
    expect(body.thinking).toEqual({ type: "enabled", budget_tokens: 1024 });
  });

  test("comes in front of the first of several calls", async () => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    const content = assistantOf(sent(gateway.request(by("anna", { messages: round("toolu_01", "toolu_02") }))));
    expect(content.map(({ type }) => type)).toEqual(["thinking", "redacted_thinking", "tool_use", "tool_use"]);
  });

  test.each([
    ["another consumer", by("bert", { messages: round("toolu_01") })],
    ["another conversation", by("anna", { messages: [{ role: "user", content: "Something else" }, ...round("toolu_01").slice(1)] })],
    ["another call", by("anna", { messages: round("toolu_03") })],
  ])("isn't given to %s, whose request goes on without thinking", async (_, request) => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    const body = sent(gateway.request(request));
    expect(assistantOf(body).map(({ type }) => type)).toEqual(["tool_use"]);
    expect(body.thinking).toBeUndefined();
  });

  test("isn't doubled where the client did send it", async () => {
    const gateway = await gatewayTo("claude", claudeCalls, claudeAnswer("Mild."));
    const { message } = JSON.parse(gateway.request(by("anna", { messages: [question] })).body).choices[0];
    const results = ["toolu_01", "toolu_02"].map((id) => ({ role: "tool", tool_call_id: id, content: "mild" }));
    const content = assistantOf(sent(gateway.request(by("anna", { messages: [question, message, ...results] }))));
    expect(content.map(({ type }) => type)).toEqual(["thinking", "redacted_thinking", "text", "tool_use", "tool_use"]);
  });

  test("is not kept where it is longer than the limit of a value", async () => {
    const long = {
      ...JSON.parse(claudeCalls.body as string),
      content: [{ ...blocks[0], thinking: "x".repeat(40_000) }, ...blocks.slice(1)],
    };
    const gateway = await gatewayTo("claude", { headers: JSON_TYPE, body: JSON.stringify(long) }, claudeAnswer("Mild."));
    gateway.request(by("anna", { messages: [question] }));
    const body = sent(gateway.request(by("anna", { messages: round("toolu_01") })));
    expect(assistantOf(body).map(({ type }) => type)).toEqual(["tool_use"]);
  });
});

test("a signature of Gemini's call, which a client left out, is on its call again", async () => {
  const part = { functionCall: { id: "call-1", name: "weather", args: { city: "Paris" } }, thoughtSignature: "CiQBVKhc7i+/==" };
  const calls = {
    ...JSON.parse(geminiAnswer("").body as string),
    candidates: [{ content: { parts: [part], role: "model" }, finishReason: "STOP", index: 0 }],
  };
  const gateway = await gatewayTo("gemini", { headers: JSON_TYPE, body: JSON.stringify(calls) }, geminiAnswer("Mild."));
  const answer = gateway.request(by("anna", { model: "gemini-3-pro", messages: [question] }));
  const [{ id }] = JSON.parse(answer.body).choices[0].message.tool_calls;
  const { contents } = sent(gateway.request(by("anna", { model: "gemini-3-pro", messages: round(id) }))) as {
    contents: { parts: Json[] }[];
  };
  expect(contents[1]!.parts).toEqual([part]);
});
