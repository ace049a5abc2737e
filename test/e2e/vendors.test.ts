/** docs/providers.md, cell by cell: every vendor of the table, asked by OpenAI's SDK through a real Envoy. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isServed, keyHeaderOf, pathOf, readVendors, type VendorRow } from "../../scripts/generate/vendors.ts";
import { protocolNames, startProvider, type Provider } from "../providers/provider.ts";
import { startGateway, type TestGateway } from "./gateway.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../plugins/ai-proxy/${path}`, import.meta.url)), "utf8");
/** Of the others fixtures and unit tests say what goes over the wire; Vertex has a file of its own, and `generic` hands on whatever it gets. */
const rows = readVendors(read("vendors.json"), JSON.parse(read("vendors.schema.json")) as object).vendors.filter(
  ({ type, protocol, urlField }) =>
    !["vertex", "generic"].includes(type) && urlField === undefined && (protocolNames as string[]).includes(protocol),
);

/** What a type needs beside its keys. */
const settings: Readonly<Record<string, string>> = { cloudflare: "{ cloudflareAccountId: account }", bedrock: "{ awsRegion: us-east-1 }" };
/** The path as it is sent. */
const sent = (row: VendorRow, operation: "chat" | "embeddings"): string =>
  (pathOf(row, operation) ?? "").replace("{cloudflareAccountId}", "account");

const modelOf = ({ type }: VendorRow): string =>
  ({ openai: "gpt-4o", claude: "claude-sonnet-4-5", gemini: "gemini-2.5-flash" })[type] ?? "some-model";
const keyOf = ({ type }: VendorRow): string => `sk-key-of-${type}`;
const variableOf = ({ type }: VendorRow): string => `KEY_${type.toUpperCase().replaceAll("-", "_")}`;

const providers = new Map<string, Provider>();
let gateway: TestGateway;
let client: OpenAI;

beforeAll(async () => {
  for (const row of rows) {
    const protocol = row.protocol as "openai" | "anthropic" | "gemini" | "cohere" | "bedrock";
    providers.set(row.type, await startProvider({ protocol, ...(protocol === "openai" && { vendor: row.type }), keys: [keyOf(row)] }));
  }
  const lines = rows.map(
    (row) =>
      `  ${row.type}: { type: ${row.type}, url: ${providers.get(row.type)!.url}, keys: [env:${variableOf(row)}]${settings[row.type] === undefined ? "" : `, settings: ${settings[row.type]}`} }\n`,
  );
  gateway = await startGateway(`providers:\n${lines.join("")}models:\n  - { match: gpt-*, to: openai }\n`, {
    environment: Object.fromEntries(rows.map((row) => [variableOf(row), keyOf(row)])),
  });
  client = gateway.client();
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of providers.values()) await provider.stop();
});

test("the table has every vendor", () => expect(rows.length).toBeGreaterThanOrEqual(45));

describe.each(rows.map((row) => [row.type, row] as const))("%s", (type, row) => {
  const provider = (): Provider => providers.get(type)!;
  const model = `${type}/${modelOf(row)}`;
  const messages = [{ role: "user" as const, content: "Guten Tag" }];
  beforeEach(() => provider().reset());

  /** The one request that came, as the table says it is sent. */
  const expectRequest = (path: string): void => {
    expect(provider().refusals).toEqual([]);
    expect(provider().requests).toHaveLength(1);
    const request = provider().requests[0]!;
    if (path !== "") expect(request.path).toBe(path);
    const keys = Object.entries(request.headers).filter(([, value]) => value.includes("sk-"));
    const header = keyHeaderOf(row);
    expect(keys).toEqual([[header, header === "authorization" && row.auth !== "token" ? `Bearer ${keyOf(row)}` : keyOf(row)]]);
  };

  test.skipIf(isServed(row, "chat"))("no chat", async () => {
    await expect(client.chat.completions.create({ model, messages })).rejects.toThrow(OpenAI.BadRequestError);
    expect(provider().requests).toHaveLength(0);
  });

  test.runIf(isServed(row, "chat"))("chat", async () => {
    const answer = await client.chat.completions.create({ model, messages });
    expect(answer.choices[0]).toMatchObject({ message: { role: "assistant", content: "Guten Tag" }, finish_reason: "stop" });
    expect(answer.usage!.total_tokens).toBeGreaterThan(0);
    expectRequest(sent(row, "chat"));
  });

  test.runIf(isServed(row, "chat"))("streamed", async () => {
    let content = "";
    let finish: string | null = null;
    let total = 0;
    const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
    for await (const { choices, usage } of stream) {
      content += choices[0]?.delta.content ?? "";
      finish = choices[0]?.finish_reason ?? finish;
      // Moonshot has it in the choice, and what an OpenAI client gets from a vendor of its own protocol is the vendor's bytes.
      total = (usage ?? (choices[0] as { usage?: OpenAI.CompletionUsage } | undefined)?.usage)?.total_tokens ?? total;
    }
    expect([content, finish]).toEqual(["Guten Tag", "stop"]);
    expect(total).toBeGreaterThan(0);
    expectRequest(sent(row, "chat"));
  });

  test.runIf(isServed(row, "chat"))("tools", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: 'Please use the tool weather_in with {"city":"Rom"}' }],
      tools: [{ type: "function", function: { name: "weather_in", parameters } }],
    });
    const call = answer.choices[0]!.message.tool_calls?.[0];
    expect(answer.choices[0]!.finish_reason).toBe("tool_calls");
    expect(call).toMatchObject({ type: "function", id: expect.stringMatching(/./), function: { name: "weather_in" } });
    expect(JSON.parse((call as OpenAI.ChatCompletionMessageFunctionToolCall).function.arguments)).toEqual({ city: "Rom" });
    expectRequest(sent(row, "chat"));
  });

  test("embeddings", async () => {
    const wanted = type === "openai" ? "openai/text-embedding-3-small" : model;
    const answer = client.embeddings.create({ model: wanted, input: "Guten Tag", encoding_format: "float" });
    if (!isServed(row, "embeddings")) {
      await expect(answer).rejects.toThrow(OpenAI.BadRequestError);
      expect(provider().requests).toHaveLength(0);
    } else {
      expect((await answer).data[0]!.embedding.length).toBeGreaterThan(0);
      expectRequest(sent(row, "embeddings"));
    }
  });
});
