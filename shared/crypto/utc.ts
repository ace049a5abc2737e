/** Dates as signatures name them. */
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

function writeTwoDigits(value: u64, out: ByteWriter): void {
  out.byte(<u8>(0x30 + ((value / 10) % 10)));
  out.byte(<u8>(0x30 + (value % 10)));
}
