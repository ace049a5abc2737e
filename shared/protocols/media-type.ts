import { Bytes } from "../bytes/bytes";

/** Whether a content type, its parameters aside, is `lower` (`type/subtype`), compared without case: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 */
export function isMediaType(value: Bytes, lower: string): bool {
  if (!value.startsWithIgnoringCase(lower)) return false;
  let at = lower.length;
  while (value.at(at) == 0x20) at++;
  return at >= value.length || value.at(at) == 0x3b;
}
