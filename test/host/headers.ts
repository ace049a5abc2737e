import { byteString } from "./bytes.ts";

/** Headers as a test gives them: pairs keep order and repetition, an object is shorter. */
export type HeadersLike = Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[]>>;

/** Envoy's header map: names in lower case, order kept, names may repeat; values are byte strings. */
export class HeaderMap {
  #pairs: [string, string][] = [];
  readonly #ofRequest: boolean;

  /** In a request `host` and `:authority` are one. */
  constructor(ofRequest = false) {
    this.#ofRequest = ofRequest;
  }

  static from(headers: HeadersLike | undefined): HeaderMap {
    const map = new HeaderMap();
    if (headers === undefined) return map;
    const pairs = Symbol.iterator in headers ? (headers as Iterable<readonly [string, string]>) : Object.entries(headers);
    for (const [name, value] of pairs) {
      if (typeof value === "string") map.add(name, byteString(value));
      else for (const one of value) map.add(name, byteString(one));
    }
    return map;
  }

  get size(): number {
    return this.#pairs.length;
  }

  /** Sum of the lengths of names and values: what `proxy_get_header_map_size` gives in Envoy. */
  get byteSize(): number {
    let sum = 0;
    for (const [name, value] of this.#pairs) sum += name.length + value.length;
    return sum;
  }

  /** The first value of `name`, which is in lower case. */
  get(name: string): string | undefined {
    const key = this.#key(name);
    for (const pair of this.#pairs) if (pair[0] === key) return pair[1];
    return undefined;
  }

  /** Every value of `name`. */
  all(name: string): string[] {
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Appends; a pseudo header or one that Envoy keeps single is joined by a comma instead, as `addCopy` does there. */
  add(name: string, value: string): void {
    const lower = this.#key(name.toLowerCase());
    if (SINGLE.has(lower)) {
      const present = this.#pairs.find((pair) => pair[0] === lower);
      if (present !== undefined) {
        present[1] = present[1] === "" ? value : `${present[1]},${value}`;
        return;
      }
    }
    if (lower.startsWith(":")) this.#pairs.splice(this.#pseudoCount(), 0, [lower, value]);
    else this.#pairs.push([lower, value]);
  }

  /** Removes every value and appends the new one. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: string): void {
    const lower = this.#key(name.toLowerCase());
    for (let i = this.#pairs.length - 1; i >= 0; i--) if (this.#pairs[i]![0] === lower) this.#pairs.splice(i, 1);
  }

  clear(): void {
    this.#pairs = [];
  }

  copy(): HeaderMap {
    const map = new HeaderMap(this.#ofRequest);
    map.#pairs = this.#pairs.map(([name, value]) => [name, value]);
    return map;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#pairs[Symbol.iterator]();
  }

  /** As one object for assertions; repeated names joined by ", ". */
  toObject(): Record<string, string> {
    const object: Record<string, string> = {};
    for (const [name, value] of this.#pairs) object[name] = name in object ? `${object[name]}, ${value}` : value;
    return object;
  }

  #key(lower: string): string {
    return this.#ofRequest && lower === "host" ? ":authority" : lower;
  }

  #pseudoCount(): number {
    let count = 0;
    while (count < this.#pairs.length && this.#pairs[count]![0].startsWith(":")) count++;
    return count;
  }
}

/** Headers with one slot in Envoy's maps (its inline headers); every other name may stand several times. */
const SINGLE = new Set([
  ":method",
  ":path",
  ":authority",
  ":scheme",
  ":status",
  "authorization",
  "content-length",
  "content-type",
  "accept",
  "accept-encoding",
  "content-encoding",
  "connection",
  "transfer-encoding",
  "user-agent",
  "te",
  "upgrade",
  "expect",
  "x-request-id",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-envoy-max-retries",
  "x-envoy-retry-on",
]);

/** The ABI's form of a list of pairs: count, sizes, then each name and value with a NUL behind it; an empty list has no bytes. */
export function packPairs(pairs: Iterable<readonly [string, string]>): Uint8Array {
  const list = [...pairs];
  if (list.length === 0) return new Uint8Array(0);
  let size = 4;
  for (const [name, value] of list) size += 8 + name.length + 1 + value.length + 1;
  const out = Buffer.alloc(size);
  out.writeUInt32LE(list.length, 0);
  let at = 4;
  for (const [name, value] of list) {
    out.writeUInt32LE(name.length, at);
    out.writeUInt32LE(value.length, at + 4);
    at += 8;
  }
  for (const [name, value] of list) {
    at += out.write(name, at, "latin1") + 1;
    at += out.write(value, at, "latin1") + 1;
  }
  return out;
}

/** Reads the ABI's list of pairs; null where sizes leave the buffer. */
export function unpackPairs(bytes: Uint8Array): [string, string][] | null {
  if (bytes.length === 0) return [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 4) return null;
  const count = buffer.readUInt32LE(0);
  if (4 + count * 8 > buffer.length) return null;
  const pairs: [string, string][] = [];
  let at = 4 + count * 8;
  for (let i = 0; i < count; i++) {
    const nameLength = buffer.readUInt32LE(4 + i * 8);
    const valueLength = buffer.readUInt32LE(8 + i * 8);
    if (at + nameLength + 1 + valueLength + 1 > buffer.length) return null;
    const name = buffer.toString("latin1", at, at + nameLength);
    at += nameLength + 1;
    const value = buffer.toString("latin1", at, at + valueLength);
    at += valueLength + 1;
    pairs.push([name, value]);
  }
  return pairs;
}
