/** Writes docs/translation.md: what becomes of every client's field at every provider, from the ledger in test/ledger. */
import { answering, answers, type Answering, type AnswerOutcome } from "../../test/ledger/answers/measure.ts";
import { answerOutcomes, outcomesOf, reasons } from "../../test/ledger/ledger.ts";
import type { Outcome } from "../../test/ledger/measure.ts";
import { clientNames, clients, providerNames, providers, type Client, type Provider } from "../../test/ledger/protocols.ts";

const INTRODUCTION = `# What becomes of every field

Generated from [the ledger](../test/ledger/README.md) (\`npm run generate\`). For each field of each client's protocol, with a value, and each provider's protocol:

- **a path**: carried. The value stands in the provider's request as it was, at this path.
- **paths with values**: converted. This is what the field makes of the provider's request; \`null\` is what it takes away.
- **400**: refused, by the field's own name. With [\`on_unsupported: drop\`](gateway-yaml.md#providers) it is left out and named instead, unless it is malformed.
- **– and a number**: left out, since that is harmless: the reasons stand below each table.

A test measures each cell: it reads the client's smallest request with the field and one without it, writes both for the provider, and compares. Outcomes hold for one model of each protocol: MODELS. What other
models take stands in the READMEs of the [protocols](../shared/protocols/README.md). What two fields make of each other stands there too: most of all thinking, which excludes sampling and forced calls at Anthropic. A client and a provider of the same protocol: the
client's own bytes.
`;

const ANSWERS = `# What becomes of every field of an answer

The other way: each field of a provider's answer, with a value, and each client's protocol. The same words; a client of the provider's own protocol gets the provider's own bytes. A cell is for whole answers; where a stream differs by more than the names of its
events, it says so. A test measures each cell: it reads a provider's answer with the field and one without it, whole and streamed, writes both for the client, and compares. Of Bedrock only whole
answers are measured: its streams are binary frames.
`;

/** The whole page. */
export function translationGuide(): string {
  const models = providerNames.map((provider) => `${providers[provider].title} \`${providers[provider].model}\``).join(", ");
  return `${INTRODUCTION.replace("MODELS", models)}\n${clientNames.map(section).join("\n")}\n${ANSWERS}\n${answering.map(answerSection).join("\n")}`;
}

function section(client: Client): string {
  const { title, source, rows } = clients[client];
  const columns = providerNames.filter((provider) => provider !== (client as string) && outcomesOf(client, provider) !== null);
  const given: string[] = [];
  const lines = [...rows].map(([name, { field, value }]) => {
    const cells = columns.map((provider) => cell(outcomesOf(client, provider)?.get(name), given));
    return `| ${code(field)} | ${code(shown(value))} | ${cells.join(" | ")} |`;
  });
  const head = ["field", "value", ...columns.map((provider: Provider) => providers[provider].title)];
  const notes = given.map((reason, index) => `${index + 1}. ${reasons[reason] ?? reason}`);
  return [
    `## ${title}`,
    "",
    `Source: <${source}>`,
    "",
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...lines,
    "",
    "Left out, since:",
    "",
    ...notes,
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
