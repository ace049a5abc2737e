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

/** How many bytes the white space at `at` takes, escaped or not; 0 if none stands there. */
function whiteAt(content: Bytes, at: i32): i32 {
  const byte = content.at(at);
  if (byte == 0x20) return 1;
  if (byte == 0x5c) return whiteEscapeAt(content, at);
  if (byte == 0xc2) return isWhite(<u32>content.at(at + 1)) ? 2 : 0;
  if (byte < 0xe1 || byte > 0xe3) return 0;
  const unit = (((<u32>byte) & 0x0f) << 12) | (((<u32>content.at(at + 1)) & 0x3f) << 6) | ((<u32>content.at(at + 2)) & 0x3f);
  return isWhite(unit) ? 3 : 0;
}

function whiteEscapeAt(content: Bytes, at: i32): i32 {
  const escaped = content.at(at + 1);
  if (escaped == 0x6e || escaped == 0x72 || escaped == 0x74 || escaped == 0x66) return 2;
  if (escaped != 0x75) return 0;
  let unit: u32 = 0;
  for (let i = at + 2; i < at + 6; i++) unit = (unit << 4) | digitOf(content.at(i));
  return isWhite(unit) ? 6 : 0;
}

function digitOf(hex: u8): u32 {
  return hex < 0x40 ? hex & 0x0f : (hex & 0x0f) + 9;
}

/** What Unicode calls White_Space (https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt). */
function isWhite(unit: u32): bool {
  if (unit <= 0x20) return unit == 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit >= 0x1c && unit <= 0x1f);
  if (unit < 0x1680) return unit == 0x85 || unit == 0xa0;
  return (
    unit == 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit == 0x2028 ||
    unit == 0x2029 ||
    unit == 0x202f ||
    unit == 0x205f ||
    unit == 0x3000
  );
}
