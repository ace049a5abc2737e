/** What multipart.test.ts calls. */
import { OUTPUT, input } from "../../test/assembly/io";
import { MultipartReader } from "./multipart";
export * from "../../test/assembly/io";

const READER = new MultipartReader();

/** Reads the first input as a form with the content type of the second; writes a line for each part (name, whether it is a file, where its value stands), and the error. */
export function parts(): void {
  const form = READER.start(input(0), input(1));
  while (form.next()) {
    OUTPUT.bytes(form.name);
    OUTPUT.ascii(form.isFile ? " file " : " field ");
    OUTPUT.unsigned(form.value.start - input(0).start);
    OUTPUT.ascii("+");
    OUTPUT.unsigned(form.value.length);
    OUTPUT.ascii("\n");
  }
  if (form.failed) OUTPUT.ascii("error: " + form.error + "\n");
  if (form.next()) OUTPUT.ascii("goes on\n");
}
