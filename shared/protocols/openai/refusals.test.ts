import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { CHAT, EMBEDDINGS, HI, ask, compiled, tell, text, type Json } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

const refused = (body: unknown, operation = CHAT): { message: string; type: string; param: string | null; code: string | null } => {
  if (openai.call("readRequest", text(body), operation)) throw new Error(`not refused: ${openai.output.toString()}`);
  return JSON.parse(openai.output.toString()).error;
};

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
