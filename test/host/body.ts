/** Envoy's buffer: bytes that are added at the end, drained whole, moved from one buffer to another. Identity matters: a filter that stops on the buffer it was given leaves it where it is. */
export class Body {
  #bytes: Uint8Array = EMPTY;
  #length = 0;

  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.add(bytes);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes, valid until the next change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of the bytes. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Appends a copy of `bytes`. */
  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(this.#length === 0 ? length : Math.max(length, this.#length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** Puts `bytes` in place of the first `length` bytes. */
  replaceStart(length: number, bytes: Uint8Array): void {
    const rest = this.#bytes.subarray(Math.min(length, this.#length), this.#length);
    const whole = new Uint8Array(bytes.length + rest.length);
    whole.set(bytes);
    whole.set(rest, bytes.length);
    this.#bytes = whole;
    this.#length = whole.length;
  }

  drain(): void {
    this.#bytes = EMPTY;
    this.#length = 0;
  }

  /** Takes all bytes out of `other`. */
  move(other: Body): void {
    if (other === this) return;
    if (this.#length === 0) {
      this.#bytes = other.#bytes;
      this.#length = other.#length;
    } else {
      this.add(other.view());
    }
    other.drain();
  }
}

const EMPTY = new Uint8Array(0);
