/** Clients that know what they are to be told, so that nothing that merely looks whole passes for it. */
import { Agent, request as httpRequest } from "node:http";
import { connect, type ClientHttp2Session } from "node:http2";

/** How a request ended, as its client saw it. */
export type Ending =
  /** All that was to be said, and a proper end. */
  | "answered"
  /** An error in the client's protocol, whole, or as the last event of a stream. */
  | "error"
  /** The connection or stream broke, and the client can tell. */
  | "broken"
  /** A proper end, but not all was said: the one thing that must never be. */
  | "truncated"
  /** Something else that no client could read. */
  | "malformed"
  /** Nothing came for too long. */
  | "hung";

export interface Result {
  readonly ending: Ending;
  /** What there is to say of one that wasn't answered. */
  readonly detail: string;
  readonly tried: string;
}

export interface Client {
  ask(model: string, stream: boolean, text: string): Promise<Result>;
  close(): void;
}

/** Milliseconds after which a request counts as hung: more than all attempts together may take. */
const patience = 30_000;

interface Raw {
  status: number;
  headers: Record<string, unknown>;
  body: string;
  ended: boolean;
  problem: string;
}

export function http1Client(port: () => number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
  return {
    ask: (model, stream, text) =>
      new Promise((resolve) => {
        const raw: Raw = { status: 0, headers: {}, body: "", ended: false, problem: "" };
        const done = (problem: string): void => {
          clearTimeout(timer);
          if (raw.problem === "") raw.problem = problem;
          resolve(judge(raw, stream, text));
        };
        const options = { port: port(), host: "127.0.0.1", method: "POST", path: "/v1/chat/completions", agent };
        const request = httpRequest({ ...options, headers: { "content-type": "application/json" } }, (response) => {
          raw.status = response.statusCode ?? 0;
          raw.headers = response.headers;
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (raw.body += chunk));
          response.on("end", () => (raw.ended = response.complete));
          response.on("error", (error) => (raw.problem = error.message));
          response.on("close", () => done("closed"));
        });
        request.on("error", (error) => done(error.message));
        const timer = setTimeout(() => {
          raw.problem = "hung";
          request.destroy();
          done("hung");
        }, patience);
        request.end(bodyOf(model, stream, text));
      }),
    close: () => agent.destroy(),
  };
}

export function http2Client(port: () => number): Client {
  let session: ClientHttp2Session | null = null;
  const current = (): ClientHttp2Session => {
    if (session !== null && !session.closed && !session.destroyed) return session;
    session = connect(`http://127.0.0.1:${port()}`);
    session.on("error", () => {});
    session.on("goaway", () => (session = null));
    return session;
  };
  return {
    ask: (model, stream, text) =>
      new Promise((resolve) => {
        const raw: Raw = { status: 0, headers: {}, body: "", ended: false, problem: "" };
        const request = current().request({ ":method": "POST", ":path": "/v1/chat/completions", "content-type": "application/json" });
        const timer = setTimeout(() => {
          raw.problem = "hung";
          request.close(8);
        }, patience);
        request.setEncoding("utf8");
        request.on("response", (headers) => {
          raw.status = Number(headers[":status"]);
          raw.headers = headers;
        });
        request.on("data", (chunk: string) => (raw.body += chunk));
        request.on("end", () => (raw.ended = true));
        request.on("error", (error) => (raw.problem ||= error.message));
        request.on("close", () => {
          clearTimeout(timer);
          if (request.rstCode !== 0) raw.ended = false;
          resolve(judge(raw, stream, text));
        });
        request.end(bodyOf(model, stream, text));
      }),
    close: () => session?.close(),
  };
}

function bodyOf(model: string, stream: boolean, text: string): string {
  return JSON.stringify({ model, stream, messages: [{ role: "user", content: text }] });
}

/** What a careful client makes of an answer. */
export function judge(raw: Raw, stream: boolean, text: string): Result {
  const tried = String(raw.headers["x-sluice-attempts"] ?? "");
  const result = (ending: Ending, detail = ""): Result => ({ ending, detail: detail.slice(0, 200), tried });
  if (raw.problem === "hung") return result("hung");
  if (raw.status === 0) return result("broken", raw.problem);
  if (raw.status !== 200) {
    if (!raw.ended) return result("broken", `${raw.status} and no end`);
    return errorIn(raw.body) ? result("error", `${raw.status} ${raw.body}`) : result("malformed", `${raw.status} ${raw.body}`);
  }
  if (!stream) {
    if (!raw.ended) return result("broken", "a whole answer without its end");
    const said = parsed(raw.body)?.choices?.[0]?.message?.content;
    return said === text ? result("answered") : result("malformed", raw.body);
  }
  let said = "";
  let finished = false;
  for (const block of raw.body.split("\n\n")) {
    if (!block.startsWith("data: ") || block === "data: [DONE]") continue;
    const event = parsed(block.slice(6));
    // Only the last block may be cut.
    if (event === null) return raw.ended ? result("malformed", block) : result("broken", block);
    if (event.error !== undefined) return result("error", block);
    said += event.choices?.[0]?.delta?.content ?? "";
    if (event.choices?.[0]?.finish_reason) finished = true;
  }
  const complete = finished && raw.body.endsWith("data: [DONE]\n\n");
  if (raw.ended && complete) return said === text ? result("answered") : result("truncated", said);
  if (raw.ended) return result("truncated", "an end without finish or [DONE]");
  return finished ? result("truncated", "broken behind the finish") : result("broken", raw.problem);
}

function errorIn(body: string): boolean {
  const error = parsed(body)?.error;
  return typeof error?.message === "string" && typeof error?.type === "string";
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
