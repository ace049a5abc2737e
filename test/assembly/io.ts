/**
 * How bytes pass between a test and the AssemblyScript that it tests. An entry file re-exports this one (`export * from ".../test/assembly/io"`), reads `input(n)` and
 * writes `OUTPUT`; compile.ts is the other side.
 */
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";

export const OUTPUT = new ByteWriter();
const inputs: Bytes[] = [];

/** The bytes that the test passed as its `index`-th input. */
export function input(index: i32 = 0): Bytes {
  return index < inputs.length ? inputs[index] : new Bytes();
}

/** Called by the test: makes room for the `index`-th input, and says where. */
export function testInput(index: i32, length: i32): usize {
  const bytes = Bytes.whole(new StaticArray<u8>(length));
  while (inputs.length <= index) inputs.push(bytes);
  inputs[index] = bytes;
  return bytes.pointer;
}

/** Called by the test before each call: drops what the last call was given and wrote. */
export function testReset(): void {
  inputs.length = 0;
  OUTPUT.clear();
}

/** Called by the test between calls, when nothing of ours is on the stack. */
export function testCollect(): void {
  __collect();
}

export function testOutput(): usize {
  return changetype<usize>(OUTPUT.buffer);
}

export function testOutputLength(): i32 {
  return OUTPUT.length;
}
