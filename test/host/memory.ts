import { Result } from "./abi.ts";

/** The linear memory of a module, seen from the host: every access is checked, and an address outside gives a status, not an exception. */
export class Memory {
  readonly #memory: WebAssembly.Memory;
  #bytes: Buffer;
  /** The same bytes; a Buffer's own `slice` does not copy. */
  #plain: Uint8Array;
  /** The module's allocator (`proxy_on_memory_allocate` or `malloc`); what it gives belongs to the module. */
  allocator: (size: number) => number = () => 0;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#bytes = Buffer.from(memory.buffer);
    this.#plain = new Uint8Array(memory.buffer);
  }

  /** Bytes of linear memory now; it never shrinks. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A growing memory leaves detached views behind, whose length is 0. */
  get bytes(): Buffer {
    if (this.#bytes.length === 0) {
      this.#bytes = Buffer.from(this.#memory.buffer);
      this.#plain = new Uint8Array(this.#memory.buffer);
    }
    return this.#bytes;
  }

  /** A view of module memory, valid until the module runs again; null if it leaves the memory. */
  read(pointer: number, length: number): Uint8Array | null {
    const from = pointer >>> 0;
    const to = from + (length >>> 0);
    return to <= this.bytes.length ? this.#plain.subarray(from, to) : null;
  }

  /** A byte string out of module memory; null if it leaves the memory. */
  string(pointer: number, length: number): string | null {
    const from = pointer >>> 0;
    const to = from + (length >>> 0);
    const bytes = this.bytes;
    return to <= bytes.length ? bytes.toString("latin1", from, to) : null;
  }

  write(pointer: number, data: Uint8Array): boolean {
    const from = pointer >>> 0;
    const bytes = this.bytes;
    if (from + data.length > bytes.length) return false;
    bytes.set(data, from);
    return true;
  }

  writeU32(pointer: number, value: number): boolean {
    const from = pointer >>> 0;
    const bytes = this.bytes;
    if (from + 4 > bytes.length) return false;
    bytes.writeUInt32LE(value >>> 0, from);
    return true;
  }

  writeU64(pointer: number, value: bigint): boolean {
    const from = pointer >>> 0;
    const bytes = this.bytes;
    if (from + 8 > bytes.length) return false;
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), from);
    return true;
  }

  /** Hands bytes to the module in memory that it allocates; no bytes are a null pointer, as in Envoy. */
  give(data: Uint8Array, pointerOut: number, sizeOut: number): number {
    let pointer = 0;
    if (data.length > 0) {
      pointer = this.allocator(data.length) >>> 0;
      if (pointer === 0 || !this.write(pointer, data)) return Result.InvalidMemoryAccess;
    }
    return this.writeU32(pointerOut, pointer) && this.writeU32(sizeOut, data.length) ? Result.Ok : Result.InvalidMemoryAccess;
  }

  /** The same for a byte string. */
  giveString(data: string, pointerOut: number, sizeOut: number): number {
    let pointer = 0;
    if (data.length > 0) {
      pointer = this.allocator(data.length) >>> 0;
      const bytes = this.bytes;
      if (pointer === 0 || pointer + data.length > bytes.length) return Result.InvalidMemoryAccess;
      bytes.write(data, pointer, "latin1");
    }
    return this.writeU32(pointerOut, pointer) && this.writeU32(sizeOut, data.length) ? Result.Ok : Result.InvalidMemoryAccess;
  }
}
