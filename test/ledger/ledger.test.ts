/** The ledger says what happens: each field with each value, from each client's reader through `fits` to each provider's writer. */
import { describe, expect, test } from "vitest";
import { assembly } from "../assembly/compile.ts";
import { answering } from "./answers/measure.ts";
import { answerOutcomes, names, outcomesOf, reasons } from "./ledger.ts";
import { measure, requestOf } from "./measure.ts";
import { clientNames, clients, providerNames } from "./protocols.ts";

const pairs = await assembly(new URL("../../shared/protocols/pairs.testing.ts", import.meta.url));
/** Fields that are another field's word for the same. */
const ALIASES = new Map([
  ["include", "top_logprobs"],
  ["output_format", "output_config.format"],
  ["enable_thinking", "thinking"],
  ["reasoning.enabled", "thinking"],
  ["reasoning.effort", "reasoning_effort"],
  ["reasoning.max_tokens", "thinking_budget"],
]);
const everyPair = clientNames.flatMap((client) => providerNames.map((provider) => [client, provider] as const));

describe.each(everyPair)("%s to %s", (client, provider) => {
  const outcomes = outcomesOf(client, provider);
  const rows = clients[client].rows;

  test("every field has an entry, and nothing else has", () => {
    expect([...(outcomes?.keys() ?? [])]).toEqual([...rows.keys()]);
  });

  test("each entry is what is measured", () => {
    const differences: unknown[] = [];
    for (const [name, row] of rows) {
      const told = outcomes?.get(name);
      const found = measure(pairs, client, provider, row);
      const expected = told !== undefined && "dropped" in told && "dropped" in found ? told : found;
      if (JSON.stringify(told) !== JSON.stringify(expected)) differences.push({ name, told, found });
    }
    expect(differences).toEqual([]);
  });

  test("each drop has a reason, each conversion says what into, each refusal names the field", () => {
    for (const [name, outcome] of outcomes ?? []) {
      if ("dropped" in outcome) expect(reasons, name).toHaveProperty([outcome.dropped]);
      if ("converted" in outcome) expect(Object.keys(outcome.converted), name).not.toEqual([]);
      if ("refused" in outcome) {
        const { field, request } = rows.get(name)!;
        // Or a setting without which it says nothing.
        const isNeeded = outcome.refused
          .split(".")
          .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], request);
        const isAlias = ALIASES.get(field) === outcome.refused;
        expect(isNeeded !== undefined || isAlias || names(outcome.refused, field), `${name}: ${outcome.refused}`).toBe(true);
      }
    }
  });
});

test("no reason is left over", () => {
  const inAnswers = answering.flatMap((provider) =>
    [...answerOutcomes(provider).values()]
      .flatMap((of) => Object.values(of).flatMap(({ whole, stream }) => [whole, stream]))
      .map((outcome) => (outcome !== undefined && "dropped" in outcome ? outcome.dropped : "")),
  );
  const used = new Set([
    ...inAnswers,
    ...everyPair.flatMap(([client, provider]) =>
      [...(outcomesOf(client, provider)?.values() ?? [])].map((outcome) => ("dropped" in outcome ? outcome.dropped : "")),
    ),
  ]);
  expect(Object.keys(reasons).filter((reason) => !used.has(reason))).toEqual([]);
});

test.each(clientNames)("each field of %s's list stands in its request", (client) => {
  for (const [name, row] of clients[client].rows)
    if (row.path !== undefined) expect(row.path, name).not.toBe(clients[client].path);
    else expect(requestOf(client, row, row.value), name).not.toEqual(requestOf(client, row, row.otherwise));
});
