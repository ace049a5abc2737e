/** An OpenAI client's requests become Anthropic's, or are refused by name. */
import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));
const decoder = new TextDecoder("utf-8", { fatal: true });

type Body = Record<string, unknown>;
const hi = { role: "user", content: "Hi" };
const said = { role: "user", content: [{ type: "text", text: "Hi" }] };

/** What the provider gets, exactly. */
function written(body: Body | string, model = "claude-sonnet-4-5"): string {
  const status = anthropic.call("translate", [typeof body === "string" ? body : JSON.stringify({ model: "claude", ...body }), model]);
  const output = decoder.decode(anthropic.output);
  expect(status, output).toBe(0);
  return output;
}

/** What the provider gets, but for its model and what `messages` and `max_tokens` usually are. */
function settings(body: Body, model = "claude-sonnet-4-5"): Body {
  const { model: name, messages, max_tokens, ...rest } = JSON.parse(written({ messages: [hi], ...body }, model));
  expect(name).toBe(model);
  if (body.messages === undefined) expect(messages).toEqual([said]);
  return max_tokens === 4096 ? rest : { max_tokens, ...rest };
}

const messages = (...turns: unknown[]): unknown => JSON.parse(written({ messages: turns })).messages;
const user = (...content: unknown[]): unknown => ({ role: "user", content });
const assistant = (...content: unknown[]): unknown => ({ role: "assistant", content });
const text = (words: string): unknown => ({ type: "text", text: words });
const call = (id: string, name: string, args: string): unknown => ({ id, type: "function", function: { name, arguments: args } });

/** The field and the words of a refusal. */
function refusal(body: Body, model = "claude-sonnet-4-5"): string {
  expect(
    anthropic.call("translate", [JSON.stringify({ model: "claude", messages: [hi], ...body }), model]),
    anthropic.output.toString(),
  ).toBe(2);
  return anthropic.output.toString();
}

test("a request is written in full, member by member", () => {
  const body = {
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ],
    max_completion_tokens: 100,
    temperature: 0.7,
    stop: ["END", ""],
    user: "u-1",
    stream: true,
    stream_options: { include_usage: true },
  };
  expect(written(body)).toBe(
    '{"model":"claude-sonnet-4-5","max_tokens":100,"system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],' +
      '"temperature":0.7,"stop_sequences":["END"],"metadata":{"user_id":"u-1"},"stream":true}',
  );
});

test("text goes through as it is escaped", () => {
  const raw = '{"model":"m","messages":[{"role":"user","content":"\\u00e9é\\/\\n\\ud83d\\ude00 \\ud800 \\"q\\""}]}';
  expect(written(raw)).toContain('"text":"\\u00e9é\\/\\n\\ud83d\\ude00 \\ud800 \\"q\\""');
});

test("numbers go through as they are written", () =>
  expect(written('{"model":"m","temperature":0.50,"messages":[{"role":"user","content":"a"}]}')).toContain('"temperature":0.50'));

test("a result whose call nobody made is refused by the field that names it", () => {
  const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
  const orphan = [
    { role: "user", content: "a" },
    { role: "tool", tool_call_id: "c1", content: "r" },
    { role: "assistant", content: null, tool_calls: [call] },
  ];
  expect(refusal({ model: "m", messages: orphan })).toContain(
    "messages[1].tool_call_id: `messages[1].tool_call_id` answers a call that no message before it makes",
  );
});

describe("turns", () => {
  test("system and developer turns are system blocks in order, wherever they stand", () => {
    const body = {
      messages: [
        { role: "system", content: "A" },
        { role: "developer", content: [{ type: "text", text: "B", cache_control: { type: "ephemeral" } }] },
        hi,
        { role: "system", content: "C" },
        { role: "user", content: "on" },
      ],
    };
    const { system, messages } = JSON.parse(written(body));
    expect(system).toEqual([text("A"), { type: "text", text: "B", cache_control: { type: "ephemeral" } }, text("C")]);
    expect(messages).toEqual([user(text("Hi"), text("on"))]);
  });

  test("system turns alone are the user's", () => {
    const { system, messages } = JSON.parse(
      written({
        messages: [
          { role: "system", content: "Tell a joke" },
          { role: "user", content: " " },
        ],
      }),
    );
    expect(system).toBeUndefined();
    expect(messages).toEqual([user(text("Tell a joke"))]);
  });

  test("turns of one side are one message", () => {
    expect(
      messages(hi, { role: "user", content: "there" }, { role: "assistant", content: "A" }, { role: "assistant", content: "B" }, hi),
    ).toEqual([user(text("Hi"), text("there")), assistant(text("A"), text("B")), said]);
  });

  test("an opening by the assistant gets a user's message in front", () => {
    expect(messages({ role: "assistant", content: "Welcome!" }, hi)).toEqual([
      user(text("(The assistant begins.)")),
      assistant(text("Welcome!")),
      said,
    ]);
  });

  test.each(["", " ", "\n\t", "\u00a0", "\u2003\u3000", "\f\v"])("a blank text (%j) leaves no trace", (blank) => {
    const blankTurn = { role: "user", content: [{ type: "text", text: blank }] };
    expect(
      messages(
        blankTurn,
        hi,
        { role: "assistant", content: blank },
        {
          role: "user",
          content: [
            { type: "text", text: blank },
            { type: "text", text: "x" },
          ],
        },
      ),
    ).toEqual([user(text("Hi"), text("x"))]);
  });

  test("a final assistant's text is a prefill without white space at its end", () => {
    expect(messages(hi, { role: "assistant", content: "The answer is (\\n \n\u00a0\t" })).toEqual([
      said,
      assistant(text("The answer is (\\n")),
    ]);
    expect(messages(hi, { role: "assistant", content: "kept \n" }, hi)).toEqual([said, assistant(text("kept \n")), said]);
  });

  test("a refusal is what the assistant said", () => {
    expect(messages(hi, { role: "assistant", content: null, refusal: "I can't." }, hi)).toEqual([said, assistant(text("I can't.")), said]);
  });

  test("cache markers stay with their part, their message's last part, and their tool", () => {
    const marker = { type: "ephemeral", ttl: "1h" };
    const body = {
      messages: [
        { role: "system", content: "S", cache_control: marker },
        {
          role: "user",
          content: [
            { type: "text", text: "a", cache_control: marker },
            { type: "text", text: "b" },
          ],
        },
        { role: "assistant", content: "c", tool_calls: [call("x", "f", "{}")], cache_control: marker },
        { role: "tool", tool_call_id: "x", content: "r", cache_control: marker },
      ],
      tools: [{ type: "function", function: { name: "f" }, cache_control: marker }],
    };
    const result = JSON.parse(written(body));
    expect(result.system).toEqual([{ type: "text", text: "S", cache_control: marker }]);
    expect(result.messages).toEqual([
      user({ type: "text", text: "a", cache_control: marker }, text("b")),
      assistant(text("c"), { type: "tool_use", id: "x", name: "f", input: {}, cache_control: marker }),
      user({ type: "tool_result", tool_use_id: "x", content: [text("r")], cache_control: marker }),
    ]);
    expect(result.tools[0].cache_control).toEqual(marker);
  });
});

describe("media", () => {
  const image = (url: string): unknown => ({ role: "user", content: [{ type: "image_url", image_url: { url, detail: "high" } }] });
  const file = (file: Body): unknown => ({ role: "user", content: [{ type: "file", file }] });

  test.each([
    ["an image by URL", image("https://x.test/a.png"), { type: "image", source: { type: "url", url: "https://x.test/a.png" } }],
    [
      "an image as data",
      image("data:image/webp;base64,AAAA"),
      { type: "image", source: { type: "base64", media_type: "image/webp", data: "AAAA" } },
    ],
    [
      "a JPEG by its other name",
      image("data:image/jpg;base64,AAAA"),
      { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "AAAA" } },
    ],
    [
      "a PDF",
      file({ filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" }),
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBE" }, title: "a.pdf" },
    ],
    [
      "a PDF told by its name",
      file({ filename: "a.pdf", file_data: "JVBE" }),
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBE" }, title: "a.pdf" },
    ],
    [
      "a text",
      file({ filename: "a.md", file_data: `data:text/markdown;base64,${Buffer.from('# Grüße "x"\n').toString("base64")}` }),
      { type: "document", source: { type: "text", media_type: "text/plain", data: '# Grüße "x"\n' }, title: "a.md" },
    ],
  ])("%s", (_what, turn, block) => expect(messages(turn)).toEqual([user(block)]));

  test.each([
    [
      "audio",
      { role: "user", content: [{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }] },
      "messages[1].content",
      "has audio",
    ],
    ["an image of another type", image("data:image/bmp;base64,AAAA"), "messages[1].content", "JPEG, PNG, GIF or WebP"],
    ["an image without TLS", image("http://x.test/a.png"), "messages[1].content", "neither https nor base64"],
    ["an uploaded file", file({ file_id: "file-1" }), "messages[1].content", "uploaded elsewhere"],
    [
      "another file",
      file({ filename: "a.zip", file_data: "data:application/zip;base64,AAAA" }),
      "messages[1].content",
      "neither PDF nor text",
    ],
    ["a broken text", file({ filename: "a.txt", file_data: "data:text/plain;base64,A" }), "messages[1].content", "not valid base64"],
    ["an unknown part", { role: "user", content: [{ type: "hologram" }] }, "messages[1].content", "only another protocol knows"],
  ])("%s is refused", (_what, turn, field, words) => {
    const refused = refusal({ messages: [hi, turn] });
    expect(refused.startsWith(`${field}: `), refused).toBe(true);
    expect(refused).toContain(words);
    expect(refused).toContain("`claude`");
  });
});

/** FNV-1a, 64 bit (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

describe("tools", () => {
  const otherId = `functions_g_1_${fnv("functions.g:1")}`;
  const calls = {
    role: "assistant",
    content: null,
    tool_calls: [call("c1", "f", '{"a":"\\u00e9 \\"q\\"","n":1.50}'), call("functions.g:1", "g", "")],
  };
  const results = [
    { role: "tool", tool_call_id: "c1", content: "one" },
    {
      role: "tool",
      tool_call_id: "functions.g:1",
      content: [
        { type: "text", text: "two" },
        { type: "text", text: "" },
      ],
    },
  ];
  const tools = [{ type: "function", function: { name: "f" } }];

  test("parallel calls and their results, which are one message", () => {
    expect(messages(hi, calls, ...results, { role: "user", content: "and?" })).toEqual([
      said,
      assistant(
        { type: "tool_use", id: "c1", name: "f", input: { a: 'é "q"', n: 1.5 } },
        { type: "tool_use", id: otherId, name: "g", input: {} },
      ),
      user(
        { type: "tool_result", tool_use_id: "c1", content: [text("one")] },
        { type: "tool_result", tool_use_id: otherId, content: [text("two")] },
        text("and?"),
      ),
    ]);
    expect(written({ messages: [hi, calls, ...results] })).toContain('"input":{"a":"\\u00e9 \\"q\\"","n":1.50}');
  });

  test("ids that differ stay apart, and one that is spelled in two ways is one", () => {
    const ids = ["call.1", "call:1", "é", "è", "call_1"];
    const turns = [hi, { role: "assistant", content: null, tool_calls: ids.map((id) => call(id, "f", "{}")) }];
    const results = ids.map((id) => ({ role: "tool", tool_call_id: id, content: "r" }));
    const text = JSON.stringify({ model: "claude", messages: [...turns, ...results] }).replace(
      '"tool_call_id":"call_1"',
      '"tool_call_id":"call_\\u0031"',
    );
    const [, assistantTurn, userTurn] = (JSON.parse(written(text)) as { messages: { content: Body[] }[] }).messages;
    const asked = assistantTurn!.content.map(({ id }) => id);
    expect(new Set(asked).size).toBe(ids.length);
    for (const id of asked) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(userTurn!.content.map(({ tool_use_id: id }) => id)).toEqual(asked);
  });

  test("a result without content", () => {
    expect(messages(hi, calls, { role: "tool", tool_call_id: "c1", content: "" }, results[1])).toContainEqual(
      user({ type: "tool_result", tool_use_id: "c1" }, { type: "tool_result", tool_use_id: otherId, content: [text("two")] }),
    );
  });

  test("the old functions", () => {
    const turns = [
      hi,
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
    ];
    expect(messages(...turns)).toEqual([
      said,
      assistant({ type: "tool_use", id: "call_1", name: "f", input: {} }),
      user({ type: "tool_result", tool_use_id: "call_1", content: [text("1")] }),
    ]);
  });

  test.each(["{", "[1]", '"a"', "1", '{"a":1} x', "null"])("arguments that are no object (%s) are refused", (args) => {
    expect(refusal({ messages: [hi, { role: "assistant", tool_calls: [call("a", "f", "{}"), call("b", "f", args)] }] })).toMatch(
      /^messages\[1\]\.tool_calls\[1\]\.function\.arguments: .*not a JSON object/,
    );
  });

  test.each<[what: string, fn: Body, tool: Body]>([
    ["no schema", { name: "f", description: "d\n" }, { name: "f", description: "d\n", input_schema: { type: "object", properties: {} } }],
    ["an empty schema", { name: "f", parameters: {} }, { name: "f", input_schema: { type: "object", properties: {} } }],
    [
      "a schema without a type",
      { name: "f", parameters: { properties: { a: { type: "string" } } } },
      { name: "f", input_schema: { type: "object", properties: { a: { type: "string" } } } },
    ],
    [
      "a strict schema",
      { name: "f", strict: true, parameters: { type: "object", additionalProperties: false } },
      { name: "f", input_schema: { type: "object", additionalProperties: false }, strict: true },
    ],
    [
      "a schema that isn't strict",
      { name: "f", strict: false, parameters: { type: "object" } },
      { name: "f", input_schema: { type: "object" } },
    ],
  ])("a tool with %s", (_what, fn, tool) => expect(settings({ tools: [{ type: "function", function: fn }] })).toEqual({ tools: [tool] }));

  test.each<[choice: Body, toolChoice: Body | undefined]>([
    [{}, undefined],
    [{ tool_choice: "auto" }, { type: "auto" }],
    [{ tool_choice: "none", parallel_tool_calls: false }, { type: "none" }],
    [{ tool_choice: "required" }, { type: "any" }],
    [{ tool_choice: { type: "function", function: { name: "f" } } }, { type: "tool", name: "f" }],
    [{ parallel_tool_calls: false }, { type: "auto", disable_parallel_tool_use: true }],
    [{ parallel_tool_calls: true }, undefined],
    [
      { tool_choice: "required", parallel_tool_calls: false },
      { type: "any", disable_parallel_tool_use: true },
    ],
  ])("the choice %j", (choice, toolChoice) => expect(settings({ tools, ...choice })["tool_choice"]).toEqual(toolChoice));

  test("a choice without tools is left out", () => expect(settings({ tool_choice: "auto", parallel_tool_calls: false })).toEqual({}));
});

describe("settings", () => {
  test.each<[body: Body, expected: Body]>([
    [{}, {}],
    [{ max_tokens: 10 }, { max_tokens: 10 }],
    [{ top_p: 1, temperature: 1 }, { temperature: 1 }],
    [{ top_p: 0.5 }, { top_p: 0.5 }],
    [{ top_p: 0.5, temperature: 1.0 }, { top_p: 0.5 }],
    [
      { temperature: 0, top_k: 5 },
      { temperature: 0, top_k: 5 },
    ],
    [{ stop: "\nEND" }, { stop_sequences: ["\nEND"] }],
    [{ n: 1, logprobs: false, presence_penalty: 0, frequency_penalty: 0.0, logit_bias: {}, seed: 7, top_logprobs: 0 }, {}],
    [
      { store: false, metadata: { a: "b" }, service_tier: "auto", verbosity: "medium", prompt_cache_key: "k", prediction: null, foo: [] },
      {},
    ],
    [
      { cache_control: { type: "ephemeral" }, container: "c" },
      { cache_control: { type: "ephemeral" }, container: "c" },
    ],
    [{ user: "someone@example.com" }, {}],
    [{ user: "u".repeat(257) }, {}],
    [{ safety_identifier: "s" }, { metadata: { user_id: "s" } }],
    [{ response_format: { type: "text" } }, {}],
    [
      { response_format: { type: "json_object" } },
      { system: [text("Answer with one JSON object and nothing else: no prose, no code fences.")] },
    ],
    [
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", strict: true, schema: { type: "object", properties: {}, additionalProperties: false } },
        },
      },
      { output_config: { format: { type: "json_schema", schema: { type: "object", properties: {}, additionalProperties: false } } } },
    ],
    [{ tools: [{ type: "web_search" }] }, { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    [{ web_search_options: {} }, { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
  ])("%j", (body, expected) => expect(settings(body)).toEqual(expected));

  test.each<[body: Body, field: string]>([
    [{ n: 2 }, "n"],
    [{ logprobs: true }, "logprobs"],
    [{ top_logprobs: 2 }, "top_logprobs"],
    [{ presence_penalty: 0.5 }, "presence_penalty"],
    [{ frequency_penalty: -1 }, "frequency_penalty"],
    [{ logit_bias: { "5": 1 } }, "logit_bias"],
    [{ temperature: 1.5 }, "temperature"],
    [{ temperature: -0.5 }, "temperature"],
    [{ top_p: 1.5 }, "top_p"],
    [{ temperature: 0.5, top_p: 0.5 }, "top_p"],
    [{ top_k: 0.5 }, "top_k"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ max_tokens: 1.5 }, "max_tokens"],
    [{ max_tokens: -1 }, "max_tokens"],
    [{ stop: ["a", "\n"] }, "stop"],
    [{ reasoning_effort: "huge" }, "reasoning_effort"],
    [{ tools: [{ type: "code_interpreter" }] }, "tools[0]"],
    [{ tools: [{ type: "web_search", odd: 1 }] }, "tools[0]"],
    [
      {
        tools: [{ type: "function", function: { name: "f" } }],
        tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } },
      },
      "tool_choice",
    ],
    [{ response_format: { type: "grammar" } }, "response_format"],
    [{ modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" } }, "modalities"],
    [{ web_search_options: { odd: 1 } }, "web_search_options"],
    [{ web_search_options: true }, "web_search_options"],
    [{ messages: [{ role: "user", content: "" }] }, "messages"],
    [
      {
        messages: [
          { role: "user", content: " \n" },
          { role: "assistant", content: "" },
        ],
      },
      "messages",
    ],
  ])("%j is refused", (body, field) => {
    const refused = refusal(body);
    expect(refused.startsWith(`${field}: \`${field}\` `), refused).toBe(true);
  });
});
