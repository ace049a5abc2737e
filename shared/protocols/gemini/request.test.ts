import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { jsonString, jsonText, spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";

const gemini = await assembly(new URL("./gemini.testing.ts", import.meta.url));
const CHAT = 1;
const EMBEDDINGS = 2;
const FLASH = "gemini-2.5-flash";
const NEW = "gemini-3.8-flash";

/** What goes to Gemini for an OpenAI body: raw. */
const written = (body: string, model = FLASH, operation = CHAT): string => gemini.text("readAndWrite", [body, model], operation);
/** The same for members of a body, parsed. */
const request = (members: object, model = FLASH): any => JSON.parse(written(JSON.stringify({ model: "m", ...members }), model));
/** What of a request for "Hi" comes beside the contents. */
const beside = (members: object, model = FLASH): unknown => {
  const { contents, ...rest } = request({ messages: [{ role: "user", content: "Hi" }], ...members }, model);
  expect(contents).toEqual([{ role: "user", parts: [{ text: "Hi" }] }]);
  return rest;
};
const contents = (messages: unknown[], model = FLASH): unknown => request({ messages }, model).contents;
/** The field that a refusal names; the whole text if there is none. */
const refused = (members: object, model = FLASH): string => {
  const found = written(JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }], ...members }), model);
  return found.startsWith("!") ? found.slice(1).split(" ")[0]! : found;
};
const call = (id: string, name: string, args = "{}", more: object = {}) => ({
  id,
  type: "function",
  function: { name, arguments: args },
  ...more,
});
const user = (text: string) => ({ role: "user", parts: [{ text }] });

describe("messages", () => {
  test("text keeps its escapes, byte for byte", () => {
    expect(written('{"model":"m","messages":[{"role":"user","content":"a\\u00e9\\/\\ud83d\\ude00\\ud800 é\\n"}]}')).toBe(
      '{"contents":[{"role":"user","parts":[{"text":"a\\u00e9\\/\\ud83d\\ude00\\ud800 é\\n"}]}]}',
    );
  });

  test("system and developer become systemInstruction, in order", () => {
    const messages = [
      { role: "system", content: "A" },
      { role: "user", content: "Hi" },
      {
        role: "developer",
        content: [
          { type: "text", text: "B" },
          { type: "text", text: "C" },
        ],
      },
    ];
    expect(request({ messages })).toEqual({
      systemInstruction: { parts: [{ text: "A" }, { text: "B" }, { text: "C" }] },
      contents: [user("Hi")],
    });
  });

  test("turns of one side are merged, empty ones leave no trace", () => {
    const messages = [
      { role: "user", content: "a" },
      { role: "user", content: "" },
      { role: "user", content: "b" },
      { role: "assistant", content: "" },
      { role: "assistant", content: "c" },
      { role: "assistant", content: "d" },
      { role: "user", content: "e" },
    ];
    expect(contents(messages)).toEqual([
      { role: "user", parts: [{ text: "a" }, { text: "b" }] },
      { role: "model", parts: [{ text: "c" }, { text: "d" }] },
      user("e"),
    ]);
  });

  test.each([
    [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }, { inlineData: { mimeType: "image/png", data: "AAAA" } }],
    [{ type: "image_url", image_url: { url: "data:image/jpg;base64,AAAA" } }, { inlineData: { mimeType: "image/jpeg", data: "AAAA" } }],
    [
      { type: "image_url", image_url: { url: "https://x.org/a.WEBP?b=c.png#d.gif" } },
      { fileData: { mimeType: "image/webp", fileUri: "https://x.org/a.WEBP?b=c.png#d.gif" } },
    ],
    [
      { type: "image_url", image_url: { url: "https://x.org/picture", detail: "low" } },
      { fileData: { mimeType: "image/jpeg", fileUri: "https://x.org/picture" } },
    ],
    [
      { type: "image_url", image_url: { url: "https://x.org/page.tiff" } },
      { fileData: { mimeType: "image/jpeg", fileUri: "https://x.org/page.tiff" } },
    ],
    [{ type: "input_audio", input_audio: { data: "UklG", format: "wav" } }, { inlineData: { mimeType: "audio/wav", data: "UklG" } }],
    [{ type: "input_audio", input_audio: { data: "SUQz", format: "mp3" } }, { inlineData: { mimeType: "audio/mp3", data: "SUQz" } }],
    [
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" } },
      { inlineData: { mimeType: "application/pdf", data: "JVBE" } },
    ],
  ])("%j", (part, expected) => {
    expect(contents([{ role: "user", content: [{ type: "text", text: "look" }, part] }])).toEqual([
      { role: "user", parts: [{ text: "look" }, expected] },
    ]);
  });

  test("calls and their results, whatever their order", () => {
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Wait.", tool_calls: [call("c1", "f", '{"a": 1.50, "b":"\\u00e9"}'), call("c2", "g", "")] },
      { role: "tool", tool_call_id: "c2", content: ' {"ok":true}' },
      { role: "tool", tool_call_id: "c1", content: "22 °C" },
      { role: "user", content: "And?" },
    ];
    expect(written(JSON.stringify({ model: "m", messages }))).toContain('"args":{"a": 1.50, "b":"\\u00e9"}');
    expect(contents(messages)).toEqual([
      user("Hi"),
      {
        role: "model",
        parts: [
          { text: "Wait." },
          { functionCall: { id: "c1", name: "f", args: { a: 1.5, b: "é" } } },
          { functionCall: { id: "c2", name: "g", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "c2", name: "g", response: { ok: true } } },
          { functionResponse: { id: "c1", name: "f", response: { result: "22 °C" } } },
          { text: "And?" },
        ],
      },
    ]);
  });

  test.each([
    ["a text", "plain", { result: "plain" }],
    ["an object", '{"a":[1,2]}', { a: [1, 2] }],
    ["an object behind white space", '\n\t {"a":1} ', { a: 1 }],
    ["a list", "[1,2]", { result: "[1,2]" }],
    ["a number", "17", { result: "17" }],
    ["what only looks like an object", "{a:1}", { result: "{a:1}" }],
    ["an object with more behind it", "{} {}", { result: "{} {}" }],
    ["nothing", "", { result: "" }],
    [
      "two texts",
      [
        { type: "text", text: "x" },
        { type: "text", text: '{"y":1}' },
      ],
      { result: ["x", '{"y":1}'] },
    ],
  ])("a result that is %s", (_, content, response) => {
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call("c", "f")] },
      { role: "tool", tool_call_id: "c", content },
    ];
    expect((contents(messages) as any)[2]).toEqual({ role: "user", parts: [{ functionResponse: { id: "c", name: "f", response } }] });
  });

  test("an image in a result stands in the response for Gemini 3, behind it before", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call("c", "f")] },
      { role: "tool", tool_call_id: "c", content: [{ type: "text", text: "see" }, image] },
    ];
    const inline = { inlineData: { mimeType: "image/png", data: "AAAA" } };
    const response = { id: "c", name: "f", response: { result: "see" } };
    expect((contents(messages) as any)[2].parts).toEqual([{ functionResponse: response }, inline]);
    expect((contents(messages, NEW) as any)[2].parts).toEqual([{ functionResponse: { ...response, parts: [inline] } }]);
  });

  test("an id that is used again means the call before the result", () => {
    const round = (name: string) => [
      { role: "assistant", tool_calls: [call("c", name)] },
      { role: "tool", tool_call_id: "c", content: name },
    ];
    const found = contents([{ role: "user", content: "Hi" }, ...round("f"), ...round("g")]) as any;
    expect(found.map((content: any) => content.parts[0].functionResponse?.name).filter(Boolean)).toEqual(["f", "g"]);
  });

  test("thought signatures go back; where Gemini 3 wants one that isn't there, the documented stand-in says so", () => {
    const signed = call("c1", "f", "{}", { extra_content: { google: { thought_signature: "c2ln" } } });
    const messages = (calls: unknown[]) => [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: calls },
    ];
    const signatures = (calls: unknown[], model: string) =>
      (contents(messages(calls), model) as any)[1].parts.map((part: any) => part.thoughtSignature);
    expect(signatures([signed, call("c2", "g")], NEW)).toEqual(["c2ln", undefined]);
    expect(signatures([call("c2", "g"), call("c3", "h")], NEW)).toEqual(["skip_thought_signature_validator", undefined]);
    expect(signatures([signed, call("c2", "g")], FLASH)).toEqual(["c2ln", undefined]);
    expect(signatures([call("c2", "g")], FLASH)).toEqual([undefined]);
  });
});

describe("settings", () => {
  test("numbers go as they are written", () => {
    const body =
      '{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":1e3,"temperature":0.70,"top_p":9E-1,"top_k":40,"seed":-7,"n":2,"presence_penalty":-0.0,"frequency_penalty":1}';
    expect(written(body)).toContain(
      '"generationConfig":{"maxOutputTokens":1e3,"temperature":0.70,"topP":9E-1,"topK":40,"seed":-7,"candidateCount":2,"presencePenalty":-0.0,"frequencyPenalty":1}',
    );
  });

  test.each([
    [{ max_completion_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ stop: "a" }, { stopSequences: ["a"] }],
    [{ stop: ["a", "b\n"] }, { stopSequences: ["a", "b\n"] }],
    [
      { logprobs: true, top_logprobs: 3 },
      { responseLogprobs: true, logprobs: 3 },
    ],
    [{ response_format: { type: "json_object" } }, { responseMimeType: "application/json" }],
    [
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", strict: true, schema: { type: "object", additionalProperties: false } },
        },
      },
      { responseMimeType: "application/json", responseJsonSchema: { type: "object", additionalProperties: false } },
    ],
    [
      { response_format: { type: "json_schema", json_schema: { name: "n", description: "d", schema: { type: "object" } } } },
      { responseMimeType: "application/json", responseJsonSchema: { description: "d", type: "object" } },
    ],
    [
      { response_format: { type: "json_schema", json_schema: { name: "n", description: "d", schema: { description: "own" } } } },
      { responseMimeType: "application/json", responseJsonSchema: { description: "own" } },
    ],
  ])("%j", (members, generationConfig) => {
    expect(beside(members)).toEqual({ generationConfig });
  });

  test.each([
    {},
    { logprobs: false },
    { response_format: { type: "text" } },
    { logit_bias: {} },
    {
      user: "u",
      metadata: { a: "b" },
      store: true,
      prompt_cache_key: "k",
      safety_identifier: "s",
      service_tier: "auto",
      stream_options: { include_usage: true },
      prediction: { type: "content", content: "x" },
    },
    { modalities: ["text"], verbosity: "medium", audio: null, parallel_tool_calls: false },
  ])("%j leaves nothing", (members) => {
    expect(beside({ stream: true, ...members })).toEqual({});
  });

  test("Gemini's own members, and tiers that it knows, go through", () => {
    const safetySettings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];
    expect(beside({ safetySettings, cachedContent: "cachedContents/x", service_tier: "flex" })).toEqual({
      safetySettings,
      cachedContent: "cachedContents/x",
      serviceTier: "flex",
    });
  });
});

describe("tools", () => {
  const parameters = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { a: { $ref: "#/$defs/x" } },
    additionalProperties: false,
  };
  const tools = [
    { type: "function", function: { name: "f", description: "d", parameters } },
    { type: "function", function: { name: "g" } },
  ];
  const declared = [{ functionDeclarations: [{ name: "f", description: "d", parametersJsonSchema: parameters }, { name: "g" }] }];
  const config = (functionCallingConfig: object) => ({ tools: declared, toolConfig: { functionCallingConfig } });

  test.each([
    [{}, { tools: declared }],
    [{ tool_choice: "auto" }, config({ mode: "AUTO" })],
    [{ tool_choice: "none" }, config({ mode: "NONE" })],
    [{ tool_choice: "required" }, config({ mode: "ANY" })],
    [{ tool_choice: { type: "function", function: { name: "g" } } }, config({ mode: "ANY", allowedFunctionNames: ["g"] })],
    [
      {
        tool_choice: { type: "allowed_tools", allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "g" } }] } },
      },
      config({ mode: "ANY", allowedFunctionNames: ["g"] }),
    ],
    [
      { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "g" } }] } } },
      config({ mode: "VALIDATED", allowedFunctionNames: ["g"] }),
    ],
    [{ parallel_tool_calls: true }, { tools: declared }],
  ])("%j", (members, expected) => {
    expect(beside({ tools, ...members })).toEqual(expected);
  });

  test("a strict tool is held to its schema", () => {
    const strict = [{ type: "function", function: { name: "g", strict: true } }];
    expect(beside({ tools: strict })).toEqual({
      tools: [{ functionDeclarations: [{ name: "g" }] }],
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
    });
    expect(beside({ tools: strict, tool_choice: "required" })).toMatchObject({ toolConfig: { functionCallingConfig: { mode: "ANY" } } });
    expect(beside({ tools: strict }, "gemini-2.0-flash")).not.toHaveProperty("toolConfig");
  });
});

test("JSON beside tools goes to Gemini 3", () => {
  const members = { response_format: { type: "json_object" }, tools: [{ type: "function", function: { name: "f" } }] };
  expect(beside(members, NEW)).toMatchObject({ generationConfig: { responseMimeType: "application/json" } });
  expect(beside({ ...members, tool_choice: "none" })).toMatchObject({ generationConfig: { responseMimeType: "application/json" } });
});

describe("thinking", () => {
  const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"];
  test.each([
    ["gemini-2.5-pro", ["refused", 1024, 1024, 8192, 24576, 32768]],
    ["gemini-2.5-flash", [0, 1024, 1024, 8192, 24576, 24576]],
    ["models/gemini-2.5-flash-lite", [0, 1024, 1024, 8192, 24576, 24576]],
    ["gemini-3-pro-preview", ["refused", "LOW", "LOW", "HIGH", "HIGH", "HIGH"]],
    ["gemini-3.1-pro-preview", ["refused", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH"]],
    ["gemini-3-flash-preview", ["MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH"]],
    ["gemini-3.1-flash-lite", ["MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH"]],
    ["gemini-3.8-flash", ["refused", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH"]],
    ["gemini-flash-latest", ["refused", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH"]],
    ["gemini-2.0-flash", [undefined, "refused", "refused", "refused", "refused", "refused"]],
    ["gemini-2.5-flash-image", [undefined, "refused", "refused", "refused", "refused", "refused"]],
  ])("%s", (model, expected) => {
    const found = EFFORTS.map((reasoning_effort) => {
      const answer = written(JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }], reasoning_effort }), model);
      if (answer.startsWith("!reasoning_effort ")) return "refused";
      const thinking = JSON.parse(answer).generationConfig?.thinkingConfig;
      expect(thinking?.includeThoughts).toBe(thinking === undefined || reasoning_effort === "none" ? undefined : true);
      return thinking?.thinkingBudget ?? thinking?.thinkingLevel;
    });
    expect(found).toEqual(expected);
  });

  test("a number of tokens goes before a word, and a switch says only whether", () => {
    const config = (members: object, model?: string) => (beside(members, model) as any).generationConfig?.thinkingConfig;
    expect(config({ thinking_budget: 512, reasoning_effort: "high" })).toEqual({ thinkingBudget: 512, includeThoughts: true });
    expect(config({ thinking_budget: 0 })).toEqual({ thinkingBudget: 0 });
    expect(config({ thinking_budget: 2000 }, NEW)).toEqual({ thinkingBudget: 2000, includeThoughts: true });
    expect(config({ thinking: { type: "enabled" } })).toEqual({ includeThoughts: true });
    expect(config({ thinking: { type: "disabled" } })).toEqual({ thinkingBudget: 0 });
  });
});

describe("what can't be said is refused, by its name", () => {
  const image = { type: "image_url", image_url: { url: "https://x.org/a.png" } };
  test.each<[string, object, string?]>([
    ["logit_bias", { logit_bias: { 50256: -100 } }],
    ["n", { n: 9 }],
    ["n", { n: 1.5 }],
    ["n", { n: 0 }],
    ["n", { n: 2, stream: true }],
    ["seed", { seed: 4294967296 }],
    ["seed", { seed: 0.5 }],
    ["stop", { stop: ["1", "2", "3", "4", "5", "6"] }],
    ["parallel_tool_calls", { parallel_tool_calls: false, tools: [{ type: "function", function: { name: "f" } }] }],
    [
      "tools[1]",
      {
        tools: [
          { type: "function", function: { name: "f" } },
          { type: "custom", custom: { name: "x" } },
        ],
      },
    ],
    ["tool_choice", { tool_choice: { type: "custom", custom: { name: "x" } } }],
    ["response_format", { response_format: { type: "grammar" } }],
    ["response_format", { response_format: { type: "json_object" }, tools: [{ type: "function", function: { name: "f" } }] }],
    ["reasoning_effort", { reasoning_effort: "extreme" }],
    ["thinking", { thinking: { type: "enabled" } }, "gemini-2.0-flash"],
    ["thinking", { thinking: { type: "disabled" } }, "gemini-2.5-pro"],
    ["thinking_budget", { thinking_budget: 100 }, "gemini-1.5-pro"],
    ["modalities", { modalities: ["text", "audio"] }],
    ["audio", { audio: { voice: "alloy", format: "wav" } }],
    ["web_search_options", { web_search_options: { odd: 1 } }],
    ["web_search_options", { web_search_options: { user_location: { type: "approximate", approximate: { city: "Köln" } } } }],
    ["web_search_options", { web_search_options: { search_context_size: "low" }, tools: [{ type: "function", function: { name: "f" } }] }],
    ["verbosity", { verbosity: "low" }],
    ["repetition_penalty", { repetition_penalty: 1.1 }],
    ["messages", { messages: [{ role: "system", content: "only" }] }],
    ["messages", { messages: [{ role: "user", content: "" }] }],
    ["messages[0].content[1]", { messages: [{ role: "system", content: [{ type: "text", text: "a" }, image] }] }],
    [
      "messages[1].content[0]",
      {
        messages: [
          { role: "user", content: "a" },
          { role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] },
        ],
      },
    ],
    [
      "messages[1].tool_calls[1].function.arguments",
      {
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", tool_calls: [call("1", "f"), call("2", "f", "[1]")] },
        ],
      },
    ],
    [
      "messages[1].tool_calls[0].function.arguments",
      {
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", tool_calls: [call("1", "f", "{")] },
        ],
      },
    ],
    [
      "messages[1].tool_call_id",
      {
        messages: [
          { role: "user", content: "a" },
          { role: "tool", tool_call_id: "c9", content: "x" },
        ],
      },
    ],
    ["model", {}, ""],
  ])("%s: %j", (field, members, model) => {
    expect(refused(members, model)).toBe(field);
  });

  test("the message says the field, the provider and what to do", () => {
    expect(written('{"model":"m","messages":[{"role":"user","content":"Hi"}],"stop":["1","2","3","4","5","6"]}')).toBe(
      "!stop `stop` has more than 5 sequences, which the provider `gemini` can't be asked for: use at most 5",
    );
  });

  test("embeddings of anything but text, of too many texts, and what only OpenAI knows of them", () => {
    const many = JSON.stringify(Array<string>(101).fill("a"));
    expect(written('{"model":"m","input":[[1,2]]}', FLASH, EMBEDDINGS)).toMatch(/^!input .*tokens/);
    expect(written(`{"model":"m","input":${many}}`, FLASH, EMBEDDINGS)).toMatch(/^!input .*100/);
    expect(written('{"model":"m","input":"a","extra":1}', FLASH, EMBEDDINGS)).toMatch(/^!extra /);
    expect(JSON.parse(written('{"model":"m","input":"a","encoding_format":"float"}', FLASH, EMBEDDINGS))).toEqual({
      requests: [{ model: `models/${FLASH}`, content: { parts: [{ text: "a" }] } }],
    });
  });
});

describe("the path", () => {
  const path = (model: string, stream = false): string => gemini.text("path", model, stream ? 1 : 0);
  test.each([
    ["gemini-2.5-flash", "models/gemini-2.5-flash"],
    ["models/gemini-2.5-flash", "models/gemini-2.5-flash"],
    ["tunedModels/my-model_1.2~x", "tunedModels/my-model_1.2~x"],
    ["google/gemini", "models/google%2Fgemini"],
    ["../../v1/files", "models/..%2F..%2Fv1%2Ffiles"],
    ["tunedModels/../models/x", "tunedModels/..%2Fmodels%2Fx"],
    ["models/..", "models/.."],
    ["x?key=1#f", "models/x%3Fkey%3D1%23f"],
    ["x:countTokens", "models/x%3AcountTokens"],
    ["a b%2F\\u0000\\n", "models/a%20b%252F%00%0A"],
    ["\\u002e\\u002e\\/é\\ud83d\\ude00", "models/..%2F%C3%A9%F0%9F%98%80"],
    ["x\\r\\nHost: evil", "models/x%0D%0AHost%3A%20evil"],
  ])("%s", (model, resource) => {
    expect(path(model)).toBe(`/v1beta/${resource}:generateContent`);
    expect(path(model, true)).toBe(`/v1beta/${resource}:streamGenerateContent?alt=sse`);
  });
});

test("whatever can be read is refused or becomes JSON with contents", { timeout: 600_000 }, () => {
  const random = new Random(printedSeed("requests for Gemini"));
  const pieces = (count: number, piece: () => string): string => Array.from({ length: random.below(count) }, piece).join(",");
  const content = (): string =>
    random.once(3)
      ? `[${pieces(3, () => (random.once(3) ? `{"type":"image_url","image_url":{"url":${jsonString(random)}}}` : `{"type":"text","text":${jsonString(random)}}`))}]`
      : jsonString(random);
  const id = (): string => `"c${random.below(3)}"`;
  const message = (): string => {
    const kind = random.below(4);
    if (kind === 0) return `{"role":"${random.pick(["system", "developer"])}","content":${content()}}`;
    if (kind === 1)
      return `{"role":"assistant","content":${content()},"tool_calls":[${pieces(3, () => `{"id":${id()},"type":"function","function":{"name":"f","arguments":${JSON.stringify(jsonText(random, 2))}}}`)}]}`;
    if (kind === 2)
      return `{"role":"tool","tool_call_id":${id()},"content":${random.once(2) ? JSON.stringify(jsonText(random, 2)) : content()}}`;
    return `{"role":"user","content":${content()}}`;
  };
  let accepted = 0;
  for (let i = 0; i < caseCount(5_000); i++) {
    const body = `{"model":"m","messages":[{"role":"user","content":"x"},${pieces(5, message) || message()}],"tools":[{"type":"function","function":{"name":"f","parameters":${jsonText(random, 2)}}}],"user":${jsonString(random)}}`;
    const bytes = random.once(3) ? spoil(random, Buffer.from(body)) : Buffer.from(body);
    const found = gemini.text("readAndWrite", [bytes, random.pick([FLASH, NEW])], CHAT);
    if (/^[!?]/.test(found)) continue;
    accepted++;
    expect(JSON.parse(found).contents.length).toBeGreaterThan(0);
  }
  expect(accepted).toBeGreaterThan(100);
});
