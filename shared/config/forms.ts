import { Bytes } from "../bytes/bytes";

/** What a text must look like, beyond being a string. */
export enum Form {
  /** Any text, the empty one too. */
  Any,
  /** Any text but the empty one. */
  Filled,
  /** The name of a header (https://www.rfc-editor.org/rfc/rfc9110#name-field-names). */
  HeaderName,
  /** Text that a header can carry: not empty, no control characters, no space at its ends. */
  HeaderValue,
  /** A path: starts with `/`; no query, fragment, space or control character. */
  Path,
  /** One segment of a path: as a path, but without any `/`. */
  PathSegment,
}

/** Whether a text has a form. */
export function hasForm(text: Bytes, form: Form): bool {
  if (form == Form.Any) return true;
  if (text.isEmpty) return false;
  switch (form) {
    case Form.HeaderName:
      for (let i = 0; i < text.length; i++) if (!isTokenByte(text.at(i))) return false;
      return true;
    case Form.HeaderValue:
      for (let i = 0; i < text.length; i++) if (text.at(i) < 0x20 || text.at(i) == 0x7f) return false;
      return text.at(0) != 0x20 && text.at(text.length - 1) != 0x20;
    case Form.Path:
      return text.at(0) == 0x2f && isPath(text);
    case Form.PathSegment:
      return text.indexOf(0x2f) < 0 && isPath(text);
    default:
      return true;
  }
}

/** What was expected, in words. */
export function expectation(form: Form): string {
  switch (form) {
    case Form.Filled:
      return "a string that is not empty";
    case Form.HeaderName:
      return "the name of a header";
    case Form.HeaderValue:
      return "a string without control characters, or spaces at its ends";
    case Form.Path:
      return "a path that starts with / and has no query";
    case Form.PathSegment:
      return "one segment of a path";
    default:
      return "a string";
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
function isTokenByte(byte: u8): bool {
  if (<u32>byte - 0x30 < 10 || <u32>(byte | 0x20) - 0x61 < 26) return true;
  return "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte));
}

function isPath(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.at(i);
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x3f || byte == 0x23) return false;
  }
  return true;
}
