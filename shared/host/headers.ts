import { Bytes } from "../bytes/bytes";
import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from "./imports";
import { endPassing, expectPassing, OUT, takeHanded } from "./memory";
import { name } from "./name";
import { HeaderBlock } from "./pairs";
import { MapType, Status } from "./types";

/** A serialised map without entries: their count. */
const NO_HEADERS = Bytes.whole(new StaticArray<u8>(4));

/**
 * One header map of the current stream. Names are lower case (`:status`, `content-type`). A call outside the map's time does nothing.
 */
@final
export class Headers {
  constructor(private map: MapType) {}

  /** The (first, or comma-joined: the host decides) value; null if absent. About 2 µs in Envoy: to read many use `readInto`. */
  get(lower: string): Bytes | null {
    const key = name(lower);
    if (proxy_get_header_map_value(this.map, key.pointer, key.length, OUT, OUT + 4) != Status.Ok) return null;
    return takeHanded();
  }

  add(lower: string, value: Bytes): void {
    const key = name(lower);
    proxy_add_header_map_value(this.map, key.pointer, key.length, value.pointer, value.length);
  }

  /** Sets the value, in place of all that were there. */
  set(lower: string, value: Bytes): void {
    const key = name(lower);
    proxy_replace_header_map_value(this.map, key.pointer, key.length, value.pointer, value.length);
  }

  setBytes(lower: Bytes, value: Bytes): void {
    proxy_replace_header_map_value(this.map, lower.pointer, lower.length, value.pointer, value.length);
  }

  addBytes(lower: Bytes, value: Bytes): void {
    proxy_add_header_map_value(this.map, lower.pointer, lower.length, value.pointer, value.length);
  }

  remove(lower: string): void {
    const key = name(lower);
    proxy_remove_header_map_value(this.map, key.pointer, key.length);
  }

  removeBytes(lower: Bytes): void {
    proxy_remove_header_map_value(this.map, lower.pointer, lower.length);
  }

  /** Reads the whole map in one host call. */
  readInto(block: HeaderBlock): void {
    if (proxy_get_header_map_pairs(this.map, OUT, OUT + 4) == Status.Ok) block.read(takeHanded());
    else block.release();
  }

  /** As `readInto`, for a block that is done with before the next host call. */
  passInto(block: HeaderBlock): void {
    expectPassing();
    this.readInto(block);
    endPassing();
  }

  /** Takes everything out of the map. */
  clear(): Status {
    return this.setAll(NO_HEADERS);
  }

  /** Replaces the whole map by a serialised one. */
  setAll(serialised: Bytes): Status {
    return proxy_set_header_map_pairs(this.map, serialised.pointer, serialised.length);
  }
}

export const requestHeaders = new Headers(MapType.RequestHeaders);
export const requestTrailers = new Headers(MapType.RequestTrailers);
export const responseHeaders = new Headers(MapType.ResponseHeaders);
export const responseTrailers = new Headers(MapType.ResponseTrailers);
export const callHeaders = new Headers(MapType.CallResponseHeaders);
export const callTrailers = new Headers(MapType.CallResponseTrailers);
