import { Bytes } from "../bytes/bytes";
import { PropertyPath } from "../host/property";
import { HeaderBlock } from "../host/pairs";
import { Failure, FailureKind } from "../protocols/failure";
import { Exchange } from "./exchange";

const view = new Bytes();

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/observability/access_log/usage#response-flags; the bits are those of Envoy's `CoreResponseFlag`. */
const FLAGS = PropertyPath.of("response.flags");
const CLIENT_WENT_AWAY: u64 = 1 << 14;
const STREAM_IDLE: u64 = 1 << 16;
const CODE_DETAILS = PropertyPath.of("response.code_details");

/**
 * What the client is told where the answer is neither a provider's nor ours: Envoy's own replies (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details),
 * unless an attempt of this request failed before: then that failure is the better word.
 */
export function failureOfReply(exchange: Exchange, head: HeaderBlock): Failure {
  const known = exchange.failure;
  const code = CODE_DETAILS.get();
  const details = code == null ? "" : code.toString();
  if (exchange.targetCount == 0 && details.includes("timeout")) {
    return Failure.of(FailureKind.InvalidRequest, "The request did not arrive in time. Send it whole, without long pauses.").withStatus(
      408,
    );
  }
  if (details == "response_timeout" || details.startsWith("upstream_per_try_timeout") || details.includes("timeout")) {
    return ofAsked(
      exchange,
      Failure.of(
        FailureKind.Timeout,
        `${nameOfAsked(exchange)} did not answer in time. Try again, or ask for the limits of time to be raised (timeouts.answer, timeouts.first_content; answerTimeout and firstContentTimeout of ai-proxy).`,
      ),
    );
  }
  if (known != null) return known;
  if (details.startsWith("sluice.")) {
    return Failure.of(FailureKind.Internal, `The gateway lost track of the request (${details}). Try again.`).withStatus(503);
  }
  if (details == "request_payload_too_large") {
    return Failure.of(
      FailureKind.TooLarge,
      "The request's body is larger than the gateway's limit. Send less, or ask for the limit to be raised (limits.body).",
    );
  }
  if (details == "route_not_found" || details == "cluster_not_found") {
    return Failure.of(FailureKind.NotFound, "No route of the gateway takes this request.");
  }
  if (exchange.attempts > 0 || details.startsWith("upstream") || details.startsWith("no_healthy_upstream")) {
    const what =
      details.startsWith("upstream_reset_before_response_started") && !details.includes("connection_failure")
        ? "broke off before its answer was there"
        : "could not be reached";
    return ofAsked(
      exchange,
      Failure.of(
        FailureKind.Unreachable,
        `${nameOfAsked(exchange)} ${what} (${details.length > 0 ? details.split("{")[0] : "no details"}). Try again later.`,
      ).withStatus(503),
    );
  }
  const status = head.find(":status", view);
  return Failure.of(
    FailureKind.Internal,
    `The gateway could not serve the request (${details}, status ${status == null ? "unknown" : status.toString()}).`,
  );
}

/**
 * What became of an answer that had begun and was never finished, with no filter being asked: the provider broke off, or stood still for too long. Null: the client went away, or nobody knows.
 */
export function failureOfCut(exchange: Exchange): Failure | null {
  const flags = FLAGS.get();
  if (flags == null || flags.length != 8) return null;
  let value: u64 = 0;
  for (let i = 7; i >= 0; i--) value = (value << 8) | flags.at(i);
  if (value & CLIENT_WENT_AWAY) return null;
  const kind = value & STREAM_IDLE ? FailureKind.Timeout : FailureKind.Provider;
  return ofAsked(exchange, Failure.of(kind, `${nameOfAsked(exchange)} broke off inside its answer.`));
}

/** Of a provider that says nothing any more in an answer that has begun. */
export function failureOfStall(exchange: Exchange): Failure {
  return ofAsked(exchange, Failure.of(FailureKind.Timeout, `${nameOfAsked(exchange)} stood still inside its answer.`));
}

/** Of an attempt that ended without a word: its time was over, or there was no connection (any more). */
export function silentFailure(exchange: Exchange, isLate: bool): Failure {
  const failure = isLate
    ? Failure.of(FailureKind.Timeout, `${nameOfAsked(exchange)} did not answer in time. Try again.`)
    : Failure.of(
        FailureKind.Unreachable,
        `${nameOfAsked(exchange)} could not be reached, or broke off before its answer was there. Try again later.`,
      ).withStatus(503);
  return ofAsked(exchange, failure);
}

function ofAsked(exchange: Exchange, failure: Failure): Failure {
  const asked = exchange.asking;
  if (asked != null) failure.provider = asked.provider.id;
  return failure;
}

function nameOfAsked(exchange: Exchange): string {
  const asked = exchange.asking;
  return asked == null ? "The provider" : `Provider "${asked.provider.id.toString()}"`;
}
