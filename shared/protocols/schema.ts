/** The JSON Schema of an answer, for protocols that have no place for the description beside it. */
import { ABSENT, spanLength } from "../bytes/span";
import { JsonReader } from "../json/reader";
import { JsonWriter } from "../json/writer";
import { Conversation } from "./conversation";

/** Writes the schema as it came; the description beside it goes in where the schema has none of its own. */
export function writeOutputSchema(conversation: Conversation, out: JsonWriter): void {
  const source = conversation.source;
  const description = conversation.outputSchemaDescription;
  if (description == ABSENT || spanLength(description) == 0) return out.rawFrom(source, conversation.outputSchemaJson);
  const reader = READER.start(source.bytes(conversation.outputSchemaJson));
  if (!isDescribable(reader)) return out.rawFrom(source, conversation.outputSchemaJson);
  reader.start(source.bytes(conversation.outputSchemaJson));
  reader.enterObject();
  out.beginObject();
  out.key("description");
  out.escapedFrom(source, description);
  while (reader.nextKey()) {
    out.keyEscaped(reader.bytes(reader.keySpan));
    out.raw(reader.bytes(reader.skip()));
  }
  out.endObject();
}

const READER = new JsonReader();

/** Whether the schema is an object without a description. */
function isDescribable(schema: JsonReader): bool {
  if (!schema.enterObject()) return false;
  while (schema.nextKey()) if (schema.keyIs("description")) return false;
  return !schema.failed;
}
