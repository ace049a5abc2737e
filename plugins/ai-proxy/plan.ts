import { Bytes } from "../../shared/bytes/bytes";
import { Exchange } from "../../shared/pipeline/exchange";
import { PlannedTarget, Readiness } from "../../shared/pipeline/provider";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { Omissions } from "../../shared/protocols/omissions";
import { Operation, nameOf } from "../../shared/protocols/operation";
import { Target } from "../../shared/protocols/protocol";
import { draw } from "./random";

/** An order of targets, and the composite cluster that tries them in this order. */
@final
export class Plan {
  constructor(
    public cluster: Bytes,
    public weight: i32,
    public targets: Array<PlannedTarget>,
  ) {}
}

const scratch = new Target();
const omissions = new Omissions();

/** The plans of a scope, and which of them a request takes. */
@final
export class Plans {
  totalWeight: i32 = 0;
  private all: Array<Plan> = [];

  /** The plan that `choose` took. */
  plan: Plan | null = null;
  /** How many targets of it may be tried, from its first. */
  count: i32 = 0;
  /** Whether tokens are to be counted, and the provider that the plan begins with has no API for it. Another's count would be another model's. */
  estimates: bool = false;

  add(plan: Plan): void {
    this.all.push(plan);
    this.totalWeight += plan.weight;
  }

  /**
   * Draws a plan by weight and strikes the targets that can't take this request, since an attempt can't be skipped once it is under way. With some struck it takes a listed plan of just the others, else ends the plan before the
   * first that is struck. Not null: nobody can take the request, and this is why.
   */
  choose(exchange: Exchange): Failure | null {
    const drawn = this.drawn();
    const targets = drawn.targets;
    this.estimates = isUncounted(exchange, targets[0]);
    if (this.estimates) return null;
    const fit: Array<PlannedTarget> = [];
    let struck = -1;
    let why: Failure | null = null;
    for (let i = 0; i < targets.length; i++) {
      const failure = unfit(exchange, targets[i]);
      if (failure == null) {
        if (struck >= 0) fit.push(targets[i]);
      } else if (struck < 0) {
        struck = i;
        why = failure;
        for (let j = 0; j < i; j++) fit.push(targets[j]);
      }
    }
    if (struck < 0) return this.take(drawn, targets.length);
    const same = this.listed(fit);
    if (same != null) return this.take(same, fit.length);
    if (struck > 0) return this.take(drawn, struck);
    return this.beginningWith(fit, exchange) ? null : why;
  }

  /** Whether some provider that may be asked keeps answers for callers. */
  get keepAnswers(): bool {
    for (let i = 0; i < this.all.length; i++) {
      const targets = this.all[i].targets;
      for (let j = 0; j < targets.length; j++) if (targets[j].provider.keepsObjects) return true;
    }
    return false;
  }

  private drawn(): Plan {
    const all = this.all;
    if (all.length == 1) return all[0];
    let left = draw(this.totalWeight);
    for (let i = 0; i < all.length; i++) {
      left -= all[i].weight;
      if (left < 0) return all[i];
    }
    return all[0];
  }

  private take(plan: Plan, count: i32): Failure | null {
    this.plan = plan;
    this.count = count;
    return null;
  }

  /** The plan with exactly these targets. */
  private listed(targets: Array<PlannedTarget>): Plan | null {
    if (targets.length == 0) return null;
    for (let i = 0; i < this.all.length; i++) {
      const plan = this.all[i];
      if (plan.targets.length == targets.length && sharedStart(plan.targets, targets) == targets.length) return plan;
    }
    return null;
  }

  /** Takes the plan that begins with the most of the fit targets; false if none begins with the first of any. */
  private beginningWith(fit: Array<PlannedTarget>, exchange: Exchange): bool {
    for (let from = 0; from < fit.length; from++) {
      let best: Plan | null = null;
      let most = 0;
      for (let i = 0; i < this.all.length; i++) {
        const plan = this.all[i];
        if (!isSame(plan.targets[0], fit[from])) continue;
        let usable = 0;
        while (usable < plan.targets.length && unfit(exchange, plan.targets[usable]) == null) usable++;
        if (usable > most) {
          best = plan;
          most = usable;
        }
      }
      if (best != null) {
        this.take(best, most);
        return true;
      }
    }
    return false;
  }
}

/** Whether a target is to count tokens and has no API for it. */
export function isUncounted(exchange: Exchange, planned: PlannedTarget): bool {
  const conversation = exchange.conversation;
  return conversation.operation == Operation.CountTokens && !planned.provider.serves(conversation);
}

/** Why a target can't take this request; null: it can. */
export function unfit(exchange: Exchange, planned: PlannedTarget): Failure | null {
  const provider = planned.provider;
  const keeper = exchange.keeper;
  if (keeper != null && !keeper.equals(provider.id)) {
    return Failure.of(
      FailureKind.InvalidRequest,
      `The request names objects of provider "${keeper.toString()}", which provider "${provider.id.toString()}" doesn't have. Ask for a model of the former.`,
    );
  }
  const operation = exchange.conversation.operation;
  if (!provider.serves(exchange.conversation)) {
    return Failure.of(
      FailureKind.InvalidRequest,
      `Provider "${provider.id.toString()}" does not serve ${nameOf(operation)}. Ask for a model of another provider.`,
    );
  }
  provider.resolve(exchange, planned.model, scratch);
  const conversation = exchange.conversation;
  const protocol = provider.protocolFor(conversation, scratch.model);
  const failure = omissions.fit(exchange.client, protocol, conversation, scratch);
  omissions.restore(conversation);
  return failure == null && provider.prepare() == Readiness.Unavailable ? provider.unavailability() : failure;
}

function sharedStart(a: Array<PlannedTarget>, b: Array<PlannedTarget>): i32 {
  let count = 0;
  while (count < a.length && count < b.length && isSame(a[count], b[count])) count++;
  return count;
}

function isSame(a: PlannedTarget, b: PlannedTarget): bool {
  if (!a.provider.id.equals(b.provider.id)) return false;
  const mine = a.model;
  const theirs = b.model;
  if (mine == null || theirs == null) return mine == null && theirs == null;
  return mine.equals(theirs);
}
