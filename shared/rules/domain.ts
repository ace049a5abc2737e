import { Bytes } from "../bytes/bytes";

const COLON: u8 = 0x3a;
const CLOSING_BRACKET: u8 = 0x5d;

/** The domain of an authority: without its port (a colon inside the brackets of an IPv6 address is none), in lower case. */
export function domainOf(authority: Bytes): Bytes {
  const colon = lastIndexOf(authority, COLON);
  const isPort = colon >= 0 && lastIndexOf(authority, CLOSING_BRACKET) < colon;
  return inLowerCase(isPort ? authority.slice(0, colon) : authority);
}

/** The same bytes, or a copy if there are capitals in them. */
export function inLowerCase(text: Bytes): Bytes {
  for (let i = 0; i < text.length; i++) if (<u32>text.at(i) - 0x41 < 26) return text.toLowerCase();
  return text;
}

function lastIndexOf(text: Bytes, byte: u8): i32 {
  let at = text.length - 1;
  while (at >= 0 && text.at(at) != byte) at--;
  return at;
}
