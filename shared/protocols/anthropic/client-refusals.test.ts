/** What is refused of a Messages request. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";

let client: Assembly;
beforeAll(async () => {
  client = await assembly(new URL("./client.testing.ts", import.meta.url));
}, 60_000);

type Json = Record<string, unknown>;
const HI = { role: "user", content: "hi" };
const ask = (more: Json): Json => ({ model: "m", max_tokens: 9, messages: [HI], ...more });
const tell = (...messages: unknown[]): Json => ask({ messages });
const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

const refused = (body: unknown): string => {
  if (client.call("readRequest", text(body))) throw new Error(`not refused: ${client.output.toString()}`);
  const answer = JSON.parse(client.output.toString());
  expect(answer).toEqual({ type: "error", error: { type: "invalid_request_error", message: expect.any(String) } });
  return answer.error.message;
};

describe("refusals name the field, what was found, and what was expected", () => {
  const block = (more: unknown): Json => tell(HI, { role: "assistant", content: [{ type: "text", text: "a" }, more] });
  test.each<[string, unknown, string]>([
    ["no body", "", "the request has no body, expected a JSON object with `model`, `max_tokens` and `messages`"],
    ["no JSON", "{model:1}", "the request body is not valid JSON: unexpected character at byte 1"],
    ["an array", "[]", "the request body is an array, expected an object with `model`, `max_tokens` and `messages`"],
    ["no model", { max_tokens: 1, messages: [HI] }, "`model` is missing, expected the name of a model"],
    ["a null model", ask({ model: null }), "`model` is null, expected a string"],
    ["an empty model", ask({ model: "" }), "`model` is empty, expected the name of a model"],
    ["no limit", { model: "m", messages: [HI] }, "`max_tokens` is missing, expected how many tokens the answer may have at most"],
    ["a null limit", ask({ max_tokens: null }), "`max_tokens` is null, expected a number"],
    ["no messages", { model: "m", max_tokens: 1 }, "`messages` is missing, expected an array of messages"],
    ["empty messages", tell(), "`messages` is empty, expected at least one message"],
    ["messages that are text", ask({ messages: "hi" }), "`messages` is a string, expected an array of messages"],
    ["a message that is text", tell("hi"), "`messages[0]` is a string, expected a message"],
    ["no role", tell({ content: "a" }), "`messages[0].role` is missing, expected user or assistant"],
    ["an unknown role", tell(HI, { role: "tool", content: "a" }), '`messages[1].role` is "tool", expected user or assistant'],
    ["no content", tell({ role: "user" }), "`messages[0].content` is missing, expected a string or an array of blocks"],
    [
      "content that is an object",
      tell({ role: "user", content: {} }),
      "`messages[0].content` is an object, expected a string or an array of blocks",
    ],
    ["null content", tell({ content: null, role: "user" }), "`messages[0].content` is null, expected a string or an array of blocks"],
    ["a block that is text", block("a"), "`messages[1].content[1]` is a string, expected a block"],
    ["a block without type", block({ text: "a" }), "`messages[1].content[1].type` is missing, expected the kind of the block"],
    ["a text that is a number", block({ type: "text", text: 1 }), "`messages[1].content[1].text` is a number, expected a string"],
    ["a text without text", block({ type: "text" }), "`messages[1].content[1].text` is missing, expected a string"],
    ["an image without source", block({ type: "image" }), "`messages[1].content[1].source` is missing, expected an object with `type`"],
    [
      "an image without data",
      block({ type: "image", source: { type: "base64", media_type: "image/png" } }),
      "`messages[1].content[1].source.data` is missing, expected the data in base64",
    ],
    [
      "an image without type",
      block({ type: "image", source: { type: "base64", data: "AA" } }),
      "`messages[1].content[1].source.media_type` is missing, expected the data's media type",
    ],
    [
      "a call without id",
      block({ type: "tool_use", name: "f", input: {} }),
      "`messages[1].content[1].id` is missing, expected the call's id",
    ],
    [
      "a call without name",
      block({ type: "tool_use", id: "t", input: {} }),
      "`messages[1].content[1].name` is missing, expected the tool's name",
    ],
    [
      "a call without input",
      block({ type: "tool_use", id: "t", name: "f", input: [] }),
      "`messages[1].content[1].input` is missing, expected an object",
    ],
    [
      "a result without id",
      block({ type: "tool_result", content: "r" }),
      "`messages[1].content[1].tool_use_id` is missing, expected the id of the call that this answers",
    ],
    [
      "a result of numbers",
      block({ type: "tool_result", tool_use_id: "t", content: 5 }),
      "`messages[1].content[1].content` is neither a string nor an array of blocks",
    ],
    [
      "a wrong block in a result",
      block({ type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "a" }, { type: "text" }] }),
      "`messages[1].content[1].content[1].text` is missing, expected a string",
    ],
    [
      "a flag that is text",
      block({ type: "tool_result", tool_use_id: "t", is_error: "yes" }),
      "`messages[1].content[1].is_error` is a string, expected a boolean",
    ],
    [
      "thinking without words",
      block({ type: "thinking", signature: "s" }),
      "`messages[1].content[1].thinking` is missing, expected a string",
    ],
    ["redacted thinking without data", block({ type: "redacted_thinking" }), "`messages[1].content[1].data` is missing, expected a string"],
    ["a system that is a number", ask({ system: 5 }), "`system` is a number, expected a string or an array of blocks"],
    ["a system block without text", ask({ system: [{ type: "text" }] }), "`system[0].text` is missing, expected a string"],
    ["tools that are an object", ask({ tools: {} }), "`tools` is an object, expected an array of tools"],
    ["a tool without name", ask({ tools: [{ input_schema: {} }] }), "`tools[0].name` is missing, expected the tool's name"],
    ["a tool without schema", ask({ tools: [{ name: "f" }] }), "`tools[0].input_schema` is missing, expected a JSON Schema object"],
    [
      "a schema that is text",
      ask({ tools: [{ name: "f", input_schema: "x" }] }),
      "`tools[0].input_schema` is a string, expected a JSON Schema object",
    ],
    ["a choice that is text", ask({ tool_choice: "auto" }), "`tool_choice` is a string, expected an object with `type`"],
    ["an unknown choice", ask({ tool_choice: { type: "required" } }), '`tool_choice.type` is "required", expected auto, any, tool or none'],
    ["a choice of nothing", ask({ tool_choice: { type: "tool" } }), "`tool_choice.name` is missing, expected the tool's name"],
    ["thinking without type", ask({ thinking: {} }), "`thinking.type` is missing, expected enabled, adaptive or disabled"],
    ["unknown thinking", ask({ thinking: { type: "on" } }), '`thinking.type` is "on", expected enabled, adaptive or disabled'],
    [
      "thinking without budget",
      ask({ thinking: { type: "enabled" } }),
      "`thinking.budget_tokens` is missing, expected how many tokens the thinking may have",
    ],
    [
      "a format without schema",
      ask({ output_config: { format: { type: "json_schema" } } }),
      "`output_config.format.schema` is missing, expected a JSON Schema object",
    ],
    ["an effort that is a number", ask({ output_config: { effort: 1 } }), "`output_config.effort` is a number, expected a string"],
    ["a stream that is text", ask({ stream: "yes" }), "`stream` is a string, expected a boolean"],
    ["a temperature that is text", ask({ temperature: "hot" }), "`temperature` is a string, expected a number"],
    ["stops that are text", ask({ stop_sequences: "a" }), "`stop_sequences` is a string, expected an array of strings"],
    ["a stop that is a number", ask({ stop_sequences: ["a", 1] }), "`stop_sequences[1]` is a number, expected a string"],
    ["metadata that is text", ask({ metadata: "u" }), "`metadata` is a string, expected an object"],
    ["a user that is a number", ask({ metadata: { user_id: 1 } }), "`metadata.user_id` is a number, expected a string"],
  ])("%s", (_, body, message) => expect(refused(body)).toBe(message));

  test.each(["model", "messages", "system", "tools", "tool_choice", "max_tokens", "stream", "thinking", "output_config", "output_format"])(
    "twice the same: %s",
    (name) => {
      const value = JSON.stringify(ask({ system: "s", tools: [], tool_choice: { type: "auto" }, stream: true })[name] ?? null);
      const body = text(ask({})).slice(0, -1);
      const once = body.includes(`"${name}":`) ? "" : `"${name}":${value},`;
      expect(refused(`${body},${once}"${name}":${value}}`)).toContain(`\`${name}\` stands twice in the request`);
    },
  );
  test.each(["role", "content"])("twice the same in a message: %s", (name) =>
    expect(refused(`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a","${name}":"user"}]}`)).toContain(
      `\`messages[0].${name}\` stands twice in the request`,
    ),
  );
  test("in other letters, which some readers take for the field", () => {
    expect(refused(ask({ Model: "other" }))).toContain('the field "Model" is `model` to readers');
    expect(refused(ask({ meſſages: [] }))).toContain("is `messages` to readers");
    expect(refused(tell({ ...HI, Content: "x" }))).toContain("is `messages[0].content` to readers");
  });
});
