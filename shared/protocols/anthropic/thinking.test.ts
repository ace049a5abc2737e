/** How much a model is asked to think depends on its version, for the API answers 400 to what a version doesn't know. */
import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));

type Body = Record<string, unknown>;
const hi = { role: "user", content: "Hi" };
const tools = [{ type: "function", function: { name: "f" } }];
const called = { role: "assistant", content: null, tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] };
const result = { role: "tool", tool_call_id: "c", content: "1" };

function translated(body: Body, model: string): Body {
  const status = anthropic.call("translate", [JSON.stringify({ model: "claude", messages: [hi], ...body }), model]);
  expect(status, anthropic.output.toString()).toBe(0);
  return JSON.parse(anthropic.output.toString());
}

function thinking(body: Body, model = "claude-sonnet-4-5"): Body {
  const { max_tokens, thinking, output_config } = translated(body, model);
  return { max_tokens, ...(thinking === undefined ? {} : { thinking }), ...(output_config === undefined ? {} : { output_config }) };
}

const budget = (tokens: number): Body => ({ type: "enabled", budget_tokens: tokens });
const adaptive = { type: "adaptive", display: "summarized" };

describe("a model that thinks by budget", () => {
  test.each<[effort: string, tokens: number]>([
    ["minimal", 1024],
    ["low", 1024],
    ["medium", 8192],
    ["high", 16384],
    ["xhigh", 32768],
    ["max", 32768],
  ])("thinks with effort %s up to %d tokens, and has 4096 more to answer", (effort, tokens) => {
    expect(thinking({ reasoning_effort: effort })).toEqual({ max_tokens: tokens + 4096, thinking: budget(tokens) });
  });

  test.each<[body: Body, expected: Body]>([
    [{}, { max_tokens: 4096 }],
    [{ reasoning_effort: "none" }, { max_tokens: 4096 }],
    [{ reasoning_effort: "high", thinking: { type: "disabled" } }, { max_tokens: 4096 }],
    [{ thinking: { type: "enabled" } }, { max_tokens: 12288, thinking: budget(8192) }],
    [
      { reasoning_effort: "medium", max_tokens: 8192 },
      { max_tokens: 16384, thinking: budget(8192) },
    ],
    [
      { reasoning_effort: "medium", max_tokens: 8193 },
      { max_tokens: 8193, thinking: budget(8192) },
    ],
    [
      { reasoning_effort: "low", max_tokens: 50 },
      { max_tokens: 1074, thinking: budget(1024) },
    ],
    [
      { reasoning_effort: "high", thinking: { type: "enabled", budget_tokens: 5000 } },
      { max_tokens: 9096, thinking: budget(5000) },
    ],
    [{ reasoning: { max_tokens: 20 } }, { max_tokens: 5120, thinking: budget(1024) }],
    [{ reasoning_max_tokens: 0 }, { max_tokens: 4096 }],
  ])("%j", (body, expected) => expect(thinking(body)).toEqual(expected));

  test("keeps to what the oldest models can answer", () => {
    expect(thinking({ reasoning_effort: "xhigh" }, "claude-opus-4-1-20250805")).toEqual({
      max_tokens: 32000,
      thinking: budget(32000 - 4096),
    });
    expect(thinking({ reasoning_effort: "xhigh", max_tokens: 31900 }, "claude-opus-4-20250514")).toEqual({
      max_tokens: 32000,
      thinking: budget(1024),
    });
  });

  test("has no sampling parameters then", () => {
    expect(translated({ reasoning_effort: "low", temperature: 0.3, top_k: 4 }, "claude-sonnet-4-5")).not.toHaveProperty("temperature");
    expect(translated({ reasoning_effort: "low", temperature: 0.3, top_k: 4 }, "claude-sonnet-4-5")).not.toHaveProperty("top_k");
  });

  test("doesn't think when it is forced to call a tool", () => {
    expect(thinking({ reasoning_effort: "high", tools, tool_choice: "required" })).toEqual({ max_tokens: 4096 });
    expect(thinking({ reasoning_effort: "high", tools, tool_choice: "auto" })).toEqual({ max_tokens: 20480, thinking: budget(16384) });
  });

  test("doesn't think where the thinking that led to a call is not there", () => {
    const thought = { ...called, thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "sig" }] };
    const unsigned = { ...called, reasoning_content: "hm" };
    const gemini = { ...called, thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "sig", format: "gemini" }] };
    const body = (turn: object): Body => ({ reasoning_effort: "low", tools, messages: [hi, turn, result] });
    expect(thinking(body(called))).toEqual({ max_tokens: 4096 });
    expect(thinking(body(unsigned))).toEqual({ max_tokens: 4096 });
    expect(thinking(body(gemini))).toEqual({ max_tokens: 4096 });
    expect(thinking(body(thought))).toEqual({ max_tokens: 5120, thinking: budget(1024) });
    expect(translated(body(thought), "claude-sonnet-4-5").messages).toContainEqual({
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "sig" },
        { type: "tool_use", id: "c", name: "f", input: {} },
      ],
    });
    expect(JSON.stringify(translated(body(unsigned), "claude-sonnet-4-5"))).not.toContain("hm");
    expect(JSON.stringify(translated(body(gemini), "claude-sonnet-4-5"))).not.toContain("hm");
    expect(thinking({ reasoning_effort: "low", messages: [hi, { role: "assistant", content: "Well" }] })).toEqual({ max_tokens: 4096 });
    expect(thinking({ reasoning_effort: "low", messages: [hi, { role: "assistant", content: "Well" }, hi] })).toEqual({
      max_tokens: 5120,
      thinking: budget(1024),
    });
  });

  test("gets redacted thinking back", () => {
    const turn = { role: "assistant", content: "a", thinking_blocks: [{ type: "redacted_thinking", data: "xyz" }] };
    expect(translated({ messages: [hi, turn, hi] }, "claude-sonnet-4-5").messages).toContainEqual({
      role: "assistant",
      content: [
        { type: "redacted_thinking", data: "xyz" },
        { type: "text", text: "a" },
      ],
    });
  });
});

describe("a model that thinks adaptively", () => {
  test.each<[model: string, effort: string, expected: Body]>([
    ["claude-opus-4-6", "high", { max_tokens: 20480, thinking: { type: "adaptive" }, output_config: { effort: "high" } }],
    ["claude-opus-4-6", "xhigh", { max_tokens: 36864, thinking: { type: "adaptive" }, output_config: { effort: "high" } }],
    ["claude-opus-4-7", "xhigh", { max_tokens: 36864, thinking: adaptive, output_config: { effort: "xhigh" } }],
    ["claude-opus-4-8", "max", { max_tokens: 36864, thinking: adaptive, output_config: { effort: "max" } }],
    ["claude-opus-4-8", "minimal", { max_tokens: 5120, thinking: adaptive, output_config: { effort: "low" } }],
    ["claude-opus-4-8", "none", { max_tokens: 4096 }],
    ["claude-sonnet-5", "medium", { max_tokens: 12288, thinking: adaptive, output_config: { effort: "medium" } }],
    ["claude-sonnet-5", "none", { max_tokens: 4096, thinking: { type: "disabled" } }],
    ["claude-opus-5-5", "none", { max_tokens: 12288, output_config: { effort: "low" } }],
    ["claude-fable-5", "low", { max_tokens: 5120, thinking: adaptive, output_config: { effort: "low" } }],
    ["claude-mythos-preview", "high", { max_tokens: 20480, thinking: adaptive, output_config: { effort: "high" } }],
  ])("%s with effort %s", (model, effort, expected) => expect(thinking({ reasoning_effort: effort }, model)).toEqual(expected));

  test("has room for thinking that nobody asked for", () => {
    expect(thinking({}, "claude-opus-4-8")).toEqual({ max_tokens: 4096 });
    expect(thinking({}, "claude-sonnet-5")).toEqual({ max_tokens: 12288 });
    expect(thinking({ max_tokens: 50 }, "claude-sonnet-5")).toEqual({ max_tokens: 50 });
  });

  test("takes a budget for an effort, where it knows no budgets", () => {
    const body = (tokens: number): Body => ({ thinking: { type: "enabled", budget_tokens: tokens } });
    expect(thinking(body(2000), "claude-opus-4-6")).toEqual({ max_tokens: 6096, thinking: budget(2000) });
    expect(thinking(body(2000), "claude-opus-4-7")).toEqual({ max_tokens: 6096, thinking: adaptive, output_config: { effort: "low" } });
    expect(thinking(body(10000), "claude-opus-4-7")["output_config"]).toEqual({ effort: "medium" });
    expect(thinking(body(20000), "claude-opus-4-7")["output_config"]).toEqual({ effort: "high" });
    expect(thinking(body(40000), "claude-opus-4-7")["output_config"]).toEqual({ effort: "xhigh" });
  });

  test("goes on thinking through rounds of tools", () => {
    expect(thinking({ reasoning_effort: "low", tools, messages: [hi, called, result] }, "claude-opus-4-7")).toEqual({
      max_tokens: 5120,
      thinking: adaptive,
      output_config: { effort: "low" },
    });
  });

  test("is forced to call a tool only without thinking, where it can be without", () => {
    expect(thinking({ reasoning_effort: "low", tools, tool_choice: "required" }, "claude-opus-4-6")).toEqual({
      max_tokens: 4096,
      output_config: { effort: "low" },
    });
    anthropic.call("translate", [JSON.stringify({ model: "c", messages: [hi], tools, tool_choice: "required" }), "claude-opus-5-5"]);
    expect(anthropic.output.toString()).toMatch(/^tool_choice: .*this model only takes auto and none/);
  });

  test("has no sampling parameters from 4.7 on", () => {
    expect(translated({ temperature: 1.7, top_p: 0.4, top_k: 3 }, "claude-opus-4-7")).toEqual({
      model: "claude-opus-4-7",
      max_tokens: 4096,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    });
    expect(translated({ temperature: 0.7 }, "claude-opus-4-6")["temperature"]).toBe(0.7);
  });
});

describe("a model's version", () => {
  /** `budget`, or what adaptive thinking looks like. */
  const kindOf = (model: string): unknown => {
    const { thinking } = translated({ reasoning_effort: "low" }, model);
    return (thinking as Body)["type"];
  };

  test.each([
    "claude-3-7-sonnet-20250219",
    "claude-3-7-sonnet-latest",
    "claude-sonnet-4-20250514",
    "claude-sonnet-4-0",
    "claude-opus-4@20250514",
    "anthropic/claude-opus-4.5",
    "claude-haiku-4-5-20251001",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "claude",
    "claude-latest",
    "deepseek-chat",
    "glm-4.7",
    "kimi-k2-5",
  ])("%s thinks by budget", (model) => expect(kindOf(model)).toBe("enabled"));

  test.each([
    "claude-opus-4-6",
    "claude-sonnet-4-6-20260217",
    "anthropic/claude-opus-4.7",
    "us.anthropic.claude-opus-4-8-v1",
    "claude-sonnet-5",
    "claude-haiku-5-5",
    "claude-opus-5-20260701",
    "claude-fable-5-1",
    "claude-opus-6",
    "claude-opus-10-2",
  ])("%s thinks adaptively", (model) => expect(kindOf(model)).toBe("adaptive"));

  test("decides whether it takes schemas, and temperature beside top_p", () => {
    const schema = { response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" } } } };
    const call = (body: Body, model: string): number =>
      anthropic.call("translate", [JSON.stringify({ model: "c", messages: [hi], ...body }), model]);
    expect(call(schema, "claude-opus-4-1")).toBe(2);
    expect(anthropic.output.toString()).toMatch(/^response_format: .*no structured outputs/);
    expect(call(schema, "claude-sonnet-4-5")).toBe(0);
    expect(call({ temperature: 0.5, top_p: 0.5 }, "claude-sonnet-4-0")).toBe(0);
    expect(call({ temperature: 0.5, top_p: 0.5 }, "claude-opus-4-1")).toBe(2);
  });
});
