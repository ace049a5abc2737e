/** From a model's `to` and `fallback` to plans: the orders in which targets are tried. */

import type { ModelEntry, Target } from "./gateway.ts";

export interface Plan {
  /** Share of the requests that start with this plan; 0 for one that is only taken when a target is struck. */
  readonly weight: number;
  readonly targets: readonly Target[];
}

/**
 * One plan for each weighted order, then every suffix of each (weight 0), each order once.
 *
 * `to: [A 95, B 5], fallback: [C, D]` gives [A C D B] 95, [B C D A] 5, and [C D B], [D B], [B], [C D A], [D A], [A]. An attempt can't be skipped inside a composite cluster, so
 * every order that may be needed exists before a request comes.
 */
export function plansFor(entry: ModelEntry): Plan[] {
  const drawn = entry.to.map((first) => ({ weight: first.weight, targets: orderFrom(first, entry) }));
  const plans = drawn.filter((plan) => plan.weight > 0).map((plan): Plan => plan);
  const known = new Set(plans.map((plan) => targetsKey(plan.targets)));
  for (const { targets } of plans.slice()) {
    for (let from = 1; from < targets.length; from++) {
      const suffix = targets.slice(from);
      const key = targetsKey(suffix);
      if (known.has(key)) continue;
      known.add(key);
      plans.push({ weight: 0, targets: suffix });
    }
  }
  return plans;
}

function orderFrom(first: Target, entry: ModelEntry): Target[] {
  const order = [plain(first), ...entry.fallback.map(plain)];
  if (!entry.othersJoin) return order;
  for (const other of entry.to) {
    if (!order.some((target) => sameTarget(target, other))) order.push(plain(other));
  }
  return order;
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.provider === b.provider && a.model === b.model;
}

function plain({ provider, model }: Target): Target {
  return model === undefined ? { provider } : { provider, model };
}

function targetsKey(targets: readonly Target[]): string {
  return JSON.stringify(targets.map((target) => [target.provider, target.model ?? null]));
}
