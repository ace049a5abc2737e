/** CRC-32 (ISO 3309, polynomial 0xEDB88320 reflected: that of zlib, PNG, and AWS's event streams; RFC 1952 section 8). */
import { Bytes } from "../bytes/bytes";

/** Four tables of 256: entry `i` of table `n` is the remainder of byte `i` with `n` zero bytes behind it. Filled on first use. */
const TABLES: usize = memory.data(4096, 16);

/** The CRC-32 of bytes; `before`: that of the bytes in front of them. */
export function crc32(bytes: Bytes, before: u32 = 0): u32 {
  if (load<u32>(TABLES, 4) == 0) fillTables();
  let crc = ~before;
  let at = bytes.pointer;
  let left = bytes.length;
  for (; left >= 4; left -= 4, at += 4) {
    crc ^= load<u32>(at);
    crc = entry(3, crc & 0xff) ^ entry(2, (crc >> 8) & 0xff) ^ entry(1, (crc >> 16) & 0xff) ^ entry(0, crc >> 24);
  }
  for (; left > 0; left--, at++) crc = entry(0, (crc ^ load<u8>(at)) & 0xff) ^ (crc >> 8);
  return ~crc;
}

// @ts-ignore: decorator
@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(TABLES + (table << 10) + ((<usize>byte) << 2));
}

function fillTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    store<u32>(TABLES + ((<usize>byte) << 2), crc);
  }
  for (let table: usize = 1; table < 4; table++)
    for (let byte: u32 = 0; byte < 256; byte++) {
      const crc = entry(table - 1, byte);
      store<u32>(TABLES + (table << 10) + ((<usize>byte) << 2), entry(0, crc & 0xff) ^ (crc >> 8));
    }
}
