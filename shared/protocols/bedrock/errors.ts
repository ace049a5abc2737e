/** Bedrock's errors: https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Failure, FailureKind, kindOfStatus, statusOf } from "../failure";
import { Message, cut, providerText } from "../message";

/** What is kept of a type that isn't known. */
const CODE_LIMIT = 128;
const READER = new JsonReader();

/** What an answer with an error status says. `type`: the header `x-amzn-errortype`, empty where there was none; it may have a URL behind a colon. */
export function readFailure(status: i32, type: Bytes, body: Bytes): Failure {
  const reader = READER.start(body);
  let message: Span = ABSENT;
  let inBody: Span = ABSENT;
  if (reader.enterObject()) {
    while (reader.nextKey()) {
      if (reader.keyIs("message") || reader.keyIs("Message")) message = reader.string();
      else if (reader.keyIs("__type")) inBody = reader.string();
    }
  }
  const isJson = reader.finish();
  const word = type.isEmpty && isJson ? reader.bytes(inBody) : type;
  if (isJson && message != ABSENT) {
    const failure = failureOf(nameIn(word), reader.bytes(message), status);
    reader.release();
    return failure;
  }
  reader.release();
  if (!type.isEmpty) return failureOf(nameIn(type), new Bytes(), status);
  const text = new Message().say("the provider answered with status ").number(status).say(" and no error that can be read");
  return text.failure(kindOfStatus(status)).withStatus(status).withoutWords();
}

/** The failure that an exception inside a stream stands for (`:exception-type`, or `:error-code`); `payload`: `{"message":…}`. */
export function readException(type: Bytes, payload: Bytes): Failure {
  const reader = READER.start(payload);
  let message: Span = ABSENT;
  if (reader.enterObject()) {
    while (reader.nextKey()) if (reader.keyIs("message") || reader.keyIs("Message")) message = reader.string();
  }
  const failure = failureOf(type, reader.finish() ? reader.bytes(message) : new Bytes(), 0);
  reader.release();
  return failure;
}

/** `message`: the content of a JSON string. `status` 0: the error came inside a 200, and has the status that is documented for its type. */
export function failureOf(type: Bytes, message: Bytes, status: i32): Failure {
  const text = providerText(message);
  let kind = kindOf(type);
  if (kind == FailureKind.Internal) kind = status == 0 ? FailureKind.Provider : kindOfStatus(status);
  if (kind == FailureKind.InvalidRequest && isTooLong(text)) kind = FailureKind.ContextLength;
  if (status == 0) status = documentedStatus(type, kind);
  const failure = new Failure(kind, status, text.isEmpty ? Bytes.of("the provider reported an error without saying more") : text);
  // Clients know a conversation that is too long by their own protocol's word, which a code of the provider's would take the place of.
  if (kind != FailureKind.ContextLength) failure.code = cut(providerText(type), CODE_LIMIT).copy();
  return failure;
}

/** `ThrottlingException` of `com.amazon.coral.service#ThrottlingException:http://internal.amazon.com/…` */
function nameIn(type: Bytes): Bytes {
  const colon = type.indexOf(0x3a);
  const name = colon < 0 ? type : type.slice(0, colon);
  return name.slice(name.indexOf(0x23) + 1);
}

/** `Internal` stands for a type that isn't known. In streams the first letter is small. */
function kindOf(type: Bytes): FailureKind {
  if (isType(type, "ThrottlingException")) return FailureKind.RateLimit;
  if (isType(type, "ValidationException") || isType(type, "SerializationException")) return FailureKind.InvalidRequest;
  if (isType(type, "AccessDeniedException")) return FailureKind.Permission;
  if (isType(type, "ResourceNotFoundException") || isType(type, "UnknownOperationException")) return FailureKind.NotFound;
  if (isType(type, "ServiceUnavailableException") || isType(type, "ModelNotReadyException")) return FailureKind.Overloaded;
  if (isType(type, "ServiceQuotaExceededException")) return FailureKind.InsufficientQuota;
  if (isType(type, "ModelTimeoutException")) return FailureKind.Timeout;
  if (isType(type, "InternalServerException") || isType(type, "ModelErrorException") || isType(type, "ModelStreamErrorException"))
    return FailureKind.Provider;
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
  if (
    isType(type, "UnrecognizedClientException") ||
    isType(type, "InvalidSignatureException") ||
    isType(type, "SignatureDoesNotMatch") ||
    isType(type, "IncompleteSignature") ||
    isType(type, "IncompleteSignatureException") ||
    isType(type, "InvalidClientTokenId") ||
    isType(type, "MissingAuthenticationToken") ||
    isType(type, "MissingAuthenticationTokenException") ||
    isType(type, "ExpiredToken") ||
    isType(type, "ExpiredTokenException")
  )
    return FailureKind.Authentication;
  return FailureKind.Internal;
}

function documentedStatus(type: Bytes, kind: FailureKind): i32 {
  if (isType(type, "ModelErrorException") || isType(type, "ModelStreamErrorException")) return 424;
  if (isType(type, "InternalServerException")) return 500;
  if (isType(type, "ModelNotReadyException")) return 429;
  if (isType(type, "ModelTimeoutException")) return 408;
  return statusOf(kind);
}

function isType(type: Bytes, name: string): bool {
  if (type.length != name.length || (type.at(0) | 0x20) != ((<u8>name.charCodeAt(0)) | 0x20)) return false;
  return type.endsWith(name.substring(1));
}

/** The makers of models each say it in their way. */
function isTooLong(message: Bytes): bool {
  return (
    message.contains("nput is too long") ||
    message.contains("prompt is too long") ||
    message.contains("exceed context limit") ||
    message.contains("maximum context length") ||
    message.contains("maximum number of tokens") ||
    message.contains("nput Tokens Exceeded") ||
    message.contains("oo many input tokens")
  );
}
