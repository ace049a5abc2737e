import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, type Ports } from "./bootstrap.ts";
import { bytesOf } from "../bytes.ts";
import { HeaderMap } from "../headers.ts";
import type { ProviderRequest, ProviderScript } from "../provider.ts";
import type { Scenario } from "./scenarios/index.ts";
import { normalized, outcome, PAUSE, type ClientView, type ProviderView } from "./trace.ts";

/** Plays a scenario on a real Envoy with local providers; the trace of what the probe logged and what both ends saw. */
export async function record(scenario: Scenario, envoy: string, wasm: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-trace-"));
  const got: ProviderView[] = [];
  const servers: http.Server[] = [];
  let child: ChildProcess | null = null;
  try {
    const ports: Ports = { gateway: await freePort(), clusters: {} };
    for (const [name, provider] of Object.entries(scenario.providers ?? {})) {
      if (provider === null) ports.clusters[name] = null;
      else {
        const script = typeof provider === "function" ? provider : provider.script;
        ports.clusters[name] = await serveProvider(name, script, got, servers);
      }
    }
    for (const [name, script] of Object.entries(scenario.callouts ?? {})) {
      ports.clusters[name] = await serve(servers, (request, body, response) => {
        const answer = script({
          cluster: name,
          headers: HeaderMap.from(request.headers as Record<string, string>),
          body,
          trailers: new HeaderMap(),
          timeout: 0,
        });
        if ("stall" in answer) return;
        if ("reset" in answer) {
          if (answer.reset === "midway") {
            response.writeHead(200, { "content-length": "100" });
            response.write("half");
          }
          setTimeout(() => request.socket.destroy(), PAUSE);
        } else {
          setTimeout(() => {
            response.writeHead(answer.status ?? 200, answer.headers as http.OutgoingHttpHeaders);
            response.end(answer.body ?? "");
          }, answer.after ?? 0);
        }
      });
    }
    await writeFile(join(folder, "envoy.json"), JSON.stringify(bootstrap(scenario, ports, wasm)));
    const log: string[] = [];
    child = spawn(
      envoy,
      ["-c", join(folder, "envoy.json"), "--concurrency", "1", "--disable-hot-restart", "-l", "warning", "--log-format", "%v"],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let rest = "";
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      log.push(...lines);
    });
    await listening(ports.gateway, child, log);
    await quiet(log);
    const lines: string[] = [];
    for (const request of scenario.requests) {
      lines.push(
        `# ${request.method ?? (request.body === undefined && request.chunks === undefined ? "GET" : "POST")} ${request.path ?? "/"}`,
      );
      await sleep(request.wait ?? 0);
      const from = log.length;
      got.length = 0;
      const client = await ask(request, ports.gateway);
      await quiet(log);
      for (const line of log.slice(from)) {
        const said = /^wasm log[^:]*: (.*)$/.exec(line);
        if (said !== null) lines.push(normalized(said[1]!));
      }
      lines.push(...outcome(client, got));
    }
    return `${lines.join("\n")}\n`;
  } finally {
    child?.kill("SIGTERM");
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function serveProvider(name: string, script: ProviderScript, got: ProviderView[], servers: http.Server[]): Promise<number> {
  // A provider that refuses is a port where nobody listens.
  if (script({ attempt: 0, method: "", path: "", headers: new HeaderMap(), body: new Uint8Array(0) }) === "refuse") return freePort();
  return serve(servers, (request, body, response) => {
    const seen: ProviderRequest = {
      attempt: got.length + 1,
      method: request.method ?? "",
      path: request.url ?? "",
      headers: HeaderMap.from(pairsOf(request.rawHeaders)),
      body,
    };
    got.push({ provider: name, method: seen.method, path: seen.path, body: Buffer.from(body).toString() });
    const answer = script(seen);
    if (answer === "stall") return;
    if (typeof answer === "string") {
      request.socket.destroy();
      return;
    }
    void (async () => {
      response.sendDate = false;
      const headers = { ...(answer.headers as http.OutgoingHttpHeaders) };
      if (answer.chunks === undefined && answer.status !== 204) headers["content-length"] = bytesOf(answer.body ?? "").length;
      response.writeHead(answer.status ?? 200, headers);
      if (answer.chunks === undefined) {
        response.end(answer.body);
        return;
      }
      response.flushHeaders();
      for (const chunk of answer.chunks) {
        if (typeof chunk === "number") await sleep(chunk);
        else {
          response.write(chunk);
          await sleep(PAUSE);
        }
      }
      if (answer.then === "stall") return;
      if (answer.then === "reset") {
        request.socket.destroy();
        return;
      }
      if (answer.trailers !== undefined) response.addTrailers(answer.trailers as http.OutgoingHttpHeaders);
      response.end();
    })();
  });
}

type Handler = (request: http.IncomingMessage, body: Uint8Array, response: http.ServerResponse) => void;

async function serve(servers: http.Server[], handle: Handler): Promise<number> {
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => handle(request, Buffer.concat(parts), response));
    request.on("error", () => {});
    response.on("error", () => {});
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as net.AddressInfo).port;
}

function ask(request: Scenario["requests"][number], port: number): Promise<ClientView> {
  const { chunks, body, trailers, hangUpAfterChunks } = request;
  const headers: [string, string][] = [["host", "gateway.test"]];
  for (const [name, value] of HeaderMap.from(request.headers)) headers.push([name, value]);
  if (body !== undefined) headers.push(["content-length", String(bytesOf(body).length)]);
  else if (chunks !== undefined) headers.push(["transfer-encoding", "chunked"]);
  return new Promise((resolve) => {
    const view = { status: 0, headers: [] as [string, string][], body: "", trailers: [] as [string, string][], ended: "reset" };
    const method = request.method ?? (body === undefined && chunks === undefined ? "GET" : "POST");
    const client = http.request({ host: "127.0.0.1", port, method, path: request.path ?? "/", agent: false, headers: headers.flat() });
    client.setNoDelay(true);
    const limit = setTimeout(() => {
      view.ended = "stalled";
      client.destroy();
    }, 3000);
    const done = (): void => {
      clearTimeout(limit);
      resolve(view);
    };
    let received = 0;
    client.on("response", (response) => {
      view.status = response.statusCode ?? 0;
      view.headers = pairsOf(response.rawHeaders);
      response.on("data", (part: Buffer) => {
        view.body += part.toString();
        if (++received === hangUpAfterChunks) {
          view.ended = "hung-up";
          client.destroy();
        }
      });
      response.on("error", () => {});
      response.on("close", () => {
        if (response.complete) view.ended = "complete";
        view.trailers = pairsOf(response.rawTrailers);
        done();
      });
    });
    client.on("error", () => {});
    client.on("close", () => {
      if (view.status === 0) done();
    });
    void (async () => {
      if (chunks === undefined) client.end(body);
      else {
        for (const chunk of chunks) {
          client.write(chunk);
          await sleep(PAUSE);
        }
        if (trailers !== undefined) client.addTrailers(trailers as http.OutgoingHttpHeaders);
        client.end();
      }
      if (hangUpAfterChunks === 0) {
        await sleep(PAUSE * 2);
        view.ended = "hung-up";
        client.destroy();
      }
    })();
  });
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!.toLowerCase(), raw[i + 1]!]);
  return pairs;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number, child: ChildProcess, log: readonly string[]): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`Envoy ended:\n${log.join("\n")}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`Envoy does not listen:\n${log.join("\n")}`);
}

/** Waits until the log has not grown for a while. */
async function quiet(log: readonly string[]): Promise<void> {
  for (let before = -1; before !== log.length;) {
    before = log.length;
    await sleep(400);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
