/** Until when a client wants its answer: a header says so, and what isn't answered by then ends. */
import { Bytes } from "../bytes/bytes";
import { HeaderBlock } from "../host/pairs";
import { Failure, FailureKind } from "../protocols/failure";
import { Exchange, Progress } from "./exchange";
import { Watched } from "./exchange-watch";
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
export class WaitingClient extends Watched {
  override look(now: u64): bool {
    const exchange = this.exchange;
    if (exchange.progress != Progress.Asking) return false;
    if (now < exchange.endsAt) return true;
    if (this.enter()) end(exchange);
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
