/** What is written into documents from other sources than a plugin's schema. */

import { describe, expect, test } from "vitest";
import { readPlugin, type Schema } from "./model.ts";
import { replacePerformance, type Figure } from "./performance.ts";
import { readVendors, replaceVendors } from "./vendors.ts";

describe("figures in README.md", () => {
  const readme = "before\n<!-- performance:begin -->\nold\n<!-- performance:end -->\nafter\n";
  const figures: Figure[] = [
    { id: "higress", value: 4.127, unit: "×", bar: 3, atLeast: true },
    { id: "key-auth", value: 1.301, unit: "×", bar: 1.25 },
    { id: "size-sluice", value: 301.2, unit: "KiB", bar: null },
    { id: "something-else", value: 1, unit: "s", bar: 2 },
  ];

  test("stand in their order, with whether the bar is met", () => {
    const rows = replacePerformance(readme, figures).split("\n");
    expect(rows).toContain("| key-auth alone: Envoy's CPU a request, over bare Envoy's | 1.30 × | ≤ 1.25 ×: missed |");
    expect(rows).toContain("| Higress's ai-proxy in the same Envoy: CPU a request, over ours | 4.13 × | ≥ 3 ×: met |");
    expect(rows).toContain("| size of the bundle | 301 KiB | – |");
    expect(rows.filter((row) => row.startsWith("| "))).toHaveLength(5);
    expect([rows[0], rows.at(-2)]).toEqual(["before", "after"]);
  });

  test("are gone where nothing was measured", () => {
    expect(replacePerformance(readme, null)).toBe("before\n<!-- performance:begin -->\n<!-- performance:end -->\nafter\n");
  });

  test("need their place", () => expect(() => replacePerformance("nothing", figures)).toThrow("README.md has no"));
});

describe("the table of vendors", () => {
  const plugin = (...types: string[]): ReturnType<typeof readPlugin> =>
    readPlugin("ai-proxy", {
      title: "ai-proxy",
      description: "A sample.",
      "x-class": "SampleFields",
      type: "object",
      required: ["type"],
      properties: { type: { description: "Which.", type: "string", enum: types } },
    } as Schema);
  const source = `export function vendorOf(type: ProviderType): Vendor {
  switch (type) {
    case ProviderType.Claude:
      return new Vendor(anthropic).host("api.anthropic.com").chat("/v1/messages").key(Auth.ApiKey);
    case ProviderType.Ollama:
    case ProviderType.Vllm:
      return new Vendor(openai)
        .chat("/v1/chat/completions")
        .embeddings("/v1/embeddings");
    default:
      return new Vendor(openai).host("api.openai.com").chat("/v1/chat/completions");
  }
}
`;

  test("comes from the rows", () => {
    expect(readVendors(source, plugin("openai", "claude", "ollama", "vllm"))).toEqual([
      {
        type: "openai",
        protocol: "OpenAI",
        host: "api.openai.com",
        chatPath: "/v1/chat/completions",
        embeddingsPath: "",
        keyHeader: "authorization",
      },
      {
        type: "claude",
        protocol: "Anthropic",
        host: "api.anthropic.com",
        chatPath: "/v1/messages",
        embeddingsPath: "",
        keyHeader: "x-api-key",
      },
      ...["ollama", "vllm"].map((type) => ({
        type,
        protocol: "OpenAI",
        host: "",
        chatPath: "/v1/chat/completions",
        embeddingsPath: "/v1/embeddings",
        keyHeader: "authorization",
      })),
    ]);
  });

  test("stands between its marks", () => {
    const guide = replaceVendors("a\n<!-- vendors:begin -->\nold\n<!-- vendors:end -->\nb\n", readVendors(source, plugin("vllm")));
    expect(guide).toContain("| `vllm` | vLLM | OpenAI | ✓ | ✓ | ✓ | ✓ | yours: `url` | `authorization` |");
    expect(guide).not.toContain("old");
    expect(() => replaceVendors("nothing", [])).toThrow("docs/providers.md has no");
  });

  test("isn't written where a row or a name isn't known", () => {
    expect(() => readVendors("", plugin("openai"))).toThrow("no function vendorOf");
    expect(() => readVendors(source.replace("new Vendor(anthropic)", "new Vendor(cohere)"), plugin("claude"))).toThrow("the row of claude");
    const row = { type: "acme", protocol: "OpenAI", host: "", chatPath: "", embeddingsPath: "", keyHeader: "authorization" } as const;
    expect(() => replaceVendors("<!-- vendors:begin --><!-- vendors:end -->", [row])).toThrow("no name for acme");
  });
});
