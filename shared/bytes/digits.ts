/** Numbers that are written in digits and nothing else. */
import { Bytes } from "./bytes";

/** The number of up to `most` digits (19 at most); 0 for anything else, nothing included. */
export function numberIn(digits: Bytes, most: i32): u64 {
  if (digits.length > most) return 0;
  let number: u64 = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = <u32>digits.at(i) - 0x30;
    if (digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}

/** A status of HTTP's, which has three digits; 0 for anything else. */
export function statusIn(value: Bytes): i32 {
  return value.length == 3 ? <i32>numberIn(value, 3) : 0;
}
