import { Source, spanLength } from "../bytes/span";
import { JsonWriter } from "../json/writer";
import { Item } from "./conversation";

/** Writes a document that is given as text as one string, behind its title: for protocols that know no such documents. */
export function writeTextDocument(source: Source, item: Item, out: JsonWriter): void {
  out.beginString();
  writeTitled(source, item, out);
  out.endString();
}

/** Writes the same into a string that has begun. */
export function writeTitled(source: Source, item: Item, out: JsonWriter): void {
  if (spanLength(item.name) > 0) {
    source.write(item.name, out);
    out.ascii("\\n\\n");
  }
  source.write(item.text, out);
}
