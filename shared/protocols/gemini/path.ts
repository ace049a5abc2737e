/** The path of a request: https://ai.google.dev/api/generate-content#method:-models.generatecontent */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";

/**
 * Writes `/v1beta/models/{model}:generateContent`, or the streaming method. The name (the content of a JSON string) may have its resource's prefix, `models/` or `tunedModels/`; in
 * what follows everything but RFC 3986's unreserved characters is percent-encoded, a slash and a question mark too: a name can't leave its place in the path.
 */
export function writeModelPath(escapedName: Bytes, stream: bool, out: ByteWriter): void {
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
  for (let i = 0; i < name.length; i++) writeByte(name.at(i), out);
  out.ascii(stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

const NAME = new ByteWriter(64);

function writeByte(byte: u8, out: ByteWriter): void {
  if (isUnreserved(byte)) return out.byte(byte);
  out.byte(0x25);
  out.byte(hexDigit(byte >> 4));
  out.byte(hexDigit(byte & 15));
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
function isUnreserved(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
}

function hexDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
