import { bytesOf } from "../bytes.ts";
import { Gateway, type GatewayOptions, type ModuleUse } from "../gateway.ts";
import type { Provider, ProviderAnswer, ProviderFailure } from "../provider.ts";
import { configurationOf, type Listing, type Scenario } from "./scenarios/index.ts";
import { methodOf, normalized, outcome, PAUSE, titleOf } from "./trace.ts";

/** Plays a scenario on our host; its trace has the form of the recorded one. What no filter may do is added to `violations`. */
export function replay(scenario: Scenario, probe: WebAssembly.Module, violations: string[]): string {
  const gateway = Gateway.startNow(optionsOf(scenario, probe));
  const lines: string[] = [];
  for (const request of scenario.requests) {
    lines.push(titleOf(request));
    gateway.advance(request.wait ?? 0);
    const from = gateway.logLines.length;
    const { wait: _, hangUpAfterChunks, chunks, trailers, ...rest } = request;
    const inPieces = chunks !== undefined;
    const method = methodOf(request);
    // Node's HTTP/2 client ends a body of one piece with it.
    const endWithLastChunk = request.endWithLastChunk ?? scenario.http2 === true;
    const stream = gateway.open({ ...rest, method, more: inPieces, endWithLastChunk });
    if (inPieces) {
      for (const [i, chunk] of chunks.entries()) {
        gateway.send(stream, chunk, request.endWithLastChunk === true && i === chunks.length - 1);
        gateway.advance(PAUSE);
      }
      if (trailers !== undefined) gateway.sendTrailers(stream, trailers);
      else if (request.endWithLastChunk !== true) gateway.send(stream, new Uint8Array(0), true);
    }
    if (hangUpAfterChunks !== undefined) {
      gateway.advance(hangUpAfterChunks === 0 ? PAUSE : PAUSE * hangUpAfterChunks - PAUSE / 2);
      gateway.hangUp(stream);
    }
    for (let waited = 0; stream.ending === null && waited < 3000; waited += PAUSE) gateway.advance(PAUSE);
    const stalled = stream.ending === null;
    if (stalled) gateway.hangUp(stream);
    gateway.advance(400);
    violations.push(...stream.violations);
    lines.push(
      ...gateway.logLines
        .slice(from)
        .filter((line) => line.level === "warn")
        .map((line) => normalized(line.message)),
    );
    lines.push(
      ...outcome(
        {
          status: stream.status,
          headers: stream.headers,
          body: stream.bodyText,
          trailers: stream.trailers ?? [],
          ended: stalled ? "stalled" : (stream.ending ?? ""),
        },
        stream.attempts.filter((attempt) => attempt.complete),
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

function optionsOf(scenario: Scenario, probe: WebAssembly.Module): GatewayOptions {
  const use = (listing: Listing): ModuleUse => ({
    module: probe,
    name: "probe",
    rootId: listing.rootId,
    vmId: listing.vmId ?? "trace",
    configuration: configurationOf(listing),
    allowStopAtHeaders: listing.allowStopAtHeaders ?? true,
  });
  return {
    modules: scenario.downstream.map(use),
    upstream: (scenario.upstream ?? []).map(use),
    clusters: scenario.clusters ?? {},
    providers: Object.fromEntries(
      Object.entries(scenario.providers ?? {}).map(([name, provider]) => [name, spaced(provider, scenario.http2 === true)]),
    ),
    callouts: scenario.callouts ?? {},
    env: scenario.env ?? {},
    http2: scenario.http2 === true,
    tolerant: true,
    envoyHeaders: scenario.suppressEnvoyHeaders !== true,
    ...(scenario.routes === undefined ? {} : { routes: scenario.routes }),
    ...(scenario.bufferLimit === undefined ? {} : { bufferLimit: scenario.bufferLimit }),
  };
}

/** The provider with a pause before each chunk but the first, and before the end. */
function spaced(provider: Provider, http2: boolean): Provider {
  if (provider === null) return null;
  const script = typeof provider === "function" ? provider : provider.script;
  return (request) => withPauses(script(request), http2);
}

function withPauses(answer: ProviderAnswer | ProviderFailure, http2: boolean): ProviderAnswer | ProviderFailure {
  if (typeof answer === "string" || answer.chunks === undefined) {
    if (typeof answer === "string") return answer;
    const { body, ...rest } = answer;
    const headers = { ...(answer.headers as Record<string, string>) };
    if (answer.status !== 204) headers["content-length"] = String(bytesOf(body ?? "").length);
    return { ...rest, headers, ...(body === undefined ? {} : { body }) };
  }
  const chunks = answer.chunks.flatMap((chunk) => (typeof chunk === "number" ? [chunk] : [chunk, PAUSE]));
  if (answer.endWithLastChunk === true) chunks.pop();
  const headers = { ...(answer.headers as Record<string, string>), ...(http2 ? {} : { "transfer-encoding": "chunked" }) };
  return { ...answer, headers, chunks };
}
