/** Keys that some readers take for others. */
import { Bytes } from "../bytes/bytes";
import { Source } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { JsonReader } from "../json/reader";
import { unescape } from "../json/unescape";

/**
 * Which of the names in `names` (lower case) the last key is to a reader that doesn't tell upper from lower case, as Go's encoding/json, on which some providers stand:
 * `Model` beside `model` would go past policy. Its folding also takes ſ (U+017F) for s and K (U+212A) for k. Null: none.
 */
export function foldedName(source: Source, json: JsonReader, names: StaticArray<string>): string | null {
  return foldedIn(source.bytes(json.keySpan), names);
}

/** The same of a key in hand: the content of a JSON string. */
export function foldedIn(key: Bytes, names: StaticArray<string>): string | null {
  if (!mayFold(key)) return null;
  FOLDED.clear();
  unescape(key, FOLDED);
  const decoded = FOLDED.view();
  const folded = new ByteWriter(decoded.length);
  for (let i = 0; i < decoded.length; i++) {
    const byte = decoded.at(i);
    if (byte == 0xc5 && decoded.at(i + 1) == 0xbf) {
      folded.byte(0x73);
      i++;
    } else if (byte == 0xe2 && decoded.at(i + 1) == 0x84 && decoded.at(i + 2) == 0xaa) {
      folded.byte(0x6b);
      i += 2;
    } else folded.byte(<u32>byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  const name = folded.view();
  for (let i = 0; i < names.length; i++) if (name.is(names[i])) return names[i];
  return null;
}

/** Names in `snake_case` are what they are: only others are looked at more closely. */
function mayFold(key: Bytes): bool {
  for (let i = 0; i < key.length; i++) {
    const byte = key.at(i);
    if (byte >= 0x80 || byte == 0x5c || <u32>byte - 0x41 < 26) return true;
  }
  return false;
}

const FOLDED = new ByteWriter(0);
