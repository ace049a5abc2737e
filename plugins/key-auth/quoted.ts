import { Bytes } from "../../shared/bytes/bytes";
import { decodeBase64 } from "../../shared/bytes/base64";
import { CredentialTable } from "./credentials";

/** More pieces than any scheme of authorization has: such a value is taken to hold a key. */
const MOST_PIECES = 32;
const starts = new StaticArray<i32>(MOST_PIECES);
const ends = new StaticArray<i32>(MOST_PIECES);

/** Whether a value holds a key of the table in whatever form: behind a scheme, in a list, in quotes, as the user or password of Basic (https://www.rfc-editor.org/rfc/rfc7617). */
export function quotesKey(value: Bytes, table: CredentialTable): bool {
  if (hasKnownPiece(value, table)) return true;
  if (!value.startsWithIgnoringCase("basic")) return false;
  let from = 5;
  while (isSeparator(value.at(from))) from++;
  const pair = decodeBase64(value.slice(from));
  return pair != null && hasKnownPiece(pair, table);
}

/** Whether what stands between any two separators is a key: keys may hold separators themselves. */
function hasKnownPiece(value: Bytes, table: CredentialTable): bool {
  let count = 0;
  let from = 0;
  for (let at = 0; at <= value.length; at++) {
    if (at < value.length && !isSeparator(value.at(at))) continue;
    if (at > from) {
      if (count == MOST_PIECES) return true;
      starts[count] = from;
      ends[count++] = at;
    }
    from = at + 1;
  }
  for (let first = 0; first < count; first++) {
    for (let last = first; last < count; last++) if (table.find(value.slice(starts[first], ends[last])) != null) return true;
  }
  // A key may begin or end with a separator, as base64 does with its padding.
  return table.find(value) != null || endsPadded(value, count, table);
}

function endsPadded(value: Bytes, count: i32, table: CredentialTable): bool {
  for (let i = 0; i < count; i++) {
    let end = ends[i];
    while (value.at(end) == 0x3d && end < value.length) if (table.find(value.slice(starts[i], ++end)) != null) return true;
  }
  return false;
}

/** White space, comma, semicolon, colon, equals sign, quotation mark. */
function isSeparator(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x2c || byte == 0x3b || byte == 0x3a || byte == 0x3d || byte == 0x22;
}
