import { Bytes, EMPTY } from "../bytes/bytes";

/** What kind of thing went wrong, apart from any protocol; each client protocol has its own word for each. */
export enum FailureKind {
  /** The client's request is at fault: its form, a field, a value. */
  InvalidRequest,
  /** No key, or a wrong one. */
  Authentication,
  /** A known caller who may not do this. */
  Permission,
  /** No such path, model, object. */
  NotFound,
  /** The body is over the limit. */
  TooLarge,
  /** A content type or encoding that nobody here reads. */
  UnsupportedMediaType,
  /** The conversation is longer than the model's window. */
  ContextLength,
  /** A limit on requests, tokens or money; `retryAfter` may say when to come back. */
  RateLimit,
  /** The provider's account has nothing left. */
  InsufficientQuota,
  /** The provider has too much to do. */
  Overloaded,
  /** The provider failed, or said something that can't be read. */
  Provider,
  /** The provider couldn't be reached, or broke off. */
  Unreachable,
  /** No answer in time. */
  Timeout,
  /** The gateway itself is at fault. */
  Internal,
}

/**
 * A failure on its way to the client. `message` is UTF-8 and says what happened, where, and what to do; it never holds a key. The one who makes a failure
 * owns its bytes: they are in buffers of their own, never views into a request or an answer.
 */
@final
export class Failure {
  kind: FailureKind;
  /** The HTTP status that the client gets. */
  status: i32;
  message: Bytes;
  /** The field at fault (OpenAI's `param`), "" if none. */
  param: string = "";
  /** What a provider can't be told, where it may be left out instead (`omissions.ts`): a setting by OpenAI's name, "" if none. */
  setting: string = "";
  /** The same for an item of the conversation: its index, -1 if none. */
  item: i32 = -1;
  /** The same for a tool. */
  tool: i32 = -1;
  /** OpenAI's `code`, or the provider's own word; empty if none. */
  code: Bytes = EMPTY;
  /** Seconds, as the provider or a limit said them (the `retry-after` header's bytes); empty if none. */
  retryAfter: Bytes = EMPTY;
  /** Milliseconds after which its provider wants to be asked again; 0: it didn't say. */
  retryIn: u64 = 0;
  /** Nothing that could be read came with the status: whoever answered may not have been the provider. */
  isWordless: bool = false;
  /** The method that the path takes instead (the `allow` header), "" if the method isn't at fault. */
  allowed: string = "";
  /** Who failed: a provider's id, empty for the gateway. */
  provider: Bytes = EMPTY;

  constructor(kind: FailureKind, status: i32, message: Bytes) {
    this.kind = kind;
    this.status = status;
    this.message = message;
  }

  static of(kind: FailureKind, message: string): Failure {
    return new Failure(kind, statusOf(kind), Bytes.of(message));
  }

  static field(param: string, message: string): Failure {
    const failure = Failure.of(FailureKind.InvalidRequest, message);
    failure.param = param;
    return failure;
  }

  /** At fault is an item of the conversation, which may be left out. */
  ofItem(index: i32): this {
    this.item = index;
    return this;
  }

  /** At fault is a tool, which may be left out. */
  ofTool(index: i32): this {
    this.tool = index;
    return this;
  }

  /** At fault is the client, whatever provider is asked: never left out. */
  always(): this {
    this.setting = "";
    return this;
  }

  withCode(code: string): this {
    this.code = Bytes.of(code);
    return this;
  }

  withoutWords(): this {
    this.isWordless = true;
    return this;
  }

  /** The method that the path takes: https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 wants it said beside a 405. */
  withAllowed(method: string): this {
    this.allowed = method;
    return this.withStatus(405);
  }

  withStatus(status: i32): this {
    this.status = status;
    return this;
  }
}

/** The status that stands for a kind where no provider named one. */
export function statusOf(kind: FailureKind): i32 {
  switch (kind) {
    case FailureKind.InvalidRequest:
    case FailureKind.ContextLength:
      return 400;
    case FailureKind.Authentication:
      return 401;
    case FailureKind.Permission:
      return 403;
    case FailureKind.NotFound:
      return 404;
    case FailureKind.TooLarge:
      return 413;
    case FailureKind.UnsupportedMediaType:
      return 415;
    case FailureKind.RateLimit:
    case FailureKind.InsufficientQuota:
      return 429;
    case FailureKind.Overloaded:
      return 503;
    case FailureKind.Provider:
    case FailureKind.Unreachable:
      return 502;
    case FailureKind.Timeout:
      return 504;
    default:
      return 500;
  }
}

/** The kind that a provider's status stands for, where its body doesn't say more. */
export function kindOfStatus(status: i32): FailureKind {
  switch (status) {
    case 401:
      return FailureKind.Authentication;
    case 403:
      return FailureKind.Permission;
    case 402:
      return FailureKind.InsufficientQuota;
    case 404:
      return FailureKind.NotFound;
    case 408:
    case 504:
      return FailureKind.Timeout;
    case 413:
      return FailureKind.TooLarge;
    case 415:
      return FailureKind.UnsupportedMediaType;
    case 429:
      return FailureKind.RateLimit;
    // In conflict with another request, too early, and Groq's word for no capacity: later, or elsewhere, it may do.
    case 409:
    case 425:
    case 498:
    case 503:
    case 529:
      return FailureKind.Overloaded;
    default:
      return status >= 400 && status < 500 ? FailureKind.InvalidRequest : FailureKind.Provider;
  }
}

/** Whether another provider may succeed where one failed so: yes, unless the client's own request is at fault. Another model may have a longer window. */
export function isRetriable(kind: FailureKind): bool {
  switch (kind) {
    case FailureKind.InvalidRequest:
    case FailureKind.NotFound:
    case FailureKind.TooLarge:
    case FailureKind.UnsupportedMediaType:
      return false;
    default:
      return true;
  }
}

/** Whether the provider's server is at fault, not the key it was asked with or the request. */
export function isServers(kind: FailureKind): bool {
  return kind == FailureKind.Provider || kind == FailureKind.Unreachable || kind == FailureKind.Timeout || kind == FailureKind.Overloaded;
}

/** What a failure is called in headers and logs. */
export function nameOfKind(kind: FailureKind): string {
  switch (kind) {
    case FailureKind.Authentication:
      return "authentication";
    case FailureKind.Permission:
      return "permission";
    case FailureKind.NotFound:
      return "not_found";
    case FailureKind.TooLarge:
      return "too_large";
    case FailureKind.ContextLength:
      return "context_length";
    case FailureKind.RateLimit:
      return "rate_limit";
    case FailureKind.InsufficientQuota:
      return "insufficient_quota";
    case FailureKind.Overloaded:
      return "overloaded";
    case FailureKind.Provider:
      return "server_error";
    case FailureKind.Unreachable:
      return "unreachable";
    case FailureKind.Timeout:
      return "timeout";
    case FailureKind.Internal:
      return "internal";
    default:
      return "invalid_request";
  }
}

/**
 * Sets right what a provider's words say against its status. One that refuses the gateway's key, is busy or breaks down doesn't say that the request is at fault, whatever words come with it; and a page without an error that could
 * be read, from something in front of the provider, says nothing of the request at all.
 */
export function settleKind(failure: Failure, status: i32): void {
  if (isRetriable(failure.kind)) return;
  const kind = kindOfStatus(status);
  if (isRetriable(kind)) failure.kind = kind;
  else if (failure.isWordless) {
    failure.kind = FailureKind.Provider;
    failure.status = 502;
  }
}
