/** Reads multipart/form-data (https://www.rfc-editor.org/rfc/rfc7578, https://www.rfc-editor.org/rfc/rfc2046#section-5.1) over bytes: no copy, values may be any bytes. */
import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { isMediaType, isUtf8 } from "../bytes/media-type";
import { boundaryOf, parameterOf, Parameter } from "./parameters";

/** More parts than any API takes. */
const PART_LIMIT = 1000;
/** What the headers of one part may take, in bytes. */
const HEAD_LIMIT = 8192;

/**
 * Hands out the parts of a form, one by one. It is strict: what two readers may take differently (a line feed for a line end, a folded header, two names, text before the first or behind the last part) is no form here, since what was
 * checked has to be what the provider reads. After the first error every question answers no.
 */
@final
export class MultipartReader {
  /** What is wrong, in words that follow "the form"; "" if nothing is. */
  error: string = "";
  /** The part's name, as it stands between the quotes. */
  readonly name: Bytes = new Bytes();
  /** Whether the part has a file name. */
  isFile: bool = false;
  /** The part's content. */
  readonly value: Bytes = new Bytes();
  private readonly body: Bytes = new Bytes();
  /** Line feed, two hyphens, boundary: the carriage return in front is looked at apart. */
  private readonly delimiter: ByteWriter = new ByteWriter(80);
  private readonly mark: Bytes = new Bytes();
  private at: i32 = 0;
  private count: i32 = 0;
  private isOver: bool = true;

  /** Starts over. `contentType` is the request's, which names the boundary. */
  start(body: Bytes, contentType: Bytes): this {
    this.error = "";
    this.isOver = false;
    this.count = 0;
    this.body.set(body.buffer, body.start, body.length);
    const boundary = boundaryOf(contentType);
    if (boundary == null) {
      this.fail("has no boundary of 1 to 70 letters, digits and hyphens in its content-type");
      return this;
    }
    this.delimiter.clear();
    this.delimiter.ascii("\n--");
    this.delimiter.bytes(boundary);
    this.delimiter.pointAt(this.mark);
    // Some clients begin with the line end that belongs to the first delimiter.
    this.at = body.at(0) == 0x0d && body.at(1) == 0x0a ? 2 : 0;
    if (!this.marks(this.at)) this.fail("does not begin with its boundary");
    else this.at += this.mark.length - 1;
    return this;
  }

  get failed(): bool {
    return this.error.length > 0;
  }

  /** The next part: true; the end, or an error: false. */
  next(): bool {
    if (this.isOver) return false;
    const body = this.body;
    if (body.at(this.at) == 0x2d && body.at(this.at + 1) == 0x2d) return this.close(this.at + 2);
    if (!this.isLineEnd(this.at)) return this.fail("has a boundary that goes on in the same line");
    if (++this.count > PART_LIMIT) return this.fail("has more than 1000 parts");
    this.at += 2;
    return this.readHead() && this.readValue();
  }

  /** Lets go of the body. */
  release(): void {
    this.isOver = true;
    this.body.set(NO_BUFFER, 0, 0);
    this.value.set(NO_BUFFER, 0, 0);
    this.name.set(NO_BUFFER, 0, 0);
  }

  private close(behind: i32): bool {
    this.isOver = true;
    const rest = this.body.length - behind;
    return rest == 0 || (rest == 2 && this.isLineEnd(behind)) ? false : this.fail("goes on behind its last boundary");
  }

  private readHead(): bool {
    const body = this.body;
    const from = this.at;
    let isNamed = false;
    while (true) {
      const end = body.indexOf(0x0a, this.at);
      if (end < 0 || end - from > HEAD_LIMIT) return this.fail("has a part whose headers do not end");
      if (body.at(end - 1) != 0x0d || end == this.at) return this.fail("has a header line that does not end with CRLF");
      const line = body.slice(this.at, end - 1);
      this.at = end + 1;
      if (line.isEmpty) break;
      if (line.indexOf(0x0d) >= 0 || line.indexOf(0) >= 0) return this.fail("has a header with a control character");
      const colon = line.indexOf(0x3a);
      if (colon <= 0 || line.at(0) <= 0x20 || line.at(colon - 1) <= 0x20) return this.fail("has a part with a line that is no header");
      const value = trimmed(line.slice(colon + 1));
      const name = line.slice(0, colon);
      if (name.isIgnoringCase("content-disposition")) {
        if (isNamed) return this.fail("has a part with two content-dispositions");
        isNamed = true;
        if (!this.readDisposition(value)) return false;
      } else if (name.isIgnoringCase("content-transfer-encoding")) {
        if (!value.isIgnoringCase("binary") && !value.isIgnoringCase("8bit") && !value.isIgnoringCase("7bit"))
          return this.fail("has a part in a transfer encoding: send its bytes as they are");
      } else if (name.isIgnoringCase("content-type") && !isUtf8(value)) {
        return this.fail("has a part in another character set than UTF-8");
      }
    }
    return isNamed || this.fail("has a part without content-disposition");
  }

  private readDisposition(value: Bytes): bool {
    if (!isMediaType(value, "form-data")) return this.fail("has a part that is not form-data");
    this.isFile = false;
    let names = 0;
    const parameter = new Parameter();
    for (let at = value.indexOf(0x3b); at >= 0; at = parameter.end) {
      if (!parameterOf(value, at, parameter)) return this.fail("has a content-disposition that two readers may take differently");
      if (parameter.name.isIgnoringCase("name")) {
        names++;
        this.name.set(parameter.value.buffer, parameter.value.start, parameter.value.length);
      } else if (parameter.name.startsWithIgnoringCase("filename")) this.isFile = true;
      else return this.fail("has a content-disposition with more than `name` and `filename`");
    }
    if (names != 1) return this.fail("has a part without a name, or with two");
    // Readers differ in whether they decode these.
    if (this.name.indexOf(0x25) >= 0) return this.fail("has a name with a percent sign");
    return true;
  }

  private readValue(): bool {
    const body = this.body;
    if (this.marks(this.at)) return this.fail("has a part without an empty line behind its headers");
    const end = body.indexOfBytes(this.mark, this.at);
    if (end < 0) return this.fail("ends before its last boundary");
    if (end == this.at || body.at(end - 1) != 0x0d) return this.fail("has a boundary behind a line feed alone");
    this.value.set(body.buffer, body.start + this.at, end - 1 - this.at);
    this.at = end + this.mark.length;
    return true;
  }

  /** Whether a boundary without its line end stands there. */
  private marks(at: i32): bool {
    const length = this.mark.length - 1;
    return at + length <= this.body.length && this.body.slice(at, at + length).equals(this.mark.slice(1));
  }

  private isLineEnd(at: i32): bool {
    return this.body.at(at) == 0x0d && this.body.at(at + 1) == 0x0a;
  }

  private fail(error: string): bool {
    this.error = error;
    this.isOver = true;
    return false;
  }
}

function trimmed(value: Bytes): Bytes {
  let from = 0;
  let to = value.length;
  while (from < to && (value.at(from) == 0x20 || value.at(from) == 0x09)) from++;
  while (to > from && (value.at(to - 1) == 0x20 || value.at(to - 1) == 0x09)) to--;
  return value.slice(from, to);
}
