/** When a provider says that it may be asked again. */
import { nowMilliseconds } from "../host/time";
import { Bytes } from "../bytes/bytes";
import { numberIn } from "../bytes/digits";
import { readHttpDate, readTime } from "../crypto/utc";
import { HeaderBlock } from "../host/pairs";

/** Whatever a provider says, after an hour it is asked again. */
export const LONGEST_DELAY: u64 = 3_600_000;
/** A number in a header has no more of them. */
export const MOST_DIGITS = 15;
const ANTHROPIC = "anthropic-ratelimit-";
const OPENAI = "x-ratelimit-remaining-";
const name = new Bytes();
const value = new Bytes();
const reset = new Bytes();

/**
 * Milliseconds until an answer's provider wants to be asked again: what `retry-after-ms` or `retry-after` says, else the latest reset of a limit of which nothing remains (`x-ratelimit-reset-…`, `anthropic-ratelimit-…-reset`). At most
 * an hour; 0: it says nothing, or nothing that makes sense.
 */
export function retryDelay(head: HeaderBlock): u64 {
  const precise = head.find("retry-after-ms", value);
  if (precise != null) {
    const milliseconds = numberIn(precise, MOST_DIGITS);
    if (milliseconds > 0) return min(milliseconds, LONGEST_DELAY);
  }
  const said = head.find("retry-after", value);
  if (said != null) {
    const delay = delayOf(said);
    if (delay > 0) return delay;
  }
  let latest: u64 = 0;
  for (let i = 0; i < head.count; i++) {
    head.name(i, name);
    if (!isRemaining(name) || !isZero(head.value(i, value))) continue;
    const at = head.indexOf(resetOf(name));
    if (at >= 0) latest = max(latest, untilReset(head.value(at, reset)));
  }
  return latest;
}

/** `retry-after`: seconds, or a date (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3). In milliseconds, at most an hour; 0: neither, or in the past. */
export function delayOf(said: Bytes): u64 {
  const duration = durationOf(said);
  if (duration >= 0) return min(<u64>duration, LONGEST_DELAY);
  return until(readHttpDate(said));
}

/** What a limit's reset says: a duration, seconds, or a time. */
function untilReset(said: Bytes): u64 {
  const duration = durationOf(said);
  return duration >= 0 ? min(<u64>duration, LONGEST_DELAY) : until(readTime(said));
}

/** From now to a time in seconds since 1970. */
function until(time: u64): u64 {
  const now = nowMilliseconds();
  return time * 1000 > now ? min(time * 1000 - now, LONGEST_DELAY) : 0;
}

/** How much of a limit is left, by `x-ratelimit-remaining-tokens` or `anthropic-ratelimit-tokens-remaining`. */
export function isRemaining(lower: Bytes): bool {
  return lower.startsWith(OPENAI) || (lower.startsWith(ANTHROPIC) && lower.endsWith("-remaining"));
}

/** The header with the same limit's reset. */
function resetOf(remaining: Bytes): string {
  return siblingOf(remaining, "reset");
}

/** The header with another measure (`limit`, `reset`) of the limit that a `remaining` is about. */
export function siblingOf(remaining: Bytes, measure: string): string {
  if (remaining.startsWith(OPENAI)) return "x-ratelimit-" + measure + "-" + remaining.slice(OPENAI.length).toString();
  return remaining.slice(0, remaining.length - "remaining".length).toString() + measure;
}

function isZero(said: Bytes): bool {
  return said.length == 1 && said.at(0) == 0x30;
}

/** Milliseconds of a duration such as `1h6m0s`, `7.66s`, `20ms`, or a number of seconds; -1 if it is none. */
export function durationOf(duration: Bytes): i64 {
  if (duration.isEmpty) return -1;
  let milliseconds = 0.0;
  let at = 0;
  while (at < duration.length) {
    let digits = 0;
    let amount = 0.0;
    let scale = 0.0;
    for (; at < duration.length && digits < 12; at++, digits++) {
      const digit = <i32>duration.at(at) - 0x30;
      if (duration.at(at) == 0x2e && scale == 0) scale = 1;
      else if (<u32>digit < 10) {
        amount = amount * 10 + <f64>digit;
        scale *= 10;
      } else break;
    }
    if (digits == 0) return -1;
    if (scale > 0) amount /= scale;
    const unit = duration.at(at);
    if (unit == 0x6d && duration.at(at + 1) == 0x73) {
      milliseconds += amount;
      at += 2;
      continue;
    }
    const seconds = unit == 0x68 ? 3600 : unit == 0x6d ? 60 : unit == 0x64 ? 86400 : unit == 0x73 || unit == 0 ? 1 : 0;
    if (seconds == 0) return -1;
    milliseconds += amount * <f64>seconds * 1000;
    at++;
  }
  return <i64>min(milliseconds, 1e15);
}
