import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { proxy_get_property, proxy_set_property } from "./imports";
import { endPassing, expectPassing, OUT, takeHanded } from "./memory";
import { Status } from "./types";

/**
 * The path of a property, built once. The parts of an attribute's path are separated by NUL on the wire; a dot in `dotted` separates parts. A fact (filter state)
 * is one key with its dots: use `PropertyPath.fact`.
 */
@final
export class PropertyPath {
  private constructor(private bytes: Bytes) {}

  static of(dotted: string): PropertyPath {
    const path = new ByteWriter(dotted.length);
    for (let i = 0; i < dotted.length; i++) {
      const code = dotted.charCodeAt(i);
      path.byte(code == 0x2e ? 0 : <u8>code);
    }
    return new PropertyPath(path.view());
  }

  /** A fact's key as the host keeps it: one part, dots and all. */
  static fact(key: string): PropertyPath {
    return new PropertyPath(Bytes.of(key));
  }

  /** The value's bytes, or null if the host knows none. About 2 µs in Envoy. */
  get(): Bytes | null {
    if (proxy_get_property(this.bytes.pointer, this.bytes.length, OUT, OUT + 4) != Status.Ok) return null;
    return takeHanded();
  }

  /** As `get`, for a value that is done with before the next host call. */
  pass(): Bytes | null {
    expectPassing();
    const value = this.get();
    endPassing();
    return value;
  }

  /** Sets a fact: filter state `wasm.<key>`, visible to all filters after this and to the access log. */
  set(value: Bytes): Status {
    return proxy_set_property(this.bytes.pointer, this.bytes.length, value.pointer, value.length);
  }
}
