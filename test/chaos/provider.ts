/** A server that speaks OpenAI's wire and fails on purpose: the path's first segment names the fault. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { faults, goodKey, limits } from "./faults.ts";

export interface ProviderServer {
  readonly port: number;
  /** A port at which nothing listens. */
  readonly deadPort: number;
  /** How often each fault was done to a request. */
  readonly injected: Map<string, number>;
  close(): void;
}

/** @param http2 Speaks HTTP/2 without TLS. */
export async function startProviderServer(http2: boolean): Promise<ProviderServer> {
  const injected = new Map<string, number>();
  const sockets = new Set<{ destroy(): void }>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response, injected);
  const server = (http2 ? createHttp2Server({}, handle as never) : createServer(handle)) as Server;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 1024, resolve));
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(0, "127.0.0.1", resolve));
  const deadPort = (dead.address() as AddressInfo).port;
  await new Promise((resolve) => dead.close(resolve));
  return {
    port: (server.address() as AddressInfo).port,
    deadPort,
    injected,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Asked {
  readonly stream: boolean;
  readonly text: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, injected: Map<string, number>): Promise<void> {
  const chunks: Buffer[] = [];
  response.on("error", () => {});
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return;
  }
  const [, name = "", ...rest] = (request.url ?? "").split("/");
  // A question about nothing, for an attempt that has no key.
  if (rest.join("/") !== "v1/chat/completions") return void response.writeHead(404).end();
  const body = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean; messages: { content: string }[] };
  const asked: Asked = { stream: body.stream === true, text: body.messages.at(-1)!.content };
  const fault = faults.find((each) => each.name === name);
  const isBad = fault !== undefined && Math.random() < (fault.share ?? 1) && (!fault.streamsOnly || asked.stream);
  const broken = isBad && (await fail(name, asked, request, response, () => injected.set(name, (injected.get(name) ?? 0) + 1)));
  if (!broken) await say(asked, response);
}

/** True: the request was failed. */
async function fail(name: string, asked: Asked, request: IncomingMessage, response: ServerResponse, count: () => void): Promise<boolean> {
  const error = (status: number, code: string, headers: Record<string, string> = {}): true => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error: { message: "on purpose", type: code, code } }));
    return true;
  };
  if (name === "401-one-key" && request.headers.authorization === `Bearer ${goodKey}`) return false;
  if (name === "flapping" && Math.floor(Date.now() / 1000) % 2 === 0) return false;
  count();
  switch (name) {
    case "429-retry-after":
      return error(429, "rate_limit_exceeded", { "retry-after": "2" });
    case "429":
      return error(429, "rate_limit_exceeded");
    case "401-one-key":
      return error(401, "invalid_api_key");
    case "quota":
      return error(429, "insufficient_quota", { "retry-after": "1" });
    case "500":
    case "502":
    case "503":
    case "529":
      return error(Number(name), "server_error");
    case "flapping":
      return error(503, "server_error");
    case "error-in-200":
      response.writeHead(200, { "content-type": asked.stream ? "text/event-stream" : "application/json" });
      response.end(
        asked.stream
          ? `data: {"error":{"message":"overloaded","type":"overloaded_error"}}\n\n`
          : JSON.stringify({ error: { message: "overloaded", type: "overloaded_error" } }),
      );
      return true;
    case "reset":
      breakOff(request, response);
      return true;
    case "reset-after-headers":
      response.writeHead(200, { "content-type": asked.stream ? "text/event-stream" : "application/json" });
      response.write(asked.stream ? ": waits\n\n" : "{");
      await later(5);
      breakOff(request, response);
      return true;
    case "black-hole":
      return true;
    case "slow-first-byte":
      await later(limits.answer + 2_000);
      return false;
    case "slow-first-content":
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": waits\n\n");
      response.write(event({ role: "assistant", content: "" }));
      await later(limits.firstContent + 2_000);
      response.end();
      return true;
    case "html":
      response.writeHead(502, { "content-type": "text/html" }).end("<html><body>Bad gateway</body></html>");
      return true;
    case "content-type":
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Welcome</body></html>");
      return true;
    case "invalid-json":
      response.writeHead(200, { "content-type": asked.stream ? "text/event-stream" : "application/json" });
      response.end(asked.stream ? 'data: {"choices":[{"delta"\n\n' : '{"choices":[{"message":');
      return true;
    case "stall-in-stream":
    case "cut-in-stream":
    case "error-in-stream":
    case "end-without-finish":
      await sayPart(name, asked, request, response);
      return true;
    default:
      throw new Error(`no such fault: ${name}`);
  }
}

async function sayPart(name: string, asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(event({ role: "assistant", content: "" }));
  response.write(event({ content: asked.text.slice(0, asked.text.length / 2) }));
  await later(10);
  if (name === "cut-in-stream") breakOff(request, response);
  else if (name === "error-in-stream") response.end('data: {"error":{"message":"broken","type":"server_error"}}\n\n');
  else if (name === "end-without-finish") response.end();
}

async function say(asked: Asked, response: ServerResponse): Promise<void> {
  const { text } = asked;
  if (!asked.stream) {
    response.writeHead(200, { "content-type": "application/json" });
    const message = { role: "assistant", content: text };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    response.end(JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices, usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(event({ role: "assistant", content: "" }));
  for (const half of [text.slice(0, text.length / 2), text.slice(text.length / 2)]) {
    response.write(event({ content: half }));
    await later(5);
  }
  response.end(`${event({}, "stop")}data: [DONE]\n\n`);
}

function event(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}

function breakOff(request: IncomingMessage, response: ServerResponse): void {
  const stream = (response as unknown as { stream?: { close(code: number): void } }).stream;
  if (stream !== undefined) stream.close(2);
  else request.socket.destroy();
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
