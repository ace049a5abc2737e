/** Parameters of a header (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6), as far as every reader takes them alike. */
import { Bytes } from "../bytes/bytes";

/** One parameter, and where the next one begins. */
@final
export class Parameter {
  name: Bytes = new Bytes();
  /** Without its quotes. */
  value: Bytes = new Bytes();
  /** Offset of the next semicolon; -1: this was the last. */
  end: i32 = -1;
}

/** Reads the parameter behind the semicolon at `at`. False: it isn't one, or has what readers differ in: a backslash, a second form (`name*`) of something that isn't a file's name. */
export function parameterOf(header: Bytes, at: i32, parameter: Parameter): bool {
  let from = at + 1;
  while (isBlank(header.at(from))) from++;
  let equals = from;
  while (isToken(header.at(equals))) equals++;
  if (equals == from || header.at(equals) != 0x3d) return false;
  parameter.name = header.slice(from, equals);
  let end = equals + 1;
  if (header.at(end) == 0x22) {
    const close = header.indexOf(0x22, end + 1);
    if (close < 0) return false;
    parameter.value = header.slice(end + 1, close);
    if (parameter.value.indexOf(0x5c) >= 0) return false;
    end = close + 1;
  } else {
    while (isToken(header.at(end))) end++;
    parameter.value = header.slice(equals + 1, end);
    if (parameter.value.isEmpty) return false;
  }
  while (isBlank(header.at(end))) end++;
  if (end < header.length && header.at(end) != 0x3b) return false;
  parameter.end = end < header.length ? end : -1;
  return true;
}

/** The boundary that a content type names; null if it names none, two, or one that isn't made of letters, digits and a few signs (https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1). */
export function boundaryOf(contentType: Bytes): Bytes | null {
  const parameter = new Parameter();
  let boundary: Bytes | null = null;
  for (let at = contentType.indexOf(0x3b); at >= 0; at = parameter.end) {
    if (!parameterOf(contentType, at, parameter)) return null;
    if (!parameter.name.startsWithIgnoringCase("boundary")) continue;
    if (boundary != null || parameter.name.length != 8) return null;
    boundary = parameter.value;
  }
  return boundary != null && isBoundary(boundary) ? boundary : null;
}

function isBoundary(value: Bytes): bool {
  if (value.isEmpty || value.length > 70) return false;
  for (let i = 0; i < value.length; i++) {
    const byte = value.at(i);
    if (!isAlphanumeric(byte) && !"'()+_,-./:=?".includes(String.fromCharCode(byte))) return false;
  }
  return true;
}

function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

function isAlphanumeric(byte: u8): bool {
  return <u32>byte - 0x30 < 10 || ((<u32>byte) | 0x20) - 0x61 < 26;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
function isToken(byte: u8): bool {
  return isAlphanumeric(byte) || (byte > 0x20 && byte < 0x7f && "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte)));
}
