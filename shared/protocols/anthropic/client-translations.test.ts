/** Whatever an Anthropic client says that fits: what is written is what the provider takes, and what was said is in it. */
import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { checkMessages } from "../../../test/providers/anthropic/check.ts";
import { signatureOf } from "../../../test/providers/anthropic/signature.ts";
import { checkBody } from "../../../test/providers/gemini/check.ts";
import { checkChat } from "../../../test/providers/openai/check.ts";

const client = await assembly(new URL("./client.testing.ts", import.meta.url));
const decoder = new TextDecoder("utf-8", { fatal: true });

const [OPENAI, ANTHROPIC, GEMINI] = [0, 1, 2];
/** What `translate` answers where the client's own bytes will do. */
const UNCHANGED = 3;
const models: Record<number, string[]> = {
  [OPENAI]: ["gpt-4o", "gpt-5"],
  [ANTHROPIC]: ["claude-sonnet-4-5", "claude-opus-4-1"],
  [GEMINI]: ["gemini-2.5-flash", "gemini-3-pro", "gemini-3-flash"],
};
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
const setup = { keys: [], models: ["*"], vendor: "openai" };

/** Why the provider would refuse what was written. */
function complaint(provider: number, model: string, json: unknown): string | undefined {
  if (provider === OPENAI) return checkChat(json, setup)?.message;
  if (provider === GEMINI) return checkBody({ kind: "chat", stream: false, model }, json, setup)?.message;
  const request = { headers: { "anthropic-version": "2023-06-01" }, json } as unknown as Parameters<typeof checkMessages>[1];
  return checkMessages({ kind: "chat", stream: false, model: undefined }, request, setup)?.message;
}

/** Makes conversations that Anthropic takes, and notes every text in them: each is there once. */
class Client {
  said: string[] = [];
  private readonly random: Random;
  private count = 0;

  constructor(random: Random) {
    this.random = random;
  }

  request(): Record<string, unknown> {
    this.said = [];
    const body: Record<string, unknown> = { model: "claude-haiku-4-5", max_tokens: this.random.pick([3000, 20000]) };
    const maybe = (name: string, ...values: unknown[]): void => {
      if (this.random.once(5)) body[name] = this.random.pick(values);
    };
    maybe("system", this.text("s"), [{ type: "text", text: this.text("s"), cache_control: { type: "ephemeral" } }]);
    if (body["system"] === undefined) this.said = [];
    else this.said = [typeof body["system"] === "string" ? body["system"] : (body["system"] as { text: string }[])[0]!.text];
    body["messages"] = this.messages();
    maybe("temperature", 0, 0.5, 1);
    maybe("top_k", 1, 40);
    maybe("stop_sequences", ["a"], ["b", "c"]);
    maybe("thinking", { type: "disabled" }, { type: "enabled", budget_tokens: this.random.pick([1024, 2500]) });
    maybe("metadata", { user_id: "u" }, { user_id: "u".repeat(200) });
    maybe("stream", true, false);
    maybe("output_config", { effort: "low" }, { format: { type: "json_schema", schema } });
    maybe("service_tier", "auto");
    body["tools"] = ["f", "g"].map((name) => ({
      name,
      input_schema: schema,
      ...(this.random.once(3) ? { description: this.text("d") } : {}),
      ...(this.random.once(3) ? { strict: true } : {}),
    }));
    maybe("tool_choice", { type: "auto", disable_parallel_tool_use: this.random.once(2) }, { type: "any" }, { type: "tool", name: "g" });
    if (body["thinking"] !== undefined) {
      delete body["temperature"];
      delete body["top_k"];
      delete body["tool_choice"];
    }
    return body;
  }

  /** A text that stands nowhere else. */
  private text(kind: string): string {
    const text = `${kind}${this.count++}${this.random.pick(["", ' "q"', "\n", " 😀", " Grüße"])}.`;
    this.said.push(text);
    return text;
  }

  private messages(): unknown[] {
    const messages: unknown[] = [{ role: "user", content: this.text("u") }];
    for (let count = this.random.below(4); count > 0; count--) {
      if (this.random.once(2)) messages.push(...this.round());
      else messages.push({ role: "assistant", content: this.text("a") }, { role: "user", content: this.parts() });
    }
    return messages;
  }

  private parts(): unknown[] {
    return [
      { type: "text", text: this.text("p"), ...(this.random.once(3) ? { cache_control: { type: "ephemeral" } } : {}) },
      ...(this.random.once(2) ? [this.image()] : []),
      ...(this.random.once(3) ? [{ type: "document", source: { type: "text", media_type: "text/plain", data: this.text("t") } }] : []),
    ];
  }

  private image(): unknown {
    const data = Buffer.from(`${this.count++} image`).toString("base64");
    this.said.push(data);
    return { type: "image", source: { type: "base64", media_type: "image/png", data } };
  }

  /** Calls of tools, each with its result. */
  private round(): unknown[] {
    const thinking = `thought ${this.count++}`;
    const signature = signatureOf(thinking);
    const calls = Array.from({ length: 1 + this.random.below(3) }, () => {
      const id = `toolu_${this.count++}`;
      this.said.push(id);
      return { type: "tool_use", id, name: this.random.pick(["f", "g"]), input: { a: this.text("i") } };
    });
    const results = calls.map(({ id }) => ({
      type: "tool_result",
      tool_use_id: id,
      ...(this.random.once(3) ? { is_error: true } : {}),
      content: this.random.once(2)
        ? this.text("r")
        : [{ type: "text", text: this.text("r") }, ...(this.random.once(3) ? [this.image()] : [])],
    }));
    return [
      { role: "assistant", content: [{ type: "thinking", thinking, signature }, ...calls] },
      { role: "user", content: [...results, ...(this.random.once(3) ? [{ type: "text", text: this.text("m") }] : [])] },
    ];
  }
}

/** All strings in a JSON value, those that contain JSON taken apart, joined. */
function stringsIn(value: unknown): string {
  if (typeof value === "string") {
    let inner: unknown;
    try {
      inner = JSON.parse(value);
    } catch {
      return `${value}\0`;
    }
    return typeof inner === "object" && inner !== null ? stringsIn(inner) : `${value}\0`;
  }
  return value !== null && typeof value === "object" ? Object.values(value).map(stringsIn).join("") : "";
}

test.each([
  ["OpenAI", OPENAI],
  ["Anthropic", ANTHROPIC],
  ["Gemini", GEMINI],
])("%s takes what fits, and nothing that was said is lost", { timeout: 3_600_000 }, (_, provider) => {
  const random = new Random(printedSeed("messages to others"));
  const person = new Client(random);
  let fitting = 0;
  const cases = caseCount(2000);
  for (let i = 0; i < cases; i++) {
    const body = person.request();
    const model = random.pick(models[provider]!);
    // Models that reason take no other than their own, and say so by the client's name.
    if (model === "gpt-5") delete body["temperature"];
    const asked = JSON.stringify(body);
    if (client.call("translate", [asked, model], provider) !== 0) continue;
    fitting++;
    const written = decoder.decode(client.output);
    const json: unknown = JSON.parse(written);
    expect(complaint(provider, model, json), `${model}\n${asked}\n${written}`).toBeUndefined();
    const found = stringsIn(json);
    for (const said of person.said) if (!found.includes(said)) expect.fail(`${said} is lost\n${asked}\n${written}`);
  }
  expect(fitting).toBeGreaterThan(cases / 2);
});

test("to Anthropic go the client's own bytes, and of another model's name only that", { timeout: 3_600_000 }, () => {
  const random = new Random(printedSeed("messages to Anthropic"));
  const person = new Client(random);
  for (let i = caseCount(1000); i > 0; i--) {
    const body = person.request();
    const asked = JSON.stringify(body, null, random.pick([0, 1, 4]));
    expect(client.call("translate", [asked, ""], ANTHROPIC)).toBe(UNCHANGED);
    expect(client.output.toString()).toBe(asked);
    expect(client.call("translate", [asked, "claude-opus-4-1"], ANTHROPIC)).toBe(0);
    expect(client.output.toString()).toBe(asked.replace('"claude-haiku-4-5"', '"claude-opus-4-1"'));
  }
});

test("to Anthropic goes what only it knows, and what nobody knows yet", () => {
  const asked = `{"model":"claude-x","max_tokens":1e0,"messages":[{"role":"user","content":[{"type":"search_result","source":"https://x"}],"new":1}],
    "tools":[{"type":"web_search_20250305","name":"web_search"}], "a_field_of_the_future": [1.0, { "b": null }]}`;
  expect(client.call("translate", [asked, ""], ANTHROPIC)).toBe(UNCHANGED);
  expect(client.output.toString()).toBe(asked);
});

test.each([
  ["between others", '[A, {"type":"text","text":"a"} ,B,C]', '[{"type":"text","text":"a"}]'],
  ["alone", "[ A ]", '[{"type":"text","text":"(nothing)"}]'],
  ["beside Claude's own", "[A,S,B]", "[S]"],
])("thinking of other makers is left out for Claude: %s", (_, content, left) => {
  const blocks: Record<string, string> = {
    A: '{"type":"thinking","thinking":"x","signature":"gemini:CiQ"}',
    B: '{"signature":"","type":"thinking","thinking":"x"}',
    C: '{"type":"redacted_thinking","data":"gemini:CiQ"}',
    S: '{"type":"thinking","thinking":"x","signature":"EqoB"}',
  };
  const filled = (template: string): string => template.replaceAll(/\b[ABCS]\b/g, (name) => blocks[name]!);
  const request = (content: string, model: string): string =>
    `{"messages": [{"role":"user","content":"hi"}, {"content":${content},"role":"assistant"}, {"role":"user","content":[]}], "max_tokens":1,"model": "${model}" }`;
  const asked = request(filled(content), "claude-haiku-4-5");
  expect(client.call("translate", [asked, ""], ANTHROPIC)).toBe(0);
  expect(client.output.toString()).toBe(request(filled(left), "claude-haiku-4-5"));
  client.call("translate", [asked, "claude-x"], ANTHROPIC);
  expect(client.output.toString()).toBe(request(filled(left), "claude-x"));
  // A compatible server checks no signatures.
  expect(client.call("translate", [request(filled(content), "kimi-k2"), ""], ANTHROPIC)).toBe(UNCHANGED);
});

const tell = (...content: unknown[]): Record<string, unknown> => ({
  system: "s",
  messages: [
    { role: "user", content: "hi" },
    { role: "user", content },
  ],
});
const tool = { name: "f", input_schema: schema };
test.each<[string, number, string, Record<string, unknown>, string]>([
  ["a vendor's own tool", OPENAI, "gpt-4o", { tools: [{ type: "bash_20250124", name: "bash" }] }, "`tools[0]`"],
  ["a vendor's own tool", GEMINI, "gemini-2.5-flash", { tools: [{ type: "bash_20250124", name: "bash" }] }, "`tools[0]`"],
  ["a vendor's own block", OPENAI, "gpt-4o", tell({ type: "search_result", source: "x", title: "t", content: [] }), "`messages[1]`"],
  ["a vendor's own block", GEMINI, "gemini-2.5-flash", tell({ type: "search_result", source: "x" }), "`messages[1]`"],
  ["an uploaded image", OPENAI, "gpt-4o", tell({ type: "image", source: { type: "file", file_id: "f" } }), "`messages[1]`"],
  [
    "an uploaded image",
    GEMINI,
    "gemini-2.5-flash",
    tell({ type: "image", source: { type: "file", file_id: "f" } }),
    "`messages[1].content`",
  ],
  ["a document by URL", OPENAI, "gpt-4o", tell({ type: "document", source: { type: "url", url: "https://x" } }), "`messages[1]`"],
  [
    "citations",
    OPENAI,
    "gpt-4o",
    tell({ type: "document", source: { type: "text", data: "x" }, citations: { enabled: true } }),
    "`messages[1].content[0].citations`",
  ],
  [
    "citations",
    GEMINI,
    "gemini-2.5-flash",
    tell({ type: "document", source: { type: "text", data: "x" }, citations: { enabled: true } }),
    "`messages[1].content[0].citations`",
  ],
  ["a container", OPENAI, "gpt-4o", { container: "c" }, "`container`"],
  ["MCP servers", GEMINI, "gemini-2.5-flash", { mcp_servers: [{ type: "url" }] }, "`mcp_servers`"],
  ["a budget of the task's", OPENAI, "gpt-4o", { output_config: { task_budget: { total: 9 } } }, "`output_config.task_budget`"],
  [
    "one call at a time",
    GEMINI,
    "gemini-2.5-flash",
    { tools: [tool], tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    "`tool_choice.disable_parallel_tool_use`",
  ],
  ["many stops", GEMINI, "gemini-2.5-flash", { stop_sequences: ["a", "b", "c", "d", "e", "f"] }, "`stop_sequences`"],
  ["a foreign format", OPENAI, "gpt-4o", { output_config: { format: { type: "grammar" } } }, "`output_config.format`"],
  [
    "a schema beside tools",
    GEMINI,
    "gemini-2.5-flash",
    { tools: [tool], output_format: { type: "json_schema", schema } },
    "`output_config.format`",
  ],
  ["thinking", GEMINI, "gemini-2.0-flash", { thinking: { type: "enabled", budget_tokens: 2000 } }, "`thinking.budget_tokens`"],
  [
    "a result without its call",
    GEMINI,
    "gemini-2.5-flash",
    tell({ type: "tool_result", tool_use_id: "t", content: "r" }),
    "`messages[1].content`",
  ],
])("%s can't be said to provider %i (%s), by the client's own name", (_, provider, model, more, field) => {
  const body = { model: "m", max_tokens: 4000, messages: [{ role: "user", content: "hi" }], ...more };
  expect(client.call("translate", [JSON.stringify(body), model], provider), client.output.toString()).toBe(2);
  const { error } = JSON.parse(client.output.toString());
  expect(error.message).toContain(field);
  expect(error.message).toContain("`there`");
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ["a long user id is left out", { metadata: { user_id: "u".repeat(65) } }, { user: undefined }],
  ["a small budget is a low effort", { thinking: { type: "enabled", budget_tokens: 4095 } }, { reasoning_effort: "low" }],
  ["a budget is a medium effort", { thinking: { type: "enabled", budget_tokens: 4096 } }, { reasoning_effort: "medium" }],
  ["a large budget is a high effort", { thinking: { type: "enabled", budget_tokens: 16384 } }, { reasoning_effort: "high" }],
  ["adaptive thinking is up to the model", { thinking: { type: "adaptive" } }, { reasoning_effort: undefined }],
  ["the highest effort", { output_config: { effort: "max" } }, { reasoning_effort: "xhigh" }],
  ["a choice without tools is left out", { tool_choice: { type: "none" } }, { tool_choice: undefined }],
  [
    "top_k, markers and tiers are left out",
    { top_k: 5, cache_control: { type: "ephemeral" }, service_tier: "auto" },
    { top_k: undefined, cache_control: undefined, service_tier: undefined },
  ],
])("to OpenAI: %s", (_, more, expected) => {
  const body = { model: "m", max_tokens: 20000, messages: [{ role: "user", content: "hi" }], ...more };
  expect(client.call("translate", [JSON.stringify(body), "gpt-5"], OPENAI)).toBe(0);
  const written = JSON.parse(client.output.toString());
  for (const [name, value] of Object.entries(expected)) expect(written[name]).toEqual(value);
});
