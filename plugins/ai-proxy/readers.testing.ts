/** What test/fuzz/readers.test.ts throws bytes at: readers of what clients, providers and operators send that isn't a conversation. */
import { Bytes } from "../../shared/bytes/bytes";
import { MultipartReader } from "../../shared/http/multipart";
import { ServiceAccount } from "./service-account";
import { AnswerEvent, EventKind, EventSink } from "../../shared/protocols/answer";
import { Ownership } from "../../shared/protocols/objects/ownership";
import { ObjectAction, ObjectPath } from "../../shared/protocols/objects/path";
import { ObjectReader } from "../../shared/protocols/objects/reader";
import { OUTPUT, input } from "../../test/assembly/io";
export * from "../../test/assembly/io";

const FORM = new MultipartReader();

/** Reads the first input as a form with the content type of the second; a line for each part: where its name and its value stand; then the error. */
export function form(): void {
  const body = input(0);
  FORM.start(body, input(1));
  while (FORM.next()) {
    place(FORM.name, body);
    OUTPUT.ascii(" ");
    place(FORM.value, body);
    OUTPUT.ascii("\n");
  }
  if (FORM.failed) OUTPUT.ascii("error: " + FORM.error + "\n");
  if (FORM.next()) OUTPUT.ascii("goes on\n");
}

function place(bytes: Bytes, body: Bytes): void {
  OUTPUT.signed(<i64>bytes.start - body.start);
  OUTPUT.ascii("+");
  OUTPUT.signed(bytes.length);
}

/** The caller's objects are those whose id begins with `mine-`. */
@final
class Mine extends Ownership {
  noted: i32 = 0;

  owns(id: Bytes): bool {
    return id.startsWith("mine-");
  }

  made(_id: Bytes): void {
    this.noted++;
  }

  gone(): void {}
}

@final
class Collector extends EventSink {
  on(event: AnswerEvent): void {
    if (event.kind == EventKind.Relay) OUTPUT.bytes(event.text);
    if (event.kind == EventKind.Failure) OUTPUT.ascii("failure");
  }
}

/** Reads the first input as a provider's list of which the caller gets up to `limit`: the list for the client, or `failure`. */
export function list(limit: i32): void {
  const path = new ObjectPath();
  path.action = ObjectAction.List;
  const mine = new Mine(path);
  mine.limit = limit;
  const reader = new ObjectReader(mine);
  const sink = new Collector();
  reader.read(input(0), sink);
  reader.end(sink);
}

/** Reads the first input as the key file of a service account: 1, and it can sign; 0, and the output says why it can't. */
export function account(): i32 {
  const read = ServiceAccount.read(input(0));
  OUTPUT.ascii(read.problem);
  return read.key != null && read.problem.length == 0 ? 1 : 0;
}
