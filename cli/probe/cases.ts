/** What a probe asks. The requests are fixtures of the corpus: what an OpenAI client sends, and the answer that it should get. */

import corpus from "./cases.generated.json" with { type: "json" };
import type { Answer } from "./ask.ts";

export interface ProbeCase {
  /** What the card calls it. */
  readonly capability: string;
  /** `<client>-to-<provider>/<name>` below test/fixtures. */
  readonly fixture: string;
  /** The client's request, without a limit of tokens. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The answer that the fixture expects: one object, or the objects of a stream. */
  readonly expected: readonly unknown[];
  /** The most tokens that the answer may have. */
  readonly limit: number;
  /** Why the answer doesn't show that the provider can do it; null: it does. */
  readonly shortcoming: (answer: Answer) => string | null;
}

interface Row {
  readonly capability: string;
  readonly fixture: string;
  readonly limit?: number;
  readonly shortcoming: (answer: Answer) => string | null;
}

const hasText = ({ text }: Answer): string | null => (text === "" ? "no text came" : null);
const calls =
  (least: number) =>
  (answer: Answer): string | null => {
    if (answer.calls.length < least) return `${answer.calls.length} of ${least} calls came`;
    const broken = answer.calls.find(({ arguments: text }) => !isObject(text));
    return broken === undefined ? null : `the arguments of ${broken.name} are no JSON object`;
  };

/** In the order in which they are asked. */
const rows: readonly Row[] = [
  { capability: "chat", fixture: "openai-to-anthropic/multi-turn", shortcoming: hasText },
  { capability: "system and developer messages", fixture: "openai-to-anthropic/system-and-developer", shortcoming: hasText },
  { capability: "stream", fixture: "openai-to-openai/stream-without-usage", shortcoming: hasText },
  {
    capability: "usage in streams",
    fixture: "openai-to-openai/stream-with-usage",
    shortcoming: ({ usage }) => (usage === "told" ? null : usage === "estimated" ? "the gateway had to estimate it" : "none came"),
  },
  {
    capability: "stop sequences",
    fixture: "openai-to-anthropic/stop-string",
    shortcoming: ({ text }) => (text.includes("END") ? "the stop sequence came" : null),
  },
  { capability: "tools", fixture: "openai-to-anthropic/tool-choice-required", shortcoming: calls(1) },
  { capability: "parallel tool calls", fixture: "openai-to-anthropic/tools-parallel", shortcoming: calls(2) },
  { capability: "parallel tool calls, streamed", fixture: "openai-to-anthropic/tools-parallel-stream", shortcoming: calls(2) },
  { capability: "results of tools, with an image", fixture: "openai-to-anthropic/tool-results", shortcoming: hasText },
  {
    capability: "JSON Schema",
    fixture: "openai-to-anthropic/json-schema",
    shortcoming: ({ text }) =>
      isObject(text) && ["name", "age"].every((member) => member in (JSON.parse(text) as object))
        ? null
        : "the text isn't what the schema asks for",
  },
  {
    capability: "thinking",
    fixture: "openai-to-anthropic/reasoning",
    limit: 2000,
    shortcoming: ({ thinking }) => (thinking === "" ? "no thinking came" : null),
  },
  {
    capability: "thinking, streamed",
    fixture: "openai-to-anthropic/reasoning-stream",
    limit: 2000,
    shortcoming: ({ thinking }) => (thinking === "" ? "no thinking came" : null),
  },
];

export function probeCases(): ProbeCase[] {
  const known = corpus as Readonly<Record<string, { request: Record<string, unknown>; answer: unknown[] }>>;
  return rows.map(({ capability, fixture, limit = 200, shortcoming }) => {
    const entry = known[fixture];
    if (entry === undefined) throw new Error(`cases.generated.json has no ${fixture}: npm run generate`);
    const { max_tokens: _, max_completion_tokens: __, model: ___, ...request } = entry.request;
    return { capability, fixture, request, expected: entry.answer, limit, shortcoming };
  });
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
