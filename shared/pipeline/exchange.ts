import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { HeaderBlock, HeaderBuilder } from "../host/pairs";
import { PropertyPath } from "../host/property";
import { clearRouteCache } from "../host/foreign";
import { requestHeaders } from "../host/headers";
import { escape } from "../json/unescape";
import { FinishReason, Usage } from "../protocols/answer";
import { Conversation } from "../protocols/conversation";
import { EventQueue } from "../protocols/events";
import { Failure } from "../protocols/failure";
import { Endpoint } from "../protocols/operation";
import { ClientProtocol, Passage, ProviderProtocol } from "../protocols/protocol";
import { DataBoundary } from "./boundary";
import { USUAL_CAUSES } from "./causes";
import { routeMayBeForged } from "./edge";
import { Redis } from "../store/redis";
import { OwnersQuestion } from "./redis-owners";
import { ThinkingQuestion } from "./redis-vault";
import { LocalAnswer } from "./reply";
import { PlannedTarget } from "./provider";
import { Stage } from "./stage";
import { Verdict } from "./verdict";

/** Goes on with a request that waits. */
export interface Resumable {
  resume(): void;
}

/** How far an exchange is with its answer. */
export enum Progress {
  /** No provider has answered so that the client could have it. */
  Asking,
  /** An attempt's answer is the client's. */
  Committed,
  /** The client's answer is one of ours (a refusal, a local answer). */
  Local,
}

/**
 * A request and its answer, from the client's first byte to the last. Gate and attempts share it; it lives in a slot of the `ExchangeTable` and is reused. Bytes that come from the request's head
 * or body are views into buffers that live as long as the exchange.
 */
@final
export class Exchange {
  // The client's side.
  /** The headers as they came, but for those that are the gateway's alone. */
  head: HeaderBlock = new HeaderBlock();
  method: Bytes = new Bytes();
  path: Bytes = new Bytes();
  authority: Bytes = new Bytes();
  endpoint: Endpoint = Endpoint.of(EMPTY);
  client: ClientProtocol | null = null;
  /** Another module of ours may have seen this request before this one, and may know what this one doesn't. */
  followsOthers: bool = false;
  conversation: Conversation = new Conversation();
  /** Whether `conversation` holds this request. */
  isRead: bool = false;

  // What stages found out.
  /** Who asks; null: nobody that we know. */
  consumer: Bytes | null = null;
  /** What the caller's data may reach; null: nobody has said. */
  boundary: DataBoundary | null = null;
  /** Whether the caller has shown a key of the gateway's, be it one that names no consumer. */
  credentialAccepted: bool = false;
  /** The model asked for: UTF-8. Empty until it is read. Changed by `rename`. */
  model: Bytes = EMPTY;
  /** The field of the body that names the model. */
  modelKey: string = "model";
  /** Whether `model` differs from what the body says. */
  renamed: bool = false;

  // The plan.
  targets: Array<PlannedTarget> = [];
  /** Which failures move on to the next target: bits of `causes.ts`. */
  causes: u32 = USUAL_CAUSES;
  /** Milliseconds that one attempt may take to begin its answer, and when the last began (since 1970); set where not all causes count. */
  tryLimit: u64 = 0;
  triedAt: u64 = 0;
  /** How many of `targets` may be tried. */
  targetCount: i32 = 0;
  /** A request that names objects, or is about them, goes to the provider that has them; null: to any. */
  keeper: Bytes | null = null;
  /** … with the key that made them: a hash; 0: with any. */
  keeperKey: u64 = 0;
  /** The key that the last attempt was made with: a hash; 0: none. */
  usedKey: u64 = 0;
  /** Which of its provider's keys the last attempt was made with: its place; -1: none. */
  key: i32 = -1;
  /** The keys of that provider that this request has had, as bits; those beyond the 64th aren't noted. */
  triedKeys: u64 = 0;
  /** An attempt is under way, and nobody knows yet how it went. */
  isUnsettled: bool = false;
  /** The attempts that failed, as the header `x-sluice-attempts` has them; empty: none did. */
  tried: ByteWriter = new ByteWriter(0);
  /** Whether the client is told of them. */
  tellsAttempts: bool = true;
  /** The largest answer that is held whole, in bytes. */
  answerLimit: i32 = 32 << 20;
  /** Milliseconds for which a stream may stand still once it has begun; 0: for ever. */
  stallTimeout: u64 = 0;
  /** Until when the client waits for an answer to begin: milliseconds since 1970; 0: for ever. */
  endsAt: u64 = 0;
  /** When bytes of the answer came last: milliseconds since 1970; 0: nobody has looked. */
  lastBytesAt: u64 = 0;
  /** Where what outlives requests is kept, for all Envoys; null: in this Envoy's shared data. */
  redis: Redis | null = null;
  /** What was asked of it about thinking; null: nothing. */
  thinking: ThinkingQuestion | null = null;
  /** … and about owners of objects. */
  owners: OwnersQuestion | null = null;
  /** Whether a provider that keeps answers for callers is to keep this one's. */
  keepsAnswer: bool = false;
  /** True: this filter itself writes the provider's request, since no upstream filter will. */
  writesHere: bool = false;

  // The answer.
  attempts: i32 = 0;
  progress: Progress = Progress.Asking;
  passage: Passage = Passage.Translated;
  queue: EventQueue = new EventQueue();
  /** The last failure: of an attempt, or the refusal. */
  failure: Failure | null = null;
  /** The attempt that answered last failed before its body was all there: nobody knows whether the rest ever comes. */
  restIsOut: bool = false;
  localAnswer: LocalAnswer | null = null;
  /** Who was asked last. */
  asking: PlannedTarget | null = null;
  answeredBy: PlannedTarget | null = null;
  /** The model that was asked of the provider that answered: escaped. */
  upstreamModel: Bytes = EMPTY;
  /** What was left out of the request to the provider that was asked last: the client's names of fields. */
  dropped: Array<string> = [];
  finish: FinishReason = FinishReason.None;
  usage: Usage = new Usage();
  /** Bytes of the answer's texts and arguments so far. */
  answerBytes: u64 = 0;
  /** Nanoseconds since 1970. */
  startedAt: u64 = 0;
  firstContentAt: u64 = 0;

  /** The stages that this exchange began with: a new configuration doesn't change it on the way. */
  stages: Array<Stage> = [];
  resumable: Resumable | null = null;

  // The slot; see `ExchangeTable`.
  slot: i32 = 0;
  generation: u32 = 0;
  inUse: bool = false;

  /** Something was decided by a route or cluster that the client may have chosen by headers it must not send: refuse. */
  routeIsForged: bool = false;
  private routingHeaders: Array<string> = [];
  private routingValues: Array<Bytes> = [];
  private routeIsStale: bool = false;
  private modelAsWritten: Bytes | null = null;
  private routeName: Bytes | null = null;
  private clusterName: Bytes | null = null;

  /** The model asked for as it stands in a JSON string, in a buffer of its own: it outlives the body. */
  get escapedModel(): Bytes {
    const known = this.modelAsWritten;
    if (known != null) return known;
    const copy = this.conversation.source.bytes(this.conversation.model).copy();
    this.modelAsWritten = copy;
    return copy;
  }

  /** Puts another model in place of the one that the client asked for. UTF-8, kept. */
  rename(model: Bytes): void {
    this.model = model;
    this.renamed = true;
    const arena = this.conversation.source.arena;
    const start = arena.length;
    escape(model, arena);
    this.conversation.model = this.conversation.source.since(start);
    this.modelAsWritten = null;
  }

  /** The protocol in which a target that has been asked was asked. */
  protocolOf(planned: PlannedTarget): ProviderProtocol {
    return planned.provider.protocolFor(this.conversation, this.upstreamModel);
  }

  /** The client gets this failure in its own protocol. */
  refuse(failure: Failure): Verdict {
    this.failure = failure;
    return Verdict.Refuse;
  }

  /** The client gets this answer. */
  answer(answer: LocalAnswer): Verdict {
    this.localAnswer = answer;
    return Verdict.Answer;
  }

  /** Goes on after `Verdict.Wait`; the effective context must be the gate's. */
  resume(): void {
    const waiting = this.resumable;
    if (waiting != null) waiting.resume();
  }

  /** The route's name; empty if the host doesn't tell. Envoy 1.40 knows it as `xds.route_name`, Higress as `route_name`. */
  get route(): Bytes {
    const known = this.routeName;
    if (known != null) return known;
    if (routeMayBeForged()) this.routeIsForged = true;
    let route = XDS_ROUTE_NAME.get();
    if (route == null) route = ROUTE_NAME.get();
    const found = route == null ? EMPTY : route;
    this.routeName = found;
    return found;
  }

  /** The route's name if a stage has asked for it or set it; null: nobody had to know, and Envoy's access log has it as `%ROUTE_NAME%`. */
  get knownRoute(): Bytes | null {
    return this.routeName;
  }

  /** The cluster's name; empty if the host doesn't tell. */
  get cluster(): Bytes {
    const known = this.clusterName;
    if (known != null) return known;
    if (routeMayBeForged()) this.routeIsForged = true;
    let cluster = XDS_CLUSTER_NAME.get();
    if (cluster == null) cluster = CLUSTER_NAME.get();
    const found = cluster == null ? EMPTY : cluster;
    this.clusterName = found;
    return found;
  }

  /** Sets a request header that routes match on; follow with `pickRouteAgain`. `value` is kept. */
  setRoutingHeader(lower: string, value: Bytes): void {
    this.routingHeaders.push(lower);
    this.routingValues.push(value);
    requestHeaders.set(lower, value);
  }

  /** Whether a stage of this module has set this (lower-case) header for routes to match on. */
  routesBy(lower: Bytes): bool {
    for (let i = 0; i < this.routingHeaders.length; i++) if (lower.is(this.routingHeaders[i])) return true;
    return false;
  }

  /** Adds the headers that were set for routes to match on. */
  addRoutingHeaders(head: HeaderBuilder): void {
    for (let i = 0; i < this.routingHeaders.length; i++) head.set(this.routingHeaders[i], this.routingValues[i]);
  }

  /** Has Envoy pick the route again, by the headers as they are when this filter lets the request go. */
  pickRouteAgain(): void {
    this.routeIsStale = true;
  }

  /**
   * Says which route Envoy will pick by the headers that were set. Envoy 1.40 re-picks only when a native filter or the router asks: until then it names the former one (measured), so
   * who sets the headers has to know.
   */
  nameRoute(route: Bytes): void {
    this.routeName = route;
    this.routeIsStale = true;
  }

  /** To be called when the request leaves this filter. */
  settleRoute(): void {
    if (!this.routeIsStale) return;
    this.routeIsStale = false;
    clearRouteCache();
  }

  /** Readies a slot for another request. */
  begin(stages: Array<Stage>): void {
    this.stages = stages;
    this.client = null;
    this.followsOthers = false;
    this.isRead = false;
    this.consumer = null;
    this.boundary = null;
    this.credentialAccepted = false;
    this.model = EMPTY;
    this.modelKey = "model";
    this.renamed = false;
    this.modelAsWritten = null;
    this.targets = NO_TARGETS;
    this.targetCount = 0;
    this.causes = USUAL_CAUSES;
    this.tryLimit = this.triedAt = 0;
    this.writesHere = this.keepsAnswer = false;
    this.redis = null;
    this.thinking = null;
    this.owners = null;
    this.keeper = null;
    this.keeperKey = this.usedKey = 0;
    this.key = -1;
    this.triedKeys = 0;
    this.stallTimeout = this.lastBytesAt = this.endsAt = 0;
    this.isUnsettled = false;
    this.tried.clear();
    this.tellsAttempts = true;
    this.attempts = 0;
    this.progress = Progress.Asking;
    this.passage = Passage.Translated;
    this.queue.reset();
    this.failure = null;
    this.restIsOut = false;
    this.localAnswer = null;
    this.asking = null;
    this.answeredBy = null;
    this.upstreamModel = EMPTY;
    this.dropped.length = 0;
    this.finish = FinishReason.None;
    this.usage.clear();
    this.answerBytes = 0;
    this.firstContentAt = 0;
    this.resumable = null;
    this.routeIsForged = false;
    this.routingHeaders.length = 0;
    this.routingValues.length = 0;
    this.routeIsStale = false;
    this.routeName = null;
    this.clusterName = null;
    this.inUse = true;
  }

  /** Lets go of everything large. */
  end(): void {
    this.inUse = false;
    this.generation++;
    this.resumable = null;
    this.client = null;
    this.head.release();
    this.method.set(EMPTY.buffer, 0, 0);
    this.path.set(EMPTY.buffer, 0, 0);
    this.authority.set(EMPTY.buffer, 0, 0);
    this.conversation.source.reset(EMPTY);
    this.conversation.trim();
    this.queue.reset();
    this.stages = NO_STAGES;
    this.targets = NO_TARGETS;
    this.consumer = null;
    this.redis = null;
    this.thinking = null;
    this.owners = null;
    this.keeper = null;
    this.failure = null;
    this.localAnswer = null;
    this.asking = null;
    this.answeredBy = null;
    this.upstreamModel = EMPTY;
    this.dropped.length = 0;
    this.routeName = null;
    this.clusterName = null;
  }
}

const NO_TARGETS: Array<PlannedTarget> = [];
const NO_STAGES: Array<Stage> = [];
const XDS_ROUTE_NAME = PropertyPath.of("xds.route_name");
const ROUTE_NAME = PropertyPath.of("route_name");
const XDS_CLUSTER_NAME = PropertyPath.of("xds.cluster_name");
const CLUSTER_NAME = PropertyPath.of("cluster_name");
