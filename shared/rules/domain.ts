import { Bytes } from "../bytes/bytes";

const COLON: u8 = 0x3a;
const DOT: u8 = 0x2e;
const CLOSING_BRACKET: u8 = 0x5d;

/** The domain of an authority: without its port (a colon inside the brackets of an IPv6 address is none) and without the dot that may end a full name, which leads to the same place; in lower case. */
export function domainOf(authority: Bytes): Bytes {
  const colon = lastIndexOf(authority, COLON);
  const isPort = colon >= 0 && lastIndexOf(authority, CLOSING_BRACKET) < colon;
  return normalDomain(isPort ? authority.slice(0, colon) : authority);
}

/** A domain, or a pattern of one, as it is compared. */
export function normalDomain(domain: Bytes): Bytes {
  return inLowerCase(domain.at(domain.length - 1) == DOT ? domain.slice(0, domain.length - 1) : domain);
}

/** The same bytes, or a copy if there are capitals in them. */
function inLowerCase(text: Bytes): Bytes {
  for (let i = 0; i < text.length; i++) if (<u32>text.at(i) - 0x41 < 26) return text.toLowerCase();
  return text;
}

function lastIndexOf(text: Bytes, byte: u8): i32 {
  let at = text.length - 1;
  while (at >= 0 && text.at(at) != byte) at--;
  return at;
}
