import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/**
 * A header map as the ABI serialises it: count, then the sizes of each name and value, then names and values, each followed by NUL. Names are lower case.
 * Reads in place; a broken serialisation reads as fewer headers.
 */
@final
export class HeaderBlock {
  private buffer: StaticArray<u8> = NO_BUFFER;
  private starts: StaticArray<i32> = new StaticArray<i32>(256);
  private lengths: StaticArray<i32> = new StaticArray<i32>(256);
  /** How many headers there are. */
  count: i32 = 0;

  /** Reads a serialised map; keeps a reference to its buffer. */
  read(bytes: Bytes): void {
    this.count = 0;
    this.buffer = bytes.buffer;
    const length = bytes.length;
    if (length < 4) return;
    const base = bytes.pointer;
    const count = load<u32>(base);
    if (<u64>count * 8 + 4 > <u64>length) return;
    if (<i32>count * 2 > this.starts.length) {
      this.starts = new StaticArray<i32>(<i32>count * 2);
      this.lengths = new StaticArray<i32>(<i32>count * 2);
    }
    let at = 4 + <i32>count * 8;
    for (let i = 0; i < <i32>count * 2; i++) {
      const size = load<u32>(base + 4 + ((<usize>i) << 2));
      if (<u64>at + <u64>size + 1 > <u64>length) return;
      unchecked((this.starts[i] = bytes.start + at));
      unchecked((this.lengths[i] = <i32>size));
      at += <i32>size + 1;
      if (i & 1) this.count++;
    }
  }

  /** Forgets the map and its buffer. */
  release(): void {
    this.count = 0;
    this.buffer = NO_BUFFER;
  }

  /** Takes every header of that (lower-case) name out of the reading; the host's map stays as it is. */
  removeBytes(lower: Bytes): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.name(i, probe).equals(lower)) continue;
      for (let part = 0; part < 2; part++) {
        this.starts[kept * 2 + part] = this.starts[i * 2 + part];
        this.lengths[kept * 2 + part] = this.lengths[i * 2 + part];
      }
      kept++;
    }
    this.count = kept;
  }

  /** The name at `index`, in a view that is reused; empty past the end. */
  name(index: i32, view: Bytes): Bytes {
    if (<u32>index >= <u32>this.count) return view.set(this.buffer, 0, 0);
    return view.set(this.buffer, this.starts[index * 2], this.lengths[index * 2]);
  }

  value(index: i32, view: Bytes): Bytes {
    if (<u32>index >= <u32>this.count) return view.set(this.buffer, 0, 0);
    return view.set(this.buffer, this.starts[index * 2 + 1], this.lengths[index * 2 + 1]);
  }

  /** The index of the first header of that (lower-case) name at or after `from`; -1 if there is none. */
  indexOf(lower: string, from: i32 = 0): i32 {
    for (let i = max(from, 0); i < this.count; i++) {
      if (unchecked(this.lengths[i * 2]) == lower.length && this.name(i, probe).is(lower)) return i;
    }
    return -1;
  }

  /** As `indexOf`, for a name in bytes. */
  indexOfBytes(lower: Bytes, from: i32 = 0): i32 {
    for (let i = max(from, 0); i < this.count; i++) {
      if (unchecked(this.lengths[i * 2]) == lower.length && this.name(i, probe).equals(lower)) return i;
    }
    return -1;
  }

  /** The first value of that (lower-case) name, in a view that is reused; null if there is none. */
  find(lower: string, view: Bytes): Bytes | null {
    const index = this.indexOf(lower);
    return index < 0 ? null : this.value(index, view);
  }
}

const probe = new Bytes();

/** Builds a serialised header map in one reused buffer. */
@final
export class HeaderBuilder {
  private sizes: ByteWriter = new ByteWriter(512);
  private data: ByteWriter = new ByteWriter(2048);
  private out: ByteWriter = new ByteWriter(2560);
  private count: u32 = 0;

  clear(): this {
    this.sizes.clear();
    this.data.clear();
    this.count = 0;
    return this;
  }

  add(name: Bytes, value: Bytes): this {
    this.data.bytes(name);
    this.data.byte(0);
    this.data.bytes(value);
    this.data.byte(0);
    return this.sized(name.length, value.length);
  }

  /** A header whose (lower-case) name is a literal. */
  set(name: string, value: Bytes): this {
    this.data.ascii(name);
    this.data.byte(0);
    this.data.bytes(value);
    this.data.byte(0);
    return this.sized(name.length, value.length);
  }

  setAscii(name: string, value: string): this {
    this.data.ascii(name);
    this.data.byte(0);
    this.data.ascii(value);
    this.data.byte(0);
    return this.sized(name.length, value.length);
  }

  /** The serialised map, valid until the builder is used again. */
  serialise(): Bytes {
    const out = this.out;
    out.clear();
    store<u32>(out.reserve(4), this.count);
    out.length += 4;
    out.range(this.sizes.buffer, 0, this.sizes.length);
    out.range(this.data.buffer, 0, this.data.length);
    return out.view();
  }

  private sized(name: i32, value: i32): this {
    const to = this.sizes.reserve(8);
    store<u32>(to, name);
    store<u32>(to + 4, value);
    this.sizes.length += 8;
    this.count++;
    return this;
  }
}
