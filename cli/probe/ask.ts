/** Asks one case of a gateway, and reads what an OpenAI client would. */

import type { ProbeCase } from "./cases.ts";

export interface Answer {
  /** 0: nobody answered. */
  readonly status: number;
  /** The objects of the answer: one, or those of a stream. */
  readonly objects: readonly unknown[];
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
  readonly usage: "told" | "estimated" | "absent";
  readonly tokens: { readonly input: number; readonly output: number };
  /** The error's words, or what is wrong with the answer; empty if nothing is. */
  readonly error: string;
}

interface Message {
  readonly content?: string | null;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly { readonly index?: number; readonly function?: { readonly name?: string; readonly arguments?: string } }[];
}
interface Completion {
  readonly choices?: readonly { readonly message?: Message; readonly delta?: Message }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number; readonly estimated?: boolean } | null;
  readonly error?: { readonly message?: string };
}

/** @param url The gateway's chat completions. @param model As the gateway knows it: `provider/model`. */
export async function ask(url: string, model: string, { request, limit }: ProbeCase, timeout: number): Promise<Answer> {
  const body = JSON.stringify({ model, ...request, max_completion_tokens: limit });
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(timeout),
    });
    text = await response.text();
  } catch (error) {
    return { ...read([]), status: 0, error: error instanceof Error ? error.message : String(error) };
  }
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const parts = isStream ? dataOf(text) : [text];
  const objects: unknown[] = [];
  for (const part of parts.filter((part) => part !== "[DONE]")) {
    try {
      objects.push(JSON.parse(part));
    } catch {
      return { ...read(objects as Completion[]), status: response.status, error: "the answer isn't JSON" };
    }
  }
  const answer = read(objects as Completion[]);
  const isCut = isStream && response.ok && answer.error === "" && !parts.includes("[DONE]");
  return { ...answer, status: response.status, error: isCut ? "the stream has no end" : answer.error };
}

function dataOf(stream: string): string[] {
  return stream
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trim());
}

function read(objects: readonly Completion[]): Answer {
  let text = "";
  let thinking = "";
  const calls: { name: string; arguments: string }[] = [];
  let usage: Answer["usage"] = "absent";
  const tokens = { input: 0, output: 0 };
  for (const object of objects) {
    const message = object.choices?.[0]?.message ?? object.choices?.[0]?.delta;
    text += message?.content ?? "";
    thinking += message?.reasoning_content ?? "";
    for (const [at, call] of (message?.tool_calls ?? []).entries()) {
      const known = (calls[call.index ?? at] ??= { name: "", arguments: "" });
      known.name += call.function?.name ?? "";
      known.arguments += call.function?.arguments ?? "";
    }
    if (object.usage != null) {
      usage = object.usage.estimated === true ? "estimated" : "told";
      tokens.input = object.usage.prompt_tokens ?? 0;
      tokens.output = object.usage.completion_tokens ?? 0;
    }
  }
  const error = objects.find(({ error }) => error !== undefined)?.error?.message ?? "";
  return { status: 0, objects, text, thinking, calls: calls.filter((call) => call !== undefined), usage, tokens, error };
}
