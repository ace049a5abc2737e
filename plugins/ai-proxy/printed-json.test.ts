/** JSON as people print it, over several lines, that goes into the one line of an event. */
import { expect, test } from "vitest";
import { readEvents } from "../../test/fixtures/read.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, post } from "../../test/modules/requests.ts";

const printed = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll("\n", "\r\n");
const logprobs = { content: [{ token: "Hi", logprob: -0.25, bytes: [72, 105], top_logprobs: [] }], refusal: null };
const answer = (message: object, more: object = {}) => ({
  headers: { "content-type": "application/json" },
  body: printed({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1700000000,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi", ...message }, finish_reason: "stop", ...more }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  }),
});
const valuesOf = (body: string): any[] =>
  readEvents(body).flatMap(({ data }) => (data === "[DONE]" ? [] : [JSON.parse(data.split("\n")[0]!)]));

forEachPackaging(["ai-proxy"], (start) => {
  const gateway = (script: ReturnType<typeof answer>) => start({ provider: { type: "deepseek", apiTokens: ["k"] }, script: () => script });

  test("log probabilities of a whole answer, to a client that asked for a stream", async () => {
    const seen = (await gateway(answer({}, { logprobs }))).request(chat({ stream: true, logprobs: true }));
    expect(valuesOf(seen.body).flatMap(({ choices }) => choices[0]?.logprobs ?? [])).toEqual([logprobs]);
  });

  test("the same, and the request's own members, to a client of Responses", async () => {
    const tools = [{ type: "function", name: "f", parameters: { type: "object", properties: {} }, strict: false }];
    const request = { model: "m", input: "Hi", stream: true, tools, metadata: { a: "b" }, include: ["message.output_text.logprobs"] };
    const seen = (await gateway(answer({}, { logprobs }))).request(post(printed(request), {}, "/v1/responses"));
    const events = valuesOf(seen.body);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
    expect(events[0].response).toMatchObject({ tools, metadata: { a: "b" } });
    expect(events.at(-1).response.output[0].content[0]).toMatchObject({ text: "Hi", logprobs: logprobs.content });
  });

  test("arguments as a model printed them, to a client of Gemini's", async () => {
    const call = { id: "c1", type: "function", function: { name: "f", arguments: '{\r\n  "a": "b\\n"\r\n}' } };
    const script = answer({ content: null, tool_calls: [call] }, { finish_reason: "tool_calls" });
    const request = { contents: [{ parts: [{ text: "Hi" }] }], tools: [{ functionDeclarations: [{ name: "f" }] }] };
    const path = "/v1beta/models/m:streamGenerateContent?alt=sse";
    const seen = (await gateway(script)).request(post(JSON.stringify(request), {}, path));
    const parts = valuesOf(seen.body).flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    expect(parts.find(({ functionCall }) => functionCall)?.functionCall).toMatchObject({ name: "f", args: { a: "b\n" } });
  });
});
