import { Bytes } from "../../shared/bytes/bytes";
import { Exchange } from "../../shared/pipeline/exchange";
import { LocalAnswer } from "../../shared/pipeline/reply";
import { Verdict } from "../../shared/pipeline/verdict";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { KeyAuthConfig } from "./config";

/** Why a request isn't let in. */
export enum Refusal {
  NoKey,
  WrongKey,
  NotAllowedHere,
}

/** Refuses in the client's protocol, or with `compat` as Higress's key-auth does. */
export function refuse(exchange: Exchange, refusal: Refusal, config: KeyAuthConfig): Verdict {
  return config.fields.compat ? exchange.answer(plainAnswer(refusal, config.fields.realm)) : exchange.refuse(failureOf(refusal));
}

function failureOf(refusal: Refusal): Failure {
  switch (refusal) {
    case Refusal.NoKey:
      return Failure.of(
        FailureKind.Authentication,
        "The request has no API key. Send the gateway's key as `Authorization: Bearer KEY` or `x-api-key: KEY`.",
      ).withCode("invalid_api_key");
    case Refusal.WrongKey:
      return Failure.of(
        FailureKind.Authentication,
        "The gateway doesn't know this API key. Check it, or ask whoever runs the gateway for one.",
      ).withCode("invalid_api_key");
    default:
      return Failure.of(
        FailureKind.Permission,
        "This API key may not be used here. Ask whoever runs the gateway to let its consumer in on this route.",
      );
  }
}

/** Status texts and headers of Higress's key-auth (C++). */
function plainAnswer(refusal: Refusal, realm: Bytes): LocalAnswer {
  if (refusal == Refusal.NotAllowedHere) {
    return new LocalAnswer(403, "text/plain", Bytes.of("Request denied by Key Auth check. Unauthorized consumer"))
      .with("www-authenticate", Bytes.of("Basic realm=" + realm.toString()))
      .detailed("key-auth.unauthorized");
  }
  return new LocalAnswer(401, "text/plain", Bytes.of("Request denied by Key Auth check. Invalid API key"))
    .with("www-authenticate", Bytes.of("Key realm=" + realm.toString()))
    .detailed("key-auth.no_key");
}
