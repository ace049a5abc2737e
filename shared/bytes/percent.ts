/** Percent-encoding, as paths and queries have it (RFC 3986 section 2). */
import { Bytes } from "./bytes";
import { ByteWriter } from "./writer";

/** Appends bytes with all but RFC 3986's unreserved characters percent-encoded: a slash, a colon and a percent sign too. */
export function writePercentEncoded(bytes: Bytes, out: ByteWriter): void {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (isUnreserved(byte)) {
      out.byte(byte);
      continue;
    }
    out.byte(0x25);
    out.byte(upperHexDigit(byte >> 4));
    out.byte(upperHexDigit(byte & 15));
  }
}

/** Percent-decoded (https://url.spec.whatwg.org/#percent-decode); what isn't a valid escape stays as it is. The same view where there is no percent sign. */
export function percentDecoded(text: Bytes): Bytes {
  if (text.indexOf(0x25) < 0) return text;
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const high = text.at(i) == 0x25 && i + 2 < text.length ? hexValue(text.at(i + 1)) : -1;
    const low = high >= 0 ? hexValue(text.at(i + 2)) : -1;
    if (low < 0) out.byte(text.at(i));
    else {
      out.byte(<u8>((high << 4) | low));
      i += 2;
    }
  }
  return out.view();
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
function isUnreserved(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
}

function upperHexDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

/** What a hexadecimal digit stands for; -1: it is none. */
function hexValue(byte: u8): i32 {
  if (<u32>byte - 0x30 < 10) return <i32>byte - 0x30;
  const letter = <u32>(byte | 0x20) - 0x61;
  return letter < 6 ? <i32>letter + 10 : -1;
}
