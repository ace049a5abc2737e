/** The ledger of answers says what happens: each field of a provider's answer, whole and streamed, through its reader and each client's writer. */
import { describe, expect, test } from "vitest";
import { assembly } from "../assembly/compile.ts";
import { fill } from "./fields.ts";
import { answerOutcomes, reasons } from "./ledger.ts";
import { answering, answers, measureAnswer } from "./answers/measure.ts";
import { clientNames } from "./protocols.ts";
import type { Outcome } from "./measure.ts";

const pairs = await assembly(new URL("../../shared/protocols/pairs.testing.ts", import.meta.url));

const everyPair = answering.flatMap((provider) =>
  clientNames.filter((client) => client !== provider).map((client) => [provider, client] as const),
);

describe.each(everyPair)("%s's answers for %s's clients", (provider, client) => {
  test("each entry is what is measured, and each drop has a reason", () => {
    const differences: unknown[] = [];
    for (const [name, row] of answers[provider].rows) {
      const told = answerOutcomes(provider).get(name)?.[client];
      const found = measureAnswer(pairs, client, provider, row);
      for (const form of ["whole", "stream"] as const) {
        if (!isSame(told?.[form], found[form])) differences.push({ name, form, told: told?.[form], found: found[form] });
        const outcome = told?.[form];
        if (outcome !== undefined && "dropped" in outcome) expect(reasons, name).toHaveProperty([outcome.dropped]);
      }
    }
    expect(differences).toEqual([]);
  });
});

function isSame(told: Outcome | undefined, found: Outcome | undefined): boolean {
  if (told !== undefined && found !== undefined && "dropped" in told && "dropped" in found) return true;
  return JSON.stringify(told) === JSON.stringify(found);
}

test.each(answering)("the ledger has each field of %s's answers, and no other; each stands in its answer", (provider) => {
  expect([...answerOutcomes(provider).keys()]).toEqual([...answers[provider].rows.keys()]);
  for (const [name, { whole, events, value, otherwise }] of answers[provider].rows)
    for (const template of [whole, events])
      if (template !== null) expect(fill(template, value), name).not.toEqual(fill(template, otherwise));
});
