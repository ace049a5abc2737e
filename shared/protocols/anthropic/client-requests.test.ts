/** What becomes of a Messages request. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";

let client: Assembly;
beforeAll(async () => {
  client = await assembly(new URL("./client.testing.ts", import.meta.url));
}, 60_000);

type Json = Record<string, unknown>;
const HI = { role: "user", content: "hi" };
const ask = (more: Json): Json => ({ model: "m", max_tokens: 9, messages: [HI], ...more });
const tell = (...messages: unknown[]): Json => ask({ messages });
const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

/** The conversation in lines, without model and limit. */
const read = (body: unknown): string[] => {
  const isRead = client.call("readRequest", text(body));
  const found = client.output.toString();
  if (!isRead) throw new Error(found);
  return found
    .trimEnd()
    .split("\n")
    .filter((line) => !/^(model|maxTokens)=/.test(line));
};
/** What a setting becomes. */
const setting = (more: Json): string[] => read(ask(more)).slice(0, -2);
/** What the blocks of a user's message become. */
const blocks = (...content: unknown[]): string[] => read(tell({ role: "user", content })).slice(1);
describe("settings", () => {
  const schema = { type: "json_schema", schema: { type: "object" } };
  test.each<[Json, string[]]>([
    [{}, []],
    [{ stream: true }, ["stream=yes"]],
    [{ stream: null, temperature: null, system: null, tools: null, thinking: null, metadata: null }, []],
    [{ temperature: 0, top_p: 0.9, top_k: 40 }, ["temperature=0", "topP=0.9", "topK=40"]],
    [{ stop_sequences: ["a", "b\n"] }, ["stop=a", "stop=b\\n"]],
    [{ metadata: { user_id: "u1" } }, ["user=u1"]],
    [{ metadata: { user_id: null } }, []],
    [{ tool_choice: { type: "auto" } }, ["toolPolicy=auto"]],
    [{ tool_choice: { type: "any" } }, ["toolPolicy=required"]],
    [{ tool_choice: { type: "none" } }, ["toolPolicy=none"]],
    [
      { tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true } },
      ["toolPolicy=named", "toolChoiceName=f", "parallelToolCalls=no"],
    ],
    [{ tool_choice: { type: "auto", disable_parallel_tool_use: false } }, ["toolPolicy=auto"]],
    [{ thinking: { type: "enabled", budget_tokens: 2048 } }, ["thinking=yes", "thinkingBudget=2048"]],
    [{ thinking: { type: "adaptive", display: "omitted" } }, ["thinking=yes"]],
    [{ thinking: { type: "disabled" } }, ["thinking=no"]],
    [{ output_config: { effort: "medium" } }, ["effort=medium"]],
    [{ output_config: { effort: "max" } }, ["effort=xhigh"]],
    [{ output_config: { effort: "heroic" } }, ["effort=other"]],
    [{ output_config: { format: schema } }, ["outputFormat=json-schema", 'outputSchema={"type":"object"}']],
    [{ output_format: schema }, ["outputFormat=json-schema", 'outputSchema={"type":"object"}']],
    [{ output_format: null, output_config: { format: null } }, []],
    [{ output_config: { format: { type: "grammar" } } }, ["outputFormat=other"]],
    [{ output_config: { task_budget: { total: 5 } } }, ['other output_config.task_budget={"total":5}']],
    [{ container: "c", a_future: [1, null] }, ['other container="c"', "other a_future=[1,null]"]],
    [
      {
        tools: [
          { name: "f", description: "d", input_schema: { type: "object" }, strict: true, cache_control: { type: "ephemeral" } },
          { type: "custom", name: "g", input_schema: {}, eager_input_streaming: true },
          { type: "web_search_20250305", name: "web_search", max_uses: 3 },
          { name: "h", input_schema: {}, defer_loading: true },
        ],
      },
      [
        "other tools[3].defer_loading=true",
        'tool name=f description=d schema={"type":"object"} strict=yes cacheControl={"type":"ephemeral"}',
        "tool name=g schema={}",
        'foreign-tool name=web_search whole={"type":"web_search_20250305","name":"web_search","max_uses":3}',
        "tool name=h schema={}",
      ],
    ],
  ])("%j", (more, lines) => expect(setting(more)).toEqual(lines));
});

describe("what is said", () => {
  test("by the system, in a string or in blocks, in front of the messages wherever it stands", () => {
    const said = ["turn system", "text text=s", "turn user", "text text=hi"];
    expect(read({ model: "m", max_tokens: 9, system: "s", messages: [HI] })).toEqual(said);
    expect(read({ messages: [HI], max_tokens: 9, model: "m", system: "s" })).toEqual(said);
    expect(read(ask({ system: [{ type: "text", text: "s", cache_control: { type: "ephemeral", ttl: "1h" } }] }))).toEqual([
      "turn system",
      'text text=s cacheControl={"type":"ephemeral","ttl":"1h"}',
      "turn user",
      "text text=hi",
    ]);
  });
  test("by turns, whatever comes first in a message", () =>
    expect(
      read(
        tell(
          { content: [{ text: "a", type: "text" }], role: "user" },
          { role: "assistant", content: "b\u00e9" },
          { role: "user", content: "" },
        ),
      ),
    ).toEqual(["turn user", "text text=a", "turn assistant", "text text=b\u00e9", "turn user"]));
  test.each<[unknown, string[]]>([
    [{ type: "text", text: 'a "q"', citations: [{ type: "char_location" }] }, ['text text=a \\"q\\"']],
    [
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" }, cache_control: { type: "ephemeral" } },
      ['image mediaType=image/png data=AAAA cacheControl={"type":"ephemeral"}'],
    ],
    [{ type: "image", source: { type: "url", url: "https://x/a.png" } }, ["image url=https://x/a.png"]],
    [{ type: "image", source: { type: "file", file_id: "file_1" } }, ["image id=file_1"]],
    [
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: "AAAA" }, title: "a.pdf" },
      ["document mediaType=application/pdf data=AAAA name=a.pdf"],
    ],
    [{ type: "document", source: { type: "text", media_type: "text/plain", data: "words" } }, ["document text=words"]],
    [{ type: "document", source: { type: "url", url: "https://x/a.pdf" } }, ["document url=https://x/a.pdf"]],
    [{ type: "tool_use", id: "t", name: "f", input: { a: 1 } }, ['tool-call id=t name=f json={"a":1}']],
    [{ type: "tool_use", id: "t", name: "f", input: '{"a' }, ['tool-call id=t name=f escaped={\\"a']],
    [{ type: "tool_result", tool_use_id: "t", content: "r" }, ["tool-result id=t", "text text=r", "tool-result-end"]],
    [{ type: "tool_result", tool_use_id: "t" }, ["tool-result id=t", "tool-result-end"]],
    [
      {
        content: [
          { type: "text", text: "r" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } },
          { type: "document", source: { type: "text", data: "d" } },
        ],
        is_error: true,
        tool_use_id: "t",
        type: "tool_result",
        cache_control: { type: "ephemeral" },
      },
      [
        'tool-result id=t error cacheControl={"type":"ephemeral"}',
        "text text=r",
        "image mediaType=image/png data=AA",
        "document text=d",
        "tool-result-end",
      ],
    ],
    [{ type: "thinking", thinking: "hm", signature: "EqoB" }, ["thinking text=hm name=anthropic signature=EqoB"]],
    [{ type: "thinking", thinking: "hm", signature: "" }, ["thinking text=hm signature="]],
    [{ type: "thinking", thinking: "hm", signature: "gemini:CiQ" }, ["thinking text=hm name=gemini signature=CiQ"]],
    [{ type: "redacted_thinking", data: "Em" }, ["redacted-thinking data=Em name=anthropic"]],
    [{ type: "redacted_thinking", data: "gemini:Em" }, ["redacted-thinking data=Em name=gemini"]],
    [
      { type: "server_tool_use", id: "s", name: "web_search", input: "any" },
      ['unknown whole={"type":"server_tool_use","id":"s","name":"web_search","input":"any"}'],
    ],
    [
      { type: "search_result", source: "https://x", title: "t", content: [{ type: "text", text: "a" }] },
      ['unknown whole={"type":"search_result","source":"https://x","title":"t","content":[{"type":"text","text":"a"}]}'],
    ],
    [
      { type: "document", source: { type: "content", content: "c" } },
      ['unknown whole={"type":"document","source":{"type":"content","content":"c"}}'],
    ],
  ])("in %j", (block, lines) => expect(blocks(block)).toEqual(lines));
  test("a call's own signature stands in front of it", () =>
    expect(
      blocks(
        { type: "thinking", thinking: "", signature: "gemini-call:CiQ" },
        { type: "tool_use", id: "t", name: "f", input: {} },
        { type: "tool_use", id: "u", name: "f", input: {} },
      ),
    ).toEqual([
      "thinking text= name=gemini-call signature=CiQ",
      "tool-call id=t name=f json={} signature=CiQ",
      "tool-call id=u name=f json={}",
    ]));
  test("what changes how a document is read is kept by its path", () =>
    expect(
      read(
        tell({
          role: "user",
          content: [{ type: "document", source: { type: "text", data: "w" }, context: "c", citations: { enabled: true } }],
        }),
      ),
    ).toContain('other messages[0].content[0].citations={"enabled":true}'));
});

test("spoilt requests are read or refused, go to any provider or don't, and never trap", { timeout: 3_600_000 }, () => {
  const random = new Random(printedSeed("messages requests"));
  const full = ask({
    system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
    messages: [
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
          { type: "text", text: "look" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "t", signature: "gemini:s" },
          { type: "redacted_thinking", data: "d" },
          { type: "thinking", thinking: "", signature: "gemini-call:c" },
          { type: "tool_use", id: "t1", name: "f", input: { a: "\u00e9" } },
          { type: "server_tool_use", id: "s", name: "w", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "t1",
            is_error: true,
            content: [
              { type: "text", text: "r" },
              { type: "document", source: { type: "text", data: "d" } },
            ],
          },
        ],
      },
    ],
    tools: [{ name: "f", input_schema: { type: "object" } }],
    tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
    thinking: { type: "enabled", budget_tokens: 2000 },
    output_config: { effort: "low", format: { type: "json_schema", schema: {} } },
    stop_sequences: ["a"],
    metadata: { user_id: "u" },
    stream: true,
    other: [1, { a: null }],
  });
  const bodies = [Buffer.from(JSON.stringify(full)), Buffer.from(JSON.stringify(full, null, 1))];
  for (let i = 0; i < caseCount(4000); i++) {
    const body = spoil(random, random.pick(bodies));
    const isRead = client.call("readRequest", body);
    if (!isRead) expect(JSON.parse(client.output.toString()).error.type).toBe("invalid_request_error");
    for (const provider of [0, 1, 2]) {
      client.call("translate", [body, random.pick(["", "claude-sonnet-4-5", "gpt-4o", "gemini-3-pro"])], provider);
      expect(() => JSON.parse(client.output.toString())).not.toThrow();
    }
  }
});
