/** A client that sends a scenario's request and tells what it saw, over HTTP/1.1 or HTTP/2 without TLS. */
import http from "node:http";
import http2 from "node:http2";
import { bytesOf } from "../bytes.ts";
import { HeaderMap } from "../headers.ts";
import type { Scenario } from "./scenarios/index.ts";
import { sleep } from "./sleep.ts";
import { methodOf, PAUSE, type ClientView } from "./trace.ts";

type Request = Scenario["requests"][number];

interface View extends ClientView {
  headers: [string, string][];
  trailers: [string, string][];
}

/** Milliseconds after which a client gives up. */
const PATIENCE = 3000;

/** What the two protocols have in common: something to write to, and to throw away. */
interface Sending {
  write(chunk: string | Uint8Array): unknown;
  end(chunk?: string | Uint8Array): unknown;
  destroy(): unknown;
}

export function ask(request: Request, port: number, useHttp2: boolean): Promise<ClientView> {
  return useHttp2 ? askHttp2(request, port) : askHttp1(request, port);
}

function headersOf({ headers, body }: Request): [string, string][] {
  const pairs: [string, string][] = [...HeaderMap.from(headers)];
  if (body !== undefined) pairs.push(["content-length", String(bytesOf(body).length)]);
  return pairs;
}

/** Sends the body, and goes away early if it is told to. */
async function send(request: Request, client: Sending, view: View, end: () => void): Promise<void> {
  const { chunks, body, endWithLastChunk, hangUpAfterChunks } = request;
  if (chunks === undefined) client.end(body);
  else {
    for (const [i, chunk] of chunks.entries()) {
      if (endWithLastChunk === true && i === chunks.length - 1) client.end(chunk);
      else {
        client.write(chunk);
        await sleep(PAUSE);
      }
    }
    if (endWithLastChunk !== true) end();
  }
  if (hangUpAfterChunks === 0) {
    await sleep(PAUSE * 2);
    view.ended = "hung-up";
    client.destroy();
  }
}

function askHttp1(request: Request, port: number): Promise<ClientView> {
  return new Promise((resolve) => {
    const view: View = { status: 0, headers: [], body: "", trailers: [], ended: "reset" };
    const headers = [["host", "gateway.test"], ...headersOf(request)];
    if (request.chunks !== undefined) headers.push(["transfer-encoding", "chunked"]);
    const target = { host: "127.0.0.1", port, method: methodOf(request), path: request.path ?? "/" };
    const client = http.request({ ...target, agent: false, headers: headers.flat() });
    client.setNoDelay(true);
    const limit = setTimeout(() => {
      view.ended = "stalled";
      client.destroy();
    }, PATIENCE);
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
        if (++received === request.hangUpAfterChunks) {
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
    void send(request, client, view, () => {
      if (request.trailers !== undefined) client.addTrailers(request.trailers as http.OutgoingHttpHeaders);
      client.end();
    });
  });
}

function askHttp2(request: Request, port: number): Promise<ClientView> {
  return new Promise((resolve) => {
    const view: View = { status: 0, headers: [], body: "", trailers: [], ended: "reset" };
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on("error", () => {});
    const client = session.request(
      {
        ":method": methodOf(request),
        ":path": request.path ?? "/",
        ":authority": "gateway.test",
        ...Object.fromEntries(headersOf(request)),
      },
      { endStream: request.body === undefined && request.chunks === undefined, waitForTrailers: request.trailers !== undefined },
    );
    const limit = setTimeout(() => {
      view.ended = "stalled";
      client.destroy();
    }, PATIENCE);
    let received = 0;
    client.on("response", (headers) => {
      view.status = headers[":status"] ?? 0;
      view.headers = Object.entries(headers)
        .filter(([name]) => !name.startsWith(":"))
        .map(([name, value]) => [name, String(value)]);
    });
    client.on("data", (part: Buffer) => {
      view.body += part.toString();
      if (++received === request.hangUpAfterChunks) {
        view.ended = "hung-up";
        client.close(http2.constants.NGHTTP2_CANCEL);
      }
    });
    client.on("trailers", (trailers) => {
      view.trailers = Object.entries(trailers).map(([name, value]) => [name, String(value)]);
    });
    client.on("wantTrailers", () => client.sendTrailers(request.trailers as http2.OutgoingHttpHeaders));
    client.on("end", () => {
      if (view.ended === "reset" && client.rstCode === http2.constants.NGHTTP2_NO_ERROR) view.ended = "complete";
    });
    client.on("error", () => {});
    client.on("close", () => {
      clearTimeout(limit);
      if (client.rstCode !== http2.constants.NGHTTP2_NO_ERROR && view.ended === "complete") view.ended = "reset";
      session.destroy();
      resolve(view);
    });
    if (request.body !== undefined || request.chunks !== undefined) void send(request, client, view, () => client.end());
  });
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!.toLowerCase(), raw[i + 1]!]);
  return pairs;
}
