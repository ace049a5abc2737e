/** What clients of OpenAI's protocol might send: made by chance, for tests of what becomes of it. */
import type { Random } from "../assembly/random.ts";
import { signatureOf } from "../providers/anthropic/signature.ts";

const words = ["Hi", "", " ", "\n", 'Grüße "q"\\\n', "\u00a0", "a b\n", "😀\ud800", "{}", "x\t "];
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };

/** Where names of parts and settings don't matter, `images` and `files` may be left out, which few vendors take. */
export interface Kinds {
  readonly images: boolean;
  readonly files: boolean;
}

export class ChatClient {
  private readonly random: Random;
  private readonly kinds: Kinds;

  constructor(random: Random, kinds: Kinds = { images: true, files: true }) {
    this.random = random;
    this.kinds = kinds;
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
    const images = [
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      { type: "image_url", image_url: { url: "https://x.test/a.png" } },
    ];
    const files = [
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
      { type: "file", file: { filename: "", file_data: "data:text/plain;base64,SGk=" } },
    ];
    return this.random.pick<unknown>([
      { type: "text", text: this.random.pick(words) },
      ...(this.kinds.images ? images : []),
      ...(this.kinds.files ? files : []),
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
