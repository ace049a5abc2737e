/** The capability card of a provider: what it was asked, and what came. */

import type { Answer } from "./ask.ts";
import type { ProbeCase } from "./cases.ts";
import { compareShapes, type Difference } from "./shape.ts";

export interface Card {
  readonly provider: string;
  readonly type: string;
  readonly model: string;
  /** The day, as 2026-11-24. */
  readonly date: string;
  readonly sluice: string;
  readonly tokens: { input: number; output: number };
  readonly capabilities: Record<string, Capability>;
}

export interface Capability {
  /** `yes`; `no`: it answered, but not with that; `refused`: the provider or the gateway said no. */
  readonly can: "yes" | "no" | "refused";
  /** Why not. */
  readonly because?: string;
  readonly fixture: string;
  /** Where the answer's members differ from those that the fixture expects. */
  readonly differs?: Difference;
}

export function judge(probe: ProbeCase, answer: Answer): Capability {
  const { fixture } = probe;
  if (answer.status !== 200 || answer.error !== "") return { can: "refused", because: `${answer.status}: ${answer.error}`, fixture };
  const because = probe.shortcoming(answer);
  const differs = compareShapes(probe.expected, answer.objects);
  const same = differs.missing.length === 0 && differs.more.length === 0;
  return { can: because === null ? "yes" : "no", ...(because !== null && { because }), fixture, ...(!same && { differs }) };
}

/** One line of what was found, for people. */
export function describe(name: string, { can, because }: Capability): string {
  return `  ${{ yes: "✓", no: "–", refused: "✗" }[can]} ${name}${because === undefined ? "" : `: ${because}`}`;
}
