/** Writes event streams: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** Appends a whole event. `name` is a literal without line ends, or empty for an event without a name; data of several lines becomes several fields. */
export function writeEvent(out: ByteWriter, name: string, data: Bytes): void {
  writeName(out, name);
  let from = 0;
  do {
    let to = from;
    while (to < data.length && data.at(to) != 0x0a && data.at(to) != 0x0d) to++;
    out.ascii("data: ");
    out.range(data.buffer, data.start + from, to - from);
    out.byte(0x0a);
    // A line end at the very end is followed by an empty line, so `from` may be the length.
    from = to + (data.at(to) == 0x0d && data.at(to + 1) == 0x0a ? 2 : 1);
  } while (from <= data.length);
  out.byte(0x0a);
}

/** Begins an event whose data, one line of it, the caller writes; then comes `endEvent`. */
export function beginEvent(out: ByteWriter, name: string): void {
  writeName(out, name);
  out.ascii("data: ");
}

export function endEvent(out: ByteWriter): void {
  out.ascii("\n\n");
}

/** Appends a comment, a literal without line ends: it keeps a connection open and is no event. */
export function writeComment(out: ByteWriter, text: string): void {
  out.ascii(": ");
  out.ascii(text);
  out.ascii("\n\n");
}

function writeName(out: ByteWriter, name: string): void {
  if (name.length == 0) return;
  out.ascii("event: ");
  out.ascii(name);
  out.byte(0x0a);
}
