/** Where members of JSON objects stand in a text, for taking them out. The text has been read: it is valid. */
import { Bytes } from "../../bytes/bytes";
import { Span, span, spanLength, spanStart } from "../../bytes/span";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;

/** The key, between its quotes, of the member whose value is given. It has no quotes in it. */
export function keyOf(text: Bytes, value: Span): Span {
  let at = back(text, spanStart(value) - text.start - 1);
  if (text.at(at) == COLON) at = back(text, at - 1);
  const end = at;
  do at--;
  while (at > 0 && text.at(at) != QUOTE);
  return span(text.start + at + 1, end - at - 1);
}

/** A member from its key's first quote to its value's end, with one of the commas around it. */
export function withComma(text: Bytes, member: Span): Span {
  const from = spanStart(member) - text.start;
  const to = from + spanLength(member);
  const next = forth(text, to);
  if (text.at(next) == COMMA) return span(spanStart(member), forth(text, next + 1) - from);
  const former = back(text, from - 1);
  if (text.at(former) == COMMA) return span(text.start + former, to - former);
  return member;
}

/** The first position from `at` on that holds no white space. */
function forth(text: Bytes, at: i32): i32 {
  while (at < text.length && text.at(at) <= 0x20) at++;
  return at;
}

function back(text: Bytes, at: i32): i32 {
  while (at > 0 && text.at(at) <= 0x20) at--;
  return at;
}
