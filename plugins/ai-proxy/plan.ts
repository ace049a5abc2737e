import { Bytes } from "../../shared/bytes/bytes";
import { CONTEXT_LENGTH } from "../../shared/pipeline/causes";
import { Exchange } from "../../shared/pipeline/exchange";
import { lookAtHealth } from "../../shared/pipeline/health";
import { PlannedTarget, Readiness } from "../../shared/pipeline/provider";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { Omissions } from "../../shared/protocols/omissions";
import { Operation, nameOf } from "../../shared/protocols/operation";
import { Target } from "../../shared/protocols/protocol";
import { outOfBounds } from "./bounds";
import { callerHash } from "./keys";
import { draw } from "./random";
import { tooLongFor } from "./windows";

/** An order of targets, and the composite cluster that tries them in this order. */
@final
export class Plan {
  /** The longest `firstByteTimeout` of its targets' providers, in milliseconds; 0: none has any. */
  private longest: i32 = 0;
  private isOwn: bool = true;
  /** Whether a target further behind has to be ready, too, before a request goes on: an attempt can't wait. */
  waitsForAll: bool = false;
  /** Whether the servers of one of its targets are picked by what the prompt begins with. */
  hashesPrompts: bool = false;

  constructor(
    public cluster: Bytes,
    public weight: i32,
    public targets: Array<PlannedTarget>,
  ) {}

  /** Notes a target's `firstByteTimeout`; 0: it has none. */
  noteLimit(limit: i32): void {
    this.longest = max(this.longest, limit);
    if (limit == 0) this.isOwn = false;
  }

  /** Milliseconds for an attempt at a stream to begin, where `usual` holds for targets without a limit of their own. */
  streamLimit(usual: i32): i32 {
    return this.longest == 0 || !this.isOwn ? max(usual, this.longest) : this.longest;
  }
}

/** By whom plans are drawn: `sticky`. */
@final
export class Sticky {
  private byConsumer: bool;
  /** In lower case; "": by no header. */
  private header: string;

  constructor(said: Bytes) {
    this.byConsumer = said.is("consumer");
    this.header = said.startsWith("header:") ? said.slice(7).toLowerCase().toString() : "";
  }

  /** Whether `sticky` is written so. */
  static reads(said: Bytes): bool {
    return said.isEmpty || said.is("consumer") || (said.startsWith("header:") && said.length > 7);
  }

  /** Null: nobody is known by it, and each request is drawn by itself. */
  of(exchange: Exchange): Bytes | null {
    if (this.byConsumer) return exchange.consumer;
    return this.header.length == 0 ? null : exchange.head.find(this.header, stickyView);
  }
}

const stickyView = new Bytes();
const scratch = new Target();
const omissions = new Omissions();

/** The plans of a scope, and which of them a request takes. */
@final
export class Plans {
  totalWeight: i32 = 0;
  private all: Array<Plan> = [];
  // Of the request that is being planned, used again for each.
  /** Targets that can take it. */
  private fit: Array<PlannedTarget> = [];
  /** How many keys each of them has to be asked with. */
  private usable: Array<i32> = [];
  /** Those with a key. */
  private keyed: Array<PlannedTarget> = [];
  /** Those that aren't down, either, as often as there is another key. */
  private askable: Array<PlannedTarget> = [];
  /** The same, as often as they stand in the plan. */
  private repeated: Array<PlannedTarget> = [];

  constructor(
    /** Who always draws the same plan. */
    private sticky: Sticky,
  ) {}

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
    lookAtHealth();
    const drawn = this.drawn(exchange);
    const targets = drawn.targets;
    this.estimates = isUncounted(exchange, targets[0]);
    if (this.estimates) return null;
    const fit = this.fit;
    const usable = this.usable;
    fit.length = usable.length = 0;
    let why: Failure | null = null;
    let hasKeys = false;
    for (let i = 0; i < targets.length; i++) {
      const failure = unfit(exchange, targets[i]);
      if (failure == null) {
        const keys = usableKeys(exchange, targets[i]);
        fit.push(targets[i]);
        usable.push(keys);
        if (keys > 0) hasKeys = true;
      } else {
        // The first to be asked would end the request with it.
        if (failure.kind == FailureKind.ContextLength && fit.length == 0 && (exchange.causes & CONTEXT_LENGTH) == 0) return failure;
        if (why == null) why = failure;
      }
    }
    if (fit.length == 0) return why;
    if (!hasKeys) return fit[0].provider.exhaustion();
    return this.follow(drawn) ? null : why;
  }

  /** Takes the plan whose targets are those of `fit` that can be asked now. */
  private follow(drawn: Plan): bool {
    const fit = this.fit;
    const keyed = this.keyed;
    const askable = this.askable;
    const repeated = this.repeated;
    keyed.length = askable.length = repeated.length = 0;
    for (let i = 0; i < fit.length; i++) {
      const planned = fit[i];
      if (this.usable[i] == 0) continue;
      keyed.push(planned);
      if (planned.provider.isDown(askable.length == 0)) continue;
      repeated.push(planned);
      if (this.usable[i] > countOf(askable, planned)) askable.push(planned);
    }
    // Where all are down, asking them is all that is left.
    if (askable.length == 0) return this.takeOneOf(drawn, keyed, keyed);
    return this.takeOneOf(drawn, askable, repeated);
  }

  /** The drawn plan, or a listed one of just these targets, or of these as often as they stand there (an attempt without a key goes on to the next), else as much of one as there is. */
  private takeOneOf(drawn: Plan, askable: Array<PlannedTarget>, repeated: Array<PlannedTarget>): bool {
    if (isList(drawn.targets, askable)) return this.take(drawn, askable.length);
    const same = this.listed(askable);
    if (same != null) return this.take(same, askable.length);
    if (isList(drawn.targets, repeated)) return this.take(drawn, repeated.length);
    const longer = this.listed(repeated);
    if (longer != null) return this.take(longer, repeated.length);
    const shared = sharedStart(drawn.targets, askable);
    if (shared > 0) return this.take(drawn, shared);
    return this.beginningWith(askable);
  }

  /** Whether some provider that may be asked keeps answers for callers. */
  get keepAnswers(): bool {
    for (let i = 0; i < this.all.length; i++) {
      const targets = this.all[i].targets;
      for (let j = 0; j < targets.length; j++) if (targets[j].provider.keepsObjects) return true;
    }
    return false;
  }

  private drawn(exchange: Exchange): Plan {
    const all = this.all;
    if (all.length == 1) return all[0];
    const caller = this.sticky.of(exchange);
    let left = caller == null ? draw(this.totalWeight) : <i32>(callerHash(caller) % <u64>max(this.totalWeight, 1));
    for (let i = 0; i < all.length; i++) {
      left -= all[i].weight;
      if (left < 0) return all[i];
    }
    return all[0];
  }

  private take(plan: Plan, count: i32): bool {
    this.plan = plan;
    this.count = count;
    return true;
  }

  /** The plan with exactly these targets. */
  private listed(targets: Array<PlannedTarget>): Plan | null {
    if (targets.length == 0) return null;
    for (let i = 0; i < this.all.length; i++) {
      const plan = this.all[i];
      if (isList(plan.targets, targets)) return plan;
    }
    return null;
  }

  /** Takes the plan that begins with the most of the wanted targets; false if none begins with any. */
  private beginningWith(wanted: Array<PlannedTarget>): bool {
    for (let from = 0; from < wanted.length; from++) {
      let best: Plan | null = null;
      let most = 0;
      for (let i = 0; i < this.all.length; i++) {
        const plan = this.all[i];
        if (!isSame(plan.targets[0], wanted[from])) continue;
        let usable = 0;
        while (usable < plan.targets.length && countOf(wanted, plan.targets[usable]) > 0) usable++;
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

/** How many keys a target that `unfit` has just found nothing against may be asked with: its model is still the one that was resolved. */
export function usableKeys(exchange: Exchange, planned: PlannedTarget): i32 {
  return planned.provider.usableKeys(exchange, scratch.model);
}

/** Why a target can't take this request; null: it can. */
export function unfit(exchange: Exchange, planned: PlannedTarget): Failure | null {
  const provider = planned.provider;
  const outside = outOfBounds(exchange, provider);
  if (outside != null) return outside;
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
  const tooLong = tooLongFor(provider.windowOf(scratch.model), exchange, provider, scratch.model);
  if (tooLong != null) return tooLong;
  const conversation = exchange.conversation;
  const protocol = provider.protocolFor(conversation, scratch.model);
  const failure = omissions.fit(exchange.client, protocol, conversation, scratch);
  omissions.restore(conversation);
  return failure == null && provider.prepare() == Readiness.Unavailable ? provider.unavailability() : failure;
}

function isList(a: Array<PlannedTarget>, b: Array<PlannedTarget>): bool {
  return a.length == b.length && sharedStart(a, b) == a.length;
}

function countOf(targets: Array<PlannedTarget>, planned: PlannedTarget): i32 {
  let count = 0;
  for (let i = 0; i < targets.length; i++) if (isSame(targets[i], planned)) count++;
  return count;
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
