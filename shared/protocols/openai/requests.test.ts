import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await assembly(new URL("./openai.testing.ts", import.meta.url));
}, 60_000);

const PATIENCE = { timeout: 3_600_000 };
const CHAT = 1;
const EMBEDDINGS = 2;

type Json = Record<string, unknown>;
const HI = { role: "user", content: "hi" };
const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));
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
const refused = (body: unknown, operation = CHAT): { message: string; type: string; param: string | null; code: string | null } => {
  if (openai.call("readRequest", text(body), operation)) throw new Error(`not refused: ${openai.output.toString()}`);
  return JSON.parse(openai.output.toString()).error;
};
const ask = (more: Json): Json => ({ model: "m", messages: [HI], ...more });
const tell = (...messages: unknown[]): Json => ({ model: "m", messages });
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

describe("refusals name the field, what was found, and what was expected", () => {
  const NESTED = `${"[".repeat(600)}${"]".repeat(600)}`;
  test.each<[string, unknown, string | null, string]>([
    ["no body", "", null, "the request has no body, expected a JSON object with `model` and `messages`"],
    ["no JSON", "{model:1}", null, "the request body is not valid JSON: unexpected character at byte 1"],
    [
      "half of it",
      '{"model":"m","messages":[{"role"',
      null,
      "the request body is not valid JSON: it ends in the middle of a value at byte 32",
    ],
    [
      "bytes behind it",
      `${JSON.stringify(ask({}))}x`,
      null,
      "the request body is not valid JSON: more text after the end of the value at byte 57",
    ],
    [
      "too deep",
      `{"model":"m","messages":[{"role":"user","content":"x"}],"a":${NESTED}}`,
      null,
      "the request body is not valid JSON: nested deeper than 512 levels at byte 571",
    ],
    ["a string", '"x"', null, "the request body is a string, expected an object with `model` and `messages`"],
    ["an array", "[]", null, "the request body is an array, expected an object with `model` and `messages`"],
    ["no model", { messages: [HI] }, "model", "`model` is missing, expected the name of a model"],
    ["a null model", { model: null, messages: [HI] }, "model", "`model` is missing, expected the name of a model"],
    ["an empty model", { model: "", messages: [HI] }, "model", "`model` is empty, expected the name of a model"],
    ["a number as model", { model: 4, messages: [HI] }, "model", "`model` is a number, expected a string"],
    ["no messages", { model: "m" }, "messages", "`messages` is missing, expected an array of messages"],
    ["empty messages", tell(), "messages", "`messages` is empty, expected at least one message"],
    ["messages that are text", { model: "m", messages: "hi" }, "messages", "`messages` is a string, expected an array of messages"],
    ["a message that is text", tell("hi"), "messages[0]", "`messages[0]` is a string, expected a message"],
    [
      "no role",
      tell({ content: "a" }),
      "messages[0].role",
      "`messages[0].role` is missing, expected system, developer, user, assistant, tool or function",
    ],
    [
      "an unknown role",
      tell(HI, { role: 'n"x', content: "a" }),
      "messages[1].role",
      '`messages[1].role` is "n"x", expected system, developer, user, assistant, tool or function',
    ],
    [
      "a role that is a number",
      tell({ role: 1, content: "a" }),
      "messages[0].role",
      "`messages[0].role` is a number, expected system, developer, user, assistant, tool or function",
    ],
    [
      "content that is an object",
      tell({ role: "user", content: { text: "a" } }),
      "messages[0].content",
      "`messages[0].content` is an object, expected a string or an array of parts",
    ],
    [
      "no content",
      tell({ role: "user" }),
      "messages[0].content",
      "`messages[0].content` is missing or null, expected a string or an array of parts",
    ],
    [
      "a part that is text",
      tell({ role: "user", content: ["a"] }),
      "messages[0].content[0]",
      "`messages[0].content[0]` is a string, expected a part",
    ],
    [
      "a text part without text",
      tell({ role: "user", content: [{ type: "text", text: "a" }, { type: "text" }] }),
      "messages[0].content[1].text",
      "`messages[0].content[1].text` is missing, expected a string",
    ],
    [
      "a text that is a number",
      tell({ role: "assistant", content: [{ type: "text", text: 1 }] }),
      "messages[0].content[0].text",
      "`messages[0].content[0].text` is a number, expected a string",
    ],
    [
      "an image without URL",
      tell({ role: "user", content: [{ type: "image_url", image_url: {} }] }),
      "messages[0].content[0].image_url.url",
      "`messages[0].content[0].image_url.url` is missing, expected a URL, or a data URL with the image",
    ],
    [
      "an empty file",
      tell({ role: "user", content: [{ type: "file", file: {} }] }),
      "messages[0].content[0].file",
      "`messages[0].content[0].file` is missing, expected `file_data` or `file_id`",
    ],
    [
      "a call without id",
      tell({ role: "assistant", tool_calls: [{ type: "function", function: { name: "f", arguments: "" } }] }),
      "messages[0].tool_calls[0].id",
      "`messages[0].tool_calls[0].id` is missing, expected the call's id",
    ],
    [
      "a call without name",
      tell({ role: "assistant", tool_calls: [{ id: "c", function: {} }] }),
      "messages[0].tool_calls[0].function.name",
      "`messages[0].tool_calls[0].function.name` is missing, expected the function's name",
    ],
    [
      "arguments that are a number",
      tell({ role: "assistant", tool_calls: [{ id: "c", function: { name: "f", arguments: 1 } }] }),
      "messages[0].tool_calls[0].function.arguments",
      "`messages[0].tool_calls[0].function.arguments` is a number, expected a string that contains a JSON object",
    ],
    [
      "a result without id",
      tell({ role: "tool", content: "a" }),
      "messages[0].tool_call_id",
      "`messages[0].tool_call_id` is missing, expected the id of the call that this message answers",
    ],
    ["a tool that is text", ask({ tools: ["f"] }), "tools[0]", "`tools[0]` is a string, expected a tool"],
    [
      "a function without name",
      ask({ tools: [{ type: "function", function: {} }] }),
      "tools[0].function.name",
      "`tools[0].function.name` is missing, expected the function's name",
    ],
    [
      "parameters that are text",
      ask({ tools: [{ type: "function", function: { name: "f", parameters: "{}" } }] }),
      "tools[0].function.parameters",
      "`tools[0].function.parameters` is a string, expected a JSON Schema object",
    ],
    ["a temperature that is text", ask({ temperature: "0.7" }), "temperature", "`temperature` is a string, expected a number"],
    ["a stream that is text", ask({ stream: "true" }), "stream", "`stream` is a string, expected a boolean"],
    ["max_tokens that is a boolean", ask({ max_tokens: true }), "max_tokens", "`max_tokens` is a boolean, expected a number"],
    ["a stop that is a number", ask({ stop: ["a", 1] }), "stop[1]", "`stop[1]` is a number, expected a string"],
    ["stream_options that are an array", ask({ stream_options: [] }), "stream_options", "`stream_options` is an array, expected an object"],
    [
      "include_usage that is text",
      ask({ stream_options: { include_usage: "yes" } }),
      "stream_options.include_usage",
      "`stream_options.include_usage` is a string, expected a boolean",
    ],
    [
      "a format without type",
      ask({ response_format: {} }),
      "response_format.type",
      '`response_format.type` is missing, expected "text", "json_object" or "json_schema"',
    ],
    [
      "a schema that isn't there",
      ask({ response_format: { type: "json_schema" } }),
      "response_format.json_schema",
      "`response_format.json_schema` is missing, expected an object with `name` and `schema`",
    ],
    ["a choice that is a number", ask({ tool_choice: 1 }), "tool_choice", "`tool_choice` is a number, expected a string or an object"],
    [
      "a choice without name",
      ask({ tool_choice: { type: "function" } }),
      "tool_choice.function.name",
      "`tool_choice.function.name` is missing, expected the function's name",
    ],
    [
      "another spelling of a policy field",
      ask({ Max_Tokens: 9 }),
      "max_tokens",
      'the field "Max_Tokens" is `max_tokens` to readers that don\'t tell upper from lower case: spell it `max_tokens`',
    ],
    [
      "a spelling that folds",
      ask({ meſſages: [] }),
      "messages",
      'the field "meſſages" is `messages` to readers that don\'t tell upper from lower case: spell it `messages`',
    ],
    [
      "another spelling in a message",
      tell({ ...HI, Content: "x" }),
      "messages[0].content",
      'the field "Content" is `messages[0].content` to readers that don\'t tell upper from lower case: spell it `content`',
    ],
  ])("%s", (_, body, param, message) => expect(refused(body)).toEqual({ message, type: "invalid_request_error", param, code: null }));

  test.each([
    "model",
    "messages",
    "tools",
    "tool_choice",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "response_format",
  ])("%s twice", (name) => {
    const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`;
    const { [name]: _, ...others } = ask({}) as Json;
    const value = name === "model" ? '"m"' : name === "messages" ? JSON.stringify([HI]) : "null";
    const body = `{${JSON.stringify(others).slice(1, -1)},"${name}":${value},"${escaped}":${value}}`;
    expect(refused(body)).toMatchObject({
      param: name,
      message: `\`${name}\` stands twice in the request, and two readers may take different ones: send it once`,
    });
  });
  test.each(["role", "content", "tool_calls"])("a message's %s twice", (name) => {
    expect(refused(`{"model":"m","messages":[{"role":"user","content":"a","tool_calls":null,"${name}":null}]}`).param).toBe(
      `messages[0].${name}`,
    );
  });
  test("invalid UTF-8, with its place", () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"m","messages":[{"role":"user","content":"'),
      Buffer.from([0xff]),
      Buffer.from('"}]}'),
    ]);
    expect(openai.call("readRequest", body, CHAT)).toBe(0);
    expect(openai.output.toString()).toContain("not valid UTF-8 at byte 51");
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
  test.each<[Json | string, string | null]>([
    ["", null],
    ["[]", null],
    [{ input: "a" }, "model"],
    [{ model: "", input: "a" }, "model"],
    [{ model: "e" }, "input"],
    [{ model: "e", input: [] }, "input"],
    [{ model: "e", input: 4 }, "input"],
    [{ model: "e", input: ["a", null] }, "input[1]"],
    [{ model: "e", input: "a", dimensions: "8" }, "dimensions"],
    [{ model: "e", input: "a", encoding_format: 1 }, "encoding_format"],
    [{ model: "e", input: "a", Model: "f" }, "model"],
    ['{"model":"e","input":"a","model":"f"}', "model"],
  ])("refuses %j", (body, param) => expect(refused(body, EMBEDDINGS).param).toBe(param));
});

describe("the body for a provider of the same protocol", () => {
  /** The body, and whether the client's own bytes would do. */
  const written = (body: unknown, model = "", takesStreamOptions = true, operation = CHAT): [string, boolean] => {
    const unchanged = openai.call("writeRequest", [text(body), model], operation, Number(takesStreamOptions));
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

  test("no stream_options for a vendor that refuses them", () => {
    const body = `${begin}"model":"m","stream":true}`;
    expect(written(body, "", false)).toEqual([body, true]);
  });
  test("embeddings", () => {
    expect(written('{"model":"e","input":"a","stream":true}', "f", true, EMBEDDINGS)).toEqual([
      '{"model":"f","input":"a","stream":true}',
      false,
    ]);
    expect(written('{"model":"e","input":"a"}', "", true, EMBEDDINGS)[1]).toBe(true);
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
    const fits = openai.call("translateRequest", [text(body), "gpt-4o"]);
    const found = openai.output.toString();
    if (!fits) throw new Error(found);
    return JSON.parse(found);
  };
  const unfit = (body: unknown): { param: string; message: string } => {
    expect(openai.call("translateRequest", [text(body), "gpt-4o"])).toBe(0);
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
            { type: "file", file: { file_id: "file-1" } },
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
    expect(translated({ model: "m", ...body })).toEqual({ model: "gpt-4o", ...body });
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
    ["a foreign tool", ask({ tools: [{ type: "custom", custom: { name: "c" } }] }), "tools"],
    ["a foreign choice", ask({ tool_choice: { type: "allowed_tools" } }), "tool_choice"],
    ["a foreign format", ask({ response_format: { type: "grammar" } }), "response_format"],
    ["a foreign part", tell(HI, { role: "user", content: [{ type: "video_url" }] }), "messages[1]"],
    [
      "audio in another format",
      tell({ role: "user", content: [{ type: "input_audio", input_audio: { data: "AA", format: "ogg" } }] }),
      "messages[0]",
    ],
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
    openai.call("writeRequest", [body, "b"], CHAT, 1);
    if (openai.output.length > 0) expect(() => JSON.parse(openai.output.toString())).not.toThrow();
    openai.call("translateRequest", [body, "b"]);
    if (openai.output.length > 0) expect(() => JSON.parse(openai.output.toString())).not.toThrow();
  }
});
