/** Failures inside a stream: https://platform.openai.com/docs/api-reference/responses-streaming/error */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { Failure } from "../failure";
import { errorCode, errorType } from "../openai/errors";

/**
 * Writes an `error` event. The documentation has its members at the top; OpenAI's server and its libraries, which raise an exception for it, have them in an `error` as well: both are written.
 */
export function writeErrorEvent(failure: Failure, sequence: u64, out: JsonWriter): void {
  out.ascii('event: error\ndata: {"type":"error","sequence_number":');
  out.startValue();
  out.unsigned(sequence);
  writeErrorMembers(failure, true, out);
  out.key("error");
  out.beginObject();
  out.key("type");
  out.asciiText(errorType(failure.kind));
  writeErrorMembers(failure, true, out);
  out.endObject();
  out.ascii("}\n\n");
}

/** Writes the members of an error: `code`, `message` and, if wanted, `param`. */
export function writeErrorMembers(failure: Failure, withParam: bool, out: JsonWriter): void {
  out.key("code");
  const code = errorCode(failure.kind);
  if (!failure.code.isEmpty) out.text(failure.code);
  else out.asciiText(code.length > 0 ? code : "server_error");
  out.key("message");
  out.text(failure.message);
  if (!withParam) return;
  out.key("param");
  if (failure.param.length == 0) out.nothing();
  else out.text(Bytes.of(failure.param));
}
