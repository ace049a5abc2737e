/** Envoy's own credential filters behind the attempt, as docs/cloud-identities.md says: the files of envoy/cloud-identities on a real Envoy, with local servers in place of the clouds. */

import { spawn, type ChildProcess } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, testModule } from "../../cli/testing/sluice.ts";
import { build } from "../../scripts/build.ts";
import { root } from "../docs/blocks.ts";
import { startProvider, type Provider, type ReceivedRequest } from "../providers/provider.ts";

type Message = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), "sluice-identities-"));
let claude: Provider;
let openai: Provider;
/** Stands for a token endpoint and for the agent that gives containers their credentials. */
let cloud: Server;
let asked: { path: string; authorization: string | undefined; body: string }[] = [];
let cloudPort: number;
let envoy: ChildProcess | undefined;
let log = "";

beforeAll(async () => {
  await build(["sluice"]);
  claude = await startProvider({ protocol: "anthropic" });
  openai = await startProvider({ protocol: "openai" });
  cloud = createServer((message, response) => {
    let body = "";
    message.on("data", (part) => (body += String(part)));
    message.on("end", () => {
      asked.push({ path: message.url ?? "", authorization: message.headers.authorization, body });
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      const answer =
        message.url === "/credentials"
          ? { AccessKeyId: "AKID-ROLE", SecretAccessKey: "role-secret", Token: "role-token", Expiration: expiration }
          : { access_token: "token-of-client", token_type: "Bearer", expires_in: 3599 };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => cloud.listen(0, "127.0.0.1", resolve));
  cloudPort = (cloud.address() as AddressInfo).port;
});
afterEach(async () => {
  const running = envoy;
  envoy = undefined;
  if (running !== undefined) {
    const ended = new Promise((resolve) => running.on("exit", resolve));
    if (running.exitCode === null && running.kill("SIGTERM")) await ended;
  }
  asked = [];
  claude.reset();
  openai.reset();
});
afterAll(async () => {
  cloud?.close();
  await claude?.stop();
  await openai?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A file of envoy/cloud-identities, with its paths in the test's folder and its hosts here. */
function filtersOf(name: string): Message[] {
  const text = readFileSync(join(root, "envoy/cloud-identities", name), "utf8").replaceAll("/run/sluice", folder);
  return parse(text.replace("https://login.microsoftonline.com", "http://login.microsoftonline.com")) as Message[];
}

const typed = (type: string, rest: Message = {}): Message => ({ "@type": `type.googleapis.com/${type}`, ...rest });

function wasm(rootId: string, configuration: string): Message {
  const code = { local: { filename: testModule } };
  const config = {
    name: "sluice",
    root_id: rootId,
    allow_on_headers_stop_iteration: true,
    failure_policy: "FAIL_RELOAD",
    vm_config: { vm_id: "sluice", runtime: "envoy.wasm.runtime.v8", code },
    configuration: typed("google.protobuf.StringValue", { value: configuration }),
  };
  return { name: "sluice", typed_config: typed("envoy.extensions.filters.http.wasm.v3.Wasm", { config }) };
}

function cluster(name: string, port: number): Message {
  const endpoint = { address: { socket_address: { address: "127.0.0.1", port_value: port } } };
  const host = { endpoint, metadata: { filter_metadata: { sluice: { provider: name } } } };
  return { name, type: "STATIC", load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [host] }] } };
}

/** Starts Envoy with Claude at Bedrock's host and then OpenAI as targets, and these filters behind the attempt; where requests go. */
async function start(filters: Message[], environment: Record<string, string> = {}): Promise<string> {
  const [port, admin] = [await freePort(), await freePort()];
  const providers = [
    { id: "claude", type: "claude", apiTokens: ["overwritten"], providerDomain: "bedrock-runtime.us-east-1.amazonaws.com" },
    { id: "openai", type: "openai", apiTokens: ["sk-openai"] },
  ];
  const targets = [
    { provider: "claude", model: "claude-sonnet-4-5" },
    { provider: "openai", model: "gpt-4o" },
  ];
  const gate = wasm("", JSON.stringify({ "ai-proxy": { providers, plans: [{ cluster: "plan", targets }] } }));
  const codec = {
    name: "envoy.filters.http.upstream_codec",
    typed_config: typed("envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"),
  };
  const options = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: { http_protocol_options: {} },
    http_filters: [wasm("attempt", ""), ...filters, codec],
  });
  const route = { cluster: "plan", timeout: "20s", retry_policy: { retry_on: "5xx,reset", num_retries: 1 } };
  const manager = typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "gateway",
    http_filters: [gate, { name: "router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router") }],
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ name: "all", match: { prefix: "/" }, route }] }] },
  });
  const composite = typed("envoy.extensions.clusters.composite.v3.ClusterConfig", { clusters: [{ name: "claude" }, { name: "openai" }] });
  const bootstrap = {
    node: { id: "gateway", cluster: "gateway" },
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: admin } } },
    static_resources: {
      listeners: [
        {
          name: "gateway",
          address: { socket_address: { address: "127.0.0.1", port_value: port } },
          filter_chains: [{ filters: [{ name: "manager", typed_config: manager }] }],
        },
      ],
      clusters: [
        {
          name: "plan",
          lb_policy: "CLUSTER_PROVIDED",
          cluster_type: { name: "envoy.clusters.composite", typed_config: composite },
          typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
        },
        cluster("claude", claude.port),
        cluster("openai", openai.port),
        cluster("login", cloudPort),
      ],
    },
  };
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify(bootstrap));
  const found = await findEnvoy({ environment: process.env, tell: () => {} });
  log = "";
  envoy = spawn(found.path, ["-c", file, "--concurrency", "1", "--use-dynamic-base-id", "-l", "warning"], {
    env: { PATH: process.env.PATH, ...environment },
  });
  envoy.stderr!.on("data", (data) => (log += String(data)));
  for (let tries = 0; ; tries++) {
    const ready = await fetch(`http://127.0.0.1:${admin}/ready`).then(
      (answer) => answer.status === 200,
      () => false,
    );
    if (ready) return `http://127.0.0.1:${port}/v1/chat/completions`;
    if (envoy.exitCode !== null || tries > 300) throw new Error(log);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function ask(url: string): Promise<number> {
  const body = JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }] });
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  await answer.text();
  return answer.status;
}

/** The signature that AWS would compute for a request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(request: ReceivedRequest, secret: string): string {
  const [, date, region, service, names] =
    /Credential=[^/]+\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(request.headers["authorization"] ?? "") ?? [];
  if (names === undefined) return "there is none";
  const hash = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const headers = names.split(";").map((name) => `${name}:${request.headers[name]}`);
  const canonical = [request.method, request.path, "", ...headers, "", names, hash(request.body)].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hash(canonical)].join("\n")).toString("hex");
}

describe("AWS", () => {
  test("what the attempt has written is signed with keys from the environment, and another provider keeps its own key", async () => {
    claude.next({ error: { status: 529 } });
    const url = await start(filtersOf("aws.yaml"), { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });
    expect(await ask(url)).toBe(200);
    const [signed] = claude.requests;
    expect(signed!.json).toHaveProperty("max_tokens");
    expect(signed!.headers["authorization"]).toContain(`Signature=${signatureOf(signed!, "secret")}`);
    expect(openai.requests[0]!.headers["authorization"]).toBe("Bearer sk-openai");
    expect(openai.requests[0]!.headers).not.toHaveProperty("x-amz-date");
  });

  test("or with those of a role, which the container's agent gives for its token", async () => {
    const url = await start(filtersOf("aws.yaml"), {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${cloudPort}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "pod-token",
    });
    expect(await ask(url)).toBe(200);
    expect(asked[0]).toMatchObject({ path: "/credentials", authorization: "pod-token" });
    const [signed] = claude.requests;
    expect(signed!.headers["authorization"]).toContain(`Signature=${signatureOf(signed!, "role-secret")}`);
    expect(signed!.headers["x-amz-security-token"]).toBe("role-token");
  });

  test("without the matcher a fallback would get the signature, too", async () => {
    claude.next({ error: { status: 529 } });
    const [delegate] = filtersOf("aws.yaml") as [{ typed_config: { extension_config: Message } }];
    const url = await start([delegate.typed_config.extension_config], { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });
    await ask(url);
    expect(openai.requests[0]!.headers["authorization"]).toMatch(/^AWS4-HMAC-SHA256/);
  });
});

const secret = (name: string, text: string): string =>
  `resources:
- "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
  name: ${name}
  generic_secret: { secret: { inline_string: "${text}" } }
`;

test("a token may come from a file", async () => {
  writeFileSync(join(folder, "token.yaml"), secret("token", "Bearer from-the-file"));
  expect(await ask(await start(filtersOf("token-file.yaml")))).toBe(200);
  expect(claude.requests[0]!.headers["authorization"]).toBe("Bearer from-the-file");
});

test("Envoy gets a token by client credentials", async () => {
  writeFileSync(join(folder, "client-secret.yaml"), secret("client-secret", "of-the-application"));
  const url = await start(filtersOf("client-credentials.yaml"));
  // It asks only once it knows the secret, and looks for that every two seconds.
  for (let tries = 0; asked.length === 0 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await ask(url)).toBe(200);
  expect(claude.requests[0]!.headers["authorization"]).toBe("Bearer token-of-client");
  expect(asked[0]!.path).toBe("/TENANT/oauth2/v2.0/token");
  expect(Object.fromEntries(new URLSearchParams(asked[0]!.body))).toMatchObject({
    grant_type: "client_credentials",
    client_id: "APPLICATION",
    client_secret: "of-the-application",
  });
});

test("gcp_authn can't stand there", async () => {
  const type = "envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig";
  const filter = { name: "envoy.filters.http.gcp_authn", typed_config: typed(type, { cluster: "login" }) };
  await expect(start([filter])).rejects.toThrow("Didn't find a registered implementation for 'envoy.filters.http.gcp_authn'");
});
