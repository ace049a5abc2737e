import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { HeaderBlock, HeaderBuilder } from "../host/pairs";
import { JsonWriter } from "../json/writer";
import { Conversation } from "../protocols/conversation";
import { Failure, FailureKind } from "../protocols/failure";
import { ProviderProtocol, Target } from "../protocols/protocol";
import { Exchange } from "./exchange";
import { StatusReporter } from "./status";

const NO_TAGS: Array<Bytes> = [];

/** Whether a provider can be asked. */
export enum Readiness {
  Ready,
  /** What it needs is on its way. */
  Waiting,
  /** What it needs can't be had at the moment. */
  Unavailable,
}

/** What of a request is settled when its credential is written, for those that sign it. The views hold until the headers are sent. */
@final
export class OutgoingRequest {
  method: Bytes = new Bytes();
  /** With its query. */
  path: Bytes = new Bytes();
  authority: Bytes = new Bytes();
  contentType: Bytes = new Bytes();
  body: Bytes = new Bytes();
}

/** When a provider is asked again by the filter itself, where that stands downstream alone. */
export abstract class RetryPolicy {
  constructor(
    /** How often, beside the first attempt. */
    readonly most: i32,
    /** Time limit of each, in milliseconds. */
    readonly timeout: u32,
  ) {}

  /** Whether an answer with this status is a reason. */
  abstract wants(status: i32): bool;
}

/** A provider as configured: a protocol, and what is this provider's own: address, paths, credential. */
export abstract class Provider extends StatusReporter {
  constructor(
    /** As in the configuration, and in the metadata of its hosts. */
    public id: Bytes,
  ) {
    super();
  }

  override writeStatus(_out: JsonWriter): void {}

  /** Where it keeps what it is told, and what is known of how; empty: nobody has said. */
  region: Bytes = EMPTY;
  tags: Array<Bytes> = NO_TAGS;

  /** Whether it has an API for what this conversation asks for. */
  abstract serves(conversation: Conversation): bool;

  /** In which protocol it is asked for a model (escaped, the target's): the client's own where it speaks that, too. */
  abstract protocolFor(conversation: Conversation, model: Bytes): ProviderProtocol;

  /** Whether it can be asked now. Begins to get what it needs for that, such as a token, where that isn't there, or soon won't be. */
  prepare(): Readiness {
    return Readiness.Ready;
  }

  /** Has the exchange resumed (`Exchange.resume`) as soon as `prepare` has another answer than `Waiting`. In the gate's context. */
  awaitReadiness(_exchange: Exchange): void {}

  /** Why it can't be asked, once `prepare` has said `Unavailable`. */
  unavailability(): Failure {
    return Failure.of(FailureKind.Provider, "");
  }

  /** When the filter itself asks again; null: never. */
  get retries(): RetryPolicy | null {
    return null;
  }

  /** How many of its keys may be used for this request and model (escaped) at the moment. */
  usableKeys(_exchange: Exchange, _model: Bytes): i32 {
    return i32.MAX_VALUE;
  }

  /** How many tokens a model (escaped) takes, prompt and answer; 0: nobody has said. */
  windowOf(_model: Bytes): u64 {
    return 0;
  }

  /** Why it can't be asked where none may. */
  exhaustion(): Failure {
    return Failure.of(FailureKind.RateLimit, "");
  }

  /** Whether it has failed so often lately that others are to be asked rather, if there are any. `isFirst`: it would be asked at once. */
  isDown(_isFirst: bool): bool {
    return false;
  }

  /** Picks the key of an attempt (`Exchange.key`) at a model (escaped); false: none may be used any more. */
  pickKey(_exchange: Exchange, _model: Bytes): bool {
    return true;
  }

  /** How an attempt at a model (escaped) with a key (`Exchange.key`) went. `status`: what it answered; 0: nothing. No failure: it answered. */
  settle(_key: i32, _model: Bytes, _status: i32, _failure: Failure | null): void {}

  /** What the headers of an answer say of the key's limits. */
  noteLimits(_key: i32, _head: HeaderBlock): void {}

  /** Whether its answers say how busy the server is, which is for Envoy only. */
  get tellsLoad(): bool {
    return false;
  }

  /** Fills in the model's name at this provider. `model` is the target's own (escaped), null: the mapping of what the client asked for decides. */
  abstract resolve(exchange: Exchange, model: Bytes | null, target: Target): void;

  /** Whether it signs what a model of its thought (`ProviderProtocol.signsThinking`). */
  abstract get signsThinking(): bool;

  /** The path with its query. */
  abstract writePath(exchange: Exchange, target: Target, out: ByteWriter): void;

  /** `:authority`; empty: the client's stays. */
  abstract authority(target: Target): Bytes;

  /** Adds the credential, and what else this vendor wants in its headers. */
  abstract writeHeaders(exchange: Exchange, request: OutgoingRequest, head: HeaderBuilder): void;

  /** Takes the credential out of the host's request headers again, once the answer has come: later filters and the log would see it there. */
  abstract removeCredential(): void;

  /** Whether a text of the provider's quotes a credential of its. */
  abstract quotesCredential(text: Bytes): bool;

  /** A text of the provider's without the credentials that it quotes. */
  abstract withoutCredentials(text: Bytes): Bytes;

  /** Writes asterisks over the credentials in bytes of the provider's, where they are. */
  abstract maskCredentials(text: Bytes): void;

  /** Whether a text of the provider's ends in the middle of a credential, as far as it can be told. */
  abstract endsInCredential(text: Bytes): bool;

  /** Whether it writes a header itself that every provider gets from the client. */
  replacesHeader(_lower: Bytes): bool {
    return false;
  }

  /** Whether it keeps objects and answers for callers, each for its maker. */
  get keepsObjects(): bool {
    return false;
  }

  /** Whether a header of the client goes on to this provider beyond the list that all get. */
  abstract passesHeader(lower: Bytes): bool;
}

/** One entry of a plan: who is asked, and for which model. */
@final
export class PlannedTarget {
  constructor(
    public provider: Provider,
    /** Escaped; null: the provider's mapping of what the client asked for. */
    public model: Bytes | null,
  ) {}
}
