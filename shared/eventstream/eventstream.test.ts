import { crc32 } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";
import { eventFrame, frame, type FrameHeaders } from "../../test/providers/bedrock/frames.ts";

let eventstream: Assembly;
beforeAll(async () => {
  eventstream = await assembly(new URL("./eventstream.testing.ts", import.meta.url));
}, 60_000);

const read = (stream: Uint8Array, cuts: number[] = []): string => eventstream.text("frames", [stream, Uint8Array.from(cuts)]);

/** One header of each type that the specification has. */
const allTypes: FrameHeaders = {
  yes: true,
  no: false,
  byte: { byte: -1 },
  short: { short: -2 },
  integer: { integer: 65536 },
  long: { long: 1n << 40n },
  bytes: { bytes: Buffer.from([0, 255, 7]) },
  timestamp: { timestamp: 1_700_000_000_000n },
  uuid: { uuid: Buffer.alloc(16, 9) },
  empty: "",
  ":event-type": "all",
};

const stream = Buffer.concat([eventFrame("one", { a: 1 }), frame(allTypes, "two"), frame({}, ""), eventFrame("four", { text: "😀" })]);
const seen = 'one {"a":1}\nall two\n \nfour {"text":"😀"}\nend';

describe("frames", () => {
  test("come in order, with headers of every type, without headers, without payload", () => expect(read(stream)).toBe(seen));

  test("are the same cut at every byte", () => {
    for (let cut = 0; cut <= stream.length; cut++) expect(eventstream.text("framesCutAt", [stream], cut)).toBe(seen);
  });

  test("are the same byte by byte", () => expect(eventstream.text("framesByByte", [stream])).toBe(seen));

  test("are the same however they are cut", () => {
    const random = new Random(printedSeed("cuts of frames"));
    for (let i = 0; i < caseCount(200); i++) {
      const cuts = Array.from({ length: random.below(40) }, () => random.below(60));
      expect(read(stream, cuts)).toBe(seen);
    }
  });

  test("that end early are told", () => {
    for (let length = 1; length < eventFrame("one", {}).length; length++)
      expect(read(eventFrame("one", {}).subarray(0, length))).toBe("partial");
  });

  test.each([
    [":event-type", "all"],
    ["empty", ""],
    ["long", ""],
    ["not-there", ""],
  ])("the header %s", (name, value) => expect(eventstream.text("header", [frame(allTypes, "x"), name])).toBe(value));
});

/** A frame with bytes changed, and its checksums made to agree again. */
function spoilt(change: (frame: Buffer) => void, checksums = true): Buffer {
  const whole = Buffer.from(eventFrame("one", { a: 1 }));
  change(whole);
  if (checksums) {
    whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
    whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4);
  }
  return whole;
}

describe("what isn't a frame ends the stream", () => {
  test.each([
    ["a length with another checksum", spoilt((bytes) => bytes.writeUInt32BE(40, 0), false), "bad checksum"],
    ["a payload with another checksum", spoilt((bytes) => (bytes[bytes.length - 6]! ^= 1), false), "bad checksum"],
    ["another checksum", spoilt((bytes) => (bytes[bytes.length - 1]! ^= 1), false), "bad checksum"],
    ["a length of nothing", spoilt((bytes) => bytes.writeUInt32BE(0, 0)), "bad length"],
    ["a length that leaves no place for the headers", spoilt((bytes) => bytes.writeUInt32BE(20, 0)), "bad length"],
    ["headers longer than the specification allows", spoilt((bytes) => bytes.writeUInt32BE(200_000, 4)), "bad length"],
    ["a length over the limit", spoilt((bytes) => bytes.writeUInt32BE(0x7fffffff, 0)), "too long"],
    ["a length with the highest bit", spoilt((bytes) => bytes.writeUInt32BE(0xffffffff, 0)), "too long"],
    ["a header of an unknown type", spoilt((bytes) => (bytes[12 + 1 + ":event-type".length] = 10)), "bad headers"],
    ["a header without a name", spoilt((bytes) => (bytes[12] = 0)), "bad headers"],
    ["a header whose value goes past the end", spoilt((bytes) => (bytes[12 + 2 + ":event-type".length] = 255)), "bad headers"],
    ["a page of HTML", Buffer.from("<html><body>Service Unavailable</body></html>"), "bad checksum"],
    ["server-sent events", Buffer.from('data: {"type":"ping"}\n\n'), "bad checksum"],
  ])("%s", (_, bytes, problem) => {
    const before = eventFrame("before", {});
    const after = eventFrame("after", {});
    const all = Buffer.concat([before, bytes, after]);
    expect(read(all)).toBe(`before {}\n${problem}`);
    for (let cut = 0; cut <= all.length; cut++) expect(eventstream.text("framesCutAt", [all], cut)).toBe(`before {}\n${problem}`);
  });

  test("any bytes are read without a trap, and the same however they are cut", () => {
    const random = new Random(printedSeed("spoilt frames"));
    for (let i = 0; i < caseCount(2000); i++) {
      const bytes = Buffer.from(stream);
      for (let change = random.below(4); change >= 0; change--) bytes[random.below(bytes.length)] = random.below(256);
      const cut = bytes.subarray(0, random.below(bytes.length + 1));
      const whole = read(cut);
      expect(eventstream.text("framesByByte", [cut])).toBe(whole);
    }
  });
});
