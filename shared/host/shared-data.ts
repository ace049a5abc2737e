import { Bytes } from "../bytes/bytes";
import { proxy_get_shared_data, proxy_set_shared_data } from "./imports";
import { OUT, takeHanded } from "./memory";
import { Status } from "./types";

/** A value of the process-wide store that all workers share, and its version for compare-and-set. */
@final
export class SharedValue {
  constructor(
    public bytes: Bytes,
    public version: u32,
  ) {}
}

/** The value of a key; null if it was never set. A value cannot be deleted, only set to empty. */
export function getShared(key: Bytes): SharedValue | null {
  if (proxy_get_shared_data(key.pointer, key.length, OUT, OUT + 4, OUT + 8) != Status.Ok) return null;
  const version = load<u32>(OUT + 8);
  return new SharedValue(takeHanded(), version);
}

/** The version of a key's value, for which nothing is copied where that value is empty; 0 if it was never set. */
export function sharedVersion(key: Bytes): u32 {
  if (proxy_get_shared_data(key.pointer, key.length, OUT, OUT + 4, OUT + 8) != Status.Ok) return 0;
  const version = load<u32>(OUT + 8);
  takeHanded();
  return version;
}

/**
 * Sets a value. With a version other than 0 only if it is still the value's (else `CasMismatch`); an absent key is created with any version. 0 overwrites.
 */
export function setShared(key: Bytes, value: Bytes, version: u32 = 0): Status {
  return proxy_set_shared_data(key.pointer, key.length, value.pointer, value.length, version);
}
