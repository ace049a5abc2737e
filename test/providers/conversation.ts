/**
 * What a model that is not there would say. The conversation carries the script:
 *   anything                     is said again
 *   "use the tool NAME"          calls it, if it is defined ("… with {json}" gives the arguments); may come more than once
 *   "3 tool calls"               three parallel calls of the tools that are defined
 *   "think"                      reasoning tokens are spent (and shown, where the request or the vendor allows)
 *   tool results                 are told: "NAME answered: …"
 *   a schema for the answer      an example of it
 * A forced tool choice, a ban on parallel calls, stop sequences and the token limit are obeyed.
 */
import type { Behaviour, ToolCallScript } from "./behaviour.ts";

export interface ToolDefinition {
  readonly name: string;
  readonly schema: any;
}

/** A checked chat request, apart from its protocol. */
export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  /** The stream is a JSON array in place of events (Gemini without `alt=sse`). */
  readonly asArray?: boolean;
  /** OpenAI's `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  readonly choices: number;
  /** All that was said, for counting. */
  readonly prompt: string;
  /** The last user turn's text. */
  readonly text: string;
  /** Results in the last turn; empty if that turn has none. */
  readonly toolResults: readonly { readonly name: string; readonly text: string }[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: "auto" | "none" | "any" | { readonly name: string };
  readonly parallel: boolean;
  /** `shown`: reasoning may be shown; `spent`: it happens, unseen; `none`: it can't happen. */
  readonly thinking: "shown" | "spent" | "none";
  /** Whether reasoning happens without the word. */
  readonly alwaysThinks: boolean;
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[];
  /** JSON schema that the answer has to follow. */
  readonly schema: any;
  readonly jsonAnswer: boolean;
  readonly logprobs: boolean;
  /** OpenAI's other forms of a conversation; left out: chat completions. */
  readonly form?: "responses" | "completions";
  /** The request's body, for answers that repeat some of it. */
  readonly body?: any;
}

export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

export interface Reply {
  readonly thinking: readonly string[];
  readonly text: readonly string[];
  readonly refusal: string | undefined;
  readonly blocked: string | undefined;
  readonly calls: readonly { readonly id: string | undefined; readonly name: string; readonly pieces: readonly string[] }[];
  /** Null: the answer ends without one. */
  readonly finish: string | null;
  readonly stopSequence: string | null;
  readonly usage: Usage;
}

/** Pieces as a model would stream them: a word with the space before it, or one character of a script without spaces. */
export function piecesOf(text: string): string[] {
  return (
    text.match(
      /\s*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|\s*[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|\s+/gu,
    ) ?? []
  );
}

/** What is answered: the script of a test first, else what the conversation asks for. */
export function replyTo(asked: Asked, behaviour: Behaviour): Reply {
  const scripted =
    behaviour.text !== undefined || behaviour.tools !== undefined || behaviour.refusal !== undefined || behaviour.blocked !== undefined;
  const calls = (behaviour.tools ?? (scripted ? [] : callsIn(asked))).map((call) => ({
    id: call.id,
    name: call.name,
    pieces: argumentPieces(call),
  }));
  const thinking = thinkingFor(asked, behaviour);
  const said =
    behaviour.text !== undefined ? list(behaviour.text, !asked.stream) : scripted || calls.length > 0 ? [] : piecesOf(answerText(asked));
  const reasoningTokens = thinking.tokens;

  let text = said;
  let finish = behaviour.finish ?? (calls.length > 0 ? "tool_calls" : "stop");
  let stopSequence: string | null = null;
  if (behaviour.text === undefined && calls.length === 0) {
    const stopped = cutAtStop(text, asked.stop);
    if (stopped !== null) {
      text = stopped.pieces;
      stopSequence = stopped.sequence;
      finish = behaviour.finish ?? "stop_sequence";
    }
    const left = asked.maxTokens === undefined ? Infinity : Math.max(0, asked.maxTokens - reasoningTokens);
    if (text.length > left) {
      text = text.slice(0, left);
      stopSequence = null;
      finish = behaviour.finish ?? "length";
    }
  }
  if (behaviour.refusal !== undefined || behaviour.blocked !== undefined) finish = behaviour.finish ?? "content_filter";

  const output = text.length + reasoningTokens + calls.reduce((sum, call) => sum + 8 + call.pieces.length, 0);
  const usage = behaviour.usage ?? {};
  return {
    thinking: thinking.shown,
    text,
    refusal: behaviour.refusal,
    blocked: behaviour.blocked,
    calls,
    finish: behaviour.withoutFinish ? null : finish,
    stopSequence,
    usage: {
      input: usage.input ?? 4 + piecesOf(asked.prompt).length,
      output: usage.output ?? Math.max(1, output + (behaviour.refusal === undefined ? 0 : piecesOf(behaviour.refusal).length)),
      cacheRead: usage.cacheRead ?? 0,
      cacheWrite: usage.cacheWrite ?? 0,
      reasoning: usage.reasoning ?? reasoningTokens,
    },
  };
}

function list(value: string | string[], whole: boolean): string[] {
  if (Array.isArray(value)) return value;
  return whole ? (value === "" ? [] : [value]) : piecesOf(value);
}

function thinkingFor(asked: Asked, behaviour: Behaviour): { shown: string[]; tokens: number } {
  if (behaviour.thinking !== undefined) {
    const shown = list(behaviour.thinking, false);
    return { shown, tokens: shown.length };
  }
  if (asked.thinking === "none") return { shown: [], tokens: 0 };
  if (!asked.alwaysThinks && !/\bthink/i.test(asked.text)) return { shown: [], tokens: 0 };
  const thought = piecesOf("The user writes something; I say it again.");
  return { shown: asked.thinking === "shown" ? thought : [], tokens: thought.length };
}

function callsIn(asked: Asked): ToolCallScript[] {
  if (asked.tools.length === 0 || asked.toolChoice === "none" || asked.toolResults.length > 0) return [];
  const choice = asked.toolChoice;
  if (typeof choice === "object") return [withArguments(asked, choice.name)];

  const calls: ToolCallScript[] = [];
  for (const match of asked.text.matchAll(/use the tool `?([\w.-]*\w)`?(?: with (\{.*?\})(?=$|\s*(?:and|,|;|\.)))?/gs)) {
    const name = match[1]!;
    if (!asked.tools.some((tool) => tool.name === name)) continue;
    const given = match[2] === undefined ? undefined : parsed(match[2]);
    calls.push(given === undefined ? withArguments(asked, name) : { name, arguments: given });
  }
  const count = Number(/(\d+) tool calls/.exec(asked.text)?.[1] ?? 0);
  for (let index = 0; index < Math.min(count, 128); index++)
    calls.push(withArguments(asked, asked.tools[index % asked.tools.length]!.name));
  if (calls.length === 0 && choice === "any") calls.push(withArguments(asked, asked.tools[0]!.name));
  return asked.parallel ? calls : calls.slice(0, 1);
}

function withArguments(asked: Asked, name: string): ToolCallScript {
  return { name, arguments: exampleOf(asked.tools.find((tool) => tool.name === name)?.schema ?? {}) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function argumentPieces(call: ToolCallScript): string[] {
  const given = call.arguments ?? {};
  if (typeof given === "string") return [given];
  if (Array.isArray(given) && given.every((piece) => typeof piece === "string")) return given;
  return JSON.stringify(given).match(/.{1,7}/gsu) ?? [];
}

function answerText(asked: Asked): string {
  if (asked.schema !== undefined) return JSON.stringify(exampleOf(asked.schema));
  if (asked.toolResults.length > 0) return asked.toolResults.map((result) => `${result.name} answered: ${result.text}`).join("; ");
  if (asked.jsonAnswer) return JSON.stringify({ answer: asked.text });
  return asked.text === "" ? "I see." : asked.text;
}

function cutAtStop(pieces: readonly string[], stop: readonly string[]): { pieces: string[]; sequence: string } | null {
  const whole = pieces.join("");
  let at = -1;
  let sequence = "";
  for (const candidate of stop) {
    const found = whole.indexOf(candidate);
    if (candidate !== "" && found >= 0 && (at < 0 || found < at)) {
      at = found;
      sequence = candidate;
    }
  }
  return at < 0 ? null : { pieces: piecesOf(whole.slice(0, at)), sequence };
}

/** The smallest value that a JSON schema (or Gemini's dialect of it) describes. */
export function exampleOf(schema: any, root: any = schema, depth = 0): unknown {
  if (typeof schema !== "object" || schema === null || depth > 16) return {};
  if (typeof schema.$ref === "string") return exampleOf(at(root, schema.$ref), root, depth + 1);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (Array.isArray(options) && options.length > 0 && schema.type === undefined) return exampleOf(options[0], root, depth + 1);
  const type = String(Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? (schema.properties ? "object" : ""))).toLowerCase();
  switch (type) {
    case "string":
      return "example";
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "array":
      return [exampleOf(schema.items ?? {}, root, depth + 1)];
    case "null":
      return null;
    default:
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, value]) => [name, exampleOf(value, root, depth + 1)]));
  }
}

function at(root: any, reference: string): any {
  let value = root;
  for (const name of reference.replace(/^#\/?/, "").split("/")) value = name === "" ? value : value?.[name];
  return value ?? {};
}
