/** What sse.test.ts calls. */
import { Bytes } from "../bytes/bytes";
import { OUTPUT, input } from "../../test/assembly/io";
import { SseReader } from "./reader";
import { beginEvent, endEvent, writeComment, writeEvent } from "./writer";
export * from "../../test/assembly/io";

const READER = new SseReader();
const SMALL = new SseReader(64);

/** Reads the first input, in chunks whose lengths are the bytes of the second (what is left is the last chunk); writes its events. */
export function events(): void {
  readInChunks(READER, false);
}

/** As `events`, with every block. */
export function blocks(): void {
  readInChunks(READER, true);
}

/** Cut once, at `cut`. */
export function eventsCutAt(cut: i32): void {
  READER.reset();
  feedCopy(READER, input().slice(0, cut), false);
  feedCopy(READER, input().slice(cut), false);
  writeEnd(READER);
}

/** A byte at a time. */
export function eventsByByte(): void {
  READER.reset();
  for (let i = 0; i < input().length; i++) feedCopy(READER, input().slice(i, i + 1), false);
  writeEnd(READER);
}

/** Everything is fed, in chunks as in `events`, before anything is asked for. */
export function eventsFedAtOnce(): void {
  READER.reset();
  const lengths = input(1);
  let at = 0;
  for (let i = 0; i < lengths.length; i++) {
    READER.feed(
      input()
        .slice(at, at + lengths.at(i))
        .copy(),
    );
    at += lengths.at(i);
  }
  READER.feed(input().slice(at).copy());
  while (READER.next()) writeBlock(READER);
  writeEnd(READER);
}

/** With a reader that keeps at most 64 bytes: 1 if it says that an event is too long. */
export function tooLong(): bool {
  readInChunks(SMALL, false);
  return SMALL.isTooLong;
}

/** How many events have data that lies in the chunk itself, when all of the input is one chunk. */
export function uncopied(): i32 {
  READER.reset();
  READER.feed(input());
  let count = 0;
  while (READER.next()) if (READER.data.buffer == input().buffer && READER.raw.buffer == input().buffer) count++;
  return count;
}

export function hasPartial(): bool {
  READER.reset();
  READER.feed(input());
  while (READER.next()) {}
  return READER.hasPartial;
}

/** An event with the data of the input, and one of each other kind. */
export function written(): void {
  writeEvent(OUTPUT, "", input());
  writeComment(OUTPUT, "keep-alive");
  writeEvent(OUTPUT, "named", input());
  beginEvent(OUTPUT, "ping");
  OUTPUT.ascii("{}");
  endEvent(OUTPUT);
}

function readInChunks(reader: SseReader, all: bool): void {
  reader.reset();
  const lengths = input(1);
  let at = 0;
  for (let i = 0; i < lengths.length; i++) {
    feedCopy(reader, input().slice(at, at + lengths.at(i)), all);
    at += lengths.at(i);
  }
  feedCopy(reader, input().slice(at), all);
  writeEnd(reader);
}

/** Feeds a chunk whose bytes are gone as soon as the reader says that it has no more events. */
function feedCopy(reader: SseReader, bytes: Bytes, all: bool): void {
  const chunk = bytes.copy();
  reader.feed(chunk);
  while (all ? reader.nextBlock() : reader.next()) writeBlock(reader);
  chunk.buffer.fill(0x58);
}

/** A letter (event or other block), then each part with its length in front. */
function writeBlock(reader: SseReader): void {
  OUTPUT.ascii(reader.isEvent ? "E" : "B");
  writePart(reader.event);
  writePart(reader.data);
  writePart(reader.id);
  if (reader.hasRetry) OUTPUT.unsigned(reader.retry);
  OUTPUT.byte(0x3b);
  writePart(reader.raw);
}

function writePart(part: Bytes): void {
  OUTPUT.unsigned(part.length);
  OUTPUT.byte(0x3a);
  OUTPUT.bytes(part);
}

/** P for a last event without its blank line, else N, and what is left of the stream. */
function writeEnd(reader: SseReader): void {
  OUTPUT.ascii(reader.end() ? "P" : "N");
  writePart(reader.event);
  writePart(reader.data);
  writePart(reader.raw);
}
