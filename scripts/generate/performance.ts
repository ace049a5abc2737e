/** Writes what README.md says of cost from bench/results.json, which `make bench` makes. */

/** A line of the bench's results, as far as it is shown here. */
export interface Figure {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly atLeast?: boolean;
}

export const PERFORMANCE_BEGIN = "<!-- performance:begin -->";
export const PERFORMANCE_END = "<!-- performance:end -->";

/** What is shown, in this order, and in whose words. */
const SHOWN: readonly (readonly [id: string, words: string])[] = [
  ["key-auth", "key-auth alone: Envoy's CPU a request, over bare Envoy's"],
  ["ai-proxy", "ai-proxy alone, OpenAI → OpenAI"],
  ["bundle-openai", "the bundle with fallbacks, OpenAI → OpenAI"],
  ["bundle-claude", "the bundle with fallbacks, OpenAI → Claude"],
  ["separate", "three separate modules"],
  ["stream-claude-event", "a streamed event, Claude → OpenAI: CPU that is added"],
  ["higress", "Higress's ai-proxy in the same Envoy: CPU a request, over ours"],
  ["size-sluice", "size of the bundle"],
  ["start", "Envoy ready, later than bare"],
];

/** The text of README.md with its figures written anew; throws where the marks are missing. Null: nothing has been measured. */
export function replacePerformance(readme: string, figures: readonly Figure[] | null): string {
  const begin = readme.indexOf(PERFORMANCE_BEGIN);
  const end = readme.indexOf(PERFORMANCE_END);
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${PERFORMANCE_BEGIN} … ${PERFORMANCE_END}`);
  const table = figures === null ? "" : `\n\n${writeTable(figures)}\n\n`;
  return `${readme.slice(0, begin + PERFORMANCE_BEGIN.length)}${table === "" ? "\n" : table}${readme.slice(end)}`;
}

function writeTable(figures: readonly Figure[]): string {
  const rows = SHOWN.flatMap(([id, words]) => {
    const figure = figures.find((each) => each.id === id);
    return figure === undefined ? [] : [[words, amount(figure.value, figure.unit), barOf(figure)]];
  });
  return [["", "measured", "bar"], ["---", "---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function barOf({ value, unit, bar, atLeast }: Figure): string {
  if (bar === null) return "–";
  const isMet = atLeast === true ? value >= bar : value <= bar;
  return `${atLeast === true ? "≥" : "≤"} ${bar} ${unit}: ${isMet ? "met" : "missed"}`;
}

function amount(value: number, unit: string): string {
  return `${value.toFixed(value < 100 ? 2 : 0)} ${unit}`;
}
