import { Bytes } from "../bytes/bytes";
import { responseBody } from "../host/body";
import { responseHeaders } from "../host/headers";
import { HeaderBlock } from "../host/pairs";
import { PropertyPath } from "../host/property";
import { nowNanoseconds } from "../host/time";
import { Failure } from "../protocols/failure";
import { isInternalHeader } from "./edge";
import { translateLimits } from "./limit-headers";
import { Passage } from "../protocols/protocol";
import { Exchange, Progress } from "./exchange";
import { Intake, Outcome, isDelayOrDate } from "./intake";
import { settleAttempt } from "./outcome";
import { PlannedTarget } from "./provider";

const view = new Bytes();

const answerHead = new HeaderBlock();
const name = new Bytes();
const value = new Bytes();
const CODE_DETAILS = PropertyPath.of("response.code_details");

/**
 * The answer of one attempt as its filter sees it come, wherever that filter stands: headers and bytes are held until the commit point, and what came is told to the exchange. The provider's bytes stay in
 * Envoy's buffer: whoever writes the client's answer replaces them there.
 */
@final
export class HeldAnswer {
  private intake: Intake;
  /** How much of what Envoy's buffer shows has been read. */
  private seen: i32 = 0;

  constructor(
    private exchange: Exchange,
    private planned: PlannedTarget,
    /** Seen by an upstream filter: then it is a provider's for certain. */
    private upstream: bool,
    /** Which of the provider's keys the request went with (`Exchange.key`). */
    private key: i32,
  ) {
    this.intake = new Intake(exchange, planned);
  }

  get isOpen(): bool {
    return this.intake.outcome == Outcome.Open;
  }

  /** Which failures move on. */
  get causes(): u32 {
    return this.exchange.causes;
  }

  /** The status of the answer. */
  get status(): i32 {
    return this.intake.status;
  }

  /** Why the answer isn't the client's; null while it may be. */
  get failure(): Failure | null {
    return this.intake.failure;
  }

  /** The answer's headers have come. True: hold them. */
  onHeaders(end: bool): bool {
    responseHeaders.passInto(answerHead);
    if (!this.upstream && isEnvoysOwn()) this.intake.giveUp();
    else this.intake.begin(answerHead);
    this.dropForeignHeaders();
    const conversation = this.exchange.conversation;
    if (this.exchange.protocolOf(this.planned).dialect != conversation.dialect) translateLimits(conversation.dialect, answerHead);
    this.planned.provider.noteLimits(this.key, answerHead);
    answerHead.release();
    if (end) this.intake.end();
    return this.isStillHeld(end);
  }

  /**
   * Takes out what a provider says about its own connection or site, what quotes the key it was asked with, and what only the gateway or Envoy may say: `x-envoy-ratelimited`, say, would keep Envoy from trying the next target.
   * Downstream `x-envoy-…` is this Envoy's own.
   */
  private dropForeignHeaders(): void {
    const provider = this.planned.provider;
    for (let i = 0; i < answerHead.count; i++) {
      answerHead.name(i, name);
      answerHead.value(i, value);
      const foreign = isSiteHeader(name) || provider.quotesCredential(value) || (name.is("retry-after") && !isDelayOrDate(value));
      if (foreign || (isInternalHeader(name) && (this.upstream || !name.startsWith("x-envoy-")))) responseHeaders.removeBytes(name);
    }
  }

  /** `size` bytes are in Envoy's buffer. True: hold them. */
  onBody(size: i32, end: bool): bool {
    return this.take(size, end, end);
  }

  /** `end`: no more bytes will come. `whole`: these are what the answer's body consists of, and a body callback will still show them. */
  private take(size: i32, end: bool, whole: bool): bool {
    const intake = this.intake;
    const held = this.isOpen;
    if (intake.wantsAll) {
      if (!held) return false;
      if (size > intake.limit) intake.tooLarge();
      else if (!end) return true;
      else {
        const bytes = responseBody.read(0, size);
        if (intake.hideIn(bytes)) responseBody.replace(bytes);
        intake.feed(bytes);
        intake.end();
      }
    } else if (intake.wantsNone) {
      if (end) intake.end();
    } else if (intake.passes && !held) return this.pass(size, end);
    else if (intake.passes) {
      if (end) intake.end();
    } else {
      // While they are held the buffer shows again what was read before.
      if (size > this.seen) intake.feed(responseBody.read(this.seen, size - this.seen));
      if (held) this.seen = size;
      if (end) intake.end();
    }
    if (!held || this.isStillHeld(whole)) return held;
    this.seen = 0;
    return false;
  }

  /** Text that passes as it comes, without the key that it may quote. True: it ends in what may become one, and is held until more is there. */
  private pass(size: i32, end: bool): bool {
    const intake = this.intake;
    if (size > 0) {
      const bytes = responseBody.read(0, size);
      intake.feed(bytes.slice(this.seen));
      if (intake.hideIn(bytes)) responseBody.replace(bytes);
      if (!end && intake.mayQuoteOn(bytes)) {
        this.seen = size;
        return true;
      }
    }
    this.seen = 0;
    if (end) intake.end();
    return false;
  }

  /** Trailers have come: nothing more will. */
  onTrailers(): void {
    const size = this.isOpen ? responseBody.size : 0;
    if (this.isOpen) this.take(size, true, size > 0);
    else this.intake.end();
  }

  /** Tells the exchange once the outcome is known. */
  private isStillHeld(whole: bool): bool {
    const intake = this.intake;
    const exchange = this.exchange;
    if (intake.outcome == Outcome.Open) return true;
    exchange.failure = intake.failure;
    // What isn't a provider's answer at all has neither.
    if (intake.outcome == Outcome.Committed || intake.failure != null)
      settleAttempt(exchange, this.planned, this.key, exchange.upstreamModel, intake.status, intake.failure);
    exchange.restIsOut = intake.outcome == Outcome.Failed && !whole;
    if (intake.outcome == Outcome.Committed) commit(exchange, this.planned, intake);
    return false;
  }
}

/** Makes an answer the client's. */
export function commit(exchange: Exchange, planned: PlannedTarget, intake: Intake): void {
  exchange.progress = Progress.Committed;
  exchange.answeredBy = planned;
  const passage = exchange.protocolOf(planned).passage(exchange.conversation);
  exchange.passage = intake.isOtherForm ? Passage.Translated : passage;
  exchange.firstContentAt = nowNanoseconds();
}

/** Whether Envoy itself gave this answer. Only errors are asked about, as each question costs. */
function isEnvoysOwn(): bool {
  const status = answerHead.find(":status", view);
  if (status == null || status.at(0) < 0x34) return false;
  const details = CODE_DETAILS.get();
  return details != null && !details.is("via_upstream");
}

/** What a provider says about its own connection or site. */
export function isSiteHeader(lower: Bytes): bool {
  return (
    lower.is("set-cookie") ||
    lower.is("alt-svc") ||
    lower.is("strict-transport-security") ||
    lower.is("www-authenticate") ||
    lower.is("proxy-authenticate")
  );
}
