/** Requests of clients, short, for tests in which their content doesn't matter. */
import type { ClientRequest } from "../host/gateway.ts";
import { readEvents } from "../fixtures/read.ts";

/** A chat completion's request; `body` adds to it or takes the place of what it has. */
export function chat(body: Record<string, unknown> = {}, headers: Record<string, string> = {}): ClientRequest {
  const whole = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], ...body };
  return post(JSON.stringify(whole), headers);
}

/** Any bytes sent to the chat path, as JSON unless `headers` say otherwise. */
export function post(body: string | Uint8Array, headers: Record<string, string> = {}, path = "/v1/chat/completions"): ClientRequest {
  return { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body };
}

/** The error of an answer in OpenAI's form. */
export function errorOf(answer: { body: string }): { message: string; type: string; param: string | null; code: string | null } {
  return JSON.parse(answer.body).error;
}

/** The text of a chat completion, streamed or whole. */
export function textOf(answer: { body: string; headers: Record<string, string> }): string {
  if (answer.headers["content-type"]?.startsWith("text/event-stream") !== true) return JSON.parse(answer.body).choices[0].message.content;
  return readEvents(answer.body)
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }) => JSON.parse(data).choices?.[0]?.delta?.content ?? "")
    .join("");
}

/** The facts that a request leaves behind. */
export function factsOf(answer: { facts: Record<string, string> }): Record<string, unknown> {
  return JSON.parse(answer.facts["sluice.facts"] ?? "{}");
}
