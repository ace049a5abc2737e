/** What eventstream.test.ts calls. */
import { Bytes } from "../bytes/bytes";
import { OUTPUT, input } from "../../test/assembly/io";
import { FrameProblem, FrameReader } from "./reader";
export * from "../../test/assembly/io";

/** Reads the first input, in pieces whose lengths are the bytes of the second (what is left is the last piece). A line for each frame: event type, payload; then the problem, or what is left. */
export function frames(): void {
  const reader = new FrameReader();
  const cuts = input(1);
  let at = 0;
  for (let i = 0; i < cuts.length; i++) {
    feedCopy(reader, input().slice(at, at + cuts.at(i)));
    at += cuts.at(i);
  }
  feedCopy(reader, input().slice(at));
  writeEnd(reader);
}

/** Cut once, at `cut`. */
export function framesCutAt(cut: i32): void {
  const reader = new FrameReader();
  feedCopy(reader, input().slice(0, cut));
  feedCopy(reader, input().slice(cut));
  writeEnd(reader);
}

/** A byte at a time. */
export function framesByByte(): void {
  const reader = new FrameReader();
  for (let i = 0; i < input().length; i++) feedCopy(reader, input().slice(i, i + 1));
  writeEnd(reader);
}

/** What a header of the only frame says: the second input is its name, in ASCII. */
export function header(): void {
  const reader = new FrameReader();
  reader.feed(input());
  if (reader.next()) OUTPUT.bytes(reader.headers.text(input(1).toString()));
}

/** A copy that is spoilt: what was handed over is the reader's only until `next` says false. */
function feedCopy(reader: FrameReader, bytes: Bytes): void {
  const piece = bytes.copy();
  reader.feed(piece);
  while (reader.next()) {
    OUTPUT.bytes(reader.headers.text(":event-type"));
    OUTPUT.byte(0x20);
    OUTPUT.bytes(reader.payload);
    OUTPUT.byte(0x0a);
  }
  piece.buffer.fill(0x2a);
}

function writeEnd(reader: FrameReader): void {
  if (reader.problem == FrameProblem.TooLong) OUTPUT.ascii("too long");
  else if (reader.problem == FrameProblem.BadLength) OUTPUT.ascii("bad length");
  else if (reader.problem == FrameProblem.BadChecksum) OUTPUT.ascii("bad checksum");
  else if (reader.problem == FrameProblem.BadHeaders) OUTPUT.ascii("bad headers");
  else OUTPUT.ascii(reader.hasPartial ? "partial" : "end");
}
