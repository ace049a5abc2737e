import { Bytes, EMPTY } from "../bytes/bytes";
import { requestBody, responseBody } from "../host/body";
import { StreamContext } from "../host/context";
import { requestHeaders, requestTrailers, responseTrailers } from "../host/headers";
import { makeRoom } from "../host/memory";
import { HeaderBlock } from "../host/pairs";
import { continueRequest } from "../host/stream";
import { nowMilliseconds, nowNanoseconds } from "../host/time";
import { DataStatus, FlowStatus, HeadersStatus } from "../host/types";
import { Failure, FailureKind } from "../protocols/failure";
import { Endpoint, isStateful, takesForm } from "../protocols/operation";
import { estimateCut } from "./answer-chain";
import { ClientAnswer } from "./client-answer";
import { clientOf } from "./clients";
import { WaitingClient } from "./deadline";
import { earlierBoundary, earlierConsumer, guardEdge } from "./edge";
import { failureOfCut } from "./envoy-failure";
import { Exchange, Progress, Resumable } from "./exchange";
import { Watch } from "./exchange-watch";
import { publishFacts, publishHandle } from "./facts";
import { HeldAnswer } from "./held-answer";
import { Needs } from "./needs";
import { OwnRetry, RetryListener } from "./own-retry";
import { hasReadableBody, readModel, writeRenamed } from "./reading";
import { sendAnswer, sendFailure } from "./reply";
import { ProviderRequest } from "./request";
import { Stage } from "./stage";
import { OpenStream } from "./stall";
import { statusAnswer } from "./status";
import { exchanges } from "./table";
import { Verdict } from "./verdict";

const LARGE_BODY = 256 * 1024;
const contentType = new Bytes();

/** The hooks of a request, in their order. */
enum Hook {
  Head,
  Read,
  Model,
  Route,
  Conversation,
  Plan,
  Done,
}

/**
 * The downstream half: reads the client's request, runs the stages, and hands the client's answer to `ClientAnswer`. Where no upstream filter will (`exchange.writesHere`), it does an attempt's work too.
 */
@final
export class Gate extends StreamContext implements Resumable, RetryListener {
  private exchange: Exchange;
  private hook: Hook = Hook.Head;
  /** The next stage of that hook. */
  private stage: i32 = 0;
  /** A stage waits. */
  private waits: bool = false;
  /** A stage went on before it had said that it waits. */
  private resumedEarly: bool = false;
  /** In a callback its return value lets the request go on; elsewhere a host call must. */
  private inCallback: bool = false;
  private bodyArrived: bool = false;
  private bodyRead: bool = false;
  private hasNoBody: bool = false;
  /** All hooks are through. */
  private left: bool = false;
  private answer: ClientAnswer;
  private held: HeldAnswer | null = null;
  /** Not null: the provider's failure is held while the provider is asked again. */
  private retry: OwnRetry | null = null;

  constructor(
    private stages: Array<Stage>,
    /** What the module's stages need; from the end of the first hook on what they need of this request. */
    private needs: u32,
    private stalls: Watch,
    private deadlines: Watch,
  ) {
    super();
    const exchange = exchanges.open(stages);
    this.exchange = exchange;
    this.answer = new ClientAnswer(exchange, (needs & Needs.Plan) != 0);
  }

  // The request.

  override onRequestHeaders(_count: u32, end: bool): HeadersStatus {
    const exchange = this.exchange;
    const head = exchange.head;
    if (this.needs & Needs.Plan) exchange.startedAt = nowNanoseconds();
    exchange.resumable = this;
    requestHeaders.readInto(head);
    pointAt(head, ":method", exchange.method);
    pointAt(head, ":path", exchange.path);
    pointAt(head, ":authority", exchange.authority);
    exchange.endpoint = Endpoint.of(exchange.path).inFormOf(head.indexOf("anthropic-version") >= 0, head.indexOf("x-goog-api-key") >= 0);
    exchange.endpoint = exchange.endpoint.by(exchange.method);
    exchange.client = clientOf(exchange.endpoint.dialect);
    // Who reads no body doesn't know the model, which an earlier module may, whether or not it left a header.
    const follows = guardEdge(head);
    if (follows) {
      exchange.consumer = earlierConsumer(head);
      exchange.boundary = earlierBoundary(head);
    }
    exchange.followsOthers = follows || this.needs == Needs.Head;
    if (isOurs(exchange.path)) {
      const status = statusAnswer(exchange.method, exchange.path);
      if (status != null) {
        exchange.progress = Progress.Local;
        sendAnswer(status);
        return HeadersStatus.StopIteration;
      }
      this.refuse(Failure.of(FailureKind.NotFound, "Nothing is served under this path of the gateway."));
      return HeadersStatus.StopIteration;
    }
    this.bodyArrived = this.hasNoBody = end;
    const goesOn = this.proceedInCallback();
    return goesOn && this.left ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  override onRequestBody(_size: i32, end: bool): DataStatus {
    if (this.left) return DataStatus.Continue;
    if (end) this.bodyArrived = true;
    if (!end || this.waits || this.exchange.progress == Progress.Local) return DataStatus.StopAndBuffer;
    return this.proceedInCallback() ? DataStatus.Continue : DataStatus.StopAndBuffer;
  }

  /** No provider's protocol has any use for trailers, and any header that a client may not send could come as one. */
  override onRequestTrailers(_count: u32): FlowStatus {
    requestTrailers.clear();
    if (this.left) return FlowStatus.Continue;
    this.bodyArrived = true;
    if (this.waits || this.exchange.progress == Progress.Local) return FlowStatus.Stop;
    return this.proceedInCallback() ? FlowStatus.Continue : FlowStatus.Stop;
  }

  /** A stage that waited has what it waited for. */
  resume(): void {
    if (!this.waits) {
      this.resumedEarly = true;
      return;
    }
    this.waits = false;
    if (this.proceed() && this.left && !this.inCallback) continueRequest();
  }

  private proceedInCallback(): bool {
    this.inCallback = true;
    const goesOn = this.proceed();
    this.inCallback = false;
    return goesOn;
  }

  /** Runs the hooks as far as what has arrived allows. False: a stage waits, or the client has its answer. */
  private proceed(): bool {
    if (this.hook == Hook.Head) {
      if (!this.run(Hook.Read)) return false;
      this.needs = this.needsOfThis();
      if (this.exchange.routeIsForged) return this.passes(forgedRoute());
      if (
        this.needs & Needs.Body &&
        !this.bodyArrived &&
        !this.passes(hasReadableBody(this.exchange.head, this.exchange.endpoint.operation))
      )
        return false;
    }
    if (this.needs & Needs.Body && !this.bodyRead) {
      if (!this.bodyArrived) return true;
      this.bodyRead = true;
      if (!this.passes(this.readBody())) return false;
    }
    if (!this.run(Hook.Done)) return false;
    this.left = true;
    this.sendOn();
    return true;
  }

  private needsOfThis(): u32 {
    let needs = Needs.Head;
    for (let i = 0; i < this.stages.length; i++) needs |= this.stages[i].needsOf(this.exchange);
    return needs;
  }

  /** Reads the request as far as stages need it. */
  private readBody(): Failure | null {
    const exchange = this.exchange;
    const conversation = exchange.conversation;
    // In the headers' own callback there is no buffer to read.
    const body = this.hasNoBody ? new Bytes() : requestBody.read(0, i32.MAX_VALUE);
    // A provider's request is about as large, and a conversation of many turns has its own size.
    if (body.length >= LARGE_BODY) makeRoom(body.length + (body.length >> 2));
    conversation.reset(body, exchange.endpoint.dialect, exchange.endpoint.operation, exchange.path);
    const type = exchange.head.find("content-type", contentType);
    if (type != null && takesForm(conversation.operation)) conversation.contentType = type.copy();
    const client = exchange.client;
    if (this.needs & Needs.Conversation && client != null) {
      const failure = client.readRequest(conversation);
      if (failure != null) return failure;
      if (conversation.isTooLong)
        return Failure.field("messages", "The conversation has more than 20,000 messages, parts and calls. Send a shorter one.");
      exchange.isRead = true;
    }
    return readModel(exchange);
  }

  /** Runs the hooks up to `until` (not included); false: a stage waits, or the client has its answer. */
  private run(until: Hook): bool {
    const stages = this.stages;
    while (this.hook < until) {
      while (this.stage < stages.length) {
        const verdict = this.call(stages[this.stage++]);
        if (this.exchange.routeIsForged) return this.passes(forgedRoute());
        if (verdict == Verdict.Pass) continue;
        if (verdict == Verdict.AskAgain) this.stage--;
        if (isWait(verdict) && this.resumedEarly) {
          this.resumedEarly = false;
          continue;
        }
        this.conclude(verdict);
        return false;
      }
      this.stage = 0;
      this.hook = <Hook>(this.hook + 1);
    }
    return true;
  }

  private call(stage: Stage): Verdict {
    const exchange = this.exchange;
    switch (this.hook) {
      case Hook.Head:
        return stage.onHead(exchange);
      case Hook.Read:
        return exchange.isRead ? stage.onRead(exchange) : Verdict.Pass;
      case Hook.Model:
        return stage.onModel(exchange);
      case Hook.Route:
        return stage.onRoute(exchange);
      case Hook.Conversation:
        return exchange.isRead ? stage.onConversation(exchange) : Verdict.Pass;
      default:
        return stage.onPlan(exchange);
    }
  }

  private conclude(verdict: Verdict): void {
    const exchange = this.exchange;
    if (isWait(verdict)) {
      this.waits = true;
      return;
    }
    const answer = exchange.localAnswer;
    if (verdict == Verdict.Answer && answer != null) {
      exchange.progress = Progress.Local;
      sendAnswer(answer);
      return;
    }
    const failure = exchange.failure;
    this.refuse(failure == null ? Failure.of(FailureKind.Internal, "The gateway refused the request without a reason.") : failure);
  }

  private passes(failure: Failure | null): bool {
    if (failure == null) return true;
    this.refuse(failure);
    return false;
  }

  private refuse(failure: Failure): void {
    const exchange = this.exchange;
    exchange.progress = Progress.Local;
    exchange.failure = failure;
    const client = exchange.client;
    if (client != null) sendFailure(failure, client);
  }

  /** Tells the upstream half, or does what it would do. */
  private sendOn(): void {
    const exchange = this.exchange;
    exchange.settleRoute();
    if (exchange.targetCount == 0) {
      if (exchange.renamed) writeRenamed(exchange);
      return;
    }
    if (exchange.endsAt > 0) this.deadlines.add(new WaitingClient(exchange));
    if (!exchange.writesHere) return publishHandle(exchange);
    const planned = exchange.targets[0];
    exchange.attempts++;
    const request = new ProviderRequest(false);
    // The plan was made in this very callback: the key is still there.
    request.write(exchange, planned);
    this.held = new HeldAnswer(exchange, planned, false, exchange.key);
    if (!request.keepsBody) requestBody.replace(request.bytes);
  }

  // The answer.

  override onResponseHeaders(_count: u32, end: bool): HeadersStatus {
    // An upstream filter can't reach the request's headers any more, but what it wrote there is seen by whoever logs them. A gate that held the headers for the body can (measured with Envoy 1.40).
    const asked = this.exchange.asking;
    if (asked != null) asked.provider.removeCredential();
    const held = this.held;
    if (held != null && this.exchange.progress == Progress.Asking) {
      if (held.onHeaders(end) || this.asksAgain(held)) return HeadersStatus.StopIteration;
    }
    this.answer.onHeaders(end);
    return HeadersStatus.Continue;
  }

  override onResponseBody(size: i32, end: bool): DataStatus {
    if (this.retry != null) return this.holdBack();
    const held = this.held;
    if (held != null && this.exchange.progress != Progress.Local) {
      const open = held.isOpen;
      if (held.onBody(size, end)) return DataStatus.StopAndBuffer;
      if (open) {
        if (this.asksAgain(held)) return this.holdBack();
        this.answer.onHeaders(false);
      }
    }
    this.answer.onBody();
    if (!end) this.watch();
    return DataStatus.Continue;
  }

  /** Bytes of a stream go to the client, and more are to come. */
  private watch(): void {
    const exchange = this.exchange;
    if (exchange.stallTimeout == 0 || exchange.progress != Progress.Committed || !exchange.conversation.stream) return;
    const isNew = exchange.lastBytesAt == 0;
    exchange.lastBytesAt = nowMilliseconds();
    if (isNew) this.stalls.add(new OpenStream(exchange));
  }

  override onResponseTrailers(_count: u32): FlowStatus {
    if (this.retry != null) return FlowStatus.Stop;
    if (this.exchange.targetCount > 0) responseTrailers.clear();
    const held = this.held;
    if (held != null && this.exchange.progress != Progress.Local) {
      const open = held.isOpen;
      held.onTrailers();
      if (open) {
        if (this.asksAgain(held)) return FlowStatus.Stop;
        // What was held is still in Envoy's buffer.
        this.answer.onHeaders(responseBody.size == 0);
        this.answer.onBody();
        return FlowStatus.Continue;
      }
    }
    this.answer.onTrailers();
    return FlowStatus.Continue;
  }

  /** Whether the provider is asked once more: then its failure waits for how that goes. */
  private asksAgain(held: HeldAnswer): bool {
    if (held.failure == null) return false;
    const exchange = this.exchange;
    const planned = exchange.targets[0];
    const policy = planned.provider.retries;
    if (policy == null || isStateful(exchange.conversation.operation) || !policy.wants(held.status)) return false;
    const retry = new OwnRetry(exchange, planned, policy, this);
    if (!retry.ask()) return false;
    this.retry = retry;
    return true;
  }

  /** The bytes of a failure that nobody will see. */
  private holdBack(): DataStatus {
    responseBody.replace(EMPTY);
    return DataStatus.StopAndBuffer;
  }

  onRetried(status: i32, head: HeaderBlock, body: Bytes): void {
    this.retry = null;
    this.held = null;
    this.answer.send(status, head, body);
  }

  /** The client gets the first failure. */
  onGivenUp(): void {
    this.retry = null;
    this.held = null;
    this.exchange.restIsOut = true;
    this.answer.onHeaders(true);
  }

  override onLog(): void {
    const exchange = this.exchange;
    this.answer.finish();
    if (exchange.progress == Progress.Committed && !exchange.queue.ended && exchange.failure == null)
      exchange.failure = failureOfCut(exchange);
    estimateCut(exchange);
    for (let i = 0; i < this.stages.length; i++) this.stages[i].onEnd(exchange);
    if (!exchange.path.isEmpty) publishFacts(exchange);
  }

  override onDelete(): void {
    exchanges.close(this.exchange);
    this.held = null;
  }
}

function isWait(verdict: Verdict): bool {
  return verdict == Verdict.Wait || verdict == Verdict.AskAgain;
}

function pointAt(head: HeaderBlock, name: string, view: Bytes): void {
  const index = head.indexOf(name);
  if (index >= 0) head.value(index, view);
  else view.set(EMPTY.buffer, 0, 0);
}

function forgedRoute(): Failure {
  return Failure.of(
    FailureKind.InvalidRequest,
    "The request has a header that only the gateway may set (x-sluice-…, x-higress-llm-… or x-mse-consumer), and what is allowed here depends on the route. Send it without.",
  );
}

/** `/sluice/` is the gateway's own on every listener, and never routed. */
function isOurs(path: Bytes): bool {
  return path.startsWith("/sluice/") || path.is("/sluice") || path.startsWith("/sluice?");
}
