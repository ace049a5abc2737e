import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { readTime, writeTime } from "../crypto/utc";
import { responseHeaders } from "../host/headers";
import { HeaderBlock } from "../host/pairs";
import { nowMilliseconds } from "../host/time";
import { Dialect } from "../protocols/operation";
import { durationOf } from "./retry-delay";

const ANTHROPIC = "anthropic-ratelimit-";
const OPENAI = "x-ratelimit-";
const name = new Bytes();
const value = new Bytes();
const translated = new ByteWriter(64);
const moment = new ByteWriter(32);

/**
 * Adds what a client's SDK looks for: the provider's limits and its id of the request under the names that the client's protocol has for them. OpenAI: `x-ratelimit-remaining-tokens`, resets as durations (`6m0s`), `x-request-id`
 * (https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers). Anthropic: `anthropic-ratelimit-tokens-remaining`, resets as times, `request-id` (https://docs.anthropic.com/en/api/rate-limits#response-headers). The provider's own
 * headers stay. `head` is the answer's, as the host has it.
 */
export function translateLimits(client: Dialect, head: HeaderBlock): void {
  if (client == Dialect.Gemini) return;
  const isAnthropic = client == Dialect.Anthropic;
  for (let i = 0; i < head.count; i++) {
    head.name(i, name);
    if (isAnthropic) {
      if (name.startsWith(OPENAI)) toAnthropic(name.slice(OPENAI.length), head.value(i, value));
      else if (name.is("x-request-id")) responseHeaders.set("request-id", head.value(i, value));
    } else if (name.startsWith(ANTHROPIC)) toOpenAI(name.slice(ANTHROPIC.length), head.value(i, value));
    else if (name.is("request-id")) responseHeaders.set("x-request-id", head.value(i, value));
  }
}

/** `tokens-remaining` as `x-ratelimit-remaining-tokens`. */
function toOpenAI(rest: Bytes, said: Bytes): void {
  const dash = lastDash(rest);
  if (dash < 0 || !isMeasure(rest.slice(dash + 1))) return;
  translated.clear();
  translated.ascii(OPENAI);
  translated.bytes(rest.slice(dash + 1));
  translated.byte(0x2d);
  translated.bytes(rest.slice(0, dash));
  set(rest.endsWith("-reset") ? durationUntil(said) : said);
}

/** `remaining-tokens` as `anthropic-ratelimit-tokens-remaining`. */
function toAnthropic(rest: Bytes, said: Bytes): void {
  const dash = rest.indexOf(0x2d);
  if (dash < 0 || !isMeasure(rest.slice(0, dash))) return;
  translated.clear();
  translated.ascii(ANTHROPIC);
  translated.bytes(rest.slice(dash + 1));
  translated.byte(0x2d);
  translated.bytes(rest.slice(0, dash));
  set(rest.startsWith("reset-") ? timeAfter(said) : said);
}

function set(said: Bytes): void {
  if (!said.isEmpty) responseHeaders.setBytes(translated.view(), said);
}

function isMeasure(word: Bytes): bool {
  return word.is("limit") || word.is("remaining") || word.is("reset");
}

/** From now to a time, in whole seconds: `15s`. Empty if it is none. */
function durationUntil(time: Bytes): Bytes {
  moment.clear();
  const at = readTime(time);
  if (at == 0) return moment.view();
  const now = nowMilliseconds() / 1000;
  moment.unsigned(at > now ? at - now : 0);
  moment.byte(0x73);
  return moment.view();
}

/** The time after a duration (`durationOf`). Empty if it is none. */
function timeAfter(duration: Bytes): Bytes {
  moment.clear();
  const milliseconds = durationOf(duration);
  if (milliseconds >= 0) writeTime((nowMilliseconds() + <u64>milliseconds + 999) / 1000, moment);
  return moment.view();
}

function lastDash(word: Bytes): i32 {
  let last = -1;
  for (let at = word.indexOf(0x2d); at >= 0; at = word.indexOf(0x2d, at + 1)) last = at;
  return last;
}
