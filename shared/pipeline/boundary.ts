import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** The header by which a module tells those after it what the caller's data may reach. A client's own is taken out, as all of `x-sluice-…` is (`guardEdge`). */
export const BOUNDARY_HEADER = "x-sluice-data";
const ANYTHING = Bytes.of("*");
const REGIONS = Bytes.of("regions=");
const TAGS = Bytes.of("tags=");
const LONGEST_NAME = 64;
const NO_NAMES: Array<Bytes> = [];

/** What a caller's data may reach: providers in one of these regions that have all of these tags. Without regions: in any; without tags: whatever they have. */
@final
export class DataBoundary {
  constructor(
    public regions: Array<Bytes>,
    public tags: Array<Bytes>,
  ) {}

  /** Of a caller who is known, and whose data may reach everything. */
  static anything(): DataBoundary {
    return new DataBoundary(NO_NAMES, NO_NAMES);
  }

  /** From the header. What can't be read counts as a tag that no provider has: then the data reaches nobody. */
  static read(said: Bytes): DataBoundary {
    if (said.equals(ANYTHING)) return DataBoundary.anything();
    const regions: Array<Bytes> = [];
    const tags: Array<Bytes> = [];
    const copy = said.copy();
    let from = 0;
    while (from < copy.length) {
      const end = endOf(copy, 0x3b, from);
      const part = copy.slice(from, end);
      if (part.startsWithBytes(REGIONS)) gather(part.slice(REGIONS.length), regions);
      else gather(part.startsWithBytes(TAGS) ? part.slice(TAGS.length) : part, tags);
      from = end + 1;
    }
    if (regions.length == 0 && tags.length == 0) tags.push(copy);
    return new DataBoundary(regions, tags);
  }

  /** As the header has it: `regions=eu,ch;tags=gdpr`, or `*`. */
  write(): Bytes {
    if (this.regions.length == 0 && this.tags.length == 0) return ANYTHING;
    const out = new ByteWriter(64);
    list(REGIONS, this.regions, out);
    if (this.regions.length > 0 && this.tags.length > 0) out.byte(0x3b);
    list(TAGS, this.tags, out);
    return out.view();
  }

  /** Whether data may reach a provider with this region (empty: it names none) and these tags. */
  admits(region: Bytes, tags: Array<Bytes>): bool {
    if (this.regions.length > 0 && !has(this.regions, region)) return false;
    for (let i = 0; i < this.tags.length; i++) if (!has(tags, this.tags[i])) return false;
    return true;
  }

  /** What such a provider lacks, for people: `region eu or ch, tag gdpr`. */
  lackOf(region: Bytes, tags: Array<Bytes>): string {
    const missing: Array<string> = [];
    for (let i = 0; i < this.tags.length; i++) if (!has(tags, this.tags[i])) missing.push(this.tags[i].toString());
    const lacks: Array<string> = [];
    if (this.regions.length > 0 && !has(this.regions, region)) lacks.push("region " + joined(this.regions, " or "));
    if (missing.length > 0) lacks.push((missing.length > 1 ? "tags " : "tag ") + missing.join(", "));
    return lacks.join(", ");
  }
}

/** Whether a region or tag is written as names are: letters, digits, `.`, `_` and `-`, up to 64. */
export function isPlaceName(name: Bytes): bool {
  if (name.isEmpty || name.length > LONGEST_NAME) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = <u32>name.at(i);
    const isWord = byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 || byte == 0x5f;
    if (!isWord && byte != 0x2d && byte != 0x2e) return false;
  }
  return true;
}

function has(names: Array<Bytes>, name: Bytes): bool {
  for (let i = 0; i < names.length; i++) if (names[i].equals(name)) return true;
  return false;
}

function joined(names: Array<Bytes>, between: string): string {
  let all = "";
  for (let i = 0; i < names.length; i++) all += (i > 0 ? between : "") + names[i].toString();
  return all;
}

function list(prefix: Bytes, names: Array<Bytes>, out: ByteWriter): void {
  for (let i = 0; i < names.length; i++) {
    if (i == 0) out.bytes(prefix);
    else out.byte(0x2c);
    out.bytes(names[i]);
  }
}

function gather(list: Bytes, into: Array<Bytes>): void {
  let from = 0;
  while (from <= list.length) {
    const end = endOf(list, 0x2c, from);
    into.push(list.slice(from, end));
    from = end + 1;
  }
}

function endOf(bytes: Bytes, separator: u8, from: i32): i32 {
  const at = bytes.indexOf(separator, from);
  return at < 0 ? bytes.length : at;
}
