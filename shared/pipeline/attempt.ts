import { nowMilliseconds } from "../host/time";
import { Bytes, EMPTY } from "../bytes/bytes";
import { requestBody } from "../host/body";
import { RootContext, StreamContext } from "../host/context";
import { requestHeaders, responseHeaders } from "../host/headers";
import { HeaderBuilder } from "../host/pairs";
import { PropertyPath } from "../host/property";
import { sendLocalReply } from "../host/stream";
import { DataStatus, FlowStatus, HeadersStatus } from "../host/types";
import { FailureKind, isServers } from "../protocols/failure";
import { Target } from "../protocols/protocol";
import { USUAL_CAUSES, movesOn } from "./causes";
import { silentFailure } from "./envoy-failure";
import { Exchange } from "./exchange";
import { lookAtHealth } from "./health";
import { HeldAnswer } from "./held-answer";
import { noteTried, settleSilent } from "./outcome";
import { PlannedTarget } from "./provider";
import { ProviderRequest } from "./request";
import { exchanges } from "./table";

const HANDLE = PropertyPath.fact("sluice.id");
const HOST_PROVIDER = PropertyPath.of("xds.upstream_host_metadata.filter_metadata.sluice.provider");
/** What Envoy's retry policy takes for a reason to go on, and outlier detection for a fault of the server's. */
const RETRY = Bytes.of("503");
/** What only the former does: the fault is the key's, or the request's. */
const RETRY_ELSEWHERE = Bytes.of("429");
/** What it takes for a client's error. */
const NO_RETRY = Bytes.of("400");
/** Headers alone would leave the gate no bytes to put its own words in place of. */
const LOST = Bytes.of("This attempt belongs to no request of this gateway.");
const NOT_TRIED = Bytes.of("The request ends with the failure of the attempt before.");
const NO_RETRY_STATUS: u32 = 400;
/** Envoy's timers go by the time at which its loop last looked: one may fire early by as long as the loop was busy, in milliseconds, or by a tenth where that is less. */
const MOST_EARLY: u64 = 100;
const noHeaders = new HeaderBuilder();
const schemeView = new Bytes();

/** The root of the upstream half: no configuration of its own, everything comes from the exchange. */
@final
export class AttemptRoot extends RootContext {
  override createStream(_id: u32): StreamContext {
    return new Attempt();
  }
}

/**
 * The upstream half: one try at one provider, made anew by Envoy for each host it picks. It writes the request in that provider's protocol, reads the answer into the exchange, and holds the answer's headers until the commit
 * point; what it fails with before that moves the request on to the next target of the plan.
 */
@final
export class Attempt extends StreamContext {
  private exchange: Exchange | null = null;
  private generation: u32 = 0;
  private planned: PlannedTarget | null = null;
  private request: ProviderRequest | null = null;
  private answer: HeldAnswer | null = null;
  /** Which of the provider's keys the request went with. */
  private key: i32 = -1;
  private isKnock: bool = false;
  private dropsBody: bool = false;

  override onRequestHeaders(_count: u32, end: bool): HeadersStatus {
    const handle = HANDLE.pass();
    if (handle == null) return this.lost("sluice.no_handle");
    const exchange = exchanges.find(handle);
    if (exchange == null) return this.lost("sluice.no_exchange");
    const planned = targetOf(exchange);
    if (planned == null) return this.lost("sluice.no_target");
    this.exchange = exchange;
    this.generation = exchange.generation;
    this.planned = planned;
    if (exchange.attempts > 1) {
      if (exchange.causes != USUAL_CAUSES && exchange.isUnsettled && this.endsAfterSilence(exchange)) return HeadersStatus.StopIteration;
      settleSilent(exchange, FailureKind.Unreachable);
      lookAtHealth();
    }
    if (exchange.causes != USUAL_CAUSES) exchange.triedAt = nowMilliseconds();
    const request = new ProviderRequest(true);
    if (!request.write(exchange, planned)) return this.knock(exchange, planned, request.target, end);
    this.key = exchange.key;
    if (!request.keepsBody && !end) this.request = request;
    return HeadersStatus.Continue;
  }

  /** The last attempt ended without a word, and Envoy has gone on, as it does after any such: true where that isn't among the causes, and the client has its failure. */
  private endsAfterSilence(exchange: Exchange): bool {
    const isLate =
      exchange.tryLimit > 0 && nowMilliseconds() + min(exchange.tryLimit / 10, MOST_EARLY) >= exchange.triedAt + exchange.tryLimit;
    const failure = silentFailure(exchange, isLate);
    if (movesOn(failure, exchange.causes)) return false;
    settleSilent(exchange, failure.kind);
    exchange.failure = failure;
    this.exchange = null;
    this.answers(NO_RETRY_STATUS, NOT_TRIED, "sluice.not_a_cause");
    return true;
  }

  /** In place of a provider. */
  private answers(status: u32, words: Bytes, details: string): void {
    requestHeaders.remove("authorization");
    sendLocalReply(status, noHeaders.clear(), words, details);
  }

  /**
   * The plan has this attempt, but since it was made the last key has gone, and an attempt can't be skipped: it is spent on a question about nothing, with no key and nothing of the client's, and whatever comes back moves on to the next target.
   */
  private knock(exchange: Exchange, planned: PlannedTarget, target: Target, end: bool): HeadersStatus {
    const own = planned.provider.authority(target);
    noHeaders.clear().setAscii(":method", "GET").setAscii(":path", "/");
    noHeaders.set(":authority", own.isEmpty ? exchange.authority : own);
    const scheme = exchange.head.find(":scheme", schemeView);
    if (scheme != null) noHeaders.set(":scheme", scheme);
    requestHeaders.setAll(noHeaders.serialise());
    this.isKnock = true;
    this.dropsBody = !end;
    const failure = planned.provider.exhaustion();
    exchange.failure = failure;
    noteTried(exchange, planned, 0, "no_key");
    return HeadersStatus.Continue;
  }

  override onRequestBody(_size: i32, end: bool): DataStatus {
    if (this.dropsBody) {
      requestBody.replace(EMPTY);
      return DataStatus.Continue;
    }
    const request = this.request;
    if (request == null) return DataStatus.Continue;
    if (!end) return DataStatus.StopAndBuffer;
    requestBody.replace(request.bytes);
    this.request = null;
    return DataStatus.Continue;
  }

  /** The client's trailers come behind a body that is held: what takes its place goes first. */
  override onRequestTrailers(_count: u32): FlowStatus {
    const request = this.request;
    if (request != null) requestBody.replace(request.bytes);
    this.request = null;
    return FlowStatus.Continue;
  }

  override onResponseHeaders(_count: u32, end: bool): HeadersStatus {
    const exchange = this.live();
    const planned = this.planned;
    if (exchange == null || planned == null) return HeadersStatus.Continue;
    if (this.isKnock) {
      responseHeaders.set(":status", RETRY_ELSEWHERE);
      exchange.restIsOut = !end;
      return HeadersStatus.Continue;
    }
    const answer = new HeldAnswer(exchange, planned, true, this.key);
    this.answer = answer;
    if (answer.onHeaders(end)) return HeadersStatus.StopIteration;
    this.steer(answer);
    return HeadersStatus.Continue;
  }

  override onResponseBody(size: i32, end: bool): DataStatus {
    const answer = this.answer;
    if (answer == null || this.live() == null) return DataStatus.Continue;
    const held = answer.isOpen;
    if (answer.onBody(size, end)) return DataStatus.StopAndBuffer;
    if (held) this.steer(answer);
    return DataStatus.Continue;
  }

  override onResponseTrailers(_count: u32): FlowStatus {
    const answer = this.answer;
    if (answer == null || this.live() == null) return FlowStatus.Continue;
    const held = answer.isOpen;
    answer.onTrailers();
    if (held) this.steer(answer);
    return FlowStatus.Continue;
  }

  override onDelete(): void {
    this.exchange = null;
    this.answer = null;
    this.request = null;
  }

  /** Lets Envoy's retry policy know, by the status, whether the next target may do better. The client gets the failure's own status. */
  private steer(answer: HeldAnswer): void {
    const failure = answer.failure;
    if (failure == null) return;
    responseHeaders.set(":status", !movesOn(failure, answer.causes) ? NO_RETRY : isServers(failure.kind) ? RETRY : RETRY_ELSEWHERE);
  }

  /** The exchange, if it is still the one this attempt is part of. */
  private live(): Exchange | null {
    const exchange = this.exchange;
    return exchange != null && exchange.inUse && exchange.generation == this.generation ? exchange : null;
  }

  /** Never another request's exchange: the client gets a 503, and what reached us reaches no provider. */
  private lost(details: string): HeadersStatus {
    this.answers(503, LOST, details);
    return HeadersStatus.StopIteration;
  }
}

/**
 * Which entry of the plan this attempt is for: the first at or after the position of this attempt whose provider is the picked host's. Envoy passes over members without hosts
 * without counting an attempt, so the position alone doesn't tell.
 */
function targetOf(exchange: Exchange): PlannedTarget | null {
  const position = exchange.attempts++;
  if (exchange.targetCount == 1) return position == 0 ? exchange.targets[0] : null;
  const provider = HOST_PROVIDER.pass();
  for (let i = position; i < exchange.targetCount; i++) {
    const planned = exchange.targets[i];
    if (provider == null || planned.provider.id.equals(provider)) return planned;
  }
  return null;
}
