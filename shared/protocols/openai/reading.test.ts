import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { CHAT, EMBEDDINGS, HI, ask, compiled, tell, text, type Json } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

/** The conversation in lines, without the model's. */
const read = (body: unknown, operation = CHAT): string[] => {
  const isRead = openai.call("readRequest", text(body), operation);
  const found = openai.output.toString();
  if (!isRead) throw new Error(found);
  return found
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("model="));
};
/** What a setting becomes. */
const setting = (more: Json): string[] => read(ask(more)).slice(0, -2);
/** What messages become. */
const items = (...messages: unknown[]): string[] => read(tell(...messages));

describe("settings", () => {
  test.each<[Json, string[]]>([
    [{ stream: true }, ["stream=yes"]],
    [{ stream: true, stream_options: { include_usage: true } }, ["stream=yes", "includeUsage=yes"]],
    [{ stream_options: { include_usage: null } }, []],
    [{ max_tokens: 10 }, ["maxTokens=10"]],
    [{ max_completion_tokens: 20, max_tokens: 10 }, ["maxTokens=20"]],
    [{ max_tokens: 10, max_completion_tokens: 20 }, ["maxTokens=20"]],
    [{ max_tokens: 10, max_completion_tokens: null }, ["maxTokens=10"]],
    [{ temperature: 0, top_p: 0.9, top_k: 40 }, ["temperature=0", "topP=0.9", "topK=40"]],
    [{ seed: 7, n: 2, presence_penalty: -1, frequency_penalty: 0.5 }, ["seed=7", "count=2", "presencePenalty=-1", "frequencyPenalty=0.5"]],
    [{ stop: "a" }, ["stop=a"]],
    [{ stop: ["a", "b\n"] }, ["stop=a", "stop=b\\n"]],
    [{ logprobs: true, top_logprobs: 3, logit_bias: { 50256: -100 } }, ["logprobs=yes", "topLogprobs=3", 'logitBias={"50256":-100}']],
    [{ user: "u1" }, ["user=u1"]],
    [{ parallel_tool_calls: false }, ["parallelToolCalls=no"]],
    [{ tool_choice: "auto" }, ["toolPolicy=auto"]],
    [{ tool_choice: "none" }, ["toolPolicy=none"]],
    [{ tool_choice: "required" }, ["toolPolicy=required"]],
    [{ tool_choice: "any" }, ["toolPolicy=required"]],
    [{ tool_choice: { type: "function", function: { name: "f" } } }, ["toolPolicy=named", "toolChoiceName=f"]],
    [{ tool_choice: { type: "allowed_tools", allowed_tools: {} } }, ["toolPolicy=other"]],
    [{ response_format: { type: "text" } }, ["outputFormat=text"]],
    [{ response_format: { type: "json_object" } }, ["outputFormat=json-object"]],
    [{ response_format: { type: "grammar", value: "x" } }, ["outputFormat=other"]],
    [
      { response_format: { type: "json_schema", json_schema: { name: "a", description: "d", strict: true, schema: { type: "object" } } } },
      ["outputFormat=json-schema", "outputSchemaName=a", "outputSchemaDescription=d", 'outputSchema={"type":"object"}', "outputStrict=yes"],
    ],
    [{ reasoning_effort: "minimal" }, ["effort=minimal"]],
    [{ reasoning_effort: "none" }, ["effort=none"]],
    [{ reasoning_effort: "xhigh" }, ["effort=xhigh"]],
    [{ reasoning_effort: "heroic" }, ["effort=other"]],
    [{ reasoning: { effort: "low", max_tokens: 2000 } }, ["effort=low", "thinkingBudget=2000"]],
    [{ reasoning: { effort: "low" }, reasoning_effort: "high" }, ["effort=high"]],
    [{ reasoning: { enabled: true } }, ["thinking=yes"]],
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, ["thinking=yes", "thinkingBudget=1024"]],
    [{ thinking: { type: "disabled" } }, ["thinking=no"]],
    [{ enable_thinking: false }, ["thinking=no"]],
    [{ tools: [] }, []],
    [{ metadata: { a: 1 }, store: false }, ['other metadata={"a":1}', "other store=false"]],
    [
      {
        temperature: null,
        stop: null,
        tools: null,
        n: null,
        user: null,
        response_format: null,
        reasoning_effort: null,
        stream: null,
        logit_bias: null,
      },
      [],
    ],
  ])("%j", (more, expected) => expect(setting(more)).toEqual(expected));

  test("numbers and keys stay as they are written; of equal ones that no policy reads the last counts", () => {
    expect(
      read(
        '{"mod\\u0065l":"m","messages":[{"role":"us\\u0065r","content":"hi"}],"temperature":1,"temp\\u0065rature":0.70,"x":1E400,"x":-0}',
      ),
    ).toEqual(["temperature=0.70", "other x=1E400", "other x=-0", "turn user", "text text=hi"]);
  });
  test("tools: functions with all they have, others whole", () => {
    const lines = setting({
      tools: [
        {
          type: "function",
          function: { name: "f", description: "d", parameters: { type: "object" }, strict: true },
          cache_control: { type: "ephemeral" },
        },
        { type: "function", function: { name: "g", description: null, parameters: null, strict: null } },
        { type: "custom", custom: { name: "c" } },
      ],
    });
    expect(lines).toEqual([
      'tool name=f description=d schema={"type":"object"} strict=yes cacheControl={"type":"ephemeral"}',
      "tool name=g",
      'foreign-tool whole={"type":"custom","custom":{"name":"c"}}',
    ]);
  });
  test("the old functions are tools", () => {
    expect(setting({ functions: [{ name: "f", parameters: {} }], function_call: { name: "f" } })).toEqual([
      "toolPolicy=named",
      "toolChoiceName=f",
      "legacyFunctions=yes",
      "tool name=f schema={}",
    ]);
    expect(setting({ functions: [{ name: "f" }], function_call: "none" })).toEqual([
      "toolPolicy=none",
      "legacyFunctions=yes",
      "tool name=f",
    ]);
  });
});

describe("messages", () => {
  const data = "data:image/png;base64,iVBORw0KGgo=";

  test("roles and names", () => {
    expect(
      items(
        { role: "system", content: "a" },
        { role: "developer", content: "b" },
        { content: "c", role: "user", name: "bob" },
        { role: "assistant", content: "" },
      ),
    ).toEqual(["turn system", "text text=a", "turn developer", "text text=b", "turn user name=bob", "text text=c", "turn assistant"]);
  });
  test.each<[string, Json, string]>([
    ["text", { type: "text", text: "a\n", cache_control: { type: "ephemeral" } }, 'text text=a\\n cacheControl={"type":"ephemeral"}'],
    [
      "an image by URL",
      { type: "image_url", image_url: { url: "https://x/y.png", detail: "high" } },
      "image url=https://x/y.png detail=high",
    ],
    ["an image by URL alone", { type: "image_url", image_url: "https://x/y.png" }, "image url=https://x/y.png"],
    ["an image as data", { type: "image_url", image_url: { url: data } }, "image mediaType=image/png data=iVBORw0KGgo="],
    ["audio", { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }, "audio mediaType=wav data=UklGRg=="],
    [
      "a file as data",
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
      "document mediaType=application/pdf data=JVBERi0= name=a.pdf",
    ],
    [
      "a file as bare data",
      { type: "file", file: { filename: "a.pdf", file_data: "JVBERi0=" } },
      "document mediaType=application/pdf data=JVBERi0= name=a.pdf",
    ],
    ["an uploaded file", { type: "file", file: { file_id: "file-1" } }, "document id=file-1"],
    ["a part of the future", { type: "video_url", video_url: { url: "x" } }, 'unknown whole={"type":"video_url","video_url":{"url":"x"}}'],
  ])("a part: %s", (_, part, expected) => {
    expect(items({ role: "user", content: [part] })).toEqual(["turn user", expected]);
    expect(items({ content: [part], role: "user" })).toEqual(["turn user", expected]);
  });
  test("an assistant's thinking, text, refusal and calls, in that order", () => {
    const call = (id: string, args: unknown) => ({
      id,
      type: "function",
      function: { name: "f", arguments: args },
      extra_content: { google: { thought_signature: `s${id}` } },
    });
    expect(
      items(HI, {
        role: "assistant",
        tool_calls: [call("c1", '{"a":1}'), call("c2", { b: [2] })],
        refusal: "no",
        content: [
          { type: "text", text: "t" },
          { type: "refusal", refusal: "r" },
        ],
        reasoning_content: "hm",
        annotations: [],
        audio: null,
        function_call: null,
      }).slice(2),
    ).toEqual([
      "turn assistant",
      "thinking text=hm",
      "text text=t",
      "refusal text=r",
      "refusal text=no",
      'tool-call id=c1 name=f escaped={\\"a\\":1} signature=sc1',
      'tool-call id=c2 name=f json={"b":[2]} signature=sc2',
    ]);
  });
  test("thinking comes back in the blocks that carry its signatures", () => {
    const blocks = [
      { type: "thinking", thinking: "a", signature: "s", format: "anthropic" },
      { type: "redacted_thinking", data: "d" },
    ];
    expect(items(HI, { role: "assistant", content: "x", reasoning_content: "a", thinking_blocks: blocks }).slice(2)).toEqual([
      "turn assistant",
      "thinking text=a name=anthropic signature=s",
      "redacted-thinking data=d",
      "text text=x",
    ]);
    const details = [
      { type: "reasoning.text", text: "a", signature: "s", format: "google-gemini-v1" },
      { type: "reasoning.encrypted", data: "d" },
      { type: "reasoning.summary", summary: "z" },
    ];
    expect(items(HI, { role: "assistant", content: "x", reasoning: "a", reasoning_details: details }).slice(2)).toEqual([
      "turn assistant",
      "thinking text=a name=gemini signature=s",
      "redacted-thinking data=d",
      "text text=x",
    ]);
  });
  test("a streamed block has only its signature: its text is the message's", () => {
    expect(
      items(HI, {
        role: "assistant",
        content: "x",
        reasoning_content: "a",
        thinking_blocks: [{ type: "thinking", signature: "s", format: "anthropic" }],
      })[3],
    ).toBe("thinking text=a name=anthropic signature=s");
  });
  test("results of tools", () => {
    expect(
      items(
        HI,
        { role: "tool", tool_call_id: "c1", content: "ok" },
        {
          content: [
            { type: "text", text: "a" },
            { type: "image_url", image_url: { url: data } },
          ],
          tool_call_id: "c2",
          role: "tool",
        },
        { role: "tool", tool_call_id: "c3", content: null },
      ).slice(2),
    ).toEqual([
      "turn tool",
      "tool-result id=c1",
      "text text=ok",
      "tool-result-end",
      "turn tool",
      "tool-result id=c2",
      "text text=a",
      "image mediaType=image/png data=iVBORw0KGgo=",
      "tool-result-end",
      "turn tool",
      "tool-result id=c3",
      "tool-result-end",
    ]);
  });
  test("an old function's call and result share an id that is made", () => {
    expect(
      items(
        HI,
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "1" },
      ).slice(2),
    ).toEqual([
      "turn assistant",
      "tool-call id=call_1 name=f escaped={}",
      "turn tool name=f",
      "tool-result id=call_1 name=f",
      "text text=1",
      "tool-result-end",
    ]);
  });
  test("a custom tool's call is kept whole", () => {
    expect(items(HI, { role: "assistant", tool_calls: [{ id: "c", type: "custom", custom: { name: "f", input: "x" } }] })[3]).toContain(
      'whole={"id":"c","type":"custom"',
    );
  });
});

describe("embeddings", () => {
  test.each<[Json, string[]]>([
    [
      { model: "e", input: "a", user: "u", dimensions: 8, encoding_format: "base64" },
      ["user=u", 'input="a"', "other dimensions=8", 'other encoding_format="base64"'],
    ],
    [{ model: "e", input: ["a", "b"] }, ['input=["a","b"]']],
    [{ model: "e", input: [1, 2] }, ["input=[1,2]"]],
    [{ model: "e", input: [[1], [2]] }, ["input=[[1],[2]]"]],
  ])("%j", (body, expected) => expect(read(body, EMBEDDINGS)).toEqual(expected));
});
