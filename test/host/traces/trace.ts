import type { ClientRequest } from "../client.ts";

/** Milliseconds between chunks, either way, so that each is a callback of its own. */
export const PAUSE = 40;

/** The method of a scenario's request. */
export function methodOf(request: ClientRequest): string {
  return request.method ?? (request.body === undefined && request.chunks === undefined ? "GET" : "POST");
}

/** The first line of a request's trace. */
export function titleOf(request: ClientRequest): string {
  return `# ${methodOf(request)} ${request.path ?? "/"}`;
}

/** What the client saw. */
export interface ClientView {
  status: number;
  headers: Iterable<readonly [string, string]>;
  body: string;
  trailers: Iterable<readonly [string, string]>;
  ended: string;
}

/** What a provider got. */
export interface ProviderView {
  provider: string;
  method: string;
  path: string;
  body: string;
}

/** Headers that differ from run to run or come with the connection. */
const OUTSIDE = new Set(["date", "server", "connection", "keep-alive", "transfer-encoding", "x-envoy-upstream-service-time"]);

/** The end of a request's trace: what each provider got, what the client saw. */
export function outcome(client: ClientView, providers: readonly ProviderView[]): string[] {
  const lines = providers.map(({ provider, method, path, body }) => `= ${provider} got ${method} ${path} ${quoted(body)}`);
  const headers = [...client.headers].filter(([name]) => !OUTSIDE.has(name)).map(([name, value]) => `${name}=${value}`);
  const trailers = [...client.trailers].map(([name, value]) => `${name}=${value}`);
  lines.push(
    `= client saw ${client.status} ${client.ended} ${quoted(client.body)} ${headers.sort().join(" ")}${trailers.length > 0 ? ` trailers ${trailers.join(" ")}` : ""}`.trimEnd(),
  );
  return lines;
}

/** Lines of the probe, with what no two runs share taken out. */
export function normalized(line: string): string {
  return line
    .replace(/x-request-id=[0-9a-f-]{36}/, "x-request-id=ID")
    .replace(/ (date=\w{3}, [^=]*GMT|server=envoy|connection=\S+|keep-alive=\S+)(?= |$)/g, "")
    .replace(/x-envoy-upstream-service-time=\d+/, "x-envoy-upstream-service-time=N")
    .replace(/(:authority|host)=127\.0\.0\.1:\d+/, "$1=gateway.test")
    .trimEnd();
}

function quoted(text: string): string {
  return text.length > 200 ? `${text.length} characters` : JSON.stringify(text);
}
