/** What the tests of this folder call. */
import { OUTPUT, input } from "../../test/assembly/io";
import { isSealed, openSealed } from "./sealed";
export * from "../../test/assembly/io";

/** Inputs: the value, its owner, and the master key, if there is one. 1 and the secret; 0 and why it can't be had; -1: it isn't sealed. */
export function open(hasMaster: i32): i32 {
  if (!isSealed(input())) return -1;
  const opened = openSealed(input(), input(1), hasMaster ? input(2) : null);
  const value = opened.value;
  if (value == null) {
    OUTPUT.ascii(opened.problem);
    return 0;
  }
  OUTPUT.bytes(value);
  return 1;
}
