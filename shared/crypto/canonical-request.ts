/** A request in the one form that both sides of a signature agree on: AWS's (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), which Tencent's TC3 shares. */
import { Bytes } from "../bytes/bytes";
import { percentDecoded, writePercentEncoded } from "../bytes/percent";
import { ByteWriter } from "../bytes/writer";

/** The headers that are signed: names in lower case, in order, values without white space around and with single spaces inside. */
@final
export class SignedHeaders {
  private names: Bytes[] = [];
  private values: Bytes[] = [];
  private scratch: ByteWriter = new ByteWriter(128);

  clear(): this {
    this.names.length = 0;
    this.values.length = 0;
    return this;
  }

  /** Adds a header, copied. A second one of a name is joined to the first by a comma, as in HTTP. */
  add(name: Bytes, value: Bytes): this {
    const lower = name.toLowerCase();
    const trimmed = this.trimmed(value);
    let at = 0;
    for (; at < this.names.length; at++) {
      const order = this.names[at].compare(lower);
      if (order == 0) {
        this.scratch.clear();
        this.scratch.bytes(this.values[at]);
        this.scratch.byte(0x2c);
        this.scratch.bytes(trimmed);
        this.values[at] = this.scratch.view().copy();
        return this;
      }
      if (order > 0) break;
    }
    this.names.push(lower);
    this.values.push(trimmed);
    for (let i = this.names.length - 1; i > at; i--) {
      this.names[i] = this.names[i - 1];
      this.values[i] = this.values[i - 1];
    }
    this.names[at] = lower;
    this.values[at] = trimmed;
    return this;
  }

  /** `add` with a literal for a name. */
  addAscii(name: string, value: Bytes): this {
    return this.add(Bytes.of(name), value);
  }

  /** Appends `name:value` and a line feed for each. */
  writeLines(out: ByteWriter): void {
    for (let i = 0; i < this.names.length; i++) {
      out.bytes(this.names[i]);
      out.byte(0x3a);
      out.bytes(this.values[i]);
      out.byte(0x0a);
    }
  }

  /** Appends the names, `;` between them. */
  writeNames(out: ByteWriter): void {
    for (let i = 0; i < this.names.length; i++) {
      if (i > 0) out.byte(0x3b);
      out.bytes(this.names[i]);
    }
  }

  private trimmed(value: Bytes): Bytes {
    const out = this.scratch;
    out.clear();
    for (let i = 0; i < value.length; i++) {
      const byte = value.at(i);
      if (byte != 0x20) out.byte(byte);
      else if (out.length > 0 && i + 1 < value.length && value.at(i + 1) != 0x20) out.byte(0x20);
    }
    return out.view().copy();
  }
}

/** Appends a path as AWS signs it: without `.`, `..` and empty segments, and with all that it holds percent-encoded once more than on the wire. */
export function writeCanonicalPath(path: Bytes, out: ByteWriter): void {
  const segments: Bytes[] = [];
  for (let from = 0; from <= path.length;) {
    let to = path.indexOf(0x2f, from);
    if (to < 0) to = path.length;
    const segment = path.slice(from, to);
    if (segment.is("..")) {
      if (segments.length > 0) segments.length--;
    } else if (!segment.isEmpty && !segment.is(".")) segments.push(segment);
    from = to + 1;
  }
  for (let i = 0; i < segments.length; i++) {
    out.byte(0x2f);
    writePercentEncoded(segments[i], out);
  }
  const directory = path.endsWith("/") || path.endsWith("/.") || path.endsWith("/..");
  if (segments.length == 0 || directory) out.byte(0x2f);
}

/** Appends a query, as it is on the wire without its `?`, in canonical form: parameters in the order of their bytes, encoded anew, each with a `=`. */
export function writeCanonicalQuery(query: Bytes, out: ByteWriter): void {
  const names: Bytes[] = [];
  const values: Bytes[] = [];
  const scratch = new ByteWriter(64);
  for (let from = 0; from < query.length;) {
    let to = query.indexOf(0x26, from);
    if (to < 0) to = query.length;
    const parameter = query.slice(from, to);
    from = to + 1;
    if (parameter.isEmpty) continue;
    const equals = parameter.indexOf(0x3d);
    const name = encodedAnew(equals < 0 ? parameter : parameter.slice(0, equals), scratch);
    const value = encodedAnew(equals < 0 ? new Bytes() : parameter.slice(equals + 1), scratch);
    let at = names.length;
    names.push(name);
    values.push(value);
    for (; at > 0 && before(name, value, names[at - 1], values[at - 1]); at--) {
      names[at] = names[at - 1];
      values[at] = values[at - 1];
    }
    names[at] = name;
    values[at] = value;
  }
  for (let i = 0; i < names.length; i++) {
    if (i > 0) out.byte(0x26);
    out.bytes(names[i]);
    out.byte(0x3d);
    out.bytes(values[i]);
  }
}

function before(name: Bytes, value: Bytes, otherName: Bytes, otherValue: Bytes): bool {
  const order = name.compare(otherName);
  return order < 0 || (order == 0 && value.compare(otherValue) < 0);
}

function encodedAnew(text: Bytes, scratch: ByteWriter): Bytes {
  scratch.clear();
  writePercentEncoded(percentDecoded(text), scratch);
  return scratch.view().copy();
}
