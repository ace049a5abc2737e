/** What providers of OpenAI's protocol say when they fail: OpenAI's own error object, and the forms of the compatible vendors. */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { Failure, kindOfStatus, statusOf } from "../failure";
import { cut, providerText } from "../message";
import { kindOfError } from "./error-kinds";

/** What is kept of a provider's own word for an error, in bytes. */
const CODE_LIMIT = 128;

/** The members of an error, wherever they stood. Contents of JSON strings; `code` may be a number as it was written. */
@final
class ErrorMembers {
  /** Whether there is an error at all. */
  isPresent: bool = false;
  message: Span = ABSENT;
  type: Span = ABSENT;
  code: Span = ABSENT;
  param: Span = ABSENT;
  private readonly number: JsonNumber = new JsonNumber();

  /** Reads a body. False if it isn't JSON. */
  read(json: JsonReader): bool {
    // Google's compatible endpoint wraps its error in an array.
    if (json.enterArray()) {
      if (json.nextElement()) this.readTop(json);
    } else this.readTop(json);
    return json.finish();
  }

  private readTop(json: JsonReader): void {
    if (!json.enterObject()) return;
    let message = ABSENT;
    let type = ABSENT;
    let code = ABSENT;
    let inError = false;
    while (json.nextKey()) {
      if (json.keyIs("error") && !json.nothing()) {
        inError = true;
        this.readError(json);
      } else if (json.keyIs("errors") && json.enterArray()) {
        while (json.nextElement()) if (!this.isPresent) this.readError(json);
        inError = this.isPresent;
      } else if (json.keyIs("message") || json.keyIs("msg") || json.keyIs("error_msg") || json.keyIs("detail")) {
        const text = this.textIn(json);
        if (text != ABSENT) message = text;
      } else if (json.keyIs("type")) type = json.string();
      else if (json.keyIs("code") || json.keyIs("error_code")) code = this.codeOf(json);
      else if (json.keyIs("base_resp")) this.readBaseResponse(json);
      else if (json.keyIs("object") && json.point(json.string(), VIEW).is("error")) this.isPresent = true;
    }
    if (inError || (this.isPresent && this.message != ABSENT)) return;
    // Spark says `code: 0` with every chunk that is well.
    if (message == ABSENT || (code != ABSENT && json.point(code, VIEW).is("0"))) return;
    this.isPresent = true;
    this.message = message;
    this.type = type;
    this.code = code;
  }

  /** An error object, or only its text. */
  private readError(json: JsonReader): void {
    this.isPresent = true;
    this.message = json.string();
    if (this.message != ABSENT || !json.enterObject()) return;
    let status = ABSENT;
    while (json.nextKey()) {
      if (json.keyIs("message")) this.message = this.textIn(json);
      else if (json.keyIs("type")) this.type = json.string();
      else if (json.keyIs("code")) this.code = this.codeOf(json);
      else if (json.keyIs("param")) this.param = json.string();
      // Google's word beside a code that is only the status.
      else if (json.keyIs("status")) status = json.string();
    }
    if (this.type == ABSENT) this.type = status;
  }

  /** MiniMax says it with every answer, and 0 when all is well. */
  private readBaseResponse(json: JsonReader): void {
    if (!json.enterObject()) return;
    let message = ABSENT;
    let code = ABSENT;
    while (json.nextKey()) {
      if (json.keyIs("status_code")) code = json.number();
      else if (json.keyIs("status_msg")) message = json.string();
    }
    if (code == ABSENT || json.point(code, VIEW).is("0")) return;
    this.isPresent = true;
    this.message = message;
    this.code = code;
  }

  private codeOf(json: JsonReader): Span {
    const word = json.string();
    return word != ABSENT ? word : json.number();
  }

  /** A text; or the first one inside, as FastAPI's lists (`[{"loc":…,"msg":…}]`) and Mistral's objects have it. */
  private textIn(json: JsonReader): Span {
    let text = json.string();
    if (text != ABSENT) return text;
    if (json.enterArray()) {
      while (json.nextElement()) {
        const first = this.textIn(json);
        if (text == ABSENT) text = first;
      }
    } else if (json.enterObject()) {
      while (json.nextKey()) {
        if (!json.keyIs("msg") && !json.keyIs("message") && !json.keyIs("detail")) continue;
        const first = this.textIn(json);
        if (text == ABSENT) text = first;
      }
    }
    return text;
  }

  /** A code that is an HTTP status, as OpenRouter and vLLM have it; else 0. */
  statusIn(json: JsonReader): i32 {
    if (!this.number.read(json.point(this.code, VIEW)) || this.number.negative || this.number.unsigned > 599) return 0;
    return this.number.unsigned >= 400 ? <i32>this.number.unsigned : 0;
  }
}

const VIEW = new Bytes();

/** What an answer with an error status says. Any bytes: where they can't be read the failure says so, and its kind is the status'. */
export function readFailure(status: i32, body: Bytes): Failure {
  const failure = readError(status, body);
  if (failure != null) return failure;
  return Failure.of(kindOfStatus(status), "the provider answered with status " + status.toString() + " and no error that can be read")
    .withStatus(status)
    .withoutWords();
}

/** The error that a text says; null if it says none. `status` is the answer's, 0 where the error came inside a 200. The failure owns its bytes. */
export function readError(status: i32, body: Bytes): Failure | null {
  const failure = failureIn(status, body);
  VIEW.set(NO_BUFFER, 0, 0);
  return failure;
}

function failureIn(status: i32, body: Bytes): Failure | null {
  const json = new JsonReader().start(body);
  const error = new ErrorMembers();
  if (!error.read(json) || !error.isPresent) return null;
  const message = providerText(json.bytes(error.message));
  const code = json.bytes(error.code);
  const type = json.bytes(error.type);
  const kind = kindOfError(code, type, message, status > 0 ? status : error.statusIn(json), status > 0);
  const failure = new Failure(
    kind,
    status > 0 ? status : statusOf(kind),
    message.isEmpty ? Bytes.of("the provider reported an error without saying more") : message,
  );
  failure.code = cut(providerText(spanLength(error.code) > 0 ? code : type), CODE_LIMIT);
  if (error.param != ABSENT) failure.param = cut(providerText(json.bytes(error.param)), CODE_LIMIT).toString();
  return failure;
}
