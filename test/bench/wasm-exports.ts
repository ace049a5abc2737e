/** Gives an export of a module another name, by rewriting its export section. https://webassembly.github.io/spec/core/binary/modules.html#export-section */

const exportSection = 7;

/** A copy in which the export `from` is called `to`. Throws where there is no such export, or the bytes are no module. */
export function renameExport(module: Uint8Array, from: string, to: string): Uint8Array {
  const bytes = Buffer.from(module);
  if (bytes.readUInt32LE(0) !== 0x6d736100) throw new Error("this is no WebAssembly module");
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at]!;
    const size = readNumber(bytes, at + 1);
    const end = size.next + size.value;
    if (id === exportSection) {
      const section = renameIn(bytes.subarray(size.next, end), from, to);
      return Buffer.concat([bytes.subarray(0, at + 1), writeNumber(section.length), section, bytes.subarray(end)]);
    }
    at = end;
  }
  throw new Error("the module exports nothing");
}

function renameIn(section: Buffer, from: string, to: string): Buffer {
  const count = readNumber(section, 0);
  let at = count.next;
  for (let i = 0; i < count.value; i++) {
    const length = readNumber(section, at);
    const end = length.next + length.value;
    if (section.toString("utf8", length.next, end) === from) {
      const name = Buffer.from(to);
      return Buffer.concat([section.subarray(0, at), writeNumber(name.length), name, section.subarray(end)]);
    }
    at = readNumber(section, end + 1).next;
  }
  throw new Error(`the module has no export ${from}`);
}

/** An unsigned LEB128 number. https://webassembly.github.io/spec/core/binary/values.html#integers */
function readNumber(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error("the module is cut");
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}

function writeNumber(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}
