import { Bytes } from "../../shared/bytes/bytes";

/** Whether a name matches a pattern in which each `*` stands for any bytes, none included. In a time linear in the name for each star. */
export function matchesGlob(pattern: Bytes, name: Bytes): bool {
  let p = 0;
  let n = 0;
  let star = -1;
  let resumeAt = 0;
  while (n < name.length) {
    if (p < pattern.length && pattern.at(p) == 0x2a) {
      star = p++;
      resumeAt = n;
    } else if (p < pattern.length && pattern.at(p) == name.at(n)) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resumeAt;
    } else return false;
  }
  while (p < pattern.length && pattern.at(p) == 0x2a) p++;
  return p == pattern.length;
}
