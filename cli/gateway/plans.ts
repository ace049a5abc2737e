/** From a model's `to` and `fallback` to plans: the orders in which targets are tried. */

import type { ModelEntry, Target } from "./gateway.ts";

export interface Plan {
  /** Share of the requests that start with this plan; 0 for one that is only taken when a target is struck. */
  readonly weight: number;
  readonly targets: readonly Target[];
}

/** Up to so many targets every order that striking some of them leaves has a cluster; beyond, only those that begin later in the list. */
const mostForAllOrders = 4;

/**
 * One plan for each weighted order, then those that stand in for it where targets are struck (weight 0), each order once.
 *
 * `to: [A 95, B 5], fallback: [C]` gives [A C B] 95, [B C A] 5, and [C B], [A B], [A C], [A], [C], [B], [B A], [B C], [C A]. An attempt can't be skipped inside a composite cluster, so every order that may be needed exists before
 * a request comes. A provider that may be asked several times stands there as often in a row, and where it is the first one also less often, since some of its keys may be parked.
 *
 * @param attempts How often a request may ask a provider.
 */
export function plansFor(entry: ModelEntry, attempts: (provider: string) => number = () => 1): Plan[] {
  const orders = entry.to.map((first) => ({ weight: first.weight, order: orderFrom(first, entry) }));
  const repeated = (order: readonly Target[], first?: number): Target[] =>
    order.flatMap((target, i) => Array.from({ length: i === 0 && first !== undefined ? first : attempts(target.provider) }, () => target));
  const plans = orders.filter(({ weight }) => weight > 0).map(({ weight, order }): Plan => ({ weight, targets: repeated(order) }));
  const known = new Set(plans.map((plan) => targetsKey(plan.targets)));
  for (const { weight, order } of orders) {
    if (weight === 0) continue;
    for (const left of order.length > mostForAllOrders ? suffixes(order) : subsequences(order)) {
      for (let first = attempts(left[0]!.provider); first > 0; first--) {
        const targets = repeated(left, first);
        const key = targetsKey(targets);
        if (known.has(key)) continue;
        known.add(key);
        plans.push({ weight: 0, targets });
      }
    }
  }
  return plans;
}

function suffixes(order: readonly Target[]): Target[][] {
  return order.map((_, from) => order.slice(from));
}

/** All of them but the empty one, those that keep the most first. */
function subsequences(order: readonly Target[]): Target[][] {
  const all = Array.from({ length: 2 ** order.length - 1 }, (_, mask) => order.filter((_, i) => !(mask & (1 << i))));
  return all.toSorted((a, b) => b.length - a.length);
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
