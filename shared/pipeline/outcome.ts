/** How attempts went: told to their providers, and to the client in a header. */
import { Bytes } from "../bytes/bytes";
import { responseHeaders } from "../host/headers";
import { Failure, FailureKind, nameOfKind } from "../protocols/failure";
import { isFiltered } from "./causes";
import { Exchange } from "./exchange";
import { PlannedTarget } from "./provider";

/** The header that tells who was tried. */
export const ATTEMPTS = "x-sluice-attempts";
/** A list of more attempts than that is cut. */
const LONGEST = 1024;
const view = new Bytes();

/** An attempt is over, or has come to its commit point (then there is no failure). `status`: the provider's; 0: none came. */
export function settleAttempt(
  exchange: Exchange,
  planned: PlannedTarget,
  key: i32,
  model: Bytes,
  status: i32,
  failure: Failure | null,
): void {
  exchange.isUnsettled = false;
  planned.provider.settle(key, model, status, failure);
  if (failure != null) noteTried(exchange, planned, status, isFiltered(failure) ? "content_filter" : nameOfKind(failure.kind));
}

/** The last attempt has ended without a word: another one begins, or Envoy gives up. */
export function settleSilent(exchange: Exchange, kind: FailureKind): void {
  const planned = exchange.asking;
  if (!exchange.isUnsettled || planned == null) return;
  settleAttempt(exchange, planned, exchange.key, exchange.upstreamModel, 0, Failure.of(kind, ""));
}

/** Adds an attempt to the list: a list of https://www.rfc-editor.org/rfc/rfc9651#section-3.1, `openai;status=429;reason=rate_limit, claude`. */
export function noteTried(exchange: Exchange, planned: PlannedTarget, status: i32, reason: string): void {
  const out = exchange.tried;
  if (out.length > LONGEST) return;
  if (out.length > 0) out.ascii(", ");
  out.bytes(planned.provider.id);
  if (status > 0) {
    out.ascii(";status=");
    out.unsigned(status);
  }
  out.ascii(";reason=");
  out.ascii(reason);
}

/** Tells the client who was asked, and why those failed that did. False: none did, or it isn't to be told. */
export function tellAttempts(exchange: Exchange): bool {
  const out = exchange.tried;
  if (out.length == 0 || !exchange.tellsAttempts) return false;
  const answeredBy = exchange.answeredBy;
  if (answeredBy != null) {
    out.ascii(", ");
    out.bytes(answeredBy.provider.id);
  }
  responseHeaders.set(ATTEMPTS, out.pointAt(view));
  return true;
}
