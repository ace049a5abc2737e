/** Google's error object (https://cloud.google.com/apis/design/errors#error_model), as Gemini answers it, and the failure that it stands for. */
import { Bytes, EMPTY } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { Failure, FailureKind, kindOfStatus, statusOf } from "../failure";
import { providerText } from "../message";

/** A longer word is none of google.rpc's. */
const CODE_LIMIT = 128;

/** The failure that an answer with an error status tells of: `{"error":{…}}`, the same in an array (a stream without `alt=sse`), or any other bytes. */
export function failureOfAnswer(status: i32, body: Bytes): Failure {
  const reader = READER.start(body);
  reader.enterArray() && reader.nextElement();
  let error: Span = ABSENT;
  if (reader.enterObject()) while (reader.nextKey()) if (reader.keyIs("error")) error = reader.skip();
  if (reader.finish() && error != ABSENT) return failureOfError(reader.bytes(error), status);
  const kind = kindOfStatus(status);
  return new Failure(
    kind,
    clientStatus(status, kind),
    Bytes.of("the provider answered with status " + status.toString() + " and no error that can be read"),
  ).withoutWords();
}

/**
 * The failure that an error object (raw JSON: the value of `error`) stands for. `status` is the answer's own, 0 where the error came inside a 200. The bytes are
 * copied.
 */
export function failureOfError(json: Bytes, status: i32): Failure {
  ERROR.read(json);
  const words = providerText(ERROR.message);
  if (status == 0) status = ERROR.code;
  let kind = kindOfWord(ERROR.word, status);
  if (kind == FailureKind.InvalidRequest || kind == FailureKind.Permission) kind = kindOfComplaint(kind, words);
  else if (kind == FailureKind.RateLimit && isSpent(words)) kind = FailureKind.InsufficientQuota;
  // Google says 400 to a key that it doesn't know.
  if (kind == FailureKind.Authentication) status = 401;
  const failure = new Failure(kind, clientStatus(status, kind), words);
  if (words.isEmpty) failure.message = Bytes.of("the provider reported an error without saying more");
  if (ERROR.word.length <= CODE_LIMIT) failure.code = providerText(ERROR.word);
  failure.retryAfter = wholeSeconds(ERROR.retryDelay);
  return failure;
}

/** The members of the object that was read last; contents of strings in its buffer. */
@final
class ErrorObject {
  code: i32 = 0;
  readonly message: Bytes = new Bytes();
  /** google.rpc's name of the code: `INVALID_ARGUMENT` … */
  readonly word: Bytes = new Bytes();
  /** Of `google.rpc.ErrorInfo`. */
  readonly reason: Bytes = new Bytes();
  /** Of `google.rpc.RetryInfo`: seconds with an `s`. */
  readonly retryDelay: Bytes = new Bytes();

  read(json: Bytes): void {
    this.code = 0;
    this.message.length = this.word.length = this.reason.length = this.retryDelay.length = 0;
    const reader = READER.start(json);
    const text = reader.string();
    if (text != ABSENT) reader.point(text, this.message);
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      if (reader.keyIs("code")) this.readCode(reader);
      else if (reader.keyIs("message")) reader.point(reader.string(), this.message);
      else if (reader.keyIs("status")) reader.point(reader.string(), this.word);
      else if (reader.keyIs("details")) this.readDetails(reader);
    }
  }

  private readCode(reader: JsonReader): void {
    if (NUMBER.read(reader.point(reader.number(), VIEW)) && NUMBER.isWhole && !NUMBER.negative && NUMBER.magnitude < 1000)
      this.code = <i32>NUMBER.magnitude;
  }

  /** The members' names tell the kinds of details apart. */
  private readDetails(reader: JsonReader): void {
    if (!reader.enterArray()) return;
    while (reader.nextElement()) {
      if (!reader.enterObject()) continue;
      while (reader.nextKey()) {
        if (reader.keyIs("reason")) reader.point(reader.string(), this.reason);
        else if (reader.keyIs("retryDelay")) reader.point(reader.string(), this.retryDelay);
      }
    }
  }
}

const READER = new JsonReader();
const NUMBER = new JsonNumber();
const VIEW = new Bytes();
const ERROR = new ErrorObject();

/** https://cloud.google.com/apis/design/errors#handling_errors */
function kindOfWord(word: Bytes, status: i32): FailureKind {
  if (word.is("INVALID_ARGUMENT") || word.is("OUT_OF_RANGE")) return status == 413 ? FailureKind.TooLarge : FailureKind.InvalidRequest;
  if (word.is("RESOURCE_EXHAUSTED")) return FailureKind.RateLimit;
  if (word.is("UNAVAILABLE")) return FailureKind.Overloaded;
  if (word.is("UNAUTHENTICATED")) return FailureKind.Authentication;
  // FAILED_PRECONDITION: the account's region or billing (https://ai.google.dev/gemini-api/docs/troubleshooting).
  if (word.is("PERMISSION_DENIED") || word.is("FAILED_PRECONDITION")) return FailureKind.Permission;
  if (word.is("NOT_FOUND")) return FailureKind.NotFound;
  if (word.is("DEADLINE_EXCEEDED")) return FailureKind.Timeout;
  if (word.is("INTERNAL") || word.is("UNKNOWN") || word.is("DATA_LOSS") || word.is("CANCELLED") || word.is("ABORTED"))
    return FailureKind.Provider;
  return status == 0 ? FailureKind.Provider : kindOfStatus(status);
}

/** What Google says under one name and others tell apart. */
function kindOfComplaint(kind: FailureKind, message: Bytes): FailureKind {
  if (ERROR.reason.is("API_KEY_INVALID") || message.startsWith("API key not valid") || message.startsWith("API key expired"))
    return FailureKind.Authentication;
  if (message.contains("token count") && message.contains("exceeds the maximum")) return FailureKind.ContextLength;
  return kind;
}

/** Whether a 429 says that there is nothing left, instead of that it is too fast. */
function isSpent(message: Bytes): bool {
  return message.contains("credits are depleted") || message.contains("spending cap");
}

/** The provider's status where it is an error's, else the kind's own. */
function clientStatus(status: i32, kind: FailureKind): i32 {
  return status >= 400 && status < 600 ? status : statusOf(kind);
}

/** `17s` and `16.2s` as `17`: whole seconds, rounded up; empty where it says none. */
function wholeSeconds(delay: Bytes): Bytes {
  if (!delay.endsWith("s") || delay.length > 32) return EMPTY;
  if (!NUMBER.read(delay.slice(0, delay.length - 1)) || NUMBER.negative || NUMBER.magnitude > <u64>u32.MAX_VALUE) return EMPTY;
  return Bytes.of((NUMBER.magnitude + (NUMBER.isWhole ? 0 : 1)).toString());
}
