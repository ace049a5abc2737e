/** How an answer's bytes travel: delays, cuts, compression, framing. */
import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { constants } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Behaviour } from "./behaviour.ts";
import type { WireAnswer } from "./protocol.ts";
import type { ReceivedRequest } from "./recording.ts";

export type Response = ServerResponse | Http2ServerResponse;

/** Writes the answer as the behaviour says; returns when all is handed over or the other side is gone. */
export async function deliver(
  answer: WireAnswer,
  behaviour: Behaviour,
  response: Response,
  request: ReceivedRequest,
  whole: boolean,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    await write(answer, behaviour, response, request, whole, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function write(
  answer: WireAnswer,
  behaviour: Behaviour,
  response: Response,
  request: ReceivedRequest,
  whole: boolean,
  gone: AbortSignal,
): Promise<void> {
  const { delay, hold, cut } = behaviour;
  const chunks = shaped(answer.chunks, behaviour);
  await wait(delay?.headers, hold?.headers, gone);
  begin(
    answer,
    behaviour,
    response,
    request,
    whole && cut?.how !== "end" ? chunks.reduce((sum, chunk) => sum + chunk.length, 0) : undefined,
  );
  await wait(delay?.firstByte, hold?.firstByte, gone);

  for (const [index, chunk] of chunks.entries()) {
    if (index > 0) await wait(delay?.between, undefined, gone);
    if (hold?.chunk?.index === index) await wait(undefined, hold.chunk.until, gone);
    const left = cut === undefined ? chunk.length : Math.min(chunk.length, cut.after - request.sent);
    if (left > 0) await put(response, chunk.subarray(0, left), gone);
    request.sent += left;
    if (cut !== undefined && request.sent >= cut.after) {
      if (cut.how === "end") break;
      await flushed(response);
      return reset(response);
    }
  }
  if (cut?.how === "reset") return reset(response);
  response.end();
}

function shaped(chunks: readonly Buffer[], behaviour: Behaviour): Buffer[] {
  const whole = behaviour.gzip ? [gzipSync(Buffer.concat(chunks))] : [...chunks];
  const size = behaviour.chunkSize;
  if (size === undefined) return whole;
  const bytes = Buffer.concat(whole);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function begin(answer: WireAnswer, behaviour: Behaviour, response: Response, request: ReceivedRequest, length: number | undefined): void {
  const headers: Record<string, string | string[]> = { ...answer.headers, ...behaviour.headers };
  if (behaviour.contentType !== undefined) headers["content-type"] = behaviour.contentType;
  if (behaviour.gzip) headers["content-encoding"] = "gzip";
  const framing = behaviour.framing ?? (length === undefined ? "chunked" : "length");
  if (framing === "length" && length !== undefined) headers["content-length"] = String(length);
  request.status = answer.status;
  if (request.httpVersion === "2.0") {
    delete headers.connection;
    delete headers["transfer-encoding"];
  } else if (framing === "close") {
    (response as ServerResponse).removeHeader("transfer-encoding");
    headers.connection = "close";
  }
  const writable = response as ServerResponse;
  writable.writeHead(answer.status, headers);
  writable.flushHeaders();
}

async function wait(milliseconds: number | undefined, promise: Promise<unknown> | undefined, gone: AbortSignal): Promise<void> {
  if (milliseconds) await sleep(milliseconds, undefined, { signal: gone });
  if (promise) await Promise.race([promise, aborted(gone)]);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function put(response: Response, bytes: Buffer, gone: AbortSignal): Promise<void> {
  if (gone.aborted) throw gone.reason;
  const writable = response as ServerResponse;
  if (!writable.write(bytes)) await Promise.race([new Promise((resolve) => writable.once("drain", resolve)), aborted(gone)]);
}

/** A reset throws away what the other side has not read yet: it gets the time to, so that a cut is where the test says. */
const timeToRead = 50;

async function flushed(response: Response): Promise<void> {
  const socket = "stream" in response ? undefined : response.socket;
  while (socket && !socket.destroyed && socket.writableLength > 0) await sleep(1);
  await sleep(timeToRead);
}

function reset(response: Response): void {
  if ("stream" in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
}
