/** Keeps credentials out of texts that leave the gateway: providers quote keys in their errors ("Incorrect API key provided: sk-…"). */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** Shorter words are no keys. */
const SHORTEST_KEY = 12;
/** A word of only letters, digits and dashes this long, with letters and digits mixed, is taken for a key. */
const LONG_KEY = 32;

/** A copy of a text in which whatever looks like an API key is replaced by `***`. */
export function maskKeys(text: Bytes): Bytes {
  const out = new ByteWriter(text.length);
  let at = 0;
  while (at < text.length) {
    let end = at;
    while (end < text.length && isKeyByte(text.at(end))) end++;
    if (looksLikeKey(text, at, end)) out.ascii("***");
    else out.range(text.buffer, text.start + at, end - at);
    if (end < text.length) out.byte(text.at(end));
    at = end + 1;
  }
  return out.copySince(0);
}

/** What keys are made of; the star stands in keys that the provider has masked in part. */
function isKeyByte(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x2d || byte == 0x5f || byte == 0x2a;
}

function looksLikeKey(text: Bytes, from: i32, to: i32): bool {
  const length = to - from;
  if (length < SHORTEST_KEY) return false;
  const word = text.slice(from, to);
  if (word.contains("***") || text.slice(max(from - 3, 0), from).is("AQ.")) return true;
  if (
    word.startsWith("sk-") ||
    word.startsWith("sk_") ||
    word.startsWith("gsk_") ||
    word.startsWith("xai-") ||
    word.startsWith("AIza") ||
    word.startsWith("nvapi-") ||
    word.startsWith("hf_") ||
    word.startsWith("r8_") ||
    word.startsWith("pplx-") ||
    word.startsWith("fw_")
  )
    return true;
  return length >= LONG_KEY && isMixed(word);
}

/** Random text has letters and digits; long names of models (`mistral-small-latest-instruct-2409`) and ids with words in them have dashes and underscores. */
function isMixed(word: Bytes): bool {
  let letters = 0;
  let digits = 0;
  for (let i = 0; i < word.length; i++) {
    const byte = word.at(i);
    if (<u32>byte - 0x30 < 10) digits++;
    else if (<u32>(byte | 0x20) - 0x61 < 26) letters++;
    else return false;
  }
  return letters > 0 && digits > 0;
}
