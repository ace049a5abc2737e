/** The commands with a real Envoy, the module, and local providers. */

import { connect } from "node:net";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "../providers/provider.ts";
import { moduleOf } from "../../cli/envoy/module.ts";
import { renderGateway, type Rendered } from "../../cli/envoy/render.ts";
import { readGateway } from "../../cli/gateway/read.ts";
import { freePort, startSession, testModule, type RunningCommand, type Session } from "../../cli/testing/sluice.ts";
import { buildCli } from "../../scripts/build-cli.ts";
import { Admin } from "../../cli/process/admin.ts";
import { runningFrom, updateFolder, writeFolder } from "../../cli/process/folder.ts";

/** Makes other bytes of a module, and changes nothing: an empty custom section. */
const customSection = Buffer.from([0, 1, 0]);
const environment = { FIRST_KEY: "sk-first", SECOND_KEY: "sk-second" };

let session: Session;
let first: Provider;
let second: Provider;
let listen: number;
let admin: number;

beforeAll(async () => {
  first = await startProvider({ protocol: "openai" });
  second = await startProvider({ protocol: "openai" });
});
afterAll(async () => {
  await first.stop();
  await second.stop();
});
beforeEach(async () => {
  first.reset();
  second.reset();
  session = startSession();
  [listen, admin] = [await freePort(), await freePort()];
});
afterEach(() => session.close());

function gatewayYaml(models: string, more = ""): string {
  return `version: 1
listen: 127.0.0.1:${listen}
admin: 127.0.0.1:${admin}
providers:
  first: { type: openai, keys: [env:FIRST_KEY], url: ${first.url} }
  second: { type: openai, keys: [env:SECOND_KEY], url: ${second.url} }
models:
${models}
${more}`;
}

const firstThenSecond = "  - { match: gpt-*, to: first, fallback: second }";
const secondOnly = "  - { match: gpt-*, to: second }";

function ask(body: object | string = {}, path = "/v1/chat/completions"): Promise<Response> {
  const text =
    typeof body === "string" ? body : JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], ...body });
  return fetch(`http://127.0.0.1:${listen}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-client" },
    body: text,
  });
}

/** Resolves once nobody listens any more. */
async function refused(): Promise<void> {
  const isRefused = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(listen, "127.0.0.1", () => resolve((socket.destroy(), false)));
      socket.on("error", () => resolve(true));
    });
  while (!(await isRefused())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function started(yaml: string, args: readonly string[] = []): Promise<RunningCommand> {
  const command = await session.up(session.write("gateway.yaml", yaml), environment, args);
  expect(command.outcome.errors).toContain("Sluice is up");
  return command;
}

describe("up", () => {
  test("a request goes through to the provider, and says so in one line of the access log", async () => {
    const command = await started(gatewayYaml(firstThenSecond));
    expect(command.outcome.errors).toContain(`http://127.0.0.1:${listen}/v1`);
    const answer = await ask({}, "/v1/chat/completions?key=sk-in-the-query");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { role: "assistant" } }] });
    expect(first.requests).toHaveLength(1);
    command.signal("SIGTERM");
    const { status, output } = await command.ended;
    expect(status).toBe(0);
    const lines = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const line = lines.find(({ facts }) => facts.path === "/v1/chat/completions");
    expect(line).toMatchObject({
      method: "POST",
      status: 200,
      attempts: 1,
      client: "127.0.0.1",
      facts: { request_id: expect.any(String), provider: "first" },
    });
    for (const secret of ["sk-first", "sk-second", "sk-client", "sk-in-the-query"]) expect(output).not.toContain(secret);
  });

  test("the access log may be a file, in a folder that isn't there yet", async () => {
    const command = await started(gatewayYaml(firstThenSecond, "access_log: logs/access.log"));
    expect((await ask()).status).toBe(200);
    command.signal("SIGTERM");
    expect((await command.ended).output).toBe("");
    const lines = readFileSync(join(session.folder, "logs/access.log"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).facts.path)).toContain("/v1/chat/completions");
  });

  test("a provider that refuses is followed by the next", async () => {
    await started(gatewayYaml(firstThenSecond));
    first.always({ error: { status: 429 } });
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  test("a body up to the limit passes, a larger one gets 413 in OpenAI's form and reaches nobody", async () => {
    await started(gatewayYaml(firstThenSecond, "limits: { body: 2MiB }"));
    const padded = (size: number): Promise<Response> => ask({ messages: [{ role: "user", content: "a".repeat(size) }] });
    expect((await padded(1_900_000)).status).toBe(200);
    const refused = await padded(2_200_000);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining("limit"), type: expect.any(String) } });
    expect(first.requests).toHaveLength(1);
  });

  test("an answer of 20 MiB passes through both halves", async () => {
    await started(gatewayYaml(firstThenSecond));
    const content = "a".repeat(20 * 1024 * 1024);
    first.always({ text: content });
    const answer = await ask();
    expect(answer.status).toBe(200);
    const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
    expect(choices[0]!.message.content.length).toBe(content.length);
  });

  test("what isn't HTTP, or nothing here, is refused in a client's words", async () => {
    await started(gatewayYaml(firstThenSecond));
    const raw = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(listen, "127.0.0.1", () => socket.write(text));
        let received = "";
        socket.on("data", (chunk) => (received += chunk.toString()));
        socket.on("close", () => resolve(received));
        socket.on("error", () => resolve(received));
      });
    const cases: [string, number][] = [
      ["NOT HTTP\r\n\r\n", 400],
      ["POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: nine\r\n\r\n", 400],
      ["POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n", 400],
      [`GET /v1/models HTTP/1.1\r\nhost: x\r\nlong: ${"a".repeat(70_000)}\r\n\r\n`, 431],
      ["GET /v1/models HTTP/1.0\r\n\r\n", 426],
      ["GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", 404],
    ];
    for (const [request, status] of cases) {
      const [head = "", body = ""] = (await raw(request)).split("\r\n\r\n");
      expect(head).toContain(`HTTP/1.1 ${status} `);
      expect(head).toContain("content-type: application/json");
      expect(JSON.parse(body)).toMatchObject({ error: { message: expect.stringMatching(/\w{4}/), type: "invalid_request_error" } });
    }
  });

  test("a request in flight is answered before the gateway ends, and no other is taken", async () => {
    const command = await started(gatewayYaml(firstThenSecond));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    first.always({ hold: { headers: released } });
    const answer = ask();
    await first.received(0);
    command.signal("SIGINT");
    await refused();
    release();
    expect((await answer).status).toBe(200);
    expect((await command.ended).status).toBe(0);
  });

  test("npx that is ended by SIGTERM leaves neither sluice nor Envoy behind", async () => {
    await buildCli();
    const command = await session.upThroughNpx(session.write("gateway.yaml", gatewayYaml(firstThenSecond)), environment);
    expect(command.outcome.errors).toContain("Sluice is up");
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    first.always({ hold: { headers: released } });
    const answer = ask();
    await first.received(0);
    command.signal("SIGTERM");
    await refused();
    release();
    // As on the signal itself: what was asked before is answered.
    expect((await answer).status).toBe(200);
    expect((await command.ended).errors).toContain("has stopped.");
  });

  test("a second signal doesn't wait", async () => {
    // Were it to wait, it would be longer than the test may take.
    const command = await started(gatewayYaml(firstThenSecond), ["--drain", "3600"]);
    first.always({ hold: { headers: new Promise(() => {}) } });
    const answer = ask().then(
      (response) => response.status,
      () => "cut",
    );
    await first.received(0);
    command.signal("SIGINT");
    await refused();
    command.signal("SIGINT");
    expect((await command.ended).status).toBe(0);
    expect(await answer).toBe("cut");
  });
});

describe("up over TLS", () => {
  let secure: Provider;
  beforeAll(async () => {
    secure = await startProvider({ protocol: "openai", tls: { names: ["llm.example.com"] }, http2: true });
  });
  afterAll(() => secure.stop());

  const yaml = (tls: string): string => `version: 1
listen: 127.0.0.1:${listen}
admin: 127.0.0.1:${admin}
providers:
  secure: { type: openai, keys: [env:FIRST_KEY], url: ${secure.url}, tls: ${tls} }
models:
  - { match: gpt-*, to: secure }
`;

  test("the name is asked for and found in the certificate, HTTP/2 is negotiated", async () => {
    session.write("ca.pem", secure.ca!);
    await started(yaml("{ ca: ca.pem, server_name: llm.example.com }"));
    expect((await ask()).status).toBe(200);
    expect(secure.requests.at(-1)).toMatchObject({ httpVersion: "2.0", serverName: "llm.example.com" });
  });

  test("an address in place of a name is checked too", async () => {
    session.write("ca.pem", secure.ca!);
    await started(yaml("{ ca: ca.pem }"));
    expect((await ask()).status).toBe(200);
  });

  test.each([
    ["another name", "{ ca: ca.pem, server_name: other.example.com }"],
    ["an authority that isn't trusted", "{ server_name: llm.example.com }"],
  ])("%s: nothing is sent", async (_, tls) => {
    session.write("ca.pem", secure.ca!);
    secure.reset();
    await started(yaml(tls));
    const answer = await ask();
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(await answer.json()).toHaveProperty("error.message");
    expect(secure.requests).toHaveLength(0);
  });
});

describe("up says what stands in the way", () => {
  const up = (yaml: string, variables: Record<string, string | undefined> = {}): Promise<{ status: number | null; errors: string }> =>
    session.run(["up", session.write("gateway.yaml", yaml), "--module", testModule], { ...environment, ...variables });

  test("a variable that isn't set", async () => {
    const { status, errors } = await up(gatewayYaml(firstThenSecond), { SECOND_KEY: undefined });
    expect(status).toBe(2);
    expect(errors).toContain("gateway.yaml:6:34: SECOND_KEY is not set; provider second needs it");
    expect(errors).not.toContain("FIRST_KEY");
  });

  test("a port that is taken, and by whom", async () => {
    const { status, errors } = await up(gatewayYaml(firstThenSecond).replace(`127.0.0.1:${listen}`, `127.0.0.1:${first.port}`));
    expect(status).toBe(2);
    expect(errors).toMatch(
      new RegExp(`127\\.0\\.0\\.1:${first.port} is taken by .+ \\(process ${process.pid}\\)\\. Stop that process, or set another listen`),
    );
  });

  test("an Envoy that is too old", async () => {
    writeFileSync(join(session.folder, "envoy"), "#!/bin/sh\necho 'envoy  version: 0123abcd/1.39.2/Clean/RELEASE/BoringSSL'\n", {
      mode: 0o755,
    });
    const { status, errors } = await up(gatewayYaml(firstThenSecond), { SLUICE_ENVOY: join(session.folder, "envoy") });
    expect(status).toBe(2);
    expect(errors).toMatch(/SLUICE_ENVOY names .+, which is Envoy 1\.39\.2\. Sluice needs 1\.40\.\d+ or newer/);
  });

  test("an Envoy that isn't there", async () => {
    const { status, errors } = await up(gatewayYaml(firstThenSecond), { SLUICE_ENVOY: "./none" });
    expect(status).toBe(2);
    expect(errors).toContain("SLUICE_ENVOY names ./none, which isn't there.");
  });

  test("a gateway that runs from the same folder already", async () => {
    await started(gatewayYaml(firstThenSecond));
    const { status, errors } = await up(gatewayYaml(firstThenSecond));
    expect(status).toBe(2);
    expect(errors).toContain("already runs");
  });

  test("a module that isn't there", async () => {
    const { status, errors } = await session.run(
      ["up", session.write("gateway.yaml", gatewayYaml(firstThenSecond)), "--module", "none.wasm"],
      environment,
    );
    expect(status).toBe(2);
    expect(errors).toContain("The module none.wasm isn't there.");
  });

  test("a wrong file is 1, everything else is 2", async () => {
    expect((await up("version: 2")).status).toBe(1);
    expect((await session.run(["up", "none.yaml"])).status).toBe(2);
    expect((await session.run(["up"])).status).toBe(2);
    expect((await session.run(["check", "."])).status).toBe(2);
    expect((await session.run(["nothing"])).status).toBe(2);
    expect((await session.run(["--help"])).status).toBe(0);
  });
});

describe("check", () => {
  test("says what is there, and which variables will be needed", async () => {
    const { status, output, errors } = await session.run(["check", session.write("gateway.yaml", gatewayYaml(firstThenSecond))], {
      ...environment,
      SECOND_KEY: undefined,
    });
    expect(status).toBe(0);
    expect(output).toBe("gateway.yaml is valid: 2 providers, 1 model, 0 consumers.\n");
    expect(errors).toContain("SECOND_KEY is not set here");
  });
});

describe("render into the folder of a running gateway", () => {
  const render = (
    yaml: string,
    variables: Record<string, string> = {},
  ): Promise<{ status: number | null; errors: string; output: string }> =>
    session.run(["render", session.write("gateway.yaml", yaml), "--module", testModule], { ...environment, ...variables });

  test("no request is lost, and the next one takes the new way", async () => {
    await started(gatewayYaml(firstThenSecond));
    const statuses: (number | string)[] = [];
    let asking = true;
    const client = async (): Promise<void> => {
      while (asking) {
        statuses.push(
          await ask().then(
            async (answer) => (await answer.text(), answer.status),
            (error: Error) => error.message,
          ),
        );
      }
    };
    const clients = [client(), client(), client()];
    for (const models of [secondOnly, firstThenSecond, secondOnly]) {
      const { status, output } = await render(gatewayYaml(models));
      expect(status).toBe(0);
      expect(output).toContain("has taken gateway.yaml");
    }
    asking = false;
    await Promise.all(clients);
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    first.reset();
    second.reset();
    expect((await ask()).status).toBe(200);
    expect([first.requests.length, second.requests.length]).toEqual([0, 1]);
  });

  test("a change of the listener is refused, and nothing changes", async () => {
    await started(gatewayYaml(firstThenSecond));
    const folder = join(session.folder, ".sluice");
    const before = ["lds.json", "cds.json", "rds.json", "ecds.json", "bootstrap.json"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
    const { status, errors } = await render(
      gatewayYaml(secondOnly).replace(`listen: 127.0.0.1:${listen}`, `listen: 127.0.0.1:${await freePort()}`),
    );
    expect(status).toBe(2);
    expect(errors).toContain("Stop it and start it again");
    expect(
      ["lds.json", "cds.json", "rds.json", "ecds.json", "bootstrap.json"].map((name) => readFileSync(join(folder, name), "utf8")),
    ).toEqual(before);
  });

  test("time limits and sizes change without a new start", async () => {
    await started(gatewayYaml(firstThenSecond));
    const large = { messages: [{ role: "user", content: "a".repeat(200_000) }] };
    expect((await ask(large)).status).toBe(200);
    expect((await render(gatewayYaml(firstThenSecond, "limits: { body: 128KiB }\ntimeouts: { answer: 300ms }"))).status).toBe(0);
    expect((await ask(large)).status).toBe(413);
    second.reset();
    first.next({ hold: { headers: new Promise(() => {}) } });
    expect((await ask()).status).toBe(200);
    expect(second.requests).toHaveLength(1);
  });

  test("former clusters stay for the drain time, and are dropped after it", async () => {
    await started(gatewayYaml(firstThenSecond));
    const folder = join(session.folder, ".sluice");
    const running = (await runningFrom(folder))!;
    const rendered = (models: string): Rendered => {
      const gateway = readGateway(gatewayYaml(models), session.folder).gateway!;
      return renderGateway(
        gateway,
        moduleOf(
          readFileSync(testModule),
          gateway.environment.map(({ name }) => name),
        ),
        folder,
        null,
      );
    };
    const former = rendered(firstThenSecond).clusters.map(({ name }) => String(name));
    const wanted = rendered(secondOnly).clusters.map(({ name }) => String(name));
    await updateFolder(rendered(secondOnly), folder, running, 60_000);
    expect(await running.clusters()).toEqual(new Set([...former, ...wanted]));
    // Nothing is younger than no time at all.
    await updateFolder(rendered(secondOnly), folder, running, 0);
    expect(await running.clusters()).toEqual(new Set(wanted));
    expect((await ask()).status).toBe(200);
  });

  /** Every file of the running gateway. */
  const filesOf = (folder: string): Record<string, string> =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]));

  test("a configuration that the module refuses is taken back, and the former one goes on", async () => {
    await started(gatewayYaml(firstThenSecond));
    const folder = join(session.folder, ".sluice");
    const clusters = await new Admin({ host: "127.0.0.1", port: admin }).clusters();
    const before = filesOf(folder);
    const gateway = readGateway(gatewayYaml(secondOnly), session.folder).gateway!;
    // Another build of the module, too.
    const good = renderGateway(
      gateway,
      moduleOf(Buffer.concat([readFileSync(testModule), customSection]), ["FIRST_KEY", "SECOND_KEY"]),
      folder,
      null,
    );
    const bad: Rendered = {
      ...good,
      filters: JSON.parse(JSON.stringify(good.filters).replace('\\"ai-proxy\\":{', '\\"ai-proxy\\":{\\"plans\\":\\"refuse-this\\",')),
    };
    await expect(updateFolder(bad, folder, new Admin({ host: "127.0.0.1", port: admin }), 60_000)).rejects.toThrow(
      "Envoy refused ecds.json",
    );
    expect(filesOf(folder)).toEqual(before);
    expect(await new Admin({ host: "127.0.0.1", port: admin }).clusters()).toEqual(clusters);
    expect((await ask()).status).toBe(200);
    expect(first.requests).toHaveLength(1);
    expect((await render(gatewayYaml(secondOnly))).status).toBe(0);
    expect((await ask()).status).toBe(200);
    expect(second.requests).toHaveLength(1);
  });

  test("routes that Envoy refuses are taken back with the plans, whose clusters stay for requests that follow them", async () => {
    await started(gatewayYaml(firstThenSecond));
    const folder = join(session.folder, ".sluice");
    const running = (await runningFrom(folder))!;
    const former = await running.clusters();
    const { "former-clusters.json": _, "cds.json": __, ...before } = filesOf(folder);
    const gateway = readGateway(gatewayYaml(secondOnly), session.folder).gateway!;
    const good = renderGateway(gateway, moduleOf(readFileSync(testModule), ["FIRST_KEY", "SECOND_KEY"]), folder, null);
    const wanted = good.clusters.map(({ name }) => String(name));
    const bad: Rendered = { ...good, routes: good.routes.map((route) => ({ ...route, virtual_hosts: [{ name: "" }] })) };
    await expect(updateFolder(bad, folder, running, 60_000)).rejects.toThrow("Envoy refused rds.json");
    const { "former-clusters.json": kept, "cds.json": ___, ...after } = filesOf(folder);
    expect(after).toEqual(before);
    expect(await running.clusters()).toEqual(new Set([...former, ...wanted]));
    expect(Object.keys(JSON.parse(kept!))).toEqual(wanted.filter((name) => !former.has(name)));
    expect((await ask()).status).toBe(200);
    expect(first.requests).toHaveLength(1);
  });

  test("a variable that the running gateway can't have is named", async () => {
    await started(gatewayYaml(firstThenSecond));
    const before = filesOf(join(session.folder, ".sluice"));
    const { status, errors } = await render(gatewayYaml(secondOnly).replace("env:SECOND_KEY", "env:THIRD_KEY"), { THIRD_KEY: "sk-third" });
    expect(status).toBe(2);
    expect(errors).toContain("Envoy refused ecds.json");
    expect(errors).toContain("New in gateway.yaml: THIRD_KEY.");
    expect(filesOf(join(session.folder, ".sluice"))).toEqual(before);
  });

  test("files of a gateway that doesn't run are simply written", async () => {
    const { status, output } = await render(gatewayYaml(firstThenSecond));
    expect(status).toBe(0);
    expect(output).toContain("Wrote Envoy's configuration");
    expect(existsSync(join(session.folder, ".sluice/bootstrap.json"))).toBe(true);
    expect(await runningFrom(join(session.folder, ".sluice"))).toBeNull();
  });

  test("a folder for another place names that place", async () => {
    const folder = join(session.folder, "image");
    const gateway = readGateway(gatewayYaml(firstThenSecond), session.folder).gateway!;
    writeFolder(renderGateway(gateway, moduleOf(readFileSync(testModule), []), "/etc/sluice", null), folder);
    expect(readFileSync(join(folder, "ecds.json"), "utf8")).toContain('"filename": "/etc/sluice/sluice-');
    expect(readFileSync(join(folder, "bootstrap.json"), "utf8")).not.toContain(session.folder);
  });
});
