/** White space at the ends of escaped text. */
import { Bytes } from "../../bytes/bytes";

/** Whether the content of a JSON string is empty or stands for white space only. */
export function isBlank(content: Bytes): bool {
  let at = 0;
  while (at < content.length) {
    const step = whiteAt(content, at);
    if (step == 0) return false;
    at += step;
  }
  return true;
}

/** The content of a JSON string, without the white space at its end. */
export function trimmedEnd(content: Bytes): Bytes {
  let end = 0;
  let at = 0;
  // Forwards, because only so an escape is told from the end of another.
  while (at < content.length) {
    const step = whiteAt(content, at);
    if (step > 0) {
      at += step;
      continue;
    }
    at += content.at(at) == 0x5c ? 2 : 1;
    end = at;
  }
  return content.slice(0, end);
}

/** How many bytes the space or the escaped line feed, carriage return, tab or form feed at `at` takes; 0 if there is none. */
function whiteAt(content: Bytes, at: i32): i32 {
  const byte = content.at(at);
  if (byte == 0x20) return 1;
  if (byte != 0x5c) return 0;
  const escaped = content.at(at + 1);
  return escaped == 0x6e || escaped == 0x72 || escaped == 0x74 || escaped == 0x66 ? 2 : 0;
}
