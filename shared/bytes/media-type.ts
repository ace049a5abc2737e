import { Bytes } from "./bytes";

/** Whether a content type, its parameters aside, is `lower` (`type/subtype`), compared without case: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 */
export function isMediaType(value: Bytes, lower: string): bool {
  if (!value.startsWithIgnoringCase(lower)) return false;
  let at = lower.length;
  while (value.at(at) == 0x20) at++;
  return at >= value.length || value.at(at) == 0x3b;
}

/** Whether a content type names no other character set: JSON that is exchanged is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1). */
export function isUtf8(type: Bytes): bool {
  for (let at = type.indexOf(0x3b); at >= 0; at = type.indexOf(0x3b, at + 1)) {
    let from = at + 1;
    while (type.at(from) == 0x20) from++;
    const parameter = type.slice(from);
    if (!parameter.startsWithIgnoringCase("charset=")) continue;
    const name = parameter.slice(parameter.at(8) == 0x22 ? 9 : 8);
    if (!name.startsWithIgnoringCase("utf-8") && !name.startsWithIgnoringCase("utf8") && !name.startsWithIgnoringCase("us-ascii"))
      return false;
  }
  return true;
}
