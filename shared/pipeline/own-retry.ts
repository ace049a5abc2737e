/** Asks a provider once more where no retry policy of Envoy's does it: by an HTTP call of our own. Its answer is there whole or not at all. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { CallAnswer, CallHandler, httpCall } from "../host/http-call";
import { HeaderBlock } from "../host/pairs";
import { effectiveContext, setEffectiveContext } from "../host/stream";
import { Status } from "../host/types";
import { FailureKind } from "../protocols/failure";
import { Exchange } from "./exchange";
import { commit } from "./held-answer";
import { Intake, Outcome } from "./intake";
import { settleAttempt, settleSilent } from "./outcome";
import { PlannedTarget, RetryPolicy } from "./provider";
import { ProviderRequest } from "./request";
import { routeCluster } from "./route-cache";

/** Hears how it went, in the context of the exchange. */
export interface RetryListener {
  /** The exchange has the answer; `head` is that of the provider's, `body` its bytes, `status` its status. */
  onRetried(status: i32, head: HeaderBlock, body: Bytes): void;
  /** No retry gave an answer. */
  onGivenUp(): void;
}

const head = new HeaderBlock();

/** The further attempts of one exchange. */
@final
export class OwnRetry extends CallHandler {
  private left: i32;

  constructor(
    private exchange: Exchange,
    private planned: PlannedTarget,
    private policy: RetryPolicy,
    private listener: RetryListener,
  ) {
    super();
    this.left = policy.most;
  }

  /** Asks again; false: no attempt is left, or none can be made. */
  ask(): bool {
    const cluster = routeCluster();
    if (this.left <= 0 || cluster == null) return false;
    this.left--;
    const exchange = this.exchange;
    exchange.attempts++;
    const request = new ProviderRequest(false);
    this.planned.provider.resolve(exchange, this.planned.model, request.target);
    if (!this.planned.provider.pickKey(exchange, request.target.model)) return false;
    const headers = request.compose(exchange, this.planned);
    const body = request.keepsBody ? exchange.conversation.source.body : request.bytes;
    const status = httpCall(cluster, headers, body, this.policy.timeout, this);
    headers.clear();
    request.release();
    return status == Status.Ok;
  }

  /** In the root context: what acts on the exchange's stream has to make that effective. */
  onAnswer(answer: CallAnswer): void {
    const status = answer.status;
    answer.headers.readInto(head);
    const body = status > 0 ? answer.readBody() : EMPTY;
    const own = effectiveContext();
    if (setEffectiveContext(this.contextId) != Status.Ok) return;
    this.take(status, body);
    head.release();
    setEffectiveContext(own);
  }

  private take(status: i32, body: Bytes): void {
    const exchange = this.exchange;
    if (status > 0) {
      const intake = new Intake(exchange, this.planned);
      intake.begin(head);
      if (body.length > intake.limit) intake.tooLarge();
      else {
        intake.hideIn(body);
        intake.feed(body);
      }
      intake.end();
      settleAttempt(exchange, this.planned, exchange.key, exchange.upstreamModel, intake.status, intake.failure);
      if (intake.outcome == Outcome.Committed) {
        commit(exchange, this.planned, intake);
        exchange.failure = exchange.queue.failure;
        return this.listener.onRetried(status, head, body);
      }
      // Something else is wrong than before, and nothing that was to be tried again for.
      if (status >= 400 && !this.policy.wants(status)) return this.listener.onGivenUp();
    }
    settleSilent(exchange, FailureKind.Unreachable);
    if (!this.ask()) this.listener.onGivenUp();
  }
}
