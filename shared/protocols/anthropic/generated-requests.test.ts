/** Whatever a client sends: what we write is what the provider takes, as strict as its documentation is. */
import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../../test/assembly/random.ts";
import { checkMessages } from "../../../test/providers/anthropic/check.ts";
import { signatureOf } from "../../../test/providers/anthropic/signature.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));
const decoder = new TextDecoder("utf-8", { fatal: true });

const models = [
  "claude-3-7-sonnet-latest",
  "claude-opus-4-1",
  "claude-sonnet-4-5",
  "claude-opus-4-6",
  "claude-opus-4-7",
  "claude-sonnet-5",
  "claude-fable-5",
  "claude-opus-5-5",
  "other",
];
const words = ["Hi", "", " ", "\n", 'Grüße "q"\\\n', "\u00a0", "a b\n", "😀\ud800", "{}", "x\t "];
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };

/** Why the provider would refuse what was written. */
function complaint(written: string): string | undefined {
  const json: unknown = JSON.parse(written);
  const request = { headers: { "anthropic-version": "2023-06-01" }, json } as unknown as Parameters<typeof checkMessages>[1];
  return checkMessages({ kind: "chat", stream: false, model: undefined }, request, { keys: [], models: ["*"], vendor: "" })?.message;
}

class Client {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  request(): Record<string, unknown> {
    const body: Record<string, unknown> = { model: "m", messages: this.messages() };
    const maybe = (name: string, ...values: unknown[]): void => {
      if (this.random.once(6)) body[name] = this.random.pick(values);
    };
    maybe("temperature", 0, 0.5, 1, 1.5);
    maybe("top_p", 0.2, 1);
    maybe("top_k", 0, 40);
    maybe("max_tokens", 1, 500, 20000);
    maybe("max_completion_tokens", 1, 500, 20000);
    maybe("stop", "a", ["b", " "], ["c", ""]);
    maybe("reasoning_effort", "none", "minimal", "low", "medium", "high", "xhigh");
    maybe("thinking", { type: "disabled" }, { type: "enabled" }, { type: "enabled", budget_tokens: 3000 });
    maybe("user", "u", "a@b.c", "");
    maybe("stream", true, false);
    maybe("response_format", { type: "json_object" }, { type: "json_schema", json_schema: { name: "n", schema } });
    maybe("n", 1, 2);
    maybe("seed", 5);
    maybe("store", true);
    if (this.random.once(2)) {
      body["tools"] = ["f", "g"].map((name) => ({
        type: "function",
        function: { name, ...(this.random.once(2) ? { parameters: schema } : {}), ...(this.random.once(3) ? { strict: true } : {}) },
      }));
      maybe("tool_choice", "auto", "none", "required", { type: "function", function: { name: "g" } });
      maybe("parallel_tool_calls", true, false);
    }
    return body;
  }

  private messages(): unknown[] {
    const messages: unknown[] = [];
    for (let count = 1 + this.random.below(5); count > 0; count--) messages.push(...this.turns());
    return messages;
  }

  private turns(): unknown[] {
    const text = (): string => this.random.pick(words);
    switch (this.random.below(7)) {
      case 0:
        return [{ role: this.random.pick(["system", "developer"]), content: text() }];
      case 1:
        return [{ role: "user", content: Array.from({ length: this.random.below(3) }, () => this.part()) }];
      case 2:
        return [{ role: "assistant", content: text(), ...this.thoughts() }];
      case 3:
        return this.round();
      default:
        return [{ role: "user", content: text() }];
    }
  }

  private part(): unknown {
    return this.random.pick([
      { type: "text", text: this.random.pick(words) },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      { type: "image_url", image_url: { url: "https://x.test/a.png" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
      { type: "file", file: { filename: "", file_data: "data:text/plain;base64,SGk=" } },
    ]);
  }

  private thoughts(): object {
    if (!this.random.once(2)) return {};
    const thinking = this.random.pick(["hm", "Grüße"]);
    return this.random.pick([
      { reasoning_content: thinking },
      { thinking_blocks: [{ type: "thinking", thinking, signature: signatureOf(thinking) }] },
      { thinking_blocks: [{ type: "redacted_thinking", data: "x" }] },
    ]);
  }

  /** Calls of tools, each with its result. */
  private round(): unknown[] {
    const calls = Array.from({ length: 1 + this.random.below(3) }, (_, index) => ({
      id: `call.${index}:${this.random.below(1e9)}`,
      type: "function",
      function: {
        name: this.random.pick(["f", "g"]),
        arguments: this.random.pick(["{}", "", '{"a":"\\u00e9\\n"}', '{"a":{"b":[1,2.50]}}']),
      },
    }));
    const results = calls.map((call) => ({
      role: "tool",
      tool_call_id: call.id,
      content: this.random.pick<unknown>([...words, [{ type: "text", text: "r" }]]),
    }));
    return [{ role: "assistant", content: this.random.pick([null, "", "Let me see"]), tool_calls: calls, ...this.thoughts() }, ...results];
  }
}

test("a request that fits is one that the provider takes", () => {
  const random = new Random(printedSeed("anthropic requests"));
  const client = new Client(random);
  let fitting = 0;
  const cases = caseCount(3000);
  for (let i = 0; i < cases; i++) {
    const body = client.request();
    const model = random.pick(models);
    if (anthropic.call("translate", [JSON.stringify(body), model]) !== 0) continue;
    fitting++;
    const written = decoder.decode(anthropic.output);
    const refused = complaint(written);
    expect(refused, `${model}\n${JSON.stringify(body)}\n${written}`).toBeUndefined();
  }
  expect(fitting).toBeGreaterThan(cases / 4);
});

test("a request with any fault is refused or becomes JSON, and traps nothing", () => {
  const random = new Random(printedSeed("spoilt requests"));
  const client = new Client(random);
  for (let i = caseCount(3000); i > 0; i--) {
    const spoilt = spoil(random, Buffer.from(JSON.stringify(client.request())));
    const status = anthropic.call("translate", [spoilt, random.pick(models)]);
    const output = decoder.decode(anthropic.output);
    if (status === 0) expect(() => JSON.parse(output) as unknown, output).not.toThrow();
    else expect(output).toContain(": ");
  }
});
