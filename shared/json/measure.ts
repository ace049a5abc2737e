/** How long the content of a JSON string is. */
import { Bytes } from "../bytes/bytes";
import { hexValue } from "./tokens";

/** Of the content that was measured last. */
export let measuredBytes: i32 = 0;

/** The code points of a JSON string's content; the bytes that it has in UTF-8, unescaped, are in `measuredBytes`. */
export function measure(content: Bytes): i32 {
  let at = content.pointer;
  const end = at + <usize>content.length;
  let points = 0;
  let bytes = 0;
  while (at < end) {
    // Eight at a time, as long as they are ASCII without an escape.
    if (at + 8 <= end && isPlain(load<u64>(at))) {
      points += 8;
      bytes += 8;
      at += 8;
      continue;
    }
    const byte = load<u8>(at);
    if (byte != 0x5c) {
      if (!isContinuation(byte)) points++;
      bytes++;
      at++;
    } else if (at + 6 <= end && load<u8>(at + 1) == 0x75) {
      const unit = hexValue(at + 2);
      // The second half of a pair was counted with the first.
      if ((unit & 0xfc00) != 0xdc00) {
        points++;
        bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : (unit & 0xfc00) == 0xd800 ? 4 : 3;
      }
      at += 6;
    } else {
      points++;
      bytes++;
      at += 2;
    }
  }
  measuredBytes = bytes;
  return points;
}

function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80;
}

/** Whether eight bytes are ASCII without a backslash. */
function isPlain(word: u64): bool {
  const other = word ^ 0x5c5c5c5c5c5c5c5c;
  return ((word | ((other - 0x0101010101010101) & ~other)) & 0x8080808080808080) == 0;
}
