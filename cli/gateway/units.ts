/** Durations and sizes as gateway.yaml writes them. */

const milliseconds: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const bytes: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 * 1024 };

function amount(text: string, units: Record<string, number>): number {
  const [, number, unit] = /^([0-9.]+)([A-Za-z]+)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (number === undefined || factor === undefined) throw new Error(`not an amount with a unit: ${text}`);
  return Math.round(Number(number) * factor);
}

/** Milliseconds of "10m", "1.5s", "300ms". The schema has checked the form. */
export function durationInMilliseconds(text: string): number {
  return amount(text, milliseconds);
}

/** Bytes of "32MiB", "64KiB", or of a plain number of bytes. The schema has checked the form. */
export function sizeInBytes(value: string | number): number {
  return typeof value === "number" ? value : amount(value, bytes);
}

/** A size for people: "32 MiB", "1500 bytes". */
export function describeSize(size: number): string {
  if (size % bytes.MiB! === 0) return `${size / bytes.MiB!} MiB`;
  if (size % bytes.KiB! === 0) return `${size / bytes.KiB!} KiB`;
  return `${size} bytes`;
}
