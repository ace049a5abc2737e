import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

const scratch = new ByteWriter(256);

/** ASCII text as bytes for the length of one host call: the next call of `name` overwrites them. For names that are literals where they are used. */
export function name(ascii: string): Bytes {
  scratch.length = 0;
  scratch.ascii(ascii);
  return scratch.pointAt(view);
}

const view = new Bytes();
