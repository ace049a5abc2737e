import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Gateway } from "../gateway/gateway.ts";
import { readGateway } from "../gateway/read.ts";
import { gateConfiguration } from "./gate-configuration.ts";
import { moduleOf } from "./module.ts";
import { planRoutes } from "./plan-clusters.ts";
import type { Message } from "./protobuf.ts";
import { renderGateway, type Rendered } from "./render.ts";

const testdata = fileURLToPath(new URL("../testdata/", import.meta.url));
/** The smallest module that there is. */
const emptyModule = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

function gatewayOf(text: string, directory = testdata): Gateway {
  const { gateway, problems } = readGateway(text, directory);
  if (gateway === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  return gateway;
}

function example(name: string): Gateway {
  return gatewayOf(readFileSync(join(testdata, name, "gateway.yaml"), "utf8"), join(testdata, name));
}

function render(gateway: Gateway, bytes = emptyModule): Rendered {
  const module = moduleOf(
    bytes,
    gateway.environment.map(({ name }) => name),
  );
  return renderGateway(gateway, module, "/etc/sluice", "/etc/ssl/certs/ca-certificates.crt");
}

/** What the gate is told, taken out of the filter's configuration. */
function gateOf({ filters }: Rendered): Message {
  const text = JSON.stringify(filters).match(/"value":("(?:[^"\\]|\\.)*")/)![1]!;
  return JSON.parse(JSON.parse(text));
}

const clustersOf = ({ clusters }: Rendered): Map<string, Message> => new Map(clusters.map((cluster) => [cluster.name as string, cluster]));

describe.each(["quickstart", "full"])("the files of %s", (name) => {
  const rendered = render(example(name));
  const gate = gateOf(rendered);
  const files: Record<string, unknown> = {
    "bootstrap.json": rendered.bootstrap,
    "lds.json": rendered.listeners,
    "cds.json": rendered.clusters,
    "rds.json": rendered.routes,
    "ecds.json": JSON.parse(JSON.stringify(rendered.filters).replace(JSON.stringify(JSON.stringify(gate)), '"<gate.json>"')),
    "gate.json": gate,
  };
  test.each(Object.entries(files))("%s", async (file, content) => {
    const text = `${JSON.stringify(content, null, 2).replaceAll(join(testdata, name), "<folder>")}\n`;
    await expect(text).toMatchFileSnapshot(join(testdata, name, "envoy", file));
  });
});

describe("plans and their clusters", () => {
  const full = example("full");

  test("every plan that the gate may take has its cluster, and every member is a cluster", () => {
    const rendered = render(full);
    const clusters = clustersOf(rendered);
    const rules = (gateOf(rendered)["ai-proxy"] as { _rules_: { plans: { cluster: string; targets: { provider: string }[] }[] }[] })
      ._rules_;
    for (const plan of rules.flatMap(({ plans }) => plans)) {
      const members = (clusters.get(plan.cluster)!.cluster_type as any).typed_config.clusters.map(
        (member: { name: string }) => member.name,
      );
      expect(members).toEqual(plan.targets.map(({ provider }) => `provider:${provider}`));
      for (const member of members) expect(clusters.has(member)).toBe(true);
    }
  });

  test("rules and routes have the same names in the same order", () => {
    const rendered = render(full);
    const rules = (gateOf(rendered)["ai-proxy"] as { _rules_: { _match_route_: string[] }[] })._rules_;
    const routes = (rendered.routes[0]!.virtual_hosts as any)[0].routes.map((route: { name: string }) => route.name);
    expect([...rules.flatMap((rule) => rule._match_route_), "unrouted"]).toEqual(routes);
  });

  test("routes that have the same plan share its cluster", () => {
    const gateway = gatewayOf(
      "version: 1\nproviders: { a: { type: vllm, url: http://127.0.0.1:1 } }\nmodels: [{ match: x, to: a }, { match: y, to: a }]",
    );
    expect([...clustersOf(render(gateway)).keys()].filter((name) => name.startsWith("plan-"))).toHaveLength(1);
  });

  test("a plan's cluster has another name as soon as anything in it is another", () => {
    const base = "version: 1\nproviders: { a: { type: vllm, url: http://127.0.0.1:1 }, b: { type: vllm, url: http://127.0.0.1:2 } }\n";
    const planNames = (text: string, bytes = emptyModule): string[] => {
      const gateway = gatewayOf(text);
      return planRoutes(
        gateway,
        moduleOf(
          bytes,
          gateway.environment.map(({ name }) => name),
        ),
      )
        .find(({ route }) => route === "x")!
        .plans.map(({ cluster }) => cluster);
    };
    const first = planNames(`${base}models: [{ match: x, to: a }]`);
    expect(planNames(`${base}models: [{ match: x, to: a }]`)).toEqual(first);
    expect(planNames(`${base}models: [{ match: x, to: b }]`)).not.toEqual(first);
    expect(planNames(`${base}models: [{ match: x, to: { provider: a, model: m } }]`)).not.toEqual(first);
    expect(planNames(`${base}models: [{ match: x, to: a }]`, new Uint8Array([...emptyModule, 0, 1, 0]))).not.toEqual(first);
    expect(planNames(`${base}models: [{ match: x, to: a }]\nconsumers: [{ name: c, keys: [env:KEY] }]`)).not.toEqual(first);
  });
});

describe("one VM for both halves", () => {
  const wasmConfigs = (value: unknown, found: Message[] = []): Message[] => {
    if (value !== null && typeof value === "object") {
      if ("vm_config" in value) found.push(value as Message);
      for (const child of Object.values(value)) wasmConfigs(child, found);
    }
    return found;
  };

  test("gate and attempts have the same VM", () => {
    const rendered = render(example("full"));
    const gate = wasmConfigs(rendered.filters);
    const attempts = wasmConfigs(rendered.clusters);
    expect(gate.map(({ root_id }) => root_id)).toEqual([""]);
    expect(new Set(attempts.map(({ root_id }) => root_id))).toEqual(new Set(["attempt"]));
    expect(new Set([...gate, ...attempts].map(({ vm_config }) => JSON.stringify(vm_config))).size).toBe(1);
  });

  test("its id changes with the module, and with the environment that it sees", () => {
    const other = new Uint8Array([...emptyModule, 0, 1, 0]);
    expect(moduleOf(emptyModule, ["B", "A", "A"])).toMatchObject({ vmId: moduleOf(emptyModule, ["A", "B"]).vmId, environment: ["A", "B"] });
    expect(moduleOf(emptyModule, ["A"]).vmId).not.toBe(moduleOf(emptyModule, []).vmId);
    expect(moduleOf(emptyModule, []).vmId).not.toBe(moduleOf(other, []).vmId);
    expect(moduleOf(emptyModule, []).fileName).not.toBe(moduleOf(other, []).fileName);
  });

  test("no key's value is in any file, only the names of variables", () => {
    process.env.OPENAI_API_KEY = "sk-the-value";
    expect(JSON.stringify(render(example("full")))).not.toContain("sk-the-value");
    delete process.env.OPENAI_API_KEY;
  });
});

describe("the gate's configuration is what the plugins take", () => {
  const gateway = example("full");
  const module = moduleOf(emptyModule, []);
  const configuration = gateConfiguration(gateway, planRoutes(gateway, module)) as Record<string, Record<string, unknown>>;
  test.each(Object.keys(configuration))("%s", (plugin) => {
    const schema = JSON.parse(readFileSync(new URL(`../../plugins/${plugin}/config.schema.json`, import.meta.url), "utf8"));
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
    const { _rules_: rules = [], ...global } = configuration[plugin] as { _rules_?: Record<string, unknown>[] };
    for (const { _match_route_: _, ...fields } of [global as Record<string, unknown>, ...rules]) {
      validate(fields);
      expect(validate.errors ?? []).toEqual([]);
      expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });
  test("without consumers there is no key-auth", () => {
    expect(Object.keys(gateOf(render(example("quickstart"))))).toEqual(["model-router", "ai-proxy"]);
  });
});

describe("retryOnFailure", () => {
  const gateway = (settings: string) =>
    gatewayOf(`version: 1
providers:
  a: { type: openai, keys: [sk-1], settings: { retryOnFailure: ${settings} } }
  b: { type: openai, keys: [sk-2] }
models: [{ match: m, to: a, fallback: b }]`);

  test("a provider stands in its plans as often as it may be asked", () => {
    const rendered = render(gateway("{ enabled: true, maxRetries: 2 }"));
    const { providers, _rules_: rules } = gateOf(rendered)["ai-proxy"] as { providers: Message[]; _rules_: { plans: any[] }[] };
    const plan = rules.at(-1)!.plans[0];
    expect(plan.targets.map(({ provider }: { provider: string }) => provider)).toEqual(["a", "a", "a", "b"]);
    const members = JSON.stringify(clustersOf(rendered).get(plan.cluster));
    expect(members.match(/"name":"provider:\w"/g)).toEqual(["a", "a", "a", "b"].map((id) => `"name":"provider:${id}"`));
    expect(providers[0]).not.toHaveProperty("retryOnFailure");
  });

  test("off, it stands there once", () => {
    const { _rules_: rules } = gateOf(render(gateway("{ maxRetries: 2 }")))["ai-proxy"] as { _rules_: { plans: any[] }[] };
    expect(rules.at(-1)!.plans[0].targets).toHaveLength(2);
  });

  test("what Envoy has no limit or reason of its own for is refused", () => {
    expect(() => gateway("{ enabled: true, retryOnStatus: ['429'] }")).toThrow("retryOnStatus: leave it out");
    expect(() => gateway("{ enabled: true, retryTimeout: 100 }")).toThrow("retryTimeout: leave it out");
  });
});

describe("files that become system messages", () => {
  const models = "models: [{ match: m, to: p }]";
  const rendered = (settings: string, type = "openai") =>
    render(gatewayOf(`version: 1\nproviders: { p: { type: ${type}, keys: [sk-1], settings: ${settings} } }\n${models}`));

  test("context has a cluster of its own, to the host of its fileUrl", () => {
    const own = rendered("{ context: { fileUrl: 'https://files.example.com/a.txt?v=1' } }");
    const [provider] = (gateOf(own)["ai-proxy"] as { providers: Message[] }).providers;
    expect(provider!.context).toEqual({ fileUrl: "https://files.example.com/a.txt?v=1", serviceName: "context:p" });
    expect(JSON.stringify(clustersOf(own).get("context:p"))).toContain('"address":"files.example.com","port_value":443');
  });

  test("moonshotFileId is fetched through the provider's cluster", () => {
    const [provider] = (gateOf(rendered("{ moonshotFileId: f-1 }", "moonshot"))["ai-proxy"] as { providers: Message[] }).providers;
    expect(provider).toMatchObject({ moonshotFileId: "f-1", moonshotFileService: "provider:p" });
  });

  test.each([
    ["{ context: { fileUrl: files.txt } }", '"files.txt" is not an http or https URL'],
    ["{ context: { fileUrl: 'https://a.example/b', serviceName: c } }", "serviceName: leave it out"],
  ])("%s is refused", (settings, message) => {
    expect(() => rendered(settings)).toThrow(message);
  });
});

describe("how a pattern becomes a route", () => {
  const gateway = (match: string): Gateway =>
    gatewayOf(`version: 1\nproviders: { a: { type: vllm, url: http://127.0.0.1:1 } }\nmodels: [{ match: "${match}", to: a }]`);
  test.each([
    ["gpt-4o", { string_match: { exact: "gpt-4o" } }],
    ["gpt-*", { string_match: { prefix: "gpt-" } }],
    ["gpt-**", { string_match: { prefix: "gpt-" } }],
    ["*-mini", { string_match: { suffix: "-mini" } }],
    ["g*.i+", { string_match: { safe_regex: { regex: "g.*\\.i\\+" } } }],
    ["*", { present_match: true }],
  ])("%s", (match, expected) => {
    const route = (render(gateway(match)).routes[0]!.virtual_hosts as any)[0].routes.at(-2);
    expect(route).toMatchObject({ name: match, match: { headers: [{ name: "x-higress-llm-model", ...expected }] } });
  });
});
