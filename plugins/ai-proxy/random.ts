import { randomNumber } from "../../shared/host/environment";
import { nowNanoseconds } from "../../shared/host/time";

let state: u64 = 0;

/** A number below `count` (which is positive), evenly spread: xorshift64* (https://en.wikipedia.org/wiki/Xorshift#xorshift*), for choices that need not be secret. */
export function draw(count: i32): i32 {
  if (state == 0) state = (randomNumber() ^ nowNanoseconds()) | 1;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return <i32>(((state * 0x2545f4914f6cdd1d) >> 33) % <u64>max(count, 1));
}
