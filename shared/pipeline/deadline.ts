/** Until when a client wants its answer: a header says so, and what isn't answered by then ends. */
import { Bytes } from "../bytes/bytes";
import { HeaderBlock } from "../host/pairs";
import { effectiveContext, setEffectiveContext } from "../host/stream";
import { Status } from "../host/types";
import { Failure, FailureKind } from "../protocols/failure";
import { Chore, begin } from "./chores";
import { Exchange, Progress } from "./exchange";
import { nowMilliseconds } from "./health";
import { ATTEMPTS, noteTried } from "./outcome";
import { LocalAnswer, failureBody, sendAnswer } from "./reply";
import { durationOf } from "./retry-delay";

/** The gateway's own header. */
export const TIMEOUT = "x-sluice-timeout";
/** What OpenAI's and Anthropic's SDKs send where their user sets a timeout: seconds. */
const SDK_TIMEOUT = "x-stainless-timeout";
const LONGEST: i64 = 86_400_000;
const view = new Bytes();

/** Milliseconds that a client gives its request; 0: it says nothing, -1: nothing that makes sense. What an SDK says that makes none is passed over: whoever uses it didn't write that. */
export function clientTimeout(head: HeaderBlock): i64 {
  const own = head.find(TIMEOUT, view);
  if (own != null) {
    const duration = durationOf(own);
    return duration > 0 && duration <= LONGEST ? duration : -1;
  }
  const sdk = head.find(SDK_TIMEOUT, view);
  if (sdk == null) return 0;
  const duration = durationOf(sdk);
  return duration > 0 && duration <= LONGEST ? duration : 0;
}

/** Why a client's own header is refused. */
export function badTimeout(head: HeaderBlock): Failure {
  const said = head.find(TIMEOUT, view);
  let found = "";
  for (let i = 0; said != null && i < min(said.length, 40); i++) {
    const byte = said.at(i);
    found += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?";
  }
  return Failure.of(
    FailureKind.InvalidRequest,
    `${TIMEOUT}: found "${found}", expected a time from 1ms to 24h: seconds (30, 2.5) or a duration (500ms, 30s, 2m).`,
  );
}

/** The client's time is over. Nobody's fault but that of who set it: no endpoint is counted out for it. */
export function timeIsOver(): Failure {
  return Failure.of(
    FailureKind.Timeout,
    `No provider answered within the time that the client set (${TIMEOUT} or ${SDK_TIMEOUT}). Try again, or allow more time.`,
  );
}

/** A request whose client waits no longer than until `Exchange.endsAt`. */
@final
class WaitingClient {
  private generation: u32;
  private context: u32 = effectiveContext();

  constructor(private exchange: Exchange) {
    this.generation = exchange.generation;
  }

  /** Whether it has to be looked at again. */
  look(now: u64): bool {
    const exchange = this.exchange;
    if (!exchange.inUse || exchange.generation != this.generation || exchange.progress != Progress.Asking) return false;
    if (now < exchange.endsAt) return true;
    if (setEffectiveContext(this.context) == Status.Ok) end(exchange);
    return false;
  }
}

/** Not by a time limit of Envoy's: that would count against the server (outlier detection), and for a stream it would hold beyond the first content. */
function end(exchange: Exchange): void {
  const client = exchange.client;
  if (client == null) return;
  const asked = exchange.asking;
  if (exchange.isUnsettled && asked != null) noteTried(exchange, asked, 0, "deadline");
  const failure = timeIsOver();
  exchange.isUnsettled = false;
  exchange.progress = Progress.Local;
  exchange.failure = failure;
  const answer = new LocalAnswer(failure.status, "application/json", failureBody(failure, client)).detailed("sluice.deadline");
  if (exchange.tellsAttempts && exchange.tried.length > 0) answer.with(ATTEMPTS, exchange.tried.view());
  sendAnswer(answer);
}

/** The clients of one root that said how long they wait. */
@final
export class DeadlineWatch extends Chore {
  private waiting: Array<WaitingClient> = [];

  constructor(private root: u32) {
    super();
  }

  /** Watches a request from now on; in its gate's context. */
  add(exchange: Exchange): void {
    this.waiting.push(new WaitingClient(exchange));
    begin(this.root, this);
  }

  override run(): bool {
    const now = nowMilliseconds();
    const waiting = this.waiting;
    let kept = 0;
    for (let i = 0; i < waiting.length; i++) if (waiting[i].look(now)) waiting[kept++] = waiting[i];
    waiting.length = kept;
    setEffectiveContext(this.root);
    return kept > 0;
  }
}
