import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";
import { CHAT, EMBEDDINGS, HI, PATIENCE, ask, compiled, tell, text, type Json } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

const ALL = { options: true, newLimit: true };
const NONE = { options: false, newLimit: false };

describe("the body for a provider of the same protocol", () => {
  /** The body, and whether the client's own bytes would do. */
  const written = (body: unknown, model = "", operation = CHAT, takes = ALL): [string, boolean] => {
    const unchanged = openai.call("writeRequest", [text(body), model], operation, Number(takes.options), Number(takes.newLimit));
    return [openai.output.toString(), unchanged === 1];
  };
  const begin = '{ "messages": [{"role":"user","content":"\\u0041 \\/"}] ,';

  test.each([
    ["nothing to change", `${begin}"model":"m"}`, "", `${begin}"model":"m"}`, true],
    ["another model", `${begin} "model" : "m\\u0031" , "x":1.0}`, 'b\\"c', `${begin} "model" : "b\\"c" , "x":1.0}`, false],
    [
      "a stream that asks for usage",
      `${begin}"model":"m","stream":true,"stream_options":{"include_usage":true}}`,
      "",
      `${begin}"model":"m","stream":true,"stream_options":{"include_usage":true}}`,
      true,
    ],
    [
      "a stream",
      `${begin}"model":"m","stream":true} \n`,
      "",
      `${begin}"model":"m","stream":true,"stream_options":{"include_usage":true}} \n`,
      false,
    ],
    [
      "a stream, and another model",
      `${begin}"model":"m","stream":true}`,
      "b",
      `${begin}"model":"b","stream":true,"stream_options":{"include_usage":true}}`,
      false,
    ],
    [
      "null options",
      `${begin}"stream_options": null,"model":"m","stream":true}`,
      "b",
      `${begin}"stream_options": {"include_usage":true},"model":"b","stream":true}`,
      false,
    ],
    [
      "empty options",
      `${begin}"model":"m","stream_options":{ },"stream":true}`,
      "b",
      `${begin}"model":"b","stream_options":{"include_usage":true },"stream":true}`,
      false,
    ],
    [
      "other options",
      `${begin}"model":"m","stream_options":{ "x":1},"stream":true}`,
      "",
      `${begin}"model":"m","stream_options":{"include_usage":true, "x":1},"stream":true}`,
      false,
    ],
    [
      "usage refused",
      `${begin}"stream_options":{"x":1, "include_usage" : false },"stream":true,"model":"m"}`,
      "b",
      `${begin}"stream_options":{"x":1, "include_usage" : true },"stream":true,"model":"b"}`,
      false,
    ],
    [
      "usage refused twice",
      `${begin}"stream_options":{"include_usage":true,"include_usage":null},"stream":true,"model":"m"}`,
      "",
      `${begin}"stream_options":{"include_usage":true,"include_usage":true},"stream":true,"model":"m"}`,
      false,
    ],
  ])("%s", (_, body, model, expected, unchanged) => expect(written(body, model)).toEqual([expected, unchanged]));

  test.each([
    ["no stream_options to add", `${begin}"model":"m","stream":true}`, `${begin}"model":"m","stream":true}`],
    [
      "stream_options last",
      `${begin}"model":"m","stream":true , "stream_options":{"include_usage":true} }`,
      `${begin}"model":"m","stream":true  }`,
    ],
    [
      "stream_options first",
      '{"stream_options" : {"include_usage":true}, "model":"m","messages":[{"role":"user","content":"a"}]}',
      '{"model":"m","messages":[{"role":"user","content":"a"}]}',
    ],
    ["null stream_options", `${begin}"stream_options":null,"model":"m"}`, `${begin}"model":"m"}`],
    ["an escaped name", `${begin}"stream\\u005foptions":{},"model":"m"}`, `${begin}"model":"m"}`],
    ["the limit's new name", `${begin}"max_completion_tokens" : 1e2,"model":"m"}`, `${begin}"max_tokens" : 1e2,"model":"m"}`],
    ["the limit's old name", `${begin}"max_tokens":5,"model":"m"}`, `${begin}"max_tokens":5,"model":"m"}`],
    [
      "both names, which stay",
      `${begin}"max_tokens":5,"max_completion_tokens":6,"model":"m"}`,
      `${begin}"max_tokens":5,"max_completion_tokens":6,"model":"m"}`,
    ],
  ])("a vendor that refuses stream_options and max_completion_tokens: %s", (_, body, expected) => {
    expect(written(body, "", CHAT, NONE)).toEqual([expected, expected === body]);
  });
  test("all edits at once, in any order", () => {
    const edited = written(
      '{"max_completion_tokens":6,"model":"m","stream_options":{"include_usage":true},"messages":[{"role":"user","content":"a"}]}',
      "b",
      CHAT,
      NONE,
    );
    expect(edited).toEqual(['{"max_tokens":6,"model":"b","messages":[{"role":"user","content":"a"}]}', false]);
    const other = written(
      '{"messages":[{"role":"user","content":"a"}],"stream_options":{},"model":"m","max_completion_tokens":6}',
      "b",
      CHAT,
      NONE,
    );
    expect(other).toEqual(['{"messages":[{"role":"user","content":"a"}],"model":"b","max_tokens":6}', false]);
  });
  test("embeddings", () => {
    expect(written('{"model":"e","input":"a","stream":true}', "f", EMBEDDINGS)).toEqual(['{"model":"f","input":"a","stream":true}', false]);
    expect(written('{"model":"e","input":"a"}', "", EMBEDDINGS)[1]).toBe(true);
  });
  test("what was added is all that differs, whatever the body", PATIENCE, () => {
    const random = new Random(printedSeed("openai body edits"));
    for (let i = 0; i < caseCount(500); i++) {
      const members: [string, unknown][] = [
        ["model", "m"],
        ["messages", [HI]],
        ["stream", true],
        ["x", { model: "z" }],
        ["y", [1]],
      ];
      if (random.once(2))
        members.push(["stream_options", random.pick([null, {}, { a: 1 }, { include_usage: false }, { a: 1, include_usage: null }])]);
      members.sort(() => random.next() - 0.5);
      const body = JSON.stringify(Object.fromEntries(members), null, random.below(3));
      const [found] = written(body, "b");
      const before = JSON.parse(body) as Json;
      expect(JSON.parse(found)).toEqual({
        ...before,
        model: "b",
        stream_options: { ...(before["stream_options"] as object | null), include_usage: true },
      });
    }
  });
});

describe("another protocol's conversation for an OpenAI provider", () => {
  const translated = (body: unknown): Json => {
    const fits = openai.call("translateRequest", [text(body), "gpt-5"]);
    const found = openai.output.toString();
    if (!fits) throw new Error(found);
    return JSON.parse(found);
  };
  const unfit = (body: unknown): { param: string; message: string } => {
    expect(openai.call("translateRequest", [text(body), "gpt-5"])).toBe(0);
    return JSON.parse(openai.output.toString()).error;
  };
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } };
  const call = { id: "c1", type: "function", function: { name: "f", arguments: '{"a":"\\n"}' } };

  test("all that both can say", () => {
    const body = {
      messages: [
        { role: "system", content: "s" },
        {
          role: "user",
          name: "bob",
          content: [
            { type: "text", text: "look" },
            image,
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
            { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
          ],
        },
        { role: "assistant", content: null, tool_calls: [call, { ...call, id: "c2" }] },
        { role: "tool", tool_call_id: "c1", content: "one" },
        { role: "tool", tool_call_id: "c2", content: "two" },
        { role: "assistant", content: "done", refusal: "no" },
        { role: "user", content: "thanks\n\u2028😀" },
      ],
      tools: [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object" }, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
      max_completion_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      seed: 1,
      n: 2,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      logit_bias: { 1: 2 },
      logprobs: true,
      top_logprobs: 2,
      stop: ["a", "b"],
      user: "u",
      response_format: { type: "json_schema", json_schema: { name: "n", description: "d", schema: { type: "object" }, strict: false } },
      reasoning_effort: "low",
      stream: true,
      stream_options: { include_usage: true },
    };
    expect(translated({ model: "m", ...body })).toEqual({ model: "gpt-5", ...body });
  });
  test("text parts of an assistant, and of a tool's result, are one string", () => {
    const parts = [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ];
    const { messages } = translated(
      tell(HI, { role: "assistant", content: parts, tool_calls: [call] }, { role: "tool", tool_call_id: "c1", content: parts }),
    );
    expect(messages).toEqual([
      HI,
      { role: "assistant", content: "ab", tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "a\nb" },
    ]);
  });
  test("an image in a tool's result stands in a user's message behind it", () => {
    const { messages } = translated(tell(HI, { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "see" }, image] }));
    expect(messages).toEqual([HI, { role: "tool", tool_call_id: "c1", content: "see" }, { role: "user", content: [image] }]);
  });
  test.each<[Json, string | undefined]>([
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, "low"],
    [{ thinking: { type: "enabled", budget_tokens: 4096 } }, "medium"],
    [{ thinking: { type: "enabled", budget_tokens: 32000 } }, "high"],
    [{ thinking: { type: "disabled", budget_tokens: 32000 } }, undefined],
    [{ reasoning_effort: "heroic" }, "heroic"],
  ])("the effort for %j is %s", (more, effort) => expect(translated(ask(more))["reasoning_effort"]).toBe(effort));
  test.each<[string, unknown, string]>([
    ["a foreign tool", ask({ tools: [{ type: "custom", custom: { name: "c" } }] }), "tools[0]"],
    ["a foreign choice", ask({ tool_choice: { type: "allowed_tools" } }), "tool_choice"],
    ["a foreign format", ask({ response_format: { type: "grammar" } }), "response_format"],
    ["a foreign part", tell(HI, { role: "user", content: [{ type: "video_url" }] }), "messages[1]"],
    [
      "audio in another format",
      tell({ role: "user", content: [{ type: "input_audio", input_audio: { data: "AA", format: "ogg" } }] }),
      "messages[0]",
    ],
    ["a file that was uploaded elsewhere", tell(HI, { role: "user", content: [{ type: "file", file: { file_id: "f" } }] }), "messages[1]"],
    [
      "a document by URL",
      tell(HI, HI, { role: "user", content: [{ type: "file", file: { file_data: "https://x/a.pdf" } }] }),
      "messages[2]",
    ],
  ])("refuses %s", (_, body, param) => {
    const error = unfit(body);
    expect(error.param).toBe(param);
    expect(error.message).toContain("`there`");
  });
});

test("spoilt requests are read or refused, and never trap", PATIENCE, () => {
  const random = new Random(printedSeed("openai requests"));
  const full = {
    model: "m",
    messages: [
      { role: "system", content: "s" },
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "file", file: { file_data: "d\\u0061ta:x/y;base64,AA" } },
          { type: "input_audio", input_audio: { data: "AA", format: "wav" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        reasoning_content: "r",
        thinking_blocks: [{ type: "thinking", thinking: "t", signature: "s" }],
        tool_calls: [
          {
            id: "c",
            type: "function",
            function: { name: "f", arguments: '{"a":1}' },
            extra_content: { google: { thought_signature: "x" } },
          },
        ],
      },
      { role: "tool", tool_call_id: "c", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: "", function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
    ],
    tools: [{ type: "function", function: { name: "f", parameters: {}, strict: true } }, { type: "x" }],
    tool_choice: { type: "function", function: { name: "f" } },
    response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } },
    stop: ["a"],
    stream: true,
    stream_options: { include_usage: false },
    reasoning: { effort: "low", max_tokens: 1 },
    thinking: { type: "enabled", budget_tokens: 5 },
    temperature: 0.5,
    logit_bias: {},
    other: [1, { a: null }],
  };
  const bodies = [
    JSON.stringify(full),
    JSON.stringify(full, null, 1),
    JSON.stringify({ model: "e", input: ["a", [1]], dimensions: 3 }),
  ].map((body) => Buffer.from(body));
  for (let i = 0; i < caseCount(4000); i++) {
    const body = spoil(random, random.pick(bodies));
    const isRead = openai.call("readRequest", body, 1 + random.below(2));
    const found = openai.output.toString();
    if (!isRead) expect(JSON.parse(found).error).toMatchObject({ type: "invalid_request_error" });
    openai.call("writeRequest", [body, "b"], CHAT, random.below(2), random.below(2));
    if (openai.output.length > 0) expect(() => JSON.parse(openai.output.toString())).not.toThrow();
    openai.call("translateRequest", [body, "b"]);
    if (openai.output.length > 0) expect(() => JSON.parse(openai.output.toString())).not.toThrow();
  }
});
