import { Bytes } from "../bytes/bytes";
import { PropertyPath } from "../host/property";
import { HeaderBlock } from "../host/pairs";
import { Failure, FailureKind } from "../protocols/failure";
import { Exchange } from "./exchange";

const view = new Bytes();

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
    return Failure.of(
      FailureKind.Timeout,
      "No provider answered in time. Try again, or ask for the limits of time to be raised (answerTimeout, firstContentTimeout).",
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
    return Failure.of(
      FailureKind.Unreachable,
      `No provider could be reached (${details.length > 0 ? details.split("{")[0] : "no details"}). Try again later.`,
    ).withStatus(503);
  }
  const status = head.find(":status", view);
  return Failure.of(
    FailureKind.Internal,
    `The gateway could not serve the request (${details}, status ${status == null ? "unknown" : status.toString()}).`,
  );
}
