/** Writes docs/translation.md and the pages under docs/translation: what becomes of every client's field at every provider, from the ledger in test/ledger. */
import { answering, answers, type Answering, type AnswerOutcome } from "../../test/ledger/answers/measure.ts";
import { answerOutcomes, outcomesOf, reasons } from "../../test/ledger/ledger.ts";
import type { Outcome } from "../../test/ledger/measure.ts";
import { clientNames, clients, providerNames, providers, type Client, type Provider } from "../../test/ledger/protocols.ts";

const INTRODUCTION = `# What becomes of every field

Generated from [the ledger](../test/ledger/README.md) (\`npm run generate\`). For each field of each client's protocol, with a value, and each provider's protocol, a cell is one of these:

- **a path**: carried. The value stands in the provider's request as it was, at this path.
- **paths with values**: converted. This is what the field makes of the provider's request; \`null\` is what it takes away.
- **400**: refused, by the field's own name. With [\`on_unsupported: drop\`](gateway-yaml.md#providers) it is left out and named instead, unless it is malformed.
- **– and a number**: left out, since that is harmless: the reasons stand below each table.

A test measures each cell: it reads the client's smallest request with the field and one without it, writes both for the provider, and compares. Another draws 10,000 conversations from the rows for each client and provider, and looks for what is lost or refused against the tables. Outcomes hold
for one model of each protocol: MODELS. What other models take stands in the READMEs of the [protocols](../shared/protocols/README.md). What two fields make of each other stands there too: most of all thinking, which excludes sampling and forced calls at Anthropic. A client and a provider of the
same protocol: the client's own bytes. Providers are asked in the Responses and the Completions API only what clients of these ask, so they have no column.

How many values are carried or converted, how many are left out, how many refused:
`;

/** Each group is a table: with all in one, it would be wider than any screen. */
const GROUPS: readonly { title: string; providers: readonly Provider[] }[] = [
  { title: "To OpenAI, Anthropic and Gemini", providers: ["openai", "anthropic", "gemini"] },
  { title: "To Bedrock, Cohere, DashScope and Hunyuan", providers: ["bedrock", "cohere", "dashscope", "hunyuan"] },
  { title: "To those that take text alone: MiniMax, Dify, DeepL, KServe", providers: ["minimax", "dify", "deepl", "triton"] },
];

const ANSWERS = `# What becomes of every field of an answer

The other way: each field of a provider's answer, with a value, and each client's protocol. The same words; a client of the provider's own protocol gets the provider's own bytes. A cell is for whole answers; where a stream differs by more than the names of its
events, it says so. A test measures each cell: it reads a provider's answer with the field and one without it, whole and streamed, writes both for the client, and compares. Of Bedrock only whole
answers are measured: its streams are binary frames. DeepL doesn't stream. Of Dify the app is a chat; of workflows whole answers are measured.
`;

/** The pages, by their paths. */
export function translationPages(): Map<string, string> {
  const pages = new Map([["docs/translation.md", overview()]]);
  for (const client of clientNames) pages.set(`docs/translation/${client}.md`, clientPage(client));
  pages.set("docs/translation/answers.md", `${ANSWERS}\n${answering.map(answerSection).join("\n")}`);
  return pages;
}

function overview(): string {
  const models = providerNames.map((provider) => `${providers[provider].title} \`${providers[provider].model}\``).join(", ");
  const lines = providerNames.map(
    (provider) => `| ${providers[provider].title} | ${clientNames.map((to) => counts(to, provider)).join(" | ")} |`,
  );
  return [
    INTRODUCTION.replace("MODELS", models),
    `| to, from a client of | ${clientNames.map((client) => `[${clients[client].title}](translation/${client}.md)`).join(" | ")} |`,
    `| --- | ${clientNames.map(() => "---").join(" | ")} |`,
    ...lines,
    "",
    "The other way: [what becomes of every field of an answer](translation/answers.md).",
    "",
  ].join("\n");
}

function counts(client: Client, provider: Provider): string {
  if (provider === (client as string)) return "its own bytes";
  const outcomes = [...(outcomesOf(client, provider)?.values() ?? [])];
  const dropped = outcomes.filter((outcome) => "dropped" in outcome).length;
  const refused = outcomes.filter((outcome) => "refused" in outcome).length;
  return `${outcomes.length - dropped - refused}, ${dropped}, ${refused}`;
}

function clientPage(client: Client): string {
  const { title, source } = clients[client];
  const tables = GROUPS.map((group) => table(client, group.title, group.providers));
  return `# ${title}: what becomes of every field\n\nSource: <${source}>. What a cell says stands in [the overview](../translation.md).\n\n${tables.join("\n")}`;
}

function table(client: Client, title: string, group: readonly Provider[]): string {
  const columns = group.filter((provider) => provider !== (client as string));
  const given: string[] = [];
  const lines = [...clients[client].rows].map(([name, { field, value }]) => {
    const cells = columns.map((provider) => cell(outcomesOf(client, provider)?.get(name), given));
    return `| ${code(field)} | ${code(shown(value))} | ${cells.join(" | ")} |`;
  });
  const head = ["field", "value", ...columns.map((provider: Provider) => providers[provider].title)];
  return [
    `## ${title}`,
    "",
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...lines,
    "",
    "Left out, since:",
    "",
    ...given.map((reason, index) => `${index + 1}. ${reasons[reason] ?? reason}`),
    "",
  ].join("\n");
}

function answerSection(provider: Answering): string {
  const outcomes = answerOutcomes(provider);
  const columns = clientNames.filter((client) => client !== provider);
  const given: string[] = [];
  const lines = [...answers[provider].rows].map(([name, { field, value }]) => {
    const cells = columns.map((client) => answerCell(outcomes.get(name)?.[client], given));
    return `| ${code(field)} | ${code(shown(value))} | ${cells.join(" | ")} |`;
  });
  return [
    `## Answers of ${providers[provider].title}`,
    "",
    `Source: <${answers[provider].source}>`,
    "",
    `| field | value | ${columns.map((client) => clients[client].title).join(" | ")} |`,
    `| --- | --- | ${columns.map(() => "---").join(" | ")} |`,
    ...lines,
    "",
    "Left out, since:",
    "",
    ...given.map((reason, index) => `${index + 1}. ${reasons[reason] ?? reason}`),
    "",
  ].join("\n");
}

function answerCell(outcome: AnswerOutcome | undefined, given: string[]): string {
  const { whole, stream } = outcome ?? {};
  if (whole === undefined) return stream === undefined ? "not measured" : `in a stream: ${cell(stream, given)}`;
  if (stream === undefined || "dropped" in whole === "dropped" in stream) return cell(whole, given);
  return `${cell(whole, given)}; in a stream: ${cell(stream, given)}`;
}

function cell(outcome: Outcome | undefined, given: string[]): string {
  if (outcome === undefined) return "not measured";
  if ("carried" in outcome) return code(outcome.carried);
  if ("refused" in outcome) return "**400**";
  if ("converted" in outcome)
    return Object.entries(outcome.converted)
      .map(([path, value]) => code(`${path}: ${shown(value)}`))
      .join("<br>");
  if (!given.includes(outcome.dropped)) given.push(outcome.dropped);
  return `– ${given.indexOf(outcome.dropped) + 1}`;
}

/** A value on one line, cut where it is long. */
function shown(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= 80 ? json : `${json.slice(0, 79)}…`;
}

function code(text: string): string {
  const fence = text.includes("`") ? "````" : "`";
  return `${fence}${text.replaceAll("|", "\\|")}${fence}`;
}
