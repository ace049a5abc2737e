/** Dates and times, as signatures and headers name them. */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

const SECONDS_PER_DAY: u64 = 86400;

/** The day that a time is in: days since 1970-01-01, UTC. `seconds` since 1970. */
export function dayOf(seconds: u64): u64 {
  return seconds / SECONDS_PER_DAY;
}

/** Appends the date in UTC, `separator` between year, month and day: 20150830, 2015-08-30. */
export function writeDate(seconds: u64, separator: string, out: ByteWriter): void {
  // "days to civil", http://howardhinnant.github.io/date_algorithms.html: years begin in March, eras of 400 years in year 0.
  const days = seconds / SECONDS_PER_DAY + 719468;
  const era = days / 146097;
  const dayOfEra = days % 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthFromMarch = (5 * dayOfYear + 2) / 153;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  writeTwoDigits(year / 100, out);
  writeTwoDigits(year % 100, out);
  out.ascii(separator);
  writeTwoDigits(month, out);
  out.ascii(separator);
  writeTwoDigits(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, out);
}

/** Appends date and time in UTC in the basic form of ISO 8601: 20150830T123600Z. */
export function writeBasicTime(seconds: u64, out: ByteWriter): void {
  writeDate(seconds, "", out);
  out.byte(0x54);
  const second = seconds % SECONDS_PER_DAY;
  writeTwoDigits(second / 3600, out);
  writeTwoDigits((second / 60) % 60, out);
  writeTwoDigits(second % 60, out);
  out.byte(0x5a);
}

/** Appends date and time in UTC as RFC 3339 has it: 2015-08-30T12:36:00Z. */
export function writeTime(seconds: u64, out: ByteWriter): void {
  writeDate(seconds, "-", out);
  out.byte(0x54);
  const second = seconds % SECONDS_PER_DAY;
  writeTwoDigits(second / 3600, out);
  out.byte(0x3a);
  writeTwoDigits((second / 60) % 60, out);
  out.byte(0x3a);
  writeTwoDigits(second % 60, out);
  out.byte(0x5a);
}

/** Seconds since 1970 of a time in UTC as RFC 3339 has it, fractions left out; 0 if it isn't one: https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
export function readTime(text: Bytes): u64 {
  if (text.length < 20 || text.at(4) != 0x2d || text.at(7) != 0x2d || (text.at(10) | 0x20) != 0x74 || text.at(13) != 0x3a) return 0;
  if ((text.at(text.length - 1) | 0x20) != 0x7a) return 0;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  return secondsAt(year, month, day, text, 11);
}

/** `clock`: where `12:36:00` stands in the text. */
function secondsAt(year: i32, month: i32, day: i32, text: Bytes, clock: i32): u64 {
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
  const shifted = <u64>(month > 2 ? year : year - 1);
  const era = shifted / 400;
  const dayOfYear = (153 * <u64>(month > 2 ? month - 3 : month + 9) + 2) / 5 + <u64>day - 1;
  const yearOfEra = shifted - era * 400;
  const days = era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
  return days * SECONDS_PER_DAY + <u64>(digits(text, clock, 2) * 3600 + digits(text, clock + 3, 2) * 60 + digits(text, clock + 6, 2));
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT` (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7); 0 if it is none, or before. */
export function readHttpDate(text: Bytes): u64 {
  if (text.length != 29 || !text.endsWith(" GMT")) return 0;
  for (let month = 1; month <= 12; month++) {
    if (!text.slice(8, 11).is(MONTHS.substring(month * 3 - 3, month * 3))) continue;
    return secondsAt(digits(text, 12, 4), month, digits(text, 5, 2), text, 17);
  }
  return 0;
}

/** The number that `count` digits from `at` are; what is no digit counts as 0. */
function digits(text: Bytes, at: i32, count: i32): i32 {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = <i32>text.at(at + i) - 0x30;
    value = value * 10 + (<u32>digit < 10 ? digit : 0);
  }
  return value;
}

function writeTwoDigits(value: u64, out: ByteWriter): void {
  out.byte(<u8>(0x30 + ((value / 10) % 10)));
  out.byte(<u8>(0x30 + (value % 10)));
}
