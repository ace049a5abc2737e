/** What answer-text.test.ts calls. */
import { input } from "../../test/assembly/io";
import { measure } from "../json/measure";
import { AnswerText, TextUse } from "./answer-text";
export * from "../../test/assembly/io";

let text = new AnswerText();

export function begin(): void {
  text = new AnswerText();
}

export function add(keeps: bool): void {
  text.add(input(0), keeps ? TextUse.Keep : TextUse.Count);
}

export function points(): i32 {
  return text.points;
}

export function bytes(): i32 {
  return text.bytes;
}

export function pointsAt(byte: i32): i32 {
  return text.pointsAt(byte);
}

export function bytesAt(point: i32): i32 {
  return text.bytesAt(point);
}

export function count(): i32 {
  return measure(input(0));
}
