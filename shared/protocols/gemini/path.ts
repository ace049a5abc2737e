/** The path of a request: https://ai.google.dev/api/generate-content#method:-models.generatecontent */
import { Bytes } from "../../bytes/bytes";
import { writePercentEncoded } from "../../bytes/percent";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";

/**
 * Writes `/v1beta/models/{model}:{method}`, which may have a query behind it. The name (the content of a JSON string) may have its resource's prefix, `models/` or `tunedModels/`; in
 * what follows everything but RFC 3986's unreserved characters is percent-encoded, a slash and a question mark too: a name can't leave its place in the path.
 */
export function writeModelPath(escapedName: Bytes, method: string, out: ByteWriter): void {
  NAME.clear();
  unescape(escapedName, NAME);
  let name = NAME.view();
  out.ascii("/v1beta/");
  if (name.startsWith("tunedModels/")) {
    out.ascii("tunedModels/");
    name = name.slice(12);
  } else {
    out.ascii("models/");
    if (name.startsWith("models/")) name = name.slice(7);
  }
  writePercentEncoded(name, out);
  out.byte(0x3a);
  out.ascii(method);
}

/** Writes what follows a model's name where it is asked for an answer. */
export function writeMethod(stream: bool, out: ByteWriter): void {
  out.ascii(stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

const NAME = new ByteWriter(64);
