/** What is written into documents and tables from other sources than a plugin's schema. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { replacePerformance, type Figure } from "./performance.ts";
import { replaceSettings } from "./settings.ts";
import { readVendors, replaceTypes, replaceVendors, writeCliVendors, writeVendors } from "./vendors.ts";

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
  const schema = JSON.parse(readFileSync(new URL("../../plugins/ai-proxy/vendors.schema.json", import.meta.url), "utf8")) as object;
  const evidence = { kind: "documentation", url: "https://acme.example/docs" };
  const acme = { type: "acme", name: "Acme", protocol: "openai", host: "api.acme.example", base: "/v1", serves: ["chat"], evidence };
  const read = (...vendors: object[]) =>
    readVendors(JSON.stringify({ quirks: { "callers-key": "Passes the key on.", "old-limit": "Old." }, vendors }), schema);

  test("becomes rows of ai-proxy", () => {
    const rows = writeVendors(
      read(
        { ...acme, quirks: ["old-limit"], also: { anthropic: "/a/v1/messages", responses: "/v1/responses" }, auth: "token" },
        { ...acme, type: "mine", host: undefined, hostField: "vllmServerHost", paths: { embeddings: "/e" } },
        { ...acme, type: "own-account", base: "/of/{cloudflareAccountId}/v1" },
      ),
    );
    expect(rows).toContain(
      'new Vendor(openai, Bytes.of("api.acme.example"), "/v1").at(Operation.Chat, "/chat/completions").also(anthropic, "/a/v1/messages").also(responses, "/v1/responses").key(Auth.Token).quirk(Quirk.OldLimit);',
    );
    expect(rows).toContain(
      'new Vendor(openai, fields.vllmServerHost, "/v1").at(Operation.Chat, "/chat/completions").path(Operation.Embeddings, "/e");',
    );
    expect(rows).toContain("fields.cloudflareAccountId.toString()}/v1`");
    expect(rows).toContain('return fields.cloudflareAccountId.isEmpty ? "cloudflareAccountId" : "";');
    expect(rows).toContain('return fields.vllmServerHost.isEmpty && fields.providerDomain.isEmpty ? "vllmServerHost" : "";');
  });

  test("becomes rows of the CLI", () => {
    const rows = writeCliVendors(
      read({ ...acme, keyVariable: "ACME_TOKEN" }, { ...acme, type: "mine", host: undefined, keyOptional: true, example: "http://a:1" }),
    );
    expect(rows).toContain('"acme": {"url":"https://api.acme.example","needsKey":true,"keyVariable":"ACME_TOKEN","ownPath":"/v1"},');
    expect(rows).toContain('"mine": {"needsKey":false,"ownPath":"/v1","example":"http://a:1"},');
  });

  test("stands between its marks", () => {
    const guide = replaceVendors(
      "a\n<!-- vendors:begin -->\nold\n<!-- vendors:end -->\nb\n",
      read({ ...acme, host: undefined, serves: ["chat", "embeddings"], also: { anthropic: "/v1/messages" } }),
    );
    expect(guide).toMatch(
      /\| `acme` \| Acme \| OpenAI \| Anthropic \| ✓ \| ✓ \| ✓ \| ✓ \| .* \| yours: `url` \| `authorization` \| \[documentation\]/,
    );
    expect(guide).not.toContain("old");
    expect(() => replaceVendors("nothing", read(acme))).toThrow("docs/providers.md has no");
  });

  test("gives the schemas their types", () => {
    const before = JSON.stringify({ $defs: { provider: { properties: { type: { enum: ["old"] } } } } });
    expect(JSON.parse(replaceTypes(before, read(acme)))).toEqual({ $defs: { provider: { properties: { type: { enum: ["acme"] } } } } });
    expect(() => replaceTypes("{}", read(acme))).toThrow("the schema has no");
  });

  test.each([
    [{ ...acme, quirks: ["other"] }, "acme has the quirk other, which isn't described"],
    [{ ...acme, protocol: "klingon" }, "acme speaks klingon, which isn't known"],
    [{ ...acme, also: { klingon: "/k" } }, "acme speaks klingon, which isn't known"],
    [{ ...acme, serves: ["singing"] }, "/vendors/0/serves/0 must be equal to one of the allowed values"],
    [{ ...acme, evidence: undefined }, "/vendors/0 must have required property 'evidence'"],
    [{ ...acme, base: "v1/" }, "/vendors/0/base must match pattern"],
    [{ ...acme, nmae: "x" }, "/vendors/0 must NOT have additional properties"],
  ])("isn't written where a row is wrong: %j", (row, message) => {
    expect(() => read(row)).toThrow(message);
  });

  test("has each vendor once", () => expect(() => read(acme, acme)).toThrow("acme stands twice"));
});

describe("settings of gateway.yaml", () => {
  test("are ai-proxy's fields, but for those that it has words for", () => {
    const provider = {
      properties: {
        id: { type: "string" },
        acmeHost: { type: "string" },
        later: { type: "string", "x-not-yet": true },
        acmeAccount: { description: "The account.", type: "string", minLength: 1, "x-form": "path-segment", "x-secret": true },
        list: { type: "array", items: { $ref: "#/$defs/item" } },
      },
    };
    const item = { type: "object", "x-class": "ItemFields", required: ["a"], properties: { a: { type: "integer" } } };
    const before = JSON.stringify({ $defs: { provider: { properties: { settings: { description: "Fields." } } } } });
    const after = replaceSettings(before, JSON.stringify({ $defs: { provider, item } }), new Set(["acmeHost"]));
    expect(JSON.parse(after).$defs.provider.properties.settings).toEqual({
      description: "Fields.",
      properties: {
        acmeAccount: { description: "The account.", type: "string", minLength: 1, pattern: expect.stringContaining("/?#") as string },
        list: {
          type: "array",
          items: { type: "object", required: ["a"], properties: { a: { type: "integer" } }, additionalProperties: false },
        },
      },
    });
  });
});
