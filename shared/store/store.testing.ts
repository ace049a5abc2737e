/** What store.test.ts calls. */
import { Bytes } from "../bytes/bytes";
import { OUTPUT, input } from "../../test/assembly/io";
import { Command } from "./command";
import { Reply, ReplyKind, ReplyReader } from "./reply";
export * from "../../test/assembly/io";

const READER = new ReplyReader();
const COMMAND = new Command();

/** Writes a command of the inputs from the second on, `count` of them, behind the name in the first, and a number. */
export function command(count: i32, number: f64): void {
  COMMAND.begin(input().toString());
  for (let i = 1; i <= count; i++) COMMAND.bytes(input(i));
  COMMAND.number(<u64>number).write(OUTPUT);
}

/** Reads all replies of the first input; writes one line for each value, and how it ended. */
export function replies(): void {
  READER.start(input());
  writeReplies();
  writeEnd();
}

/** The same, byte by byte. */
export function repliesByByte(): void {
  READER.start(new Bytes());
  for (let i = 0; i < input().length; i++) {
    READER.feed(
      input()
        .slice(i, i + 1)
        .copy(),
    );
    writeReplies();
  }
  writeEnd();
}

function writeReplies(): void {
  while (READER.next()) {
    OUTPUT.ascii("reply\n");
    writeValue(READER.value);
    while (READER.element()) writeValue(READER.value);
  }
}

function writeEnd(): void {
  OUTPUT.ascii(READER.failed ? "failed" : "end");
}

function writeValue(value: Reply): void {
  OUTPUT.ascii(NAMES[value.kind]);
  OUTPUT.byte(0x20);
  if (value.kind == ReplyKind.Number) OUTPUT.signed(value.number);
  else if (value.kind == ReplyKind.List) OUTPUT.signed(value.count);
  else OUTPUT.bytes(value.text);
  OUTPUT.byte(0x0a);
}

const NAMES: StaticArray<string> = ["lost", "error", "status", "number", "text", "null", "list"];
