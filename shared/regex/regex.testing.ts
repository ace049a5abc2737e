/** What regex.test.ts calls. */
import { OUTPUT, input } from "../../test/assembly/io";
import { Bytes } from "../bytes/bytes";
import { Regex } from "./regex";
import { Replacement } from "./replacement";
export * from "../../test/assembly/io";

let regex = new Regex(new Bytes());

/** Compiles the input; what is wrong with it goes to the output. */
export function compile(): void {
  regex = new Regex(input().copy());
  OUTPUT.bytes(Bytes.of(regex.problem));
}

/** Searches the input: where the groups are, as a list of numbers in the output; nothing where there is no match. */
export function search(from: i32): void {
  if (!regex.search(input(), from)) return;
  for (let i = 0; i < regex.groups.length; i++) OUTPUT.ascii(`${regex.groups[i]} `);
}

/** The first input with what the compiled pattern matches replaced by the second; what is wrong with that, behind `!`. */
export function replace(): void {
  const replacement = new Replacement(input(1).copy(), regex.groups.length / 2);
  if (replacement.problem.length > 0) return OUTPUT.bytes(Bytes.of("!" + replacement.problem));
  const replaced = replacement.in(input(0), regex);
  if (replaced != null) OUTPUT.bytes(replaced);
}
