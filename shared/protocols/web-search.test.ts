/** A search of the web, from any client's form into each vendor's, and what of it is refused. */
import { expect, test } from "vitest";
import { assembly } from "../../test/assembly/compile.ts";
import { translate } from "../../test/ledger/measure.ts";
import { clients, type Client, type Provider } from "../../test/ledger/protocols.ts";

const pairs = await assembly(new URL("./pairs.testing.ts", import.meta.url));

function told(client: Client, provider: Provider, members: object, model?: string): Record<string, any> | string {
  const body = JSON.stringify({ ...clients[client].smallest, ...members });
  const found = translate(pairs, client, provider, body, false, model);
  return "body" in found ? (JSON.parse(found.body) as Record<string, any>) : found.param;
}

const place = { city: "Köln", country: "DE" };
const there = { type: "approximate", ...place };
const fn = { name: "f", input_schema: { type: "object" } };
const anthropics = (more: object = {}): object => ({ type: "web_search_20250305", name: "web_search", ...more });

test("to Anthropic go limits and the user's place", () => {
  const limits = { filters: { allowed_domains: ["x.test"] }, user_location: there, search_context_size: "high" };
  for (const type of ["web_search", "web_search_2025_08_26", "web_search_preview"])
    expect(told("responses", "anthropic", { tools: [{ type, ...limits }] })).toMatchObject({
      tools: [{ type: "web_search_20250305", name: "web_search", allowed_domains: ["x.test"], user_location: there }],
    });
  expect(
    told("openai", "anthropic", {
      web_search_options: { user_location: { type: "approximate", approximate: place } },
      tools: [{ type: "function", function: { name: "f" } }],
    }),
  ).toMatchObject({ tools: [{ name: "web_search", user_location: there }, { name: "f" }] });
  expect(told("responses", "anthropic", { tools: [{ type: "web_search" }], max_tool_calls: 3 })).toMatchObject({
    tools: [anthropics({ max_uses: 3 })],
  });
  expect(told("gemini", "anthropic", { tools: [{ google_search: {} }] })).toMatchObject({ tools: [anthropics()] });
});

test("to Gemini goes a search without limits, and without functions beside it", () => {
  expect(told("anthropic", "gemini", { tools: [anthropics({ cache_control: { type: "ephemeral" } })] })).toMatchObject({
    tools: [{ googleSearch: {} }],
  });
  expect(told("openai", "gemini", { web_search_options: { search_context_size: "low" } })).toMatchObject({ tools: [{ googleSearch: {} }] });
  expect(told("anthropic", "gemini", { tools: [anthropics({ max_uses: 3 })] })).toBe("tools[0]");
  expect(told("anthropic", "gemini", { tools: [anthropics({ allowed_domains: ["x.test"] })] })).toBe("tools[0]");
  expect(told("responses", "gemini", { tools: [{ type: "web_search" }], max_tool_calls: 3 })).toBe("tools[0]");
  expect(told("responses", "gemini", { tools: [{ type: "web_search", user_location: there }] })).toBe("tools[0]");
  expect(told("anthropic", "gemini", { tools: [fn, anthropics()] })).toBe("tools[1]");
  expect(told("anthropic", "gemini", { tools: [anthropics()], tool_choice: { type: "any" } })).toBe("tool_choice");
  expect(told("openai", "gemini", { web_search_options: { user_location: { type: "approximate", approximate: place } } })).toBe(
    "web_search_options",
  );
});

test("to OpenAI goes a search that a model of its takes", () => {
  const search = { tools: [anthropics({ user_location: there })] };
  expect(told("anthropic", "openai", search, "gpt-5-search-api")).toMatchObject({
    web_search_options: { user_location: { type: "approximate", approximate: place } },
  });
  expect(told("anthropic", "openai", search, "gpt-5-search-api")).not.toHaveProperty("tools");
  expect(told("gemini", "openai", { tools: [{ googleSearch: {} }] }, "gpt-4o-search-preview")).toMatchObject({ web_search_options: {} });
  expect(told("anthropic", "openai", search)).toBe("tools[0]");
  expect(told("anthropic", "openai", { tools: [anthropics({ blocked_domains: ["x.test"] })] }, "gpt-5-search-api")).toBe("tools[0]");
});

test("what isn't known of a search, and other tools of vendors, are refused", () => {
  expect(told("responses", "anthropic", { tools: [{ type: "web_search", filters: { odd: [1] } }] })).toBe("tools[0]");
  expect(told("responses", "anthropic", { tools: [{ type: "web_search", odd: 1 }] })).toBe("tools[0]");
  expect(told("anthropic", "gemini", { tools: [{ type: "web_fetch_20250910", name: "web_fetch" }] })).toBe("tools[0]");
  expect(told("gemini", "anthropic", { tools: [{ googleSearch: { timeRangeFilter: {} } }] })).toBe("tools");
  expect(told("openai", "anthropic", { web_search_options: { odd: 1 } })).toBe("web_search_options");
  for (const provider of ["bedrock", "cohere"] as const) {
    expect(told("anthropic", provider, { tools: [anthropics()] })).toBe("tools[0]");
    expect(told("openai", provider, { web_search_options: {} })).toBe("web_search_options");
  }
});

test("a tool of a client's own by that name is a function", () => {
  const tools = [{ ...fn, name: "web_search" }];
  expect(told("anthropic", "gemini", { tools })).toMatchObject({ tools: [{ functionDeclarations: [{ name: "web_search" }] }] });
});
