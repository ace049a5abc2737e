/**
 * Vertex AI on 127.0.0.1: Google's token endpoint, and the publishers' methods in front of the servers that speak Gemini's and Anthropic's protocol. What Vertex wants otherwise than those is checked here: path, access token, the
 * version in Claude's body, no model there, no ids in Gemini's calls.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startProvider, type Provider } from "../provider.ts";
import { ServiceAccount, TokenServer } from "./token-server.ts";

export interface Vertex {
  readonly url: string;
  readonly account: ServiceAccount;
  readonly tokens: TokenServer;
  readonly gemini: Provider;
  readonly claude: Provider;
  /** Method and path of each request, without those for tokens. */
  readonly paths: readonly string[];
  /** What Vertex would have refused. */
  readonly refusals: readonly string[];
  /** Answers requests for tokens in place of the endpoint; null: the endpoint does. */
  tokenFailure: number | null;
  stop(): Promise<void>;
}

const INTERNAL_KEY = "internal";
const PATH = /^\/v1(\/projects\/project-1\/locations\/us-east5)?\/publishers\/(google|anthropic)\/models\/([^/:]+):(\w+)(\?alt=sse)?$/;
const METHODS: Readonly<Record<string, readonly string[]>> = {
  google: ["generateContent", "streamGenerateContent"],
  anthropic: ["rawPredict", "streamRawPredict"],
};

/** Starts it; the caller stops it. `expressKey` is a key of express mode: https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview */
export async function startVertex(expressKey = "express-key"): Promise<Vertex> {
  const gemini = await startProvider({ protocol: "gemini", keys: [INTERNAL_KEY] });
  const claude = await startProvider({ protocol: "anthropic", keys: [INTERNAL_KEY] });
  const paths: string[] = [];
  const refusals: string[] = [];
  const server = createServer((message, response) => {
    void bodyOf(message).then((body) => answer(message, body, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const account = new ServiceAccount(`${url}/token`);
  const tokens = new TokenServer(account);
  const vertex = {
    url,
    account,
    tokens,
    gemini,
    claude,
    paths,
    refusals,
    tokenFailure: null as number | null,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gemini.stop();
      await claude.stop();
    },
  };
  return vertex;

  function answer(message: IncomingMessage, body: string, response: ServerResponse): void {
    const target = message.url ?? "";
    if (target === "/token") {
      if (vertex.tokenFailure !== null) {
        response.writeHead(vertex.tokenFailure, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
        return;
      }
      const given = tokens.answer(message.method ?? "", message.headers["content-type"], body);
      response.writeHead(given.status, given.headers).end(given.body);
      return;
    }
    paths.push(`${message.method} ${target}`);
    const [, project, publisher, name, method, sse] = PATH.exec(target) ?? [];
    const isExpress = project === undefined;
    const token = /^Bearer (.+)$/.exec(message.headers.authorization ?? "")?.[1];
    if (publisher === undefined || message.method !== "POST" || !METHODS[publisher]!.includes(method!))
      return refuse(404, "NOT_FOUND", `no such method: ${target}`, response);
    if (isExpress && publisher !== "google") return refuse(404, "NOT_FOUND", "express mode has Gemini alone", response);
    if (isExpress && (message.headers["x-goog-api-key"] !== expressKey || token !== undefined))
      return refuse(401, "UNAUTHENTICATED", "express mode takes an API key, and nothing else", response);
    if (!isExpress && (token === undefined || !tokens.tokens.includes(token)))
      return refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token.", response);
    if (!isExpress && (message.headers["x-goog-api-key"] !== undefined || message.headers["x-api-key"] !== undefined))
      return refuse(400, "INVALID_ARGUMENT", "an API key beside an access token", response);
    if (publisher === "google") {
      if (/"(?:functionCall|functionResponse)":\{"id"/.test(body))
        return refuse(400, "INVALID_ARGUMENT", `Invalid JSON payload received. Unknown name "id" at 'contents'`, response);
      if ((method === "streamGenerateContent") !== (sse !== undefined))
        return refuse(400, "INVALID_ARGUMENT", "alt=sse is for streams", response);
      return forward(gemini, `/v1beta/models/${name}:${method}${sse ?? ""}`, { "x-goog-api-key": INTERNAL_KEY }, body, response);
    }
    const { anthropic_version: version, ...rest } = JSON.parse(body) as Record<string, unknown>;
    if (version !== "vertex-2023-10-16") return refuse(400, "INVALID_ARGUMENT", "anthropic_version: Field required", response);
    if ("model" in rest) return refuse(400, "INVALID_ARGUMENT", "model: Extra inputs are not permitted", response);
    if ((method === "streamRawPredict") !== (rest["stream"] === true))
      return refuse(400, "INVALID_ARGUMENT", "stream and method don't agree", response);
    const whole = JSON.stringify({ model: decodeURIComponent(name!), ...rest });
    return forward(claude, "/v1/messages", { "x-api-key": INTERNAL_KEY, "anthropic-version": "2023-06-01" }, whole, response);
  }

  function refuse(code: number, status: string, text: string, response: ServerResponse): void {
    refusals.push(text);
    response
      .writeHead(code, { "content-type": "application/json; charset=UTF-8" })
      .end(JSON.stringify({ error: { code, message: text, status } }));
  }
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function forward(to: Provider, path: string, headers: Record<string, string>, body: string, response: ServerResponse): void {
  const options = { host: "127.0.0.1", port: to.port, path, method: "POST", headers: { "content-type": "application/json", ...headers } };
  const asked = httpRequest(options, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  asked.on("error", () => response.destroy());
  asked.end(body);
}
