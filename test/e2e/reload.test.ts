/** A gateway that runs takes a new configuration without losing a request, and keeps its own when the new one is wrong. */

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type ProviderName, type Providers, type TestGateway } from "./gateway.ts";
import { expectOnlyGoodRequests } from "./received.ts";

let providers: Providers;
let gateway: TestGateway;

const target = (name: ProviderName): string => `{ provider: ${name}, model: ${models[name]} }`;
const entry = (match: string, first: ProviderName, ...rest: ProviderName[]): string =>
  `  - { match: ${match}, to: ${target(first)}, fallback: [${rest.map(target).join(", ")}] }\n`;
const yaml = (...entries: string[]): string => `${providersYaml(providers)}models:\n${entries.join("")}`;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(yaml(entry("chat", "openai", "claude")), {
    expectedInLog: /wasm log sluice-\w+: |Plugin .* failed to load|Failed to configure base Wasm plugin/,
  });
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));
afterEach(() => expectOnlyGoodRequests(Object.values(providers)));

async function ask(model: string, content = "Hi"): Promise<{ status: number; text: string }> {
  const answer = await gateway.post("/v1/chat/completions", { model, messages: [{ role: "user", content }] });
  const body = (await answer.json()) as { choices?: { message: { content: string } }[] };
  return { status: answer.status, text: body.choices?.[0]?.message.content ?? "" };
}

describe("a wrong configuration", () => {
  const reload = "extension_config_discovery.http_filter.sluice";

  /** Puts a file in place as `sluice render` does, with another configuration of the gate. */
  function push(change: (configuration: any) => unknown): void {
    const path = join(gateway.directory, "ecds.json");
    const file = JSON.parse(readFileSync(path, "utf8"));
    const value = file.resources[0].typed_config.config.configuration;
    const changed = change(JSON.parse(value.value));
    value.value = typeof changed === "string" ? changed : JSON.stringify(changed);
    writeFileSync(`${path}.new`, JSON.stringify(file));
    renameSync(`${path}.new`, path);
  }

  const wrong: [string, (configuration: any) => unknown, RegExp][] = [
    ["a type that isn't known", (all) => ((all["ai-proxy"].providers[0].type = "opnai"), all), /providers\[0\]\.type.*"opnai".*openai/],
    [
      "a number in place of a list",
      (all) => ((all["ai-proxy"].providers = 7), all),
      /ai-proxy: providers: found a number, expected a list/,
    ],
    [
      "a plan of a provider that isn't there",
      (all) => ((all["ai-proxy"]._rules_[0].plans[0].targets[0].provider = "nobody"), all),
      /plans\[0\]\.targets\[0\]\.provider.*"nobody"/,
    ],
    [
      "a variable that isn't set",
      (all) => ((all["ai-proxy"].providers[1].apiTokens = ["env:NOT_THERE"]), all),
      /providers\[1\]\.apiTokens\[0\].*NOT_THERE/,
    ],
    [
      "consumers without credentials",
      (all) => ({ ...all, "key-auth": { consumers: [{ name: "alice" }], global_auth: true } }),
      /consumers\[0\]/,
    ],
    ["text that isn't JSON", () => '{"ai-proxy": {', /not valid JSON/],
  ];

  test.each(wrong)("%s: one line names the field, and the former configuration serves on", async (_, change, line) => {
    const path = join(gateway.directory, "ecds.json");
    const good = readFileSync(path, "utf8");
    const [failed, said] = [await gateway.stat(`${reload}.config_fail`), gateway.output.length];
    push(change);
    onTestFinished(() => {
      writeFileSync(`${path}.new`, good);
      renameSync(`${path}.new`, path);
    });
    while ((await gateway.stat(`${reload}.config_fail`)) === failed) await new Promise((resolve) => setTimeout(resolve, 10));
    for (let index = 0; index < 6; index++) expect(await ask("chat")).toEqual({ status: 200, text: "Hi" });
    const lines = gateway.output.slice(said).split("\n");
    expect(
      lines.filter((found) => line.test(found)),
      lines.join("\n"),
    ).toHaveLength(1);
    expect(lines.join("\n")).not.toMatch(/sk-provider|sk-ant-provider|AIza/);
  });
});

describe("sluice render into the running gateway", () => {
  const orders: ProviderName[][] = [["claude", "gemini"], ["gemini", "openai", "claude"], ["openai"], ["openai", "gemini"]];

  test("under load, with streams in flight: no request fails, no stream is cut, the new routes serve", async () => {
    // Streams that begin before the first change and end after the last.
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const words = Array.from({ length: 50 }, (_, index) => `word${index} `);
    for (const name of ["openai", "claude", "gemini"] as const)
      providers[name].next({ text: words, hold: { chunk: { index: 8, until: released } } });
    const streams = (["openai", "claude", "gemini"] as const).map(async (name) => {
      const stream = await gateway
        .client()
        .chat.completions.create({ model: `${name}/${models[name]}`, stream: true, messages: [{ role: "user", content: "Tell me" }] });
      let text = "";
      const finish: string[] = [];
      for await (const { choices } of stream) {
        text += choices[0]?.delta.content ?? "";
        if (choices[0]?.finish_reason) finish.push(choices[0].finish_reason);
      }
      return { text, finish };
    });
    await Promise.all(Object.values(providers).map((provider) => provider.received(0)));

    let asking = true;
    let sent = 0;
    const failures: string[] = [];
    const loads = Array.from({ length: 4 }, async () => {
      while (asking || sent < 300) {
        const content = `number ${sent++}`;
        const { status, text } = await ask("chat", content).catch((error: unknown) => ({ status: 0, text: String(error) }));
        if (status !== 200 || text !== content) failures.push(`${content}: ${status} ${text}`);
      }
    });
    for (const order of orders) {
      const { status, errors } = await gateway.render(
        yaml(entry("chat", ...(order as [ProviderName])), entry(`only-${order.join("-")}`, ...(order as [ProviderName]))),
      );
      expect(errors).toBe("");
      expect(status).toBe(0);
      // What was written is in force at once: the new model is known, and its first provider is asked.
      const before = providers[order[0]!].requests.filter(({ body }) => body.includes("after the change")).length;
      expect(await ask(`only-${order.join("-")}`, "after the change")).toEqual({ status: 200, text: "after the change" });
      expect(providers[order[0]!].requests.filter(({ body }) => body.includes("after the change")).length).toBe(before + 1);
    }
    asking = false;
    await Promise.all(loads);
    expect(failures).toEqual([]);

    release();
    for (const stream of await Promise.all(streams)) expect(stream).toEqual({ text: words.join(""), finish: ["stop"] });
    // Models of former files are gone.
    expect((await ask("only-claude-gemini")).status).toBe(404);
  });

  test("what the file has wrong is said with its place, and nothing changes", async () => {
    const { status, errors } = await gateway.render(yaml(entry("chat", "openai").replace("provider: openai", "provider: opnai")));
    expect(status).toBe(1);
    expect(errors).toMatch(/gateway\.yaml:\d+:\d+: .*opnai.*openai/);
    expect(await ask("chat")).toEqual({ status: 200, text: "Hi" });
  });
});
