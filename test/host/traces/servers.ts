/** Local providers, and servers for the modules' own calls, over HTTP/1.1 or HTTP/2 without TLS. */
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { bytesOf } from "../bytes.ts";
import type { CalloutScript } from "../callout.ts";
import { HeaderMap } from "../headers.ts";
import type { ProviderAnswer, ProviderScript } from "../provider.ts";
import { sleep } from "./sleep.ts";
import { PAUSE, type ProviderView } from "./trace.ts";

type Handler = (request: http.IncomingMessage, body: Uint8Array, response: http.ServerResponse) => void;

/** What listens for one scenario. */
export class Servers {
  readonly #http2: boolean;
  readonly #closers: (() => void)[] = [];

  constructor(useHttp2: boolean) {
    this.#http2 = useHttp2;
  }

  /** The port of a provider that does what its script says, and tells `got` what it was asked. */
  async provider(name: string, script: ProviderScript, got: ProviderView[]): Promise<number> {
    // A provider that refuses is a port where nobody listens.
    if (script({ attempt: 0, method: "", path: "", headers: new HeaderMap(), body: new Uint8Array(0) }) === "refuse") return freePort();
    return this.#serve((request, body, response) => {
      const { method = "", url: path = "" } = request;
      const headers = HeaderMap.from(Object.entries(request.headers).map(([header, value]) => [header, String(value)] as const));
      const answer = script({ attempt: got.length + 1, method, path, headers, body });
      got.push({ provider: name, method, path, body: Buffer.from(body).toString() });
      if (answer === "stall") return;
      if (typeof answer === "string") this.#reset(request);
      else void this.#answer(answer, request, response);
    });
  }

  /** The port of a server for calls. */
  callout(cluster: string, script: CalloutScript): Promise<number> {
    return this.#serve((request, body, response) => {
      const headers = HeaderMap.from(request.headers as Record<string, string>);
      const answer = script({ cluster, headers, body, trailers: new HeaderMap(), timeout: 0 });
      if ("stall" in answer) return;
      if ("reset" in answer) {
        if (answer.reset === "midway") {
          response.writeHead(200, { "content-length": "100" });
          response.write("half");
        }
        setTimeout(() => this.#reset(request), PAUSE);
        return;
      }
      setTimeout(() => {
        response.writeHead(answer.status ?? 200, answer.headers as http.OutgoingHttpHeaders);
        response.end(answer.body ?? "");
      }, answer.after ?? 0);
    });
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  async #answer(answer: ProviderAnswer, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.sendDate = false;
    const headers = { ...(answer.headers as http.OutgoingHttpHeaders) };
    if (answer.chunks === undefined && answer.status !== 204) headers["content-length"] = bytesOf(answer.body ?? "").length;
    response.writeHead(answer.status ?? 200, headers);
    if (answer.chunks === undefined) {
      response.end(answer.body);
      return;
    }
    response.flushHeaders();
    for (const [i, chunk] of answer.chunks.entries()) {
      if (typeof chunk === "number") await sleep(chunk);
      else if (answer.endWithLastChunk === true && i === answer.chunks.length - 1) {
        response.end(chunk);
        return;
      } else {
        response.write(chunk);
        await sleep(PAUSE);
      }
    }
    if (answer.then === "stall") return;
    if (answer.then === "reset") {
      this.#reset(request);
      return;
    }
    if (answer.trailers !== undefined) response.addTrailers(answer.trailers as http.OutgoingHttpHeaders);
    response.end();
  }

  #reset(request: http.IncomingMessage): void {
    if (this.#http2) (request as unknown as http2.Http2ServerRequest).stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    else request.socket.destroy();
  }

  async #serve(handle: Handler): Promise<number> {
    const listener = (request: http.IncomingMessage, response: http.ServerResponse): void => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => handle(request, Buffer.concat(parts), response));
      request.on("error", () => {});
      response.on("error", () => {});
    };
    const server = this.#http2 ? http2.createServer(listener as never) : http.createServer(listener);
    const sockets = new Set<net.Socket>();
    server.on("connection", (socket: net.Socket) => sockets.add(socket));
    this.#closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as net.AddressInfo).port;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
