import { Bytes } from "../../bytes/bytes";
import { writePercentEncoded } from "../../bytes/percent";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";

const NAME = new ByteWriter(64);

/** Writes `/model/{id}/` and what is asked of it. The id (the content of a JSON string), an ARN too, is one segment: slashes and colons are percent-encoded. */
export function writeModelPath(escapedId: Bytes, action: string, out: ByteWriter): void {
  NAME.clear();
  unescape(escapedId, NAME);
  out.ascii("/model/");
  writePercentEncoded(NAME.view(), out);
  out.byte(0x2f);
  out.ascii(action);
}
