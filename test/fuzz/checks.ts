/** What must hold of every answer, whatever went in. */

import { readEvents, type FixtureProtocol, type ServerEvent } from "../fixtures/read.ts";
import type { Answer } from "../host/gateway.ts";
import type { ProviderAnswer, ProviderFailure } from "../host/provider.ts";
import { forged, type Case } from "./cases.ts";
import { clientOf, protocolOf, providerKey, secrets } from "./targets.ts";

/** What a provider was made to answer. */
export interface Given {
  readonly provider: string;
  readonly answer: ProviderAnswer | ProviderFailure;
}

/** What a provider of the client's own protocol puts between events is its own. */
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Everything that is wrong; empty if nothing is. */
export function problemsOf(input: Case, answer: Answer, given: readonly Given[]): string[] {
  const problems: string[] = [];
  if (answer.trap !== null) problems.push(`trap: ${answer.trap.message}`);
  problems.push(...answer.violations.map((violation) => `violation: ${violation}`));
  problems.push(...leaks(input, answer), ...wronglySent(input, answer));
  if (problems.length > 0 || input.hangUpAfter !== null) return problems;
  const problem = formProblem(input, answer, given);
  return problem === null ? [] : [problem];
}

/** Keys where they don't belong. */
function leaks(input: Case, answer: Answer): string[] {
  const problems: string[] = [];
  const credential = input.credential !== null && input.credential.length > 8 ? [input.credential] : [];
  const shown: Record<string, string> = {
    "the answer's headers": JSON.stringify([answer.headers, answer.trailers]),
    "the answer's body": answer.body,
    "the log": answer.log.map(({ message }) => message).join("\n"),
    facts: JSON.stringify(answer.facts),
  };
  for (const [where, text] of Object.entries(shown)) {
    for (const secret of [...secrets, ...credential]) if (text.includes(secret)) problems.push(`leak: ${where} hold a key`);
  }
  if (shown.facts!.includes(forged)) problems.push("forged: facts hold what a client wrote into an internal header");
  for (const { provider, path, headers, bytes } of answer.attempts) {
    const text = `${path}\n${JSON.stringify(headers)}\n${Buffer.from(bytes).toString("latin1")}`;
    for (const secret of [...secrets, ...credential]) {
      if (secret !== providerKey(provider) && text.includes(secret)) problems.push(`leak: a provider got a key that isn't its own`);
    }
    if (text.includes(forged)) problems.push("forged: a provider got what a client wrote into an internal header");
  }
  return problems;
}

/** Requests that must not have reached a provider, or not so. */
function wronglySent(input: Case, answer: Answer): string[] {
  if (answer.attempts.length === 0) return [];
  const problems: string[] = [];
  if (input.target.checksKeys && (input.credential === null || !secrets.includes(input.credential)))
    problems.push("unauthorised: a request without a key that counts reached a provider");
  const body = Buffer.concat(input.chunks);
  if (input.hangUpAfter === null && parse(body) === undefined) problems.push("sent on: a body that is no JSON reached a provider");
  for (const attempt of answer.attempts) {
    if (attempt.complete && parse(attempt.bytes) === undefined)
      problems.push(`written: provider ${attempt.provider} got a body that is no JSON`);
  }
  if (answer.attempts.length > input.target.providers.length)
    problems.push(`attempts: ${answer.attempts.length} for ${input.target.providers.length} providers`);
  return problems;
}

/** Why the answer has no form that a client could rely on; null if it has. */
function formProblem(input: Case, answer: Answer, given: readonly Given[]): string | null {
  const last = given.at(-1);
  const client = clientOf(input.path);
  if (answer.ended === "stalled") return "hang: the answer never ends";
  const type = answer.headers["content-type"] ?? "";
  const facts = parse(Buffer.from(answer.facts["sluice.facts"] ?? "{}"));
  if (facts === undefined) return "facts: sluice.facts is no JSON";
  if (answer.ended === "reset") {
    if (last === undefined || !breaksOff(last)) return "reset: the provider did not break off";
    if (streamsArray(input.path, type) && answer.status < 300) return null;
    if (!type.startsWith("text/event-stream") || answer.status >= 300) return "reset: an answer was begun that is no stream";
    return eventsProblem(client, answer.bytes, sentBy(last), false);
  }
  if (!(answer.status >= 200 && answer.status <= 599)) return `status: ${answer.status}`;
  if (input.method === "HEAD") return null;
  if (answer.status >= 400) return isEnvoysOwn(answer, last) ? null : errorProblem(input, type, answer.bytes);
  if (type.startsWith("text/event-stream")) {
    return eventsProblem(
      client,
      answer.bytes,
      last !== undefined && protocolOf(last.provider, input.path) === client ? sentBy(last) : null,
      true,
    );
  }
  if (!/^application\/json/i.test(type)) return `type: a ${answer.status} of the type "${type}"`;
  const value = parse(answer.bytes);
  // Let through as it was, perhaps with a name twice.
  if (last !== undefined && protocolOf(last.provider, input.path) === client && sentBy(last)?.equals(answer.bytes)) return null;
  if (Array.isArray(value) && streamsArray(input.path, type)) {
    const passes = last !== undefined && protocolOf(last.provider, input.path) === client;
    return geminiProblem(value, passes, true);
  }
  if (!isObject(value)) return "answer: the body is no JSON object";
  if (client === "gemini") return isGeminis(value) ? null : "answer: none of Gemini's";
  if (client === "anthropic" && typeof value.input_tokens === "number") return null;
  if (client === "anthropic") return value.type === "message" && Array.isArray(value.content) ? null : "answer: no message";
  if (client === "responses") return value.object === "response" && Array.isArray(value.output) ? null : "answer: no response";
  const known = Array.isArray(value.choices) || Array.isArray(value.data) || (answer.status === 200 && Array.isArray(value.models));
  return known ? null : "answer: neither choices nor data";
}

/** Gemini's stream without `alt=sse`: one JSON array, item by item. */
function streamsArray(path: string, type: string): boolean {
  return clientOf(path) === "gemini" && path.includes(":streamGenerateContent") && /^application\/json/i.test(type);
}

function isGeminis(value: Record<string, unknown>): boolean {
  const { candidates, promptFeedback, totalTokens, embedding, embeddings } = value;
  return (
    Array.isArray(candidates) ||
    isObject(promptFeedback) ||
    typeof totalTokens === "number" ||
    isObject(embedding) ||
    Array.isArray(embeddings)
  );
}

/** What is wrong with the responses of a stream; null if nothing is. `passes`: they may be the provider's own. */
function geminiProblem(responses: readonly unknown[], passes: boolean, whole: boolean): string | null {
  let ends = false;
  for (const [i, value] of responses.entries()) {
    const error = isObject(value) ? value.error : undefined;
    if (isObject(error)) {
      if (typeof error.message !== "string" || typeof error.code !== "number") return "stream: an error without a message or code";
      if (i < responses.length - 1 && !passes) return "stream: something follows an error";
      ends = true;
    } else if (!passes && !(isObject(value) && isGeminis(value))) return "stream: a response is none of Gemini's";
    else if (/"(finishReason|blockReason|finish_reason|block_reason)"/.test(JSON.stringify(value) ?? "")) ends = true;
  }
  return whole && !ends ? "stream: neither a finish reason nor an error" : null;
}

/** Whether a provider leaves its answer open at some point, or for longer than a stream may stand still, or without an end that can be told. */
function breaksOff({ answer }: Given): boolean {
  if (typeof answer === "string") return true;
  // Behind trailers no filter can say that a stream isn't complete, except by breaking it off.
  return (
    answer.then === "reset" ||
    answer.then === "stall" ||
    answer.trailers !== undefined ||
    (answer.chunks ?? []).some((chunk) => typeof chunk === "number" && chunk >= idle)
  );
}

/** Envoy's stream idle timeout, in milliseconds. */
const idle = 300_000;

/** Envoy's own words where an answer's headers are held when its provider breaks off: no filter sees them, `local_reply_config` words them. */
function isEnvoysOwn(answer: Answer, last: Given | undefined): boolean {
  const details = answer.codeDetails ?? "";
  return (
    last !== undefined &&
    breaksOff(last) &&
    /^(upstream_reset_|upstream_response_timeout|response_timeout|upstream_per_try|stream_idle_timeout)/.test(details)
  );
}

function errorProblem({ path, headers }: Case, type: string, bytes: Uint8Array): string | null {
  if (type !== "application/json") return `error: of the type "${type}"`;
  const value = parse(bytes);
  const error = isObject(value) ? value.error : undefined;
  if (!isObject(value) || !isObject(error) || typeof error.message !== "string" || error.message === "") return "error: no error.message";
  // Who lists models, three libraries at one path, is told by a header.
  const lists = /\/v1\/models$/.test(path.split("?")[0]!);
  const has = (name: string): boolean => lists && headers.some(([given]) => given === name);
  if (has("anthropic-version") || path.startsWith("/v1/messages") || clientOf(path) === "anthropic")
    return value.type === "error" && typeof error.type === "string" ? null : "error: not in Anthropic's form";
  if (has("x-goog-api-key") || path.startsWith("/v1beta/") || clientOf(path) === "gemini")
    return typeof error.code === "number" && typeof error.status === "string" ? null : "error: not in Gemini's form";
  return typeof error.type === "string" && "param" in error && "code" in error ? null : "error: not in OpenAI's form";
}

/** `sent`: what the provider sent, where it spoke the client's protocol and so may have been let through as it was. */
function eventsProblem(client: FixtureProtocol, bytes: Uint8Array, sent: Buffer | null, whole: boolean): string | null {
  if (sent !== null && (whole ? sent : sent.subarray(0, bytes.length)).equals(bytes)) return null;
  let text: string;
  try {
    text = (sent === null ? utf8 : lenient).decode(bytes);
  } catch {
    return "stream: not UTF-8";
  }
  const events = readEvents(text);
  const passed = sent?.toString() ?? "";
  if (client === "anthropic") return typedProblem(events, passed, sent !== null, whole, ["message_stop", "error"]);
  if (client === "responses") return responseProblem(events, passed, sent !== null, whole);
  if (client === "gemini") {
    const values = events.map(({ data }) => parse(Buffer.from(data)));
    return geminiProblem(values, sent !== null, whole);
  }
  for (const [i, { data }] of events.entries()) {
    const isLast = i === events.length - 1;
    if (data === "[DONE]") {
      if (!isLast && sent === null) return "stream: something follows [DONE]";
      continue;
    }
    const value = parse(Buffer.from(data));
    if (isObject(value) && isObject(value.error)) {
      if (typeof value.error.message !== "string") return "stream: an error without a message";
      if (!isLast && sent === null) return "stream: something follows an error";
    } else if (sent === null && !(isObject(value) && Array.isArray(value.choices))) return "stream: an event is no chunk";
    else if (sent !== null && !isObject(value) && !passed.includes(data.split("\n")[0]!))
      return "stream: an event is neither JSON nor the provider's";
  }
  if (!whole) return null;
  const lastData = events.at(-1)?.data;
  if (lastData === undefined) return "stream: no events";
  // A provider's own may have something behind it: OpenAI's SDKs look at the beginning.
  if (lastData === "[DONE]" || (sent !== null && events.some(({ data }) => data.startsWith("[DONE]")))) return null;
  const end = parse(Buffer.from(lastData));
  return isObject(end) && isObject(end.error) ? null : "stream: neither [DONE] nor an error at its end";
}

/** As `eventsProblem`, for a client of Responses: its events are numbered one by one. */
function responseProblem(events: readonly ServerEvent[], passed: string, mayPass: boolean, whole: boolean): string | null {
  const numbers = events.map(({ data }) => (parse(Buffer.from(data)) as { sequence_number?: unknown } | undefined)?.sequence_number);
  if (!mayPass && numbers.some((number, i) => number !== i)) return "stream: an event has not the number of its place";
  const told = events.filter(({ name }) => name !== "error");
  return typedProblem(told, passed, mayPass, whole, ["response.completed", "response.incomplete", "response.failed"]);
}

/** As `eventsProblem`, for clients whose events have a type, and are complete with one of these. */
function typedProblem(
  events: readonly ServerEvent[],
  passed: string,
  mayPass: boolean,
  whole: boolean,
  ends: readonly string[],
): string | null {
  for (const [i, { data }] of events.entries()) {
    const value = parse(Buffer.from(data));
    if (mayPass && passed.includes(data.split("\n")[0]!)) continue;
    if (!isObject(value) || typeof value.type !== "string") return "stream: an event has no type";
    if (value.type === "error" && !(isObject(value.error) && typeof value.error.message === "string"))
      return "stream: an error without a message";
    if (ends.includes(value.type) && i < events.length - 1) return "stream: something follows its end";
  }
  if (!whole) return null;
  const end = parse(Buffer.from(events.at(-1)?.data ?? ""));
  // A provider's own may have something behind it.
  if (mayPass && events.some(({ data }) => ends.some((type) => type !== "error" && new RegExp(`"type"\\s*:\\s*"${type}"`).test(data))))
    return null;
  return isObject(end) && ends.includes(String(end.type)) ? null : `stream: none of ${ends.join(", ")} at its end`;
}

function sentBy({ answer }: Given): Buffer | null {
  if (typeof answer === "string") return null;
  const chunks = answer.chunks ?? [];
  return Buffer.concat(chunks.filter((chunk) => typeof chunk !== "number").map((chunk) => Buffer.from(chunk as Uint8Array)));
}

/** A JSON value; undefined if the bytes are none. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
