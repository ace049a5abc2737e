import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sealer, newMasterKey } from "../secrets/seal.ts";
import { readGateway } from "./read.ts";
import { sealGateway, secretFiles } from "./seal-gateway.ts";
import { secretSettings } from "./secrets.ts";

const sealer = Sealer.of(newMasterKey())!;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-seal-"));
  for (const [name, text] of Object.entries({ key: "sk-file\n", empty: "\n", words: "two words", account: '{\n "type": 1 }\n' }))
    writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

function sealed(yaml: string): ReturnType<typeof sealGateway> {
  const { gateway, problems } = readGateway(`version: 1\n${yaml}`, folder);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return sealGateway(gateway!, folder, sealer);
}

const models = "models: [{ match: gpt-*, to: openai }]\n";

test("keys of providers and consumers, secrets among the settings and the password are sealed for their owners; variables stay", () => {
  const before = sealer.seal("sk-sealed", "provider openai");
  const { gateway, problems } = sealed(`providers:
  openai: { type: openai, region: eu, keys: [env:KEY, "file:key", { key: sk-plain, name: plain }, "${before}"] }
  bedrock: { type: bedrock, settings: { awsRegion: us-east-1, awsAccessKey: env:ID, awsSecretKey: secret } }
  vertex: { type: vertex, settings: { vertexRegion: us-east5, vertexAuthKey: "file:account" } }
consumers: [{ name: alice, keys: [sk-alice, env:ALICE], data: { regions: [eu] } }, { name: bob, keys: "file:key" }]
redis: { url: redis://127.0.0.1, password: word }
${models}`);
  expect(problems).toEqual([]);
  const [openai, bedrock, vertex] = gateway.providers;
  const keys = ["env:KEY", sealer.seal("sk-file", "provider openai"), sealer.seal("sk-plain", "provider openai"), before];
  expect(openai!.keys).toEqual(keys);
  expect(openai!.pool.named.map(({ key }) => key)).toEqual(keys);
  expect(openai!.pool.named[2]!.name).toBe("plain");
  expect(bedrock!.settings).toEqual({
    awsRegion: "us-east-1",
    awsAccessKey: "env:ID",
    awsSecretKey: sealer.seal("secret", "provider bedrock"),
  });
  expect(vertex!.settings["vertexAuthKey"]).toBe(sealer.seal('{\n "type": 1 }', "provider vertex"));
  expect(gateway.consumers).toEqual([
    { name: "alice", keys: [sealer.seal("sk-alice", "consumer alice"), "env:ALICE"], data: { regions: ["eu"] } },
    { name: "bob", keys: [sealer.seal("sk-file", "consumer bob")], data: null },
  ]);
  expect(gateway.redis!.password).toBe(sealer.seal("word", "redis"));
  expect(gateway.environment.map(({ name }) => name)).toEqual(["KEY", "ID", "ALICE", "SLUICE_MASTER_KEY"]);
  expect(secretFiles(gateway, folder)).toEqual([join(folder, "key"), join(folder, "account"), join(folder, "key")]);
});

test("without anything to seal nothing changes, and the module reads no master key", () => {
  const { gateway } = sealed(`providers: { openai: { type: openai, keys: [env:KEY] } }\n${models}`);
  expect(gateway.environment.map(({ name }) => name)).toEqual(["KEY"]);
  expect(gateway.providers[0]!.keys).toEqual(["env:KEY"]);
});

test("what can't be sealed is named with its place, and not quoted", () => {
  const moved = sealer.seal("sk-moved", "provider other");
  const { problems } = sealed(
    `providers:\n  openai: { type: openai, keys: ["file:none", "file:empty", "file:words", "file:/", "${moved}"] }\n${models}`,
  );
  expect(problems.map(({ use, message }) => `${use.usedBy}: ${message}`)).toEqual([
    `provider openai: there is no file ${join(folder, "none")}`,
    `provider openai: ${join(folder, "empty")} is empty, expected a key`,
    `provider openai: ${join(folder, "words")}: a key has no spaces, line ends or letters beyond ASCII`,
    "provider openai: / can't be read (EISDIR)",
    "provider openai: its sealed key was changed, or sealed for somebody else than provider openai; seal it anew with sluice seal",
  ]);
});

test("the secret settings are those that the module opens", () => {
  const schema = JSON.parse(readFileSync(new URL("../../plugins/ai-proxy/config.schema.json", import.meta.url), "utf8")) as unknown;
  const found: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [name, value] of Object.entries(node)) {
      if (name !== "apiTokens" && String((value as { description?: unknown } | null)?.description ?? "").includes("`sealed:…`"))
        found.push(name);
      walk(value);
    }
  };
  walk(schema);
  expect(found.filter((name) => name !== "password" && name !== "key").sort()).toEqual([...secretSettings].sort());
});
