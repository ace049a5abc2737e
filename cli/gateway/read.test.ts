import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createAuthority } from "../../test/providers/certificates.ts";
import type { Gateway } from "./gateway.ts";
import { describeProblem, withoutSecrets } from "./problems.ts";
import { readGateway } from "./read.ts";

const testdata = fileURLToPath(new URL("../testdata/", import.meta.url));

function problemsOf(folder: string, name: string): { text: string; gateway: Gateway | null } {
  const directory = join(testdata, folder);
  const source = readFileSync(join(directory, `${name}.yaml`), "utf8");
  const { problems, gateway } = readGateway(source, directory);
  const shown = withoutSecrets(source, problems);
  return {
    gateway,
    text: `${problems.map((problem) => describeProblem(problem, `${name}.yaml`, shown)).join("\n")}\n`.replaceAll(directory, "<folder>"),
  };
}

function namesIn(folder: string): string[] {
  return readdirSync(join(testdata, folder)).flatMap((name) => (name.endsWith(".yaml") ? [name.slice(0, -5)] : []));
}

describe("a wrong file is refused, and every message says where and what", () => {
  test.each(namesIn("bad"))("%s", async (name) => {
    const { text, gateway } = problemsOf("bad", name);
    expect(gateway).toBeNull();
    expect(text).toContain("error:");
    await expect(text).toMatchFileSnapshot(join(testdata, "bad", `${name}.problems`));
  });
});

describe("a file that is right but doubtful is taken, with a warning", () => {
  test.each(namesIn("good"))("%s", async (name) => {
    const { text, gateway } = problemsOf("good", name);
    expect(gateway).not.toBeNull();
    expect(text).not.toContain("error:");
    await expect(text).toMatchFileSnapshot(join(testdata, "good", `${name}.problems`));
  });
});

function read(text: string): Gateway {
  const { gateway, problems } = readGateway(text, "/folder");
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return gateway!;
}

test("what isn't said has its default", () => {
  const gateway = read(readFileSync(join(testdata, "quickstart/gateway.yaml"), "utf8"));
  expect(gateway.listen).toEqual({ host: "127.0.0.1", port: 8080 });
  expect(gateway.admin).toEqual({ host: "127.0.0.1", port: 9901 });
  expect(gateway.accessLog).toBeNull();
  expect(gateway.timeouts).toEqual({ connect: 5_000, firstContent: 300_000, answer: 600_000, stall: 120_000 });
  expect(gateway.limits).toEqual({ body: 33_554_432, answer: 33_554_432 });
  expect(gateway.providers[0]!.endpoint).toMatchObject({ tls: true, host: "api.openai.com", port: 443, basePath: "", custom: false });
});

test("the schema's defaults are the ones that hold", () => {
  const { properties } = JSON.parse(readFileSync(new URL("../schema/gateway.schema.json", import.meta.url), "utf8"));
  const written = (fields: Record<string, { default: unknown }>): string =>
    JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default])));
  const body = readFileSync(join(testdata, "quickstart/gateway.yaml"), "utf8");
  const spelled = `${body}\nlisten: ${properties.listen.default}\nadmin: ${properties.admin.default}\naccess_log: ${properties.access_log.default}\ntimeouts: ${written(properties.timeouts.properties)}\nlimits: ${written(properties.limits.properties)}\n`;
  const { environment: _, ...withDefaults } = read(spelled);
  const { environment: __, ...without } = read(body);
  expect(withDefaults).toEqual(without);
});

test("to is a name, a target or a list, and so is fallback", () => {
  const providers =
    "version: 1\nproviders:\n  a: { type: vllm, url: http://127.0.0.1:1 }\n  b: { type: vllm, url: http://127.0.0.1:2 }\nmodels:\n";
  const entry = (fields: string) => read(`${providers}  - { match: m, ${fields} }`).models[0]!;
  expect(entry("to: a").to).toEqual([{ provider: "a", weight: 1 }]);
  expect(entry("to: { provider: a, model: x }").to).toEqual([{ provider: "a", model: "x", weight: 1 }]);
  expect(entry("to: [a, { provider: b, model: x }]").to).toEqual([
    { provider: "a", weight: 1 },
    { provider: "b", model: "x", weight: 1 },
  ]);
  expect(entry("to: a, fallback: b").fallback).toEqual([{ provider: "b" }]);
  expect(entry("to: a, fallback: [{ provider: b, model: x }, b]").fallback).toEqual([{ provider: "b", model: "x" }, { provider: "b" }]);
  expect(entry("to: [a, b]").othersJoin).toBe(true);
  expect(entry("to: [a, b], fallback: []").othersJoin).toBe(false);
});

test("a name without star is listed; a pattern lists what it is told", () => {
  const gateway = read(
    "version: 1\nproviders: { a: { type: vllm, url: http://127.0.0.1:1 } }\nmodels: [{ match: one, to: a }, { match: two-*, to: a }, { match: three-*, names: [three-x], to: a }]",
  );
  expect(gateway.models.map(({ names }) => names)).toEqual([["one"], [], ["three-x"]]);
});

test("an anchor stands for what it names", () => {
  const gateway = read("version: 1\nproviders: { a: &a { type: vllm, url: http://127.0.0.1:1 }, b: *a }\nmodels: [{ match: x, to: b }]");
  expect(gateway.providers[1]).toMatchObject({ id: "b", endpoint: { host: "127.0.0.1", port: 1 } });
});

test("paths are relative to the file", () => {
  const gateway = read(
    "version: 1\naccess_log: logs/access.log\nproviders: { a: { type: vllm, url: http://127.0.0.1:1 } }\nmodels: [{ match: x, to: a }]",
  );
  expect(gateway.accessLog).toBe("/folder/logs/access.log");
});

test("a custom URL: host, port and path, IPv6 too", () => {
  const endpoint = (url: string) =>
    read(`version: 1\nproviders: { a: { type: vllm, url: "${url}" } }\nmodels: [{ match: x, to: a }]`).providers[0]!.endpoint;
  expect(endpoint("http://localhost:8000/base/")).toMatchObject({
    tls: false,
    host: "localhost",
    port: 8000,
    basePath: "/base",
    custom: true,
  });
  expect(endpoint("https://LLM.example.com")).toMatchObject({
    tls: true,
    host: "llm.example.com",
    port: 443,
    basePath: "",
    serverName: "llm.example.com",
  });
  expect(endpoint("http://[::1]:8000")).toMatchObject({ host: "::1", port: 8000 });
});

test("each use of a variable is known by its place", () => {
  const { environment } = read(readFileSync(join(testdata, "quickstart/gateway.yaml"), "utf8"));
  expect(environment).toMatchObject([{ name: "OPENAI_API_KEY", usedBy: "provider openai" }]);
});

describe("Bedrock", () => {
  const file = (more: string): string =>
    `version: 1\nproviders:\n  aws: { type: bedrock, ${more} }\nmodels:\n  - { match: "*", to: aws }\n`;
  const signed = "awsAccessKey: env:AWS_ACCESS_KEY_ID, awsSecretKey: env:AWS_SECRET_ACCESS_KEY";

  test.each([
    ["eu-central-1", "bedrock-runtime.eu-central-1.amazonaws.com"],
    ["cn-north-1", "bedrock-runtime.cn-north-1.amazonaws.com.cn"],
  ])("is where its region %s says", (region, host) => {
    const gateway = read(file(`settings: { awsRegion: ${region}, ${signed} }`));
    expect(gateway.providers[0]!.endpoint).toMatchObject({ tls: true, host, port: 443, custom: false });
    expect(gateway.environment.map(({ name }) => name)).toEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
  });

  test("is elsewhere, where a url says so", () => {
    const gateway = read(file("url: https://bedrock-fips.test, keys: [env:K], settings: { awsRegion: us-east-1 }"));
    expect(gateway.providers[0]!.endpoint).toMatchObject({ host: "bedrock-fips.test", custom: true });
  });

  test.each([
    ["keys: [env:K]", 'provider "aws": bedrock needs settings: { awsRegion: us-east-1 }, or the region that you use'],
    ["keys: [env:K], settings: { awsRegion: us_east/1 }", "awsRegion: not the name of a region, such as us-east-1"],
    [
      "settings: { awsRegion: us-east-1 }",
      'provider "aws": bedrock needs keys, such as keys: [env:AWS_BEARER_TOKEN_BEDROCK], or settings:',
    ],
    ["settings: { awsRegion: us-east-1, awsAccessKey: env:A }", 'provider "aws": bedrock needs keys'],
  ])("%s is refused", (more, message) => {
    const { gateway, problems } = readGateway(file(more), "/folder");
    expect(gateway).toBeNull();
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
  });
});

test("servers of a list are asked as often as there are any, up to three, unless the file says otherwise", () => {
  const provider = (fields: string) =>
    read(`version: 1\nproviders: { a: { type: vllm, ${fields} } }\nmodels: [{ match: x, to: a }]`).providers[0]!;
  const [one, two, three, four] = [1, 2, 3, 4].map((last) => `http://10.0.0.${last}:8000`);
  expect(provider(`url: "${one}"`)).toMatchObject({ balance: null, pool: { attempts: 1 }, endpoint: { replicas: [] } });
  expect(provider(`url: "${one}", balance: round_robin`)).toMatchObject({ balance: "round_robin", pool: { attempts: 1 } });
  expect(provider(`url: ["${one}", "${two}"]`)).toMatchObject({
    balance: "least_request",
    pool: { attempts: 2 },
    endpoint: { host: "10.0.0.1", replicas: [{ host: "10.0.0.2", port: 8000 }] },
  });
  expect(provider(`url: ["${one}", "${two}", "${three}", "${four}"]`).pool.attempts).toBe(3);
  expect(provider(`url: ["${one}", "${two}"], attempts: 1`).pool.attempts).toBe(1);
});

test("a certificate is shown with its own key only", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-"));
  const authority = createAuthority();
  for (const name of ["a", "b"]) {
    const { cert, key } = authority.issue([name], "client");
    writeFileSync(join(directory, `${name}.pem`), cert);
    writeFileSync(join(directory, `${name}-key.pem`), key);
  }
  const problems = (tls: string) =>
    readGateway(
      `version: 1\nproviders: { a: { type: openai, keys: [env:K], tls: { ${tls} } } }\nmodels: [{ match: x, to: a }]`,
      directory,
    ).problems.map(({ message }) => message.replaceAll(directory, "<folder>"));
  expect(problems("cert: a.pem, key: a-key.pem")).toEqual([]);
  expect(problems("cert: a.pem, key: b-key.pem")).toEqual([
    "tls.key: <folder>/b-key.pem isn't the key of the certificate in <folder>/a.pem",
  ]);
  rmSync(directory, { recursive: true });
});
