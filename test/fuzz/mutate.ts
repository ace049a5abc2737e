/** Spoils bytes: some as noise on a wire would, some as JSON that is whole but not what it should be. */

import type { Random } from "../assembly/random.ts";

/** Whole values that readers trip over. */
const values = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1e999",
  "-1e999",
  "1e-999",
  "9007199254740993",
  "18446744073709551616",
  "2147483648",
  "-2147483649",
  "0.1e+1",
  '""',
  "[]",
  "{}",
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ud83d\\ude00"',
  "[[]]",
  "[null]",
  "[{}]",
  '{"":0}',
  '"data:image/png;base64,"',
  '"data:;base64,!!!!"',
  '"data:"',
  '"http://"',
  '{"type":null}',
  '[{"type":"text"}]',
  '[{"type":"text","text":null}]',
  '{"role":"user"}',
  '"{"',
  '"{\\"a\\":"',
  '"[1,2"',
  '"\\\\"',
] as const;

/** What stands between values, or breaks them. */
const tokens = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "\\u",
  "\\ud800",
  "\u0000",
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "\r\n\r\n",
  "\ufeff",
  "data: ",
  "data:",
  "data",
  "event: ",
  "event: error\n",
  "id: 1\n",
  "retry: 0\n",
  ": comment\n\n",
  "data: [DONE]\n\n",
  "data: {}\n\n",
  "data: null\n\n",
  "data: [\n\n",
  '"model":',
  '"messages":',
  '"stream":true,',
  '"stream":',
  '"error":',
  '"choices":[',
  '"usage":',
  '"type":',
  '"index":99999999999,',
  '"tool_calls":[',
  '"finish_reason":"stop"',
  "<html>",
  "NaN",
  "undefined",
  "//",
  "/*",
  "'",
  "-",
  "+",
  "e",
  ".",
  "tru",
  "nul",
  "\u007f",
  "\u2028",
] as const;

const names = [
  "model",
  "messages",
  "stream",
  "content",
  "role",
  "type",
  "text",
  "tool_calls",
  "tools",
  "id",
  "index",
  "usage",
  "error",
  "delta",
  "choices",
  "candidates",
  "parts",
  "n",
  "",
  "\u0000",
  "constructor",
  "__proto__",
] as const;

/** A copy with a few things wrong; `strange` is something else to splice with. Sometimes only one, so that what follows it is reached. */
export function mutate(bytes: Buffer, random: Random, strange: Buffer): Buffer {
  let made = bytes;
  for (let i = random.once(2) ? 1 : 1 + random.below(4); i > 0; i--) {
    const structured = random.below(5) < 3 ? mutateStructure(made, random) : null;
    made = structured ?? mutateBytes(made, random, strange);
    if (made.length > 200_000) made = made.subarray(0, 200_000);
  }
  return made;
}

function mutateBytes(bytes: Buffer, random: Random, strange: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.once(3) ? 200 : 8));
  const insert = (piece: Uint8Array | string): Buffer => Buffer.concat([bytes.subarray(0, at), Buffer.from(piece), bytes.subarray(at)]);
  switch (random.below(11)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return insert(bytes.subarray(at, end));
    case 3:
      return insert(random.pick(tokens));
    case 4:
      return insert(random.pick(values));
    case 5:
      return insert(random.bytes(1 + random.below(4)));
    case 6:
      return insert(Buffer.from([random.pick([0xff, 0xc0, 0xed, 0xf4, 0xf8, 0x80, 0xe2])]));
    case 7:
      return Buffer.concat([bytes.subarray(0, at), strange.subarray(random.below(strange.length + 1))]);
    case 8:
      return insert((random.once(2) ? "[" : '{"a":').repeat(random.pick([3, 100, 511, 512, 513, 3000])));
    case 9:
      return insert(random.pick(["a", "9", " ", "\\n", "é", "\n", "data: x\n\n"]).repeat(random.pick([10, 1000, 20_000])));
    default: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8);
      return copy;
    }
  }
}

/** Changes one value of JSON, or of the JSON in one event of a stream. Null where there is none to be found. */
function mutateStructure(bytes: Buffer, random: Random): Buffer | null {
  if (bytes.length > 20_000) return null;
  const text = bytes.toString();
  if (/^\s*[{[]/.test(text)) {
    const made = mutateJson(text, random);
    return made === null ? null : Buffer.from(made);
  }
  const lines = text.split("\n");
  const data = lines.flatMap((line, i) => (line.startsWith("data:") ? [i] : []));
  if (data.length === 0) return null;
  const at = random.pick(data);
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(random.pick(data), 0, lines[at]!, "");
      break;
    case 2: {
      const other = random.pick(data);
      [lines[at], lines[other]] = [lines[other]!, lines[at]!];
      break;
    }
    case 3:
      lines.length = at + random.below(2);
      break;
    default: {
      const made = mutateJson(lines[at]!.slice(5), random);
      if (made === null) return null;
      lines[at] = `data: ${made}`;
    }
  }
  return Buffer.from(lines.join("\n"));
}

/** Stands for a value until it is written: JSON.stringify would tidy it up. */
const mark = "\u0001mark\u0001";

function mutateJson(text: string, random: Random): string | null {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return null;
  }
  const holders: object[] = [];
  const collect = (value: unknown): void => {
    if (value === null || typeof value !== "object") return;
    holders.push(value);
    for (const member of Object.values(value)) collect(member);
  };
  collect(root);
  const holder = random.pick(holders) as Record<string, unknown> | unknown[] | undefined;
  if (holder === undefined) return null;
  const keys = Object.keys(holder);
  const key = keys.length === 0 ? "0" : random.pick(keys);
  const members = holder as Record<string, unknown>;
  let written: string = random.pick(values);
  switch (random.below(7)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete members[key];
      return JSON.stringify(root);
    case 1:
      // The same name twice.
      if (Array.isArray(holder)) return JSON.stringify(root);
      written = `${JSON.stringify(members[key] ?? null)},${JSON.stringify(key)}:${random.once(2) ? random.pick(values) : JSON.stringify(members[key] ?? null)}`;
      break;
    case 2:
      if (Array.isArray(holder)) holder.push(...holder.slice(0, 3));
      else members[random.pick(names)] = members[key];
      return JSON.stringify(root);
    case 3:
      if (typeof members[key] === "string") {
        const old = members[key];
        const cut = random.below(old.length + 1);
        members[key] =
          old.slice(0, cut) +
          random.pick(["\u0000", "\ud83d", '"', "\\", "\n", "é", "😀", "x".repeat(500), "://", ";base64,", "*", "/", ""]) +
          old.slice(cut + random.below(3));
        return JSON.stringify(root);
      }
      break;
    case 4:
      written = JSON.stringify(random.pick(holders));
      break;
    default:
  }
  members[key] = mark;
  return JSON.stringify(root).replace(JSON.stringify(mark), () => written);
}

/** Cuts bytes into chunks as networks do: one, a few anywhere, or many small ones. */
export function cut(bytes: Buffer, random: Random): Buffer[] {
  if (bytes.length === 0) return [];
  const style = random.below(8);
  if (style < 3) return [bytes];
  if (style === 3 && bytes.length < 600) return Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1));
  const points = Array.from({ length: 1 + random.below(style === 4 ? 20 : 4) }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const point of [...points, bytes.length]) {
    if (point > from) chunks.push(bytes.subarray(from, point));
    from = point;
  }
  return chunks;
}
